//! Persisted: answers in words that another process understands, so that what was inferred once is known in
//! the sessions to come.
//!
//! An answer names objects by their addresses. Here each has a name: where a module or class holds it
//! (`named`), or in which place an earlier fact found it. What it is made of is kept with it: digests of
//! classes and of the code that was followed, sizes and times of the files that were read, and
//! the versions of the packages, on which rules may hang. Where anything is not what it was, the answer
//! is not used; where something has no name, it is not kept.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::holder::{held, is_sound};
use super::{AccessPath, Answer, Inferred};
use crate::callee::{Callee, text, top_level, version_of};
use crate::named::{self, Digests, HeldPart, Look, Place, namespace_of};
use crate::reach::Address;
use clew_heap::Lent;
use clew_heap::digest::concealed;
use clew_heap::raw::class::{member, version};
use clew_infer::{Condition, Fact, Holder, Translate, Version};

/// The number of an object among those of an answer.
type Number = u32;

/// An answer for any process.
#[derive(Serialize, Deserialize)]
struct Persisted {
    packages: BTreeMap<String, Option<String>>,
    /// Files that functions were read from, with their [`stamp`]s.
    files: BTreeMap<String, (u64, i64)>,
    /// Each may refer to those before it, and no two are one.
    objects: Vec<Named>,
    callee: Number,
    /// Functions that were followed, and digests of their code.
    followed: Vec<(Number, u64)>,
    facts: Vec<Fact<Number, Number>>,
    inferred: Option<PersistedAnswer>,
}

#[derive(Clone, Serialize, Deserialize)]
enum Named {
    Nothing,
    None,
    False,
    True,
    /// `sys.modules`.
    Modules,
    /// What a module's variables are kept in.
    Namespace(String),
    At(Place, HeldPart),
    /// A class, and what it is made of.
    Class(Place, u64),
    /// What is found there, if it looks like this.
    Found(Holder<Number>, Look),
    /// The class of what is found there.
    ClassOf(Holder<Number>, Look),
    /// What that function of C is bound to.
    BoundTo(Number, Look),
}

#[derive(Serialize, Deserialize)]
struct PersistedAnswer {
    changes: Vec<AccessPath>,
    unknown_changes: Vec<AccessPath>,
    everything: bool,
    reads: Vec<Number>,
    writes: Vec<Number>,
    variables_read: Vec<(Number, Rc<str>)>,
    variables_bound: Vec<(Number, Rc<str>)>,
    states: Vec<(String, bool)>,
}

/// Encodes an answer about a callee, for which these functions were followed; `None` where some object has
/// no name.
pub(super) unsafe fn encode(
    py: Python<'_>,
    digests: &mut Digests,
    callee: &Callee,
    (answer, followed): (&Answer, &[Address]),
) -> Option<Vec<u8>> {
    let mut found = FxHashMap::default();
    for (at, fact) in answer.facts.iter().enumerate() {
        if let Fact::Held(_, Condition::Is(address) | Condition::Kind(address)) = fact {
            found.entry(*address).or_insert(at);
        }
    }
    let mut names = Names {
        digests,
        facts: &answer.facts,
        found,
        of_classes: None,
        objects: Vec::new(),
        numbers: FxHashMap::default(),
    };
    // SAFETY: the caller has just inferred the answer, so what it names is alive.
    unsafe {
        let callee = names.number(callee.function() as Address)?;
        let facts: Option<Vec<_>> =
            answer.facts.iter().map(|fact| fact.translate(&mut names)).collect();
        let facts = facts?;
        let inferred = match &answer.inferred {
            Some(inferred) => Some(names.inferred(inferred)?),
            None => None,
        };
        let mut files = BTreeMap::new();
        let mut functions = Vec::new();
        for &function in followed {
            let code = ffi::PyFunction_GetCode(function as *mut ffi::PyObject);
            let file = file_of(code)?;
            let stamp = stamp(&file)?;
            files.insert(file, stamp);
            functions.push((names.number(function)?, named::code(code)));
        }
        let packages = names
            .objects
            .iter()
            .filter_map(|named| match named {
                Named::Namespace(module) => Some(module),
                Named::At(place, _) | Named::Class(place, _) => Some(&place.module),
                _ => None,
            })
            .map(|module| top_level(module))
            .map(|package| {
                let version = version_of(py, &package);
                (package, version)
            })
            .collect();
        let objects = names.objects;
        let kept =
            Persisted { packages, files, objects, callee, followed: functions, facts, inferred };
        postcard::to_stdvec(&kept).ok()
    }
}

/// Recalls an answer about a callee; `None` where something is not what it was.
pub(super) unsafe fn recall(
    py: Python<'_>,
    digests: &mut Digests,
    callee: &Callee,
    content: &[u8],
) -> Option<Answer> {
    let kept: Persisted = postcard::from_bytes(content).ok()?;
    if kept.packages.iter().any(|(package, version)| version_of(py, package) != *version) {
        return None;
    }
    if kept.files.iter().any(|(file, known)| stamp(file) != Some(*known)) {
        return None;
    }
    // SAFETY: the GIL is held; what modules and classes hold is alive, and each object was looked up
    // in this process.
    unsafe {
        let mut objects: Vec<Address> = Vec::with_capacity(kept.objects.len());
        let mut one_each = FxHashSet::default();
        for named in &kept.objects {
            let object = named.find(digests, &objects)?;
            // What were two objects may hang on not being one.
            if !one_each.insert(object) {
                return None;
            }
            objects.push(object);
        }
        let mut known = Known { objects: &objects };
        if known.object(&kept.callee)? != callee.function() as Address {
            return None;
        }
        for (function, digest) in &kept.followed {
            let function = known.object(function)? as *mut ffi::PyObject;
            if function.is_null() || ffi::Py_TYPE(function) != &raw mut ffi::PyFunction_Type {
                return None;
            }
            let code = ffi::PyFunction_GetCode(function);
            if named::code(code) != *digest || !kept.files.contains_key(&file_of(code)?) {
                return None;
            }
        }
        let facts: Option<Vec<_>> =
            kept.facts.iter().map(|fact| fact.translate(&mut known)).collect();
        let mut facts = facts?;
        for fact in &mut facts {
            let (Fact::Passed { condition, .. } | Fact::Held(_, condition)) = fact else {
                continue;
            };
            if let Condition::Inside(classes) = condition {
                classes.sort_unstable();
            }
        }
        let sound = facts.iter().all(|fact| match fact {
            Fact::Held(holder, _) => is_sound(holder),
            _ => true,
        });
        let inferred = match kept.inferred {
            Some(inferred) => Some(Rc::new(inferred.translate(&mut known)?)),
            None => None,
        };
        sound.then_some(Answer { earlier: true, facts, inferred })
    }
}

/// The file that a code object is from.
unsafe fn file_of(code: *mut ffi::PyObject) -> Option<String> {
    // SAFETY: the caller lends a live code object.
    unsafe { text(member(code, c"co_filename")) }
}

/// A file's size and when it was changed, in nanoseconds.
fn stamp(file: &str) -> Option<(u64, i64)> {
    let found = std::fs::metadata(file).ok()?;
    Some((found.len(), found.mtime().wrapping_mul(1_000_000_000).wrapping_add(found.mtime_nsec())))
}

struct Names<'a> {
    digests: &'a mut Digests,
    facts: &'a [Fact],
    /// The first fact that found an object.
    found: FxHashMap<Address, usize>,
    /// What the classes that facts are about hold.
    of_classes: Option<FxHashMap<Address, Option<Place>>>,
    objects: Vec<Named>,
    /// `None` where it is being named, or has no name.
    numbers: FxHashMap<Address, Option<Number>>,
}

impl Names<'_> {
    unsafe fn number(&mut self, address: Address) -> Option<Number> {
        if let Some(&known) = self.numbers.get(&address) {
            return known;
        }
        self.numbers.insert(address, None);
        // SAFETY: handed on from `put`.
        let named = unsafe { self.name(address)? };
        let number = Number::try_from(self.objects.len()).ok()?;
        self.objects.push(named);
        self.numbers.insert(address, Some(number));
        Some(number)
    }

    unsafe fn name(&mut self, address: Address) -> Option<Named> {
        let object = address as *mut ffi::PyObject;
        // SAFETY: handed on from `put`.
        unsafe {
            if object.is_null() {
                return Some(Named::Nothing);
            }
            if object == ffi::Py_None() {
                return Some(Named::None);
            }
            if object == ffi::Py_False() {
                return Some(Named::False);
            }
            if object == ffi::Py_True() {
                return Some(Named::True);
            }
            if ffi::PyDict_CheckExact(object) != 0 {
                if object == ffi::PyImport_GetModuleDict() {
                    return Some(Named::Modules);
                }
                let name = text(crate::object::item(object, "__name__"));
                if let Some(module) = name.filter(|name| namespace_of(name) == object) {
                    return (module != "__main__").then_some(Named::Namespace(module));
                }
            }
            if let Some((place, part)) = Place::of(object) {
                return Some(match part {
                    HeldPart::Itself if ffi::PyType_Check(object) != 0 => {
                        Named::Class(place, self.digests.class(object.cast()))
                    }
                    _ => Named::At(place, part),
                });
            }
            if !self.found.contains_key(&address)
                && ffi::PyType_Check(object) == 0
                && let Some(Some(place)) = self.of_classes().get(&address)
            {
                return Some(Named::At(place.clone(), HeldPart::Itself));
            }
            let facts = self.facts;
            let bound = facts.iter().find_map(|fact| match fact {
                Fact::Held(_, Condition::Is(function)) => {
                    (named::bound_to(*function as *mut _) == object).then_some(*function)
                }
                _ => None,
            });
            if let Some(function) = bound {
                let look = self.digests.look(object)?;
                return Some(Named::BoundTo(self.number(function)?, look));
            }
            let Fact::Held(holder, condition) = &facts[*self.found.get(&address)?] else {
                return None;
            };
            let holder = holder.translate(self)?;
            Some(match condition {
                Condition::Kind(_) => Named::ClassOf(holder, self.digests.look(object)?),
                _ => Named::Found(holder, self.digests.look(object)?),
            })
        }
    }

    /// Where classes hold what they hold.
    unsafe fn of_classes(&mut self) -> &FxHashMap<Address, Option<Place>> {
        self.of_classes.get_or_insert_with(|| {
            let mut held = FxHashMap::default();
            let mut seen = FxHashSet::default();
            for fact in self.facts {
                let (Fact::Passed { condition, .. } | Fact::Held(_, condition)) = fact else {
                    continue;
                };
                let (Condition::Class((class, _)) | Condition::Version((class, _))) = condition
                else {
                    continue;
                };
                // SAFETY: handed on from `put`.
                unsafe { named::each_of_class(*class as *mut _, &mut seen, &mut held) };
            }
            held
        })
    }

    fn inferred(&mut self, inferred: &Inferred) -> Option<PersistedAnswer> {
        let mut objects = |all: &[Address]| -> Option<Vec<Number>> {
            all.iter().map(|object| self.object(object)).collect()
        };
        let (reads, writes) = (objects(&inferred.reads)?, objects(&inferred.writes)?);
        let mut variables = |all: &[(Address, Rc<str>)]| -> Option<Vec<(Number, Rc<str>)>> {
            all.iter().map(|(space, name)| Some((self.object(space)?, Rc::clone(name)))).collect()
        };
        Some(PersistedAnswer {
            changes: inferred.changes.clone(),
            unknown_changes: inferred.unknown_changes.clone(),
            everything: inferred.everything,
            reads,
            writes,
            variables_read: variables(&inferred.variables_read)?,
            variables_bound: variables(&inferred.variables_bound)?,
            states: inferred
                .states
                .iter()
                .map(|(state, written)| (state.to_string(), *written))
                .collect(),
        })
    }
}

impl Translate<Address, Version> for Names<'_> {
    type Object = Number;
    type Class = Number;

    fn object(&mut self, object: &Address) -> Option<Number> {
        // SAFETY: answers are put into words while what they name is alive.
        unsafe { self.number(*object) }
    }

    fn class(&mut self, (class, _): &Version) -> Option<Number> {
        self.object(class)
    }

    fn text(&mut self, text: &str) -> u64 {
        concealed(text)
    }
}

/// Objects of this process, by their numbers.
struct Known<'a> {
    objects: &'a [Address],
}

impl Translate<Number, Number> for Known<'_> {
    type Object = Address;
    type Class = Version;

    fn object(&mut self, number: &Number) -> Option<Address> {
        self.objects.get(*number as usize).copied()
    }

    fn class(&mut self, number: &Number) -> Option<Version> {
        let class = self.object(number)?;
        let object = class as *mut ffi::PyObject;
        // SAFETY: it was looked up in this process just now, and its digest compared.
        unsafe {
            (!object.is_null() && ffi::PyType_Check(object) != 0)
                .then(|| (class, version(object.cast())))
        }
    }

    fn text(&mut self, text: &str) -> u64 {
        concealed(text)
    }
}

impl Named {
    /// The object in this process, given those before it; `None` where there is none, or another one.
    unsafe fn find(&self, digests: &mut Digests, before: &[Address]) -> Option<Address> {
        // SAFETY: handed on from `get`.
        let object = unsafe {
            match self {
                Self::Nothing => return Some(0),
                Self::None => ffi::Py_None(),
                Self::False => ffi::Py_False(),
                Self::True => ffi::Py_True(),
                Self::Modules => ffi::PyImport_GetModuleDict(),
                Self::Namespace(module) => namespace_of(module),
                Self::At(place, part) => part.of(place.find()),
                Self::Class(place, digest) => {
                    let class = place.find();
                    if class.is_null()
                        || ffi::PyType_Check(class) == 0
                        || digests.class(class.cast()) != *digest
                    {
                        return None;
                    }
                    class
                }
                Self::BoundTo(function, look) => {
                    let function = Known { objects: before }.object(function)?;
                    let object = named::bound_to(function as *mut _);
                    let same = !object.is_null() && digests.look(object)? == *look;
                    if same { object } else { return None }
                }
                Self::Found(holder, look) | Self::ClassOf(holder, look) => {
                    let holder = holder.translate(&mut Known { objects: before })?;
                    if !is_sound(&holder) {
                        return None;
                    }
                    let mut object = held(&holder).map_or(std::ptr::null_mut(), Lent::as_ptr);
                    if !object.is_null() && matches!(self, Self::ClassOf(..)) {
                        object = ffi::Py_TYPE(object).cast();
                    }
                    let same = !object.is_null() && digests.look(object)? == *look;
                    if same { object } else { return None }
                }
            }
        };
        (!object.is_null()).then_some(object as Address)
    }
}

impl PersistedAnswer {
    fn translate(self, known: &mut Known<'_>) -> Option<Inferred> {
        let mut objects = |all: &[Number]| -> Option<Vec<Address>> {
            all.iter().map(|object| known.object(object)).collect()
        };
        let (reads, writes) = (objects(&self.reads)?, objects(&self.writes)?);
        let mut variables = |all: &[(Number, Rc<str>)]| -> Option<Vec<(Address, Rc<str>)>> {
            all.iter().map(|(space, name)| Some((known.object(space)?, Rc::clone(name)))).collect()
        };
        let variables_read = variables(&self.variables_read)?;
        let variables_bound = variables(&self.variables_bound)?;
        let states: Option<Vec<_>> = self
            .states
            .iter()
            .map(|(state, written)| Some((state.parse().ok()?, *written)))
            .collect();
        Some(Inferred {
            changes: self.changes,
            unknown_changes: self.unknown_changes,
            everything: self.everything,
            reads,
            writes,
            variables_read,
            variables_bound,
            states: states?,
        })
    }
}
