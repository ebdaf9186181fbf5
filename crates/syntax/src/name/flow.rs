//! Flow: which reads may find a value from before.
//!
//! The events of a stretch are gone through in order, with the set of names that have certainly been
//! bound by then. Where ways part, each is followed on its own; where they meet, what all of them
//! bound remains.

use std::collections::HashSet;

use ruff_python_ast::name::Name;

use super::event::{Event, EventKind};
use super::resolve::{Owner, Table, TableId, owner};

/// What is reported of a stretch of events.
pub(crate) enum Reported<'a> {
    /// A variable of the module or of a function, or a builtin, is read, maybe with a value from before the
    /// stretch.
    Read { name: &'a Name, path: &'a [Name], scope: TableId, owner: TableId },
    /// A variable of the module or of a function is bound or unbound.
    Bind { name: &'a Name, certain: bool, deletes: bool, scope: TableId, owner: TableId },
    /// A scope is made.
    Make(TableId),
    /// Code runs that may be more than an operator.
    Call,
    /// Every name of a module is bound.
    Star,
    /// A variable of the module gets an annotation.
    Annotate,
}

/// Goes through a stretch of events. Without `narrow`, every read of a variable of the module is
/// reported, also where the stretch itself bound it before.
pub(crate) fn follow<'a>(
    tables: &[Table],
    events: &'a [Event],
    narrow: bool,
    mut report: impl FnMut(Reported<'a>),
) {
    let mut bound = Bound::default();
    for event in events {
        let scope = event.scope;
        match &event.kind {
            EventKind::Read { name, path, .. } => {
                let (owner, open) = match owner(tables, name, scope) {
                    Owner::Local => continue,
                    Owner::Module => (TableId::MODULE, true),
                    Owner::Function(function) => (function, true),
                    Owner::Class(class) => (TableId::MODULE, !bound.contains(class, name)),
                };
                if open && !bound.contains(owner, name) {
                    report(Reported::Read { name, path, scope, owner });
                }
            }
            EventKind::Bind { name, target } => match owner(tables, name, *target) {
                Owner::Local => {}
                owner @ (Owner::Module | Owner::Function(_)) => {
                    let owner = owner.variables();
                    if narrow {
                        bound.insert(owner, name);
                    }
                    let certain = !bound.forked();
                    report(Reported::Bind { name, certain, deletes: false, scope, owner });
                }
                Owner::Class(class) => {
                    // In a loop the deletion may come first.
                    if !tables[class.index()].symbols.deleted.contains(name) {
                        bound.insert(class, name);
                    }
                }
            },
            EventKind::Delete { name } => match owner(tables, name, scope) {
                Owner::Local => {}
                owner @ (Owner::Module | Owner::Function(_)) => {
                    let owner = owner.variables();
                    bound.remove(owner, name);
                    let certain = !bound.forked();
                    report(Reported::Bind { name, certain, deletes: true, scope, owner });
                }
                Owner::Class(class) => bound.remove(class, name),
            },
            EventKind::Make(made) => report(Reported::Make(*made)),
            EventKind::Call => report(Reported::Call),
            EventKind::Star => report(Reported::Star),
            EventKind::Annotate => report(Reported::Annotate),
            EventKind::Fork => bound.fork(),
            EventKind::Next => bound.next(),
            EventKind::Join { exhaustive } => bound.join(*exhaustive),
        }
    }
}

type Key<'a> = (TableId, &'a Name);

/// The names that have certainly been bound, with what it takes to go back to a fork.
#[derive(Default)]
struct Bound<'a> {
    names: HashSet<Key<'a>>,
    /// Every change since the start, and whether it was an insertion.
    changes: Vec<(Key<'a>, bool)>,
    forks: Vec<Fork<'a>>,
}

struct Fork<'a> {
    /// How many changes there were.
    changes: usize,
    /// What every alternative so far has inserted.
    common: Option<HashSet<Key<'a>>>,
    /// What any alternative so far has removed.
    removed: Vec<Key<'a>>,
}

impl<'a> Bound<'a> {
    fn contains(&self, scope: TableId, name: &Name) -> bool {
        self.names.contains(&(scope, name))
    }

    fn insert(&mut self, scope: TableId, name: &'a Name) {
        if self.names.insert((scope, name)) {
            self.changes.push(((scope, name), true));
        }
    }

    fn remove(&mut self, scope: TableId, name: &'a Name) {
        if self.names.remove(&(scope, name)) {
            self.changes.push(((scope, name), false));
        }
    }

    fn forked(&self) -> bool {
        !self.forks.is_empty()
    }

    fn fork(&mut self) {
        let changes = self.changes.len();
        self.forks.push(Fork { changes, common: None, removed: Vec::new() });
    }

    /// Ends an alternative and goes back to the fork.
    fn next(&mut self) {
        let Some(fork) = self.forks.last_mut() else {
            // The stretch starts in an alternative of a fork outside it.
            return self.fork();
        };
        let mut inserted = HashSet::new();
        for (key, insertion) in self.changes.drain(fork.changes..).rev() {
            if insertion {
                if self.names.remove(&key) {
                    inserted.insert(key);
                }
            } else {
                fork.removed.push(key);
                self.names.insert(key);
            }
        }
        // Going backwards, a name that was removed and is back was not there in the end.
        let removed: HashSet<Key<'a>> = fork.removed.iter().copied().collect();
        inserted.retain(|key| !removed.contains(key));
        fork.common = Some(match fork.common.take() {
            Some(common) => common.intersection(&inserted).copied().collect(),
            None => inserted,
        });
    }

    fn join(&mut self, exhaustive: bool) {
        if self.forks.is_empty() {
            return;
        }
        self.next();
        let Some(fork) = self.forks.pop() else { return };
        for (scope, name) in fork.removed {
            self.remove(scope, name);
        }
        if exhaustive {
            for (scope, name) in fork.common.into_iter().flatten() {
                self.insert(scope, name);
            }
        }
    }
}
