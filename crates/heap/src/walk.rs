//! Walk: what can be got at from an object, by the interpreter's own account.
//!
//! CPython's cycle collector asks every container for what it holds (`tp_traverse`, see the
//! developer guide's page on garbage collection). The same question, asked without changing
//! anything, finds an object again wherever it is bound: in containers, attributes, closures,
//! bound methods, iterators and generators. NumPy's arrays do not take part in collection; their
//! base and, for object arrays, their items are read from the array itself.
#![allow(unsafe_code, reason = "walks live objects through CPython's type slots")]

use std::cell::RefCell;

use rustc_hash::FxHashSet;

use crate::address::{Address, AddressMap, AddressSet};
use crate::instance::dictionary_beside_values;
use crate::kind::{WalkKind, is_plain_atom};
use crate::lent::{Class, Lent};
use crate::numpy::{CONTIGUOUS, arrays_behind, base_of, head, kind_of_items, objects_of};
use crate::references::References;
use crate::session_code::is_session_function;
use crate::traversal::traverse;

thread_local! {
    static OWN_MODULES: RefCell<FxHashSet<String>> = RefCell::new(FxHashSet::default());
}

/// Looks into classes of these modules as into the program's own.
pub fn enter_classes_of(modules: &FxHashSet<String>) {
    OWN_MODULES.with_borrow_mut(|known| known.clone_from(modules));
}

/// Walks from an object through all that it holds.
pub struct Walk<'b> {
    /// Objects that are not entered: the session's namespace, for one.
    pub boundary: &'b AddressSet,
    /// How many more objects may be visited; the walk stops when it reaches 0.
    pub budget: usize,
    /// Whether the program's functions and classes are entered: what they hold can be got at through
    /// them, but who is given an instance does not change its class.
    pub definitions: bool,
}

/// How a walk ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Everything was visited.
    Complete,
    /// The visitor asked to stop.
    Stopped,
    /// The budget was used up.
    OverBudget,
}

impl Walk<'_> {
    /// Visits `root` and everything that it reaches and that is not in `seen`, each once. Modules,
    /// library classes and the globals of functions are not entered; of a library's function its
    /// closure is. `visit` returns whether to go on.
    pub fn run<'a>(
        &mut self,
        root: Lent<'a>,
        seen: &mut AddressSet,
        visit: &mut dyn FnMut(Lent<'a>) -> bool,
    ) -> End {
        self.run_noting(root, seen, None, visit)
    }

    /// The same where nobody asks afterwards what was seen: what nothing else refers to is come to once, and
    /// is not kept in mind.
    pub fn run_alone<'a>(
        &mut self,
        root: Lent<'a>,
        visit: &mut dyn FnMut(Lent<'a>) -> bool,
    ) -> End {
        self.go(root, (&mut AddressSet::default(), true), Notes::default(), visit)
    }

    /// The same as [`run`](Self::run); finds references to objects on the way, those that objects hold which are not
    /// entered among them. Ends where all are found.
    pub fn run_counting<'a>(
        &mut self,
        root: Lent<'a>,
        seen: &mut AddressSet,
        references: &mut References,
    ) -> End {
        let notes = Notes { holders: None, references: Some(references) };
        self.go(root, (seen, false), notes, &mut |_| true)
    }

    /// The same; notes by which object each one was found.
    pub fn run_noting<'a>(
        &mut self,
        root: Lent<'a>,
        seen: &mut AddressSet,
        holders: Option<&mut AddressMap<Address>>,
        visit: &mut dyn FnMut(Lent<'a>) -> bool,
    ) -> End {
        self.go(root, (seen, false), Notes { holders, references: None }, visit)
    }

    fn go<'a>(
        &mut self,
        root: Lent<'a>,
        (seen, alone): (&mut AddressSet, bool),
        mut notes: Notes<'_>,
        visit: &mut dyn FnMut(Lent<'a>) -> bool,
    ) -> End {
        if is_plain_atom(root) || !seen.insert(root.address()) {
            return End::Complete;
        }
        let mut open = vec![root];
        while let Some(object) = open.pop() {
            let kind = WalkKind::of(object);
            if kind == WalkKind::Atom {
                continue;
            }
            if !visit(object) {
                return End::Stopped;
            }
            if self.boundary.contains(&object.address()) {
                if let Some(references) = notes.references.as_deref_mut() {
                    self.held(object).into_iter().for_each(|held| references.held(held, object));
                }
                continue;
            }
            let mut frame = Frame {
                open: &mut open,
                seen,
                alone,
                left: self.budget,
                holder: object,
                notes: notes.lent(),
            };
            self.look_into(object, kind, &mut frame);
            self.budget = frame.left;
            if self.budget == 0 {
                return End::OverBudget;
            }
            if notes.references.as_ref().is_some_and(|references| references.all_found()) {
                return End::Stopped;
            }
        }
        End::Complete
    }

    /// What an object holds itself, numbers and texts left out.
    pub fn held<'a>(&self, object: Lent<'a>) -> Vec<Lent<'a>> {
        let (mut open, mut seen) = (Vec::new(), AddressSet::default());
        let mut frame = Frame {
            open: &mut open,
            seen: &mut seen,
            alone: false,
            left: self.budget,
            holder: object,
            notes: Notes::default(),
        };
        self.look_into(object, WalkKind::of(object), &mut frame);
        open
    }

    fn look_into<'a>(&self, object: Lent<'a>, kind: WalkKind, frame: &mut Frame<'_, 'a>) {
        match kind {
            WalkKind::Atom | WalkKind::Opaque => {}
            WalkKind::Container | WalkKind::Fixed => {
                add_traversed(object, frame);
                frame.add_all(dictionary_beside_values(object));
            }
            WalkKind::Function if self.definitions => {
                frame.add_all(object.function_parts().into_iter().flatten());
            }
            // The program's own report when they are entered.
            WalkKind::Function if !is_session_function(object) => frame.add_all(object.closure()),
            WalkKind::Class if self.definitions => look_into_class(object, frame),
            WalkKind::Function | WalkKind::Class => {}
            WalkKind::Array => look_into_array(object, frame),
            WalkKind::ArrayWindow => frame.add_all(arrays_behind(object)),
            WalkKind::Weak => {
                add_traversed(object, frame);
                // A proxy is what it stands for. Libraries keep references to whatever they saw once.
                let is_proxy = object.class().is_weak_proxy();
                let of_program = |referent: &Lent<'_>| referent.class().is_of_program();
                frame.add_all(object.referent().filter(|it| is_proxy || of_program(it)));
            }
        }
    }
}

/// Where what an object holds goes to while it is looked into.
struct Frame<'f, 'a> {
    open: &'f mut Vec<Lent<'a>>,
    seen: &'f mut AddressSet,
    /// Whether what nothing else refers to is left out of what was seen.
    alone: bool,
    left: usize,
    /// What is being looked into.
    holder: Lent<'a>,
    notes: Notes<'f>,
}

/// What is noted on the way.
#[derive(Default)]
struct Notes<'n> {
    /// Which object led to which.
    holders: Option<&'n mut AddressMap<Address>>,
    /// Which references were found.
    references: Option<&'n mut References>,
}

impl Notes<'_> {
    fn lent(&mut self) -> Notes<'_> {
        Notes { holders: self.holders.as_deref_mut(), references: self.references.as_deref_mut() }
    }
}

impl<'a> Frame<'_, 'a> {
    /// Adds an object that was found; `false` where the budget is used up.
    #[inline]
    fn add(&mut self, object: Lent<'a>) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        if let Some(references) = &mut self.notes.references {
            references.held(object, self.holder);
        }
        if !is_plain_atom(object) && self.seen.insert(object.address()) {
            self.open.push(object);
            if let Some(holders) = &mut self.notes.holders {
                holders.insert(object.address(), self.holder.address());
            }
        }
        true
    }

    /// The same of one that the object at hand holds a reference to.
    #[inline]
    fn add_held(&mut self, object: Lent<'a>) -> bool {
        if !self.alone || object.references() != 1 || is_plain_atom(object) || self.left == 0 {
            return self.add(object);
        }
        self.left -= 1;
        self.open.push(object);
        true
    }

    fn add_all(&mut self, objects: impl IntoIterator<Item = Lent<'a>>) {
        for object in objects {
            if !self.add(object) {
                return;
            }
        }
    }
}

/// Adds what an object holds by its class's account.
fn add_traversed<'a>(object: Lent<'a>, frame: &mut Frame<'_, 'a>) {
    traverse(object, |child| frame.add_held(child));
}

/// A class of the session holds what its dictionary holds; a library's class is not entered.
fn look_into_class<'a>(class: Lent<'a>, frame: &mut Frame<'_, 'a>) {
    let Some(class) = class.as_class().filter(|class| class.is_heap_type()) else { return };
    let module = class.own("__module__").and_then(Lent::as_str);
    let is_of_program = |module: &str| {
        module == "__main__" || OWN_MODULES.with_borrow(|known| known.contains(module))
    };
    let Some(dictionary) = class.dictionary().filter(|_| module.is_some_and(is_of_program)) else {
        return;
    };
    frame.add_all(dictionary.pairs().map(|(_, value)| value));
    frame.add_all(bases(class));
}

/// The tuple of a class's bases.
fn bases(class: Class<'_>) -> Option<Lent<'_>> {
    // SAFETY: a class holds its bases.
    unsafe { class.object().lend(class.fields().tp_bases) }
}

fn look_into_array<'a>(array: Lent<'a>, frame: &mut Frame<'_, 'a>) {
    frame.add_all(base_of(array));
    let Some(kind) = kind_of_items(array) else { return };
    // An instance of a class that is written in Python has attributes: a masked array its mask.
    if array.class().is_heap_type() {
        add_traversed(array, frame);
    }
    if kind != b'O' || head(array).flags & CONTIGUOUS == 0 {
        return;
    }
    for item in objects_of(array) {
        if frame.left == 0 {
            return;
        }
        frame.add_all(item);
    }
}
