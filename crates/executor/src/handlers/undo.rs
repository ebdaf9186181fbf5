//! Undo: the host runs the text that does what others did.

use clew_graph::{Block, BlockKind, Undo};

use super::block::run_text;
use crate::NodeOutcome;
use crate::error::Stop;
use crate::run::Run;

pub(super) fn run<'r>(run: &mut Run<'r>, undo: &'r Undo) -> Result<NodeOutcome, Stop> {
    run_text(run, &Block::new(BlockKind::Unknown), &undo.text, &undo.global_reads)
}
