//! Access: what was collected, in terms of the module's variables.

use std::collections::{HashMap, HashSet};

use clew_graph::is_of_function;
use ruff_python_ast::name::Name;

use super::collect::Collected;
use super::event::Event;
use super::flow::{Reported, follow};
use super::resolve::{Table, TableId, TableKind, qualified};
use crate::{Access, Binding, Range, Read, Scope, ScopeKind};

/// The scopes that a unit shows, and where each table is among them.
pub(crate) struct Scopes {
    pub(crate) scopes: Vec<Scope>,
    places: Vec<Option<usize>>,
}

impl Scopes {
    pub(crate) fn new(collected: &Collected<'_>) -> Self {
        let tables = &collected.tables;
        let mut order: Vec<(usize, ScopeKind)> = tables
            .iter()
            .enumerate()
            .filter_map(|(place, table)| Some((place, scope_kind(table.kind)?)))
            .collect();
        order.sort_by_key(|&(place, _)| {
            let table = &tables[place];
            (table.start, std::cmp::Reverse(table.end), place)
        });
        let mut places = vec![None; tables.len()];
        for (place, &(table, _)) in order.iter().enumerate() {
            places[table] = Some(place);
        }
        let mut sets: Vec<(HashSet<Read>, HashSet<String>)> = vec![Default::default(); order.len()];
        let mut scopes: Vec<Scope> = order
            .iter()
            .map(|&(place, kind)| {
                let table = &tables[place];
                Scope {
                    kind,
                    range: Range::new(table.start, table.end),
                    start: table.start,
                    name: table.name.to_string(),
                    parent: ancestors(tables, place).find_map(|around| places[around]),
                    reads: Vec::new(),
                    binds: Vec::new(),
                }
            })
            .collect();
        let mut report = |reported: Reported<'_>| match reported {
            Reported::Read { name, path, scope, owner } => {
                let read = read(tables, owner, name, path);
                for place in within(tables, scope, owner).filter_map(|table| places[table]) {
                    if sets[place].0.insert(read.clone()) {
                        scopes[place].reads.push(read.clone());
                    }
                }
            }
            Reported::Bind { name, scope, owner, .. } => {
                let name = variable(tables, owner, name);
                for place in within(tables, scope, owner).filter_map(|table| places[table]) {
                    if sets[place].1.insert(name.clone()) {
                        scopes[place].binds.push(name.clone());
                    }
                }
            }
            Reported::Make(_) | Reported::Call | Reported::Star | Reported::Annotate => {}
        };
        follow(tables, &collected.now, false, &mut report);
        follow(tables, &collected.later, false, &mut report);
        Self { scopes, places }
    }
}

fn read(tables: &[Table], owner: TableId, name: &Name, path: &[Name]) -> Read {
    let name = variable(tables, owner, name);
    Read { name, path: path.iter().map(ToString::to_string).collect() }
}

/// A variable as accesses know it.
fn variable(tables: &[Table], owner: TableId, name: &Name) -> String {
    match owner {
        TableId::MODULE => name.to_string(),
        function => qualified(tables, name, function),
    }
}

/// A table and those around it up to the one whose variable it is, which itself is left out.
fn within(tables: &[Table], id: TableId, owner: TableId) -> impl Iterator<Item = usize> {
    chain(tables, id).take_while(move |&table| table != owner.index())
}

fn scope_kind(kind: TableKind) -> Option<ScopeKind> {
    match kind {
        TableKind::Module | TableKind::Annotation => None,
        TableKind::Function => Some(ScopeKind::Function),
        TableKind::Lambda => Some(ScopeKind::Lambda),
        TableKind::Comprehension => Some(ScopeKind::Comprehension),
        TableKind::Generator => Some(ScopeKind::Generator),
        TableKind::Class => Some(ScopeKind::Class),
    }
}

/// The tables around one, from the inside out.
fn ancestors(tables: &[Table], place: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(tables[place].parent, |id| tables[id.index()].parent).map(TableId::index)
}

/// A table and those around it.
fn chain(tables: &[Table], id: TableId) -> impl Iterator<Item = usize> {
    std::iter::once(id.index()).chain(ancestors(tables, id.index()))
}

/// What a stretch of events of a scope does to the variables of the module and of functions.
pub(crate) fn access(tables: &[Table], events: &[Event], home: TableId, scopes: &Scopes) -> Access {
    let mut access = Access::default();
    let mut nonlocal: Vec<String> = Vec::new();
    let mut reads = HashSet::new();
    let mut binds: Vec<Binding> = Vec::new();
    let mut bound = HashMap::new();
    follow(tables, events, true, |reported| match reported {
        Reported::Read { name, path, owner, .. } => {
            if reads.insert((owner, name, path)) {
                access.reads.push(read(tables, owner, name, path));
            }
        }
        Reported::Bind { name, certain, deletes, owner, .. } => {
            let place = *bound.entry((owner, name, deletes)).or_insert_with(|| {
                let name = variable(tables, owner, name);
                binds.push(Binding { name, certain: false, deletes });
                binds.len() - 1
            });
            binds[place].certain |= certain;
        }
        Reported::Make(table) => {
            let deferred =
                |place: usize| scope_kind(tables[place].kind).is_some_and(ScopeKind::is_deferred);
            let place = table.index();
            if let Some(made) = scopes.places[place]
                && deferred(place)
                && !ancestors(tables, place)
                    .take_while(|&around| around != home.index())
                    .any(deferred)
            {
                access.scopes.push(made);
                // What it declares `nonlocal` has to be a variable of a function around.
                let outer = scopes.scopes[made].binds.iter().filter(|name| is_of_function(name));
                nonlocal.extend(outer.cloned());
            }
        }
        Reported::Call => access.calls = true,
        Reported::Star => access.star_import = true,
        Reported::Annotate => access.annotates = true,
    });
    binds.shrink_to_fit();
    access.binds = binds;
    for name in nonlocal {
        if access.reads.iter().all(|read| read.name != name) {
            access.reads.push(Read { name, path: Vec::new() });
        }
    }
    // There is one for each statement of a text, and most name little.
    access.reads.shrink_to_fit();
    access
}
