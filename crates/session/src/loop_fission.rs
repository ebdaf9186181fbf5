//! Loop fission: a loop split into parts that run one after the other, by what each did in all turns.
//!
//! The header and each statement of the body is a *part*; a `with`, a `try`, a `match` or a definition in
//! the body is one with all that is in it. A part needs every other one that binds or changes, in whichever
//! turn, what it reads; the statements around it; and the header needs whatever may end a turn or
//! the loop. Parts that need each other are a *component*. Where it is not known which part did
//! something, there is no plan, and the loop is kept as a whole.

use std::collections::{BTreeMap, BTreeSet};

use clew_effects::StateKey;
use clew_graph::{BlockKind, Operator};
use clew_syntax::{
    Expr, ExprKind, Range, Statement, StatementId, StatementKind, Suite, Target, Template, Unit,
};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::Outcome;
use crate::outcome::{ANNOTATIONS, Entered, TurnChange, Turns};

/// How many parts a loop may have before it is taken as a whole.
const MOST_PARTS: usize = 400;

/// The header of a loop, or a statement of its body.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) statement: StatementId,
    /// Its text: all of it, or its header where the statements in it are parts of their own.
    pub(crate) range: Range,
    pub(crate) kind: BlockKind,
    /// The part whose suite it stands in.
    pub(crate) around: Option<usize>,
    /// The variables that it reads, those that its functions read among them.
    pub(crate) reads: BTreeSet<String>,
    /// The variables that it binds or unbinds.
    pub(crate) binds: BTreeSet<String>,
    /// The variables whose values it changes, each with the place of a change among those reported,
    /// if one is.
    pub(crate) changes: BTreeMap<String, usize>,
    pub(crate) entered: Vec<Entered>,
    pub(crate) states_read: Vec<StateKey>,
    pub(crate) states_written: Vec<(StateKey, bool)>,
    /// Whether it holds functions that may be called later.
    pub(crate) defines: bool,
}

impl Part {
    fn changes_any(&self, names: &BTreeSet<String>) -> bool {
        self.changes.keys().any(|name| names.contains(name))
    }

    /// Adds variables to those whose values it changes; whether any is new.
    fn change(&mut self, names: &BTreeSet<String>, number: usize) -> bool {
        let before = self.changes.len();
        for name in names {
            self.changes.entry(name.clone()).or_insert(number);
        }
        self.changes.len() > before
    }
}

/// How a loop falls into components.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) parts: Vec<Part>,
    /// Each component after those that it needs; its parts in source order.
    pub(crate) components: Vec<Vec<usize>>,
    /// What the loop's statements bind.
    pub(crate) bound: BTreeSet<String>,
    /// Those of them that may still have their values from before the loop when they are read, in the
    /// loop or after it.
    pub(crate) with_past: BTreeSet<String>,
}

/// What a function of the session reads, where it stands, and whether that is in the loop's text.
pub(crate) struct ScopeText {
    pub(crate) reads: Vec<String>,
    pub(crate) range: Range,
    pub(crate) same_text: bool,
}

impl Plan {
    /// Splits a loop into its statements; `None` where that is in doubt.
    pub(crate) fn new(
        unit: &Unit,
        statement: &Statement,
        outcome: &Outcome,
        turns: &Turns,
        scope: impl Fn(&Entered) -> Option<ScopeText>,
        is_variable: impl Fn(&str) -> bool,
    ) -> Option<Self> {
        let mut parts = Vec::new();
        collect(unit, statement, None, &mut parts);
        if parts.len() > MOST_PARTS {
            return None;
        }
        let places: BTreeMap<StatementId, usize> =
            parts.iter().enumerate().map(|(place, part)| (part.statement, place)).collect();
        let part_of = |id: StatementId| -> Option<usize> {
            let mut id = id;
            loop {
                if let Some(&place) = places.get(&id) {
                    return Some(place);
                }
                id = unit.statement(id).parent?.0;
            }
        };
        let mut needs = Needs::new(parts.len());
        let mut read_from_before: BTreeSet<String> =
            statement.whole.reads.iter().map(|read| read.name.clone()).collect();
        for (id, entered) in &turns.entered {
            let (place, text) = (part_of(*id)?, scope(entered)?);
            read_from_before.extend(text.reads.iter().cloned());
            parts[place].reads.extend(text.reads);
            parts[place].entered.push(*entered);
            if text.same_text {
                let home = parts.iter().position(|part| part.range.contains(text.range));
                needs.extend(place, home);
            }
        }
        for (id, name) in &turns.read {
            parts[part_of(*id)?].reads.insert(name.clone());
            read_from_before.insert(name.clone());
        }
        for (id, key) in &turns.states_read {
            match id {
                Some(id) => parts[part_of(*id)?].states_read.push(key.clone()),
                // Nobody knows which of them: all.
                None => parts.iter_mut().for_each(|part| part.states_read.push(key.clone())),
            }
        }
        for (id, key, anew) in &turns.states_written {
            parts[part_of(*id)?].states_written.push((key.clone(), *anew));
        }
        let bound: BTreeSet<String> =
            parts.iter().flat_map(|part| part.binds.iter().cloned()).collect();
        if outcome.bound.iter().any(|binding| !bound.contains(&binding.name)) {
            return None;
        }
        Changes { parts: &mut parts, turns, bound: &bound }.spread(part_of, is_variable)?;
        let is_explained = |name: &String| parts.iter().any(|part| part.changes.contains_key(name));
        if !outcome.changed.iter().all(|changed| is_explained(&changed.name)) {
            return None;
        }
        let fixed = turns.fixed && binds_names_only(statement.header.of(unit.text()));
        needs.data(&parts, fixed, turns.makes);
        for &(giver, by) in &turns.fed {
            needs.extend(part_of(giver)?, part_of(by));
        }
        needs.control(unit, statement, &parts, part_of)?;
        needs.unexecuted(unit, &parts, &places, &turns.seen);
        let components = needs.components();
        // Where there was a turn, what the header binds was bound.
        let turned = statement.suite(Suite::Body).is_some_and(|body| {
            let within = |&id: &StatementId| body.range.contains(unit.statement(id).range);
            turns.seen.iter().any(within)
        });
        let certain = |name: &String| {
            turned && parts[0].binds.contains(name)
                || outcome.bound.iter().any(|bound| bound.name == *name && bound.certain)
        };
        let with_past = bound
            .iter()
            .filter(|name| read_from_before.contains(*name) || !certain(name))
            .cloned()
            .collect();
        Some(Self { parts, components, bound, with_past })
    }

    /// Whether what a variable was before the loop may matter in it or after it.
    pub(crate) fn has_past(&self, name: &str) -> bool {
        !self.bound.contains(name) || self.with_past.contains(name)
    }

    /// Whether a state is changed by no other component of the loop.
    pub(crate) fn is_only_writer(&self, component: &[usize], key: &StateKey) -> bool {
        (0..self.parts.len()).filter(|place| !component.contains(place)).all(|place| {
            !self.parts[place].states_written.iter().any(|(written, _)| written.overlaps(key))
        })
    }
}

/// The parts of a compound statement, itself the first.
fn collect(unit: &Unit, statement: &Statement, around: Option<usize>, parts: &mut Vec<Part>) {
    use StatementKind::{Elif, For, If, While};
    let opened = matches!(statement.kind, For | While | If | Elif);
    let access = if opened { &statement.own } else { &statement.whole };
    let place = parts.len();
    let mut reads: BTreeSet<String> = access.reads.iter().map(|read| read.name.clone()).collect();
    // What is unbound has to be bound.
    let unbound = access.binds.iter().filter(|binding| binding.deletes);
    reads.extend(unbound.map(|binding| binding.name.clone()));
    // No report says so: the text does.
    let annotations = access.annotates.then(|| (ANNOTATIONS.to_owned(), usize::MAX));
    parts.push(Part {
        statement: statement.id,
        range: if opened { statement.header } else { statement.range },
        kind: match (statement.kind, &statement.template) {
            (For, _) => BlockKind::For,
            (While, _) => BlockKind::While,
            (_, Template::Block(kind)) => *kind,
            _ => BlockKind::Inner,
        },
        around,
        reads,
        binds: access.binds.iter().map(|binding| binding.name.clone()).collect(),
        changes: annotations.into_iter().collect(),
        entered: Vec::new(),
        states_read: Vec::new(),
        states_written: Vec::new(),
        defines: !access.scopes.is_empty()
            || matches!(statement.kind, StatementKind::Function | StatementKind::Class),
    });
    if opened {
        for &inner in statement.suites.iter().flat_map(|suite| &suite.statements) {
            collect(unit, unit.statement(inner), Some(place), parts);
        }
    }
}

/// Finds out by which variables each change can be seen.
struct Changes<'a> {
    parts: &'a mut [Part],
    turns: &'a Turns,
    bound: &'a BTreeSet<String>,
}

impl Changes<'_> {
    fn spread(
        &mut self,
        part_of: impl Fn(StatementId) -> Option<usize>,
        is_variable: impl Fn(&str) -> bool,
    ) -> Option<()> {
        let seen_by: BTreeSet<&String> = self
            .turns
            .changes
            .iter()
            .flat_map(|change| change.before.iter().chain(&change.after))
            .collect();
        let headers: BTreeSet<&String> = match self.turns.settled {
            true => {
                let elsewhere =
                    |name: &&String| !self.parts[1..].iter().any(|part| part.binds.contains(*name));
                self.parts[0].binds.iter().filter(elsewhere).collect()
            }
            false => BTreeSet::new(),
        };
        let mut settled: BTreeSet<String> = headers.into_iter().cloned().collect();
        // The target of `for i in range(…)` is a number.
        for part in self.parts.iter().filter(|part| part.kind == BlockKind::For) {
            if part.reads.len() == 1 && part.reads.contains("range") && !is_variable("range") {
                let only = |name: &&String| {
                    self.parts.iter().filter(|part| part.binds.contains(*name)).count() == 1
                };
                settled.extend(part.binds.iter().filter(only).cloned());
            }
        }
        // Whether a value that came to be in the loop may be got at by a variable.
        let may_hold_new = |name: &String| {
            self.bound.contains(name) && !settled.contains(name)
                || is_variable(name) && seen_by.contains(name)
        };
        let mut fresh: Vec<(usize, usize, BTreeSet<String>)> = Vec::new();
        for (number, change) in self.turns.changes.iter().enumerate() {
            let names: BTreeSet<String> =
                change.before.iter().chain(&change.after).cloned().collect();
            let mut by: BTreeSet<usize> = BTreeSet::new();
            for &id in &change.by {
                by.insert(part_of(id)?);
            }
            if by.is_empty() {
                // One of those that read it, and nobody knows which.
                let readers = (0..self.parts.len())
                    .filter(|&place| !self.parts[place].reads.is_disjoint(&names));
                by.extend(readers);
            }
            if by.is_empty() {
                return None;
            }
            for place in by {
                self.parts[place].change(&names, number);
                if !change.lasting {
                    let part = &self.parts[place];
                    let reached = part.reads.iter().chain(&part.binds);
                    let mut from: BTreeSet<String> = reached
                        .filter(|name| may_hold_new(name) && may_lead_to(change, name))
                        .cloned()
                        .collect();
                    from.extend(names.iter().cloned());
                    fresh.push((place, number, from));
                }
            }
        }
        // A new value may have come to where it was changed from another variable.
        loop {
            let mut grew = false;
            for (place, number, names) in &mut fresh {
                let before = names.len();
                for part in self.parts.iter() {
                    if names.is_disjoint(&part.binds) && !part.changes_any(names) {
                        continue;
                    }
                    let change = &self.turns.changes[*number];
                    let holds = |name: &&String| may_hold_new(name) && may_lead_to(change, name);
                    names.extend(part.reads.iter().filter(holds).cloned());
                }
                grew |= names.len() > before;
                grew |= self.parts[*place].change(names, *number);
            }
            if !grew {
                return Some(());
            }
        }
    }
}

/// Whether a variable may have led to changed values when they were changed.
fn may_lead_to(change: &TurnChange, name: &String) -> bool {
    change.held.as_ref().is_none_or(|held| held.contains(name))
}

/// Which parts each part needs.
struct Needs(Vec<BTreeSet<usize>>);

impl Needs {
    fn new(parts: usize) -> Self {
        Self(vec![BTreeSet::new(); parts])
    }

    fn extend(&mut self, place: usize, needed: impl IntoIterator<Item = usize>) {
        self.0[place].extend(needed.into_iter().filter(|&needed| needed != place));
    }

    /// What parts read, and who binds or changes it. What a header goes through that was
    /// laid down when the loop began hangs on no turn.
    fn data(&mut self, parts: &[Part], fixed: bool, makes: bool) {
        for (reader, part) in parts.iter().enumerate() {
            let laid_down = reader == 0 && fixed;
            if laid_down && !makes {
                continue;
            }
            for (writer, other) in parts.iter().enumerate() {
                let meets = |key: &StateKey| {
                    other.states_written.iter().any(|(written, _)| written.overlaps(key))
                };
                let names =
                    || !part.reads.is_disjoint(&other.binds) || other.changes_any(&part.reads);
                if (!laid_down && names()) || part.states_read.iter().any(meets) {
                    self.extend(reader, [writer]);
                }
            }
        }
    }

    /// The statements around each, and what ends turns and loops.
    fn control(
        &mut self,
        unit: &Unit,
        statement: &Statement,
        parts: &[Part],
        part_of: impl Fn(StatementId) -> Option<usize>,
    ) -> Option<()> {
        for (place, part) in parts.iter().enumerate() {
            self.extend(place, part.around);
        }
        let within = unit.statements()[statement.id.index()..]
            .iter()
            .take_while(|inner| inner.range.start < statement.range.end);
        for ending in within {
            if !matches!(ending.kind, StatementKind::Break | StatementKind::Continue) {
                continue;
            }
            let mut at = ending.parent?;
            while !matches!(unit.statement(at.0).kind, StatementKind::For | StatementKind::While)
                || at.1 == Suite::Else
            {
                at = unit.statement(at.0).parent?;
            }
            self.extend(part_of(at.0)?, part_of(ending.id));
        }
        Some(())
    }

    /// A suite of an `if` that never ran is kept with the `if`, as what would run instead.
    fn unexecuted(
        &mut self,
        unit: &Unit,
        parts: &[Part],
        places: &BTreeMap<StatementId, usize>,
        seen: &BTreeSet<StatementId>,
    ) {
        let ran = |id: StatementId| {
            let statement = unit.statement(id);
            seen.range(id..)
                .next()
                .is_some_and(|&first| unit.statement(first).range.start < statement.range.end)
        };
        for (place, part) in parts.iter().enumerate() {
            let statement = unit.statement(part.statement);
            if !matches!(statement.kind, StatementKind::If | StatementKind::Elif) {
                continue;
            }
            for suite in &statement.suites {
                let leaves_any =
                    suite.statements.iter().any(|&id| leaves_a_trace(&unit.statement(id).template));
                if leaves_any && !suite.statements.iter().any(|&id| ran(id)) {
                    let needed = suite.statements.iter().filter_map(|id| places.get(id).copied());
                    self.extend(place, needed);
                }
            }
        }
    }

    /// Groups parts that need each other, each group after those that it needs.
    fn components(self) -> Vec<Vec<usize>> {
        let mut graph: DiGraph<(), ()> = DiGraph::new();
        let nodes: Vec<NodeIndex> = self.0.iter().map(|_| graph.add_node(())).collect();
        for (place, needed) in self.0.iter().enumerate() {
            for &needed in needed {
                graph.add_edge(nodes[place], nodes[needed], ());
            }
        }
        let mut components: Vec<Vec<usize>> = tarjan_scc(&graph)
            .into_iter()
            .map(|component| component.into_iter().map(NodeIndex::index).collect())
            .collect();
        components.iter_mut().for_each(|component| component.sort_unstable());
        components
    }
}

/// Whether a header is that of a `for` whose targets are variables: attributes and items are looked up in
/// each turn.
fn binds_names_only(header: &str) -> bool {
    let Some(targets) = header.strip_prefix("for") else { return false };
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = targets.split_inclusive(|c| !word(c));
    words
        .find_map(|piece| match piece.trim_end_matches(|c| !word(c)) {
            _ if piece.contains(['.', '[']) => Some(false),
            "in" => Some(true),
            _ => None,
        })
        .unwrap_or(false)
}

/// Whether a statement calls or stores whenever it runs: then it did not where nothing of it was seen.
fn leaves_a_trace(template: &Template) -> bool {
    let stores = |target: &Target| matches!(target, Target::Attribute { .. } | Target::Item { .. });
    match template {
        Template::Expression(value) => calls(value),
        Template::Assign { value, targets } => calls(value) || targets.iter().any(stores),
        Template::Augmented { target, value, .. } => calls(value) || stores(target),
        _ => false,
    }
}

/// Whether evaluating an expression calls something, whatever else there is.
fn calls(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Call { .. } => true,
        ExprKind::Operator { operator, operands } => match operator {
            Operator::And | Operator::Or | Operator::Conditional | Operator::Evaluate => false,
            _ => operands.iter().any(|operand| calls(&operand.value)),
        },
        ExprKind::Name(_) | ExprKind::Literal(_) => false,
    }
}
