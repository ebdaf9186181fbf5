//! Persisted: answers in words that another process understands, so that what was inferred once is known in
//! the sessions to come.
//!
//! An answer names objects by their addresses. Here each has a name: where a module or class holds it
//! (`named`), or in which place an earlier fact found it. What it is made of is kept with it: digests of
//! classes and of the code that was followed, sizes and times of the files that were read, and
//! the versions of the packages, on which rules may hang. Where anything is not what it was, the answer
//! is not used; where something has no name, it is not kept.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::rc::Rc;

use clew_heap::callable_name::top_level;
use clew_heap::callee::Callee;
use clew_heap::digest::{self, Digests, Look, concealed};
use clew_heap::native::bound_to;
use clew_heap::qualified_name::{HeldPart, Place, each_of_class};
use clew_heap::{Address, AddressMap, AddressSet, Lent};
use clew_infer::{Condition, Fact, Holder, Translate, Version};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::lender::Lender;
use super::{AccessPath, Answer, Inferred};
use crate::package::version_of;

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
    writes_within: Vec<Number>,
    variables_read: Vec<(Number, Rc<str>)>,
    variables_bound: Vec<(Number, Rc<str>)>,
    states: Vec<(String, bool)>,
}

/// Encodes an answer about a callee, for which these functions were followed; `None` where some object has
/// no name.
pub(super) fn encode(
    lender: Lender<'_>,
    digests: &mut Digests,
    callee: &Callee<'_>,
    (answer, followed): (&Answer, &[Address]),
) -> Option<Vec<u8>> {
    let mut found = AddressMap::default();
    for (at, fact) in answer.facts.iter().enumerate() {
        if let Fact::Held(_, Condition::Is(address) | Condition::Kind(address)) = fact {
            found.entry(*address).or_insert(at);
        }
    }
    let mut names = Names {
        lender,
        digests,
        facts: &answer.facts,
        found,
        of_classes: None,
        objects: Vec::new(),
        numbers: AddressMap::default(),
    };
    let callee = names.number(callee.function.address())?;
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
        let code = lender.find(function)?.function_code()?;
        let file = file_of(code)?;
        let stamp = stamp(&file)?;
        files.insert(file, stamp);
        functions.push((names.number(function)?, digest::code(code)));
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
            let version = version_of(lender.quiet(), &package);
            (package, version)
        })
        .collect();
    let objects = names.objects;
    let kept = Persisted { packages, files, objects, callee, followed: functions, facts, inferred };
    postcard::to_stdvec(&kept).ok()
}

/// Recalls an answer about a callee; `None` where something is not what it was.
pub(super) fn recall(
    lender: Lender<'_>,
    digests: &mut Digests,
    callee: &Callee<'_>,
    content: &[u8],
) -> Option<Answer> {
    let kept: Persisted = postcard::from_bytes(content).ok()?;
    let quiet = lender.quiet();
    if kept.packages.iter().any(|(package, version)| version_of(quiet, package) != *version) {
        return None;
    }
    if kept.files.iter().any(|(file, known)| stamp(file) != Some(*known)) {
        return None;
    }
    let mut objects: Vec<Address> = Vec::with_capacity(kept.objects.len());
    let mut one_each = FxHashSet::default();
    for named in &kept.objects {
        let object = named.find(lender, digests, &objects)?;
        // What were two objects may hang on not being one.
        if !one_each.insert(object) {
            return None;
        }
        objects.push(object);
    }
    let mut known = Known { lender, objects: &objects };
    if known.object(&kept.callee)? != callee.function.address() {
        return None;
    }
    for (function, digest) in &kept.followed {
        let code = lender.find(known.object(function)?)?.function_code()?;
        if digest::code(code) != *digest || !kept.files.contains_key(&file_of(code)?) {
            return None;
        }
    }
    let facts: Option<Vec<_>> = kept.facts.iter().map(|fact| fact.translate(&mut known)).collect();
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
        Fact::Held(holder, _) => lender.is_sound(holder),
        _ => true,
    });
    let inferred = match kept.inferred {
        Some(inferred) => Some(Rc::new(inferred.translate(&mut known)?)),
        None => None,
    };
    sound.then_some(Answer { earlier: true, facts, inferred })
}

/// The file that a code object is from.
fn file_of(code: Lent<'_>) -> Option<String> {
    code.member(c"co_filename")?.text()
}

/// A file's size and when it was changed, in nanoseconds.
fn stamp(file: &str) -> Option<(u64, i64)> {
    let found = std::fs::metadata(file).ok()?;
    Some((found.len(), found.mtime().wrapping_mul(1_000_000_000).wrapping_add(found.mtime_nsec())))
}

struct Names<'a> {
    lender: Lender<'a>,
    digests: &'a mut Digests,
    facts: &'a [Fact],
    /// The first fact that found an object.
    found: AddressMap<usize>,
    /// What the classes that facts are about hold.
    of_classes: Option<AddressMap<Option<Place>>>,
    objects: Vec<Named>,
    /// `None` where it is being named, or has no name.
    numbers: AddressMap<Option<Number>>,
}

impl Names<'_> {
    fn number(&mut self, address: Address) -> Option<Number> {
        if let Some(&known) = self.numbers.get(&address) {
            return known;
        }
        self.numbers.insert(address, None);
        let named = self.name(address)?;
        let number = Number::try_from(self.objects.len()).ok()?;
        self.objects.push(named);
        self.numbers.insert(address, Some(number));
        Some(number)
    }

    fn name(&mut self, address: Address) -> Option<Named> {
        let Some(object) = self.lender.find(address) else { return Some(Named::Nothing) };
        if object.is_none() {
            return Some(Named::None);
        }
        if object.is_false() {
            return Some(Named::False);
        }
        if object.is_true() {
            return Some(Named::True);
        }
        if object.is_exact_dict() {
            let quiet = object.quiet();
            if quiet.modules() == Some(object) {
                return Some(Named::Modules);
            }
            let name = object.item("__name__").and_then(Lent::text);
            if let Some(module) = name.filter(|name| quiet.namespace_of(name) == Some(object)) {
                return (module != "__main__").then_some(Named::Namespace(module));
            }
        }
        if let Some((place, part)) = Place::locate(object) {
            return Some(match object.as_class().filter(|_| part == HeldPart::Itself) {
                Some(class) => Named::Class(place, self.digests.of_class(class)),
                None => Named::At(place, part),
            });
        }
        if !self.found.contains_key(&address)
            && !object.is_class()
            && let Some(Some(place)) = self.of_classes().get(&address)
        {
            return Some(Named::At(place.clone(), HeldPart::Itself));
        }
        let facts = self.facts;
        let bound = facts.iter().find_map(|fact| match fact {
            Fact::Held(_, Condition::Is(function)) => {
                (self.lender.find(*function).and_then(bound_to) == Some(object))
                    .then_some(*function)
            }
            _ => None,
        });
        if let Some(function) = bound {
            let look = self.digests.describe(object)?;
            return Some(Named::BoundTo(self.number(function)?, look));
        }
        let Fact::Held(holder, condition) = &facts[*self.found.get(&address)?] else {
            return None;
        };
        let holder = holder.translate(self)?;
        let look = self.digests.describe(object)?;
        Some(match condition {
            Condition::Kind(_) => Named::ClassOf(holder, look),
            _ => Named::Found(holder, look),
        })
    }

    /// Where classes hold what they hold.
    fn of_classes(&mut self) -> &AddressMap<Option<Place>> {
        let (lender, facts) = (self.lender, self.facts);
        self.of_classes.get_or_insert_with(|| {
            let mut held = AddressMap::default();
            let mut seen = AddressSet::default();
            for fact in facts {
                let (Fact::Passed { condition, .. } | Fact::Held(_, condition)) = fact else {
                    continue;
                };
                if let Condition::Class((class, _)) | Condition::Version((class, _)) = condition
                    && let Some(class) = lender.class(*class)
                {
                    each_of_class(class, &mut seen, &mut held);
                }
            }
            held
        })
    }

    fn inferred(&mut self, inferred: &Inferred) -> Option<PersistedAnswer> {
        let mut objects = |all: &[Address]| -> Option<Vec<Number>> {
            all.iter().map(|object| self.object(object)).collect()
        };
        let (reads, writes) = (objects(&inferred.reads)?, objects(&inferred.writes)?);
        let writes_within = objects(&inferred.writes_within)?;
        let mut variables = |all: &[(Address, Rc<str>)]| -> Option<Vec<(Number, Rc<str>)>> {
            all.iter().map(|(space, name)| Some((self.object(space)?, Rc::clone(name)))).collect()
        };
        Some(PersistedAnswer {
            changes: inferred.changes.clone(),
            unknown_changes: inferred.unknown_changes.clone(),
            everything: inferred.everything,
            reads,
            writes,
            writes_within,
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
        self.number(*object)
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
    lender: Lender<'a>,
    objects: &'a [Address],
}

impl Translate<Number, Number> for Known<'_> {
    type Object = Address;
    type Class = Version;

    fn object(&mut self, number: &Number) -> Option<Address> {
        self.objects.get(*number as usize).copied()
    }

    fn class(&mut self, number: &Number) -> Option<Version> {
        let class = self.lender.class(self.object(number)?)?;
        Some((class.address(), class.version()))
    }

    fn text(&mut self, text: &str) -> u64 {
        concealed(text)
    }
}

impl Named {
    /// The object in this process, given those before it; `None` where there is none, or another one.
    fn find(
        &self,
        lender: Lender<'_>,
        digests: &mut Digests,
        before: &[Address],
    ) -> Option<Address> {
        let quiet = lender.quiet();
        let mut known = Known { lender, objects: before };
        let object = match self {
            Self::Nothing => return Some(0),
            Self::None => quiet.none(),
            Self::False => quiet.bool(false),
            Self::True => quiet.bool(true),
            Self::Modules => quiet.modules()?,
            Self::Namespace(module) => quiet.namespace_of(module)?,
            Self::At(place, part) => part.within(place.resolve(quiet)?)?,
            Self::Class(place, digest) => {
                let class = place.resolve(quiet)?.as_class()?;
                (digests.of_class(class) == *digest).then_some(class.object())?
            }
            Self::BoundTo(function, look) => {
                let object = bound_to(lender.find(known.object(function)?)?)?;
                (digests.describe(object)? == *look).then_some(object)?
            }
            Self::Found(holder, look) | Self::ClassOf(holder, look) => {
                let holder = holder.translate(&mut known)?;
                if !lender.is_sound(&holder) {
                    return None;
                }
                let mut object = lender.held(&holder)?;
                if matches!(self, Self::ClassOf(..)) {
                    object = object.class().object();
                }
                (digests.describe(object)? == *look).then_some(object)?
            }
        };
        Some(object.address())
    }
}

impl PersistedAnswer {
    fn translate(self, known: &mut Known<'_>) -> Option<Inferred> {
        let mut objects = |all: &[Number]| -> Option<Vec<Address>> {
            all.iter().map(|object| known.object(object)).collect()
        };
        let (reads, writes) = (objects(&self.reads)?, objects(&self.writes)?);
        let writes_within = objects(&self.writes_within)?;
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
            writes_within,
            variables_read,
            variables_bound,
            states: states?,
        })
    }
}
