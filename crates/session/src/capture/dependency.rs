//! Dependency: what a statement depends on beside what its expressions show.

use clew_graph::{GlobalRead, ImplicitDependency, NodeId};
use clew_syntax::{Read, Statement};
use rustc_hash::FxHashSet;

use super::Capture;
use super::guard::raised_again;
use crate::Outcome;
use crate::lower::Extras;

impl Capture {
    /// What a statement depends on beside what its expressions show.
    pub(super) fn extras(
        &self,
        statement: &Statement,
        outcome: &Outcome,
        covered: &FxHashSet<NodeId>,
    ) -> Extras {
        let mut extras = Extras::default();
        let mut seen = FxHashSet::default();
        // Its header is all that such a statement does itself.
        let access = if statement.is_by_parts() { &statement.own } else { &statement.whole };
        self.add_reads(&access.reads, &mut extras.reads, &mut seen);
        for name in &outcome.read {
            self.add_read(name, &mut extras.reads, &mut seen);
            self.add_whole(name, &mut extras);
        }
        for entered in &outcome.entered {
            let Some(text) = self.sources.get(entered.source.index() as usize) else { continue };
            let Some(scope) = entered.scope_in(&text.unit) else { continue };
            self.add_reads(&scope.reads, &mut extras.reads, &mut seen);
            scope.reads.iter().for_each(|read| self.add_whole(&read.name, &mut extras));
            // Where the function is written is needed even if no variable leads there.
            let is_here = entered.source == outcome.source && statement.range.contains(scope.range);
            if !is_here && let Some(node) = text.definitions.around(&text.unit, scope) {
                extras.implicit.push(node.into());
            }
        }
        // A binding that may not have happened leaves the value from before.
        for bound in &outcome.bound {
            if !bound.certain {
                self.add_read(&bound.name, &mut extras.reads, &mut seen);
                self.add_whole(&bound.name, &mut extras);
            }
        }
        for key in &outcome.states_read {
            let state = key.to_string();
            let needs = self.writers_read(key, outcome).into_iter();
            extras
                .implicit
                .extend(needs.map(|node| ImplicitDependency { node, state: Some(state.clone()) }));
        }
        let text = self.sources.get(outcome.source.index() as usize);
        let again = text.and_then(|text| raised_again(&text.unit, statement));
        again.into_iter().for_each(|name| self.add_read(name, &mut extras.reads, &mut seen));
        extras.implicit.extend(self.deleted_before(outcome, &access.reads));
        extras
            .implicit
            .extend(self.methods_taken(outcome, statement).map(ImplicitDependency::from));
        extras.implicit.extend(self.ran_within(outcome).map(ImplicitDependency::from));
        let unit = self.sources.get(outcome.source.index() as usize).map(|text| &text.unit);
        let is_guarded = unit.is_some_and(|unit| unit.guards_of(statement.id).next().is_some());
        let results = self.results_of_calls((statement, outcome.raised), is_guarded);
        extras.implicit.extend(results.map(ImplicitDependency::from));
        extras.reads.retain(|read| !covered.contains(&read.node));
        extras.implicit.retain(|needed| !covered.contains(&needed.node));
        extras.implicit.sort_unstable();
        extras.implicit.dedup();
        extras
    }

    /// What deleted variables that a statement reads all the same.
    fn deleted_before<'a>(
        &'a self,
        outcome: &'a Outcome,
        reads: &'a [Read],
    ) -> impl Iterator<Item = ImplicitDependency> + 'a {
        let by_text = reads.iter().map(|read| &read.name).chain(&outcome.read);
        let in_functions = outcome.entered.iter().flat_map(|entered| {
            let text = self.sources.get(entered.source.index() as usize);
            let scope = text.and_then(|text| entered.scope_in(&text.unit));
            scope.into_iter().flat_map(|scope| scope.reads.iter().map(|read| &read.name))
        });
        let names = by_text.chain(in_functions).filter(|_| !self.deleted.is_empty());
        let gone = names.filter(|name| !self.variables.contains_key(*name));
        gone.filter_map(|name| self.deleted.get(name)).map(|&node| node.into())
    }

    /// A variable is read otherwise than by the statement's expressions.
    fn add_whole(&self, name: &str, extras: &mut Extras) {
        let node = self.variables.get(name).copied();
        extras.read_whole.extend(node.filter(|&node| self.graph.is_item_set(node)));
    }

    pub(super) fn add_reads(
        &self,
        reads: &[Read],
        into: &mut Vec<GlobalRead>,
        seen: &mut FxHashSet<String>,
    ) {
        for read in reads {
            self.add_read(&read.name, into, seen);
        }
    }

    pub(super) fn add_read(
        &self,
        name: &str,
        into: &mut Vec<GlobalRead>,
        seen: &mut FxHashSet<String>,
    ) {
        if let Some(node) = self.variables.get(name)
            && seen.insert(name.to_owned())
        {
            let instead = self.past.get(node).or_else(|| self.activations.instead().get(node));
            let node = *instead.unwrap_or(node);
            into.push(GlobalRead { name: name.to_owned(), node });
        }
    }
}
