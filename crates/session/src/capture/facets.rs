//! Facets: steps that changed nothing of what the statement at hand looks at.

use clew_effects::{ExternalState, StateKey};
use clew_graph::{Call, Mutate, NewNode, NodeId, NodeKind, Operator};

use super::{Capture, CaptureError};
use crate::{Facet, FacetsRead, Outcome};

/// How many changes are repeated beside those that are passed over.
const MOST_REPEATED: usize = 64;

impl Capture {
    /// Finds the steps that stand for values as the statement looks at them: without the changes of which it sees
    /// nothing.
    pub(super) fn look_past(&mut self, outcome: &Outcome) -> Result<(), CaptureError> {
        self.past.clear();
        self.passed.clear();
        let Some(read) = &outcome.facets.read else { return Ok(()) };
        if self.faceted.is_empty() {
            return Ok(());
        }
        if !read.gives.is_empty() {
            self.passed = self.steps_passed(outcome, read);
            if self.passed.len() > MOST_REPEATED {
                return Ok(());
            }
        }
        for name in &read.variables {
            let Some(&latest) = self.variables.get(name) else { continue };
            let instead = self.without(latest, &read.facets)?;
            if instead != latest {
                self.past.insert(latest, instead);
            }
        }
        Ok(())
    }

    /// The steps that the statement looks past, in the order in which they ran.
    fn steps_passed(&self, outcome: &Outcome, read: &FacetsRead) -> Vec<NodeId> {
        let mut steps = Vec::new();
        for name in &read.variables {
            let mut at = self.variables.get(name).copied();
            while let Some(NodeKind::Mutate(mutate)) =
                at.and_then(|at| self.graph.get(at)).map(|node| &node.kind)
            {
                steps.push(mutate.call);
                at = Some(mutate.source);
            }
        }
        let figures = outcome.states_read.iter().filter(|key| key.state == ExternalState::Pyplot);
        steps.extend(figures.flat_map(|key| self.external.read(key)));
        steps.retain(|&step| self.is_passed(step, &read.facets));
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// A statement bound variables to parts of what it did not look at as a whole: who looks at all of it by way of
    /// those needs the steps that it looked past.
    pub(super) fn give_passed(&mut self, outcome: &Outcome) -> Result<(), CaptureError> {
        let passed = std::mem::take(&mut self.passed);
        let Some(read) = outcome.facets.read.as_ref().filter(|_| passed.len() <= MOST_REPEATED)
        else {
            return Ok(());
        };
        if read.gives.is_empty() {
            return Ok(());
        }
        let mut changes = Vec::new();
        for step in passed {
            // The step itself came before the value that it is to be needed for.
            let call = NodeKind::Call(Call::operator(Operator::Alias, [step]));
            let call = self.graph.insert(NewNode::from(call))?;
            let facets = self.faceted.get(&step).cloned().unwrap_or_default();
            self.faceted.insert(call, facets);
            changes.push(call);
        }
        for name in &read.gives {
            let Some(&bound) = self.variables.get(name) else { continue };
            let mut stands = bound;
            for &call in &changes {
                let mutate = NodeKind::Mutate(Mutate::new(stands, call));
                stands = self.graph.insert(NewNode::from(mutate))?;
            }
            self.variables.insert(name.clone(), stands);
        }
        Ok(())
    }

    /// Whether a step changed facets alone, and none of these.
    fn is_passed(&self, step: NodeId, read: &[Facet]) -> bool {
        let changed = self.faceted.get(&step);
        changed.is_some_and(|changed| {
            !changed.iter().any(|changed| read.iter().any(|read| read.overlaps(changed)))
        })
    }

    /// A value without the changes that are passed over.
    fn without(&mut self, latest: NodeId, read: &[Facet]) -> Result<NodeId, CaptureError> {
        let mut changes: Vec<(NodeId, Mutate)> = Vec::new();
        let mut at = latest;
        // Down to the oldest change that is passed over.
        let (mut oldest, mut passed) = (0, 0);
        while let Some(NodeKind::Mutate(mutate)) = self.graph.get(at).map(|node| &node.kind) {
            changes.push((at, mutate.clone()));
            if self.is_passed(mutate.call, read) {
                (oldest, passed) = (changes.len(), passed + 1);
            }
            at = mutate.source;
        }
        changes.truncate(oldest);
        let Some((_, first)) = changes.last() else { return Ok(latest) };
        if oldest - passed > MOST_REPEATED {
            return Ok(latest);
        }
        let mut stands = first.source;
        for (_, change) in changes.into_iter().rev() {
            if !self.is_passed(change.call, read) {
                let again = Mutate { source: stands, ..change };
                stands = self.graph.insert(NewNode::from(NodeKind::Mutate(again)))?;
            }
        }
        Ok(stands)
    }

    /// The steps that a statement needs for a state that it reads.
    pub(super) fn writers_read(&self, key: &StateKey, outcome: &Outcome) -> Vec<NodeId> {
        let mut writers = self.external.read(key);
        if key.state == ExternalState::Pyplot
            && self.passed.len() <= MOST_REPEATED
            && let Some(read) = &outcome.facets.read
        {
            writers.retain(|&writer| !self.is_passed(writer, &read.facets));
        }
        writers
    }

    /// A statement was recorded: remembers which facets it changed, if it changed nothing else.
    pub(super) fn note_facets(&mut self, outcome: &Outcome, root: NodeId) {
        self.past.clear();
        if !outcome.facets.changed.is_empty() {
            self.faceted.insert(root, outcome.facets.changed.clone());
        }
    }
}
