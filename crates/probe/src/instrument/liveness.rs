//! Liveness: which local variables code may still read from an instruction on (Aho, Lam, Sethi and Ullman, "Compilers",
//! 9.2.5), asked of generators that are suspended.

use pyo3::prelude::*;

use super::instructions::{Instructions, units_of};
use crate::opcode::{Local, Numbered, falls_through, local, numbered};

/// Which of the local variables, by their places in the frame, a code object may read once it goes on behind the
/// instruction at an offset in bytes, or handles what is raised there; `None` where that cannot be told.
///
/// # Errors
/// Where it is no code object.
pub fn live_variables(code: &Bound<'_, PyAny>, offset: u32) -> PyResult<Option<Vec<bool>>> {
    const UNIT: u32 = 2;
    let count: usize = code.getattr("co_nlocals")?.extract()?;
    let Some(instructions) = Instructions::without_places(code)? else { return Ok(None) };
    let sizes: Vec<usize> = instructions.all.iter().map(|one| units_of(one.argument)).collect();
    let starts = instructions.starts(&sizes);
    // Of an instruction with a long argument the last unit is where the frame stands.
    let unit = (offset / UNIT) as usize;
    let Some(at) = starts.partition_point(|&start| start <= unit).checked_sub(1) else {
        return Ok(None);
    };
    Ok(Some((0..count).map(|variable| instructions.may_read(variable as u32, at)).collect()))
}

impl Instructions {
    /// Whether a variable may be read behind a place before it is bound anew.
    fn may_read(&self, variable: u32, behind: usize) -> bool {
        let mut seen = vec![false; self.all.len()];
        let mut open = self.next(behind);
        while let Some(at) = open.pop() {
            let Some(one) = self.all.get(at).filter(|_| !std::mem::replace(&mut seen[at], true))
            else {
                continue;
            };
            let used = match numbered(one.opcode) {
                Numbered::Local => local(one.opcode, one.argument, variable),
                Numbered::LocalTwice => local(one.opcode, one.argument, variable),
                _ => Local::Untouched,
            };
            match used {
                Local::Read => return true,
                Local::Bound => open.extend(self.handlers_at(at)),
                Local::Untouched => open.extend(self.next(at)),
            }
        }
        false
    }

    /// Where the code goes on behind an instruction.
    fn next(&self, at: usize) -> Vec<usize> {
        let one = &self.all[at];
        let follows = falls_through(one.opcode).then_some(at + 1);
        let next = follows.filter(|&next| next < self.all.len());
        next.into_iter().chain(one.target).chain(self.handlers_at(at)).collect()
    }

    /// What handles exceptions that an instruction raises.
    fn handlers_at(&self, at: usize) -> impl Iterator<Item = usize> {
        let covers = move |handler: &&super::instructions::Handler| {
            (handler.start..handler.end).contains(&at)
        };
        self.handlers.iter().filter(covers).map(|handler| handler.target)
    }
}
