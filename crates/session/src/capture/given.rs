//! Given: what others than the session's statements made of variables, and where statements ended early.

use clew_effects::{ExternalState, StateKey};
use clew_graph::{
    Block, BlockKind, Cause, Confidence, Global, GlobalRead, ImplicitDependency, Mutate, NewNode,
    NodeId, NodeKind, Undo,
};

use super::{Capture, CaptureError, Ran};
use crate::{Outcome, Undone};

/// An external state, as it is named to people.
pub fn words_of(key: &StateKey) -> String {
    match key.state {
        ExternalState::Object => "something that no variable leads to".to_owned(),
        _ => key.to_string(),
    }
}

impl Capture {
    /// Others bound some variables: their values come from outside from now on.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn given(&mut self, names: &[String]) -> Result<(), CaptureError> {
        for name in names {
            let call = self.others(name)?;
            let global = NodeKind::Global(Global { name: name.clone(), call });
            let node = self.graph.insert(NewNode::from(global))?;
            self.modules.remove(name);
            self.variables.insert(name.clone(), node);
        }
        Ok(())
    }

    /// Others changed the values of some variables.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn changed_by_others(&mut self, names: &[String]) -> Result<(), CaptureError> {
        for name in names {
            let Some(source) = self.variable(name) else { continue };
            let call = self.others(name)?;
            let by = "something beside the statements".to_owned();
            let cause = Some(Cause { by, confidence: Confidence::Observed });
            let mutate = NodeKind::Mutate(Mutate { source, call, cause });
            let node = self.graph.insert(NewNode::from(mutate))?;
            self.variables.insert(name.clone(), node);
        }
        Ok(())
    }

    /// Others changed some external states, and made some of them anew.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn states_changed_by_others(
        &mut self,
        states: &[(StateKey, bool)],
    ) -> Result<(), CaptureError> {
        for (key, anew) in states {
            let call = self.others(&words_of(key))?;
            self.external.write(key.clone(), call, *anew);
        }
        Ok(())
    }

    /// Others let go of what statements had made.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn undone_by_others(&mut self, undone: &Undone) -> Result<(), CaptureError> {
        let Undone { gone, left, module, variable, call } = undone;
        let own = variable
            .as_ref()
            .and_then(|name| Some(GlobalRead { name: name.clone(), node: self.variable(name)? }));
        let object = match &own {
            Some(read) => read.name.clone(),
            None => format!("__import__({module:?}, fromlist=[\"\"])"),
        };
        let mut of: Vec<NodeId> =
            gone.iter().flat_map(|state| self.external.writers(state)).copied().collect();
        of.sort_unstable();
        of.dedup();
        let is_undo = |node: &NodeId| {
            self.graph.get(*node).is_some_and(|node| matches!(node.kind, NodeKind::Undo(_)))
        };
        let before = left.iter().flat_map(|state| self.external.writers(state)).copied();
        let mut before: Vec<NodeId> = before.filter(is_undo).collect();
        before.sort_unstable();
        before.dedup();
        let undo = Undo {
            text: format!("{object}.{call}\n"),
            of,
            global_reads: own.into_iter().collect(),
            implicit_dependencies: before.into_iter().map(ImplicitDependency::from).collect(),
        };
        let node = self.graph.insert(NewNode::from(NodeKind::Undo(undo)))?;
        for state in left {
            self.external.write(state.clone(), node, true);
        }
        Ok(())
    }

    /// What others did to a variable or an external state: a node without a text, of which nothing is known.
    fn others(&mut self, name: &str) -> Result<NodeId, CaptureError> {
        let mut block = Block::new(BlockKind::Unknown);
        block.calls.push(name.to_owned());
        Ok(self.graph.insert(NewNode::from(NodeKind::Block(block)))?)
    }

    /// The statement that was recorded last raised, and the rest of its text did not run.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn ended_early(&mut self) -> Result<(), CaptureError> {
        let Some(last) = self.ran.last() else { return Ok(()) };
        let at = last.source.index() as usize;
        let unit = &self.sources[at].unit;
        let top = unit.statement(unit.outermost(last.statement));
        let rest = clew_syntax::Range::new(top.range.end, unit.text().len() as u32);
        let kind = NodeKind::Block(Block::new(BlockKind::Unexecuted));
        let span = Some(self.span(at, rest));
        self.graph.insert(NewNode { span, control: None, kind })?;
        Ok(())
    }

    /// What the statement that was recorded last did is not what its text would do again. The variables that this
    /// is about.
    ///
    /// # Errors
    /// When the graph is full.
    pub fn doubt(&mut self) -> Result<Vec<String>, CaptureError> {
        let touched = self.ran.last().map(|last| last.touched.clone()).unwrap_or_default();
        self.changed_by_others(&touched)?;
        Ok(touched)
    }

    /// A shell shows a value and keeps it by the number of its cell: of the last three there are names as well.
    /// `before` is what the newer two of these stood for.
    pub(super) fn shown(&mut self, result: &str, before: [Option<NodeId>; 2]) {
        let names = ["___", "__", "_"];
        let [last, last_but_one] = before;
        for (name, node) in names.into_iter().zip([last_but_one, last, self.variable(result)]) {
            if let Some(node) = node {
                self.variables.insert(name.to_owned(), node);
            }
        }
    }

    /// The statements of other texts that ran since a statement began which now goes on: it ran them.
    pub(super) fn ran_within(&self, outcome: &Outcome) -> impl Iterator<Item = NodeId> {
        let own = |ran: &&Ran| (ran.source, ran.statement) == (outcome.source, outcome.statement);
        // It was reported when the first of them began; a cell runs each of its statements once.
        let others = self.ran.iter().rev().take_while(|ran| ran.source != outcome.source).count();
        let begun = self.ran.iter().rev().nth(others).filter(own);
        let since = begun.map_or(self.ran.len(), |_| self.ran.len() - others);
        self.ran[since..].iter().map(|ran| ran.root)
    }
}
