//! Operators: what operators and other syntax change of instances of classes that libraries wrote in Python.
//!
//! No probe stands at an operator, for nearly all operands are of C. Where a variable that a statement
//! reads is an instance of such a class, and the statement's operators may call a method of it that is written
//! in Python, what the variable leads to is compared before the statement and after it.

use clew_effects::Confidence;
use clew_heap::callable_name::package_of;
use clew_heap::callee::class_key;
use clew_heap::session_code::session_code;
use clew_heap::traversal::traverse;
use clew_heap::{Class, Lent, Quiet};
use clew_probe::epoch;
use clew_syntax::{Range, Read, Scope, ScopeKind, SpecialMethods, Statement, Unit};
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::library_record::WatchedOperands;
use super::state::Recorder;
use super::statement::Cause;
use crate::observe::{Seen, Watch};

/// How often operators of a class are watched that never change anything.
const MOST_IN_VAIN: u32 = 8;

impl Recorder {
    /// Looks at the operands of a statement that is about to run.
    pub(super) fn watch_operands(&mut self, quiet: Quiet<'_>, unit: &Unit, statement: &Statement) {
        use clew_syntax::StatementKind::{Class as ClassDefinition, Function};
        match statement.kind {
            ClassDefinition => return self.watch_bases(quiet, statement),
            Function => return,
            _ => {}
        }
        let by_parts = statement.is_by_parts();
        let access = if by_parts { &statement.own } else { &statement.whole };
        let range = if by_parts { statement.header } else { statement.range };
        let mut called = None;
        let mut reads: Vec<Read> = Vec::new();
        let mut classes = Vec::new();
        let mut packages = FxHashSet::default();
        for read in with_functions(unit, &access.reads) {
            let Some(value) = self.variables(quiet).item(&read.name) else { continue };
            let (operand, rest) = operand_of(value, &read.path);
            for candidate in candidates(operand) {
                if !candidate.class().is_heap_type() || candidate.is_class() {
                    continue;
                }
                let called =
                    *called.get_or_insert_with(|| methods_called(unit, range, &access.reads));
                if let Some(class) = self.calls_python(candidate, called, rest) {
                    classes.push(class);
                    reads.push(read.clone());
                    packages.extend(package_of(candidate.class().object()));
                    self.note_class_used(candidate.class());
                    break;
                }
            }
        }
        if reads.is_empty() {
            return;
        }
        // What they do to modules is looked at as well.
        self.may_change_modules(quiet);
        packages.iter().for_each(|package| self.read_kept_of(package));
        let operands = self.operands(quiet, &reads);
        let watch = self.watching.observer.before(quiet, &operands, &self.boundary, epoch());
        if let Watch::Watched(before) = watch {
            self.at_hand.operands = Some(WatchedOperands { reads, classes, before });
        }
    }

    /// Looks at what classes of the program keep that a class is about to be derived from, where a library
    /// is told of it.
    fn watch_bases(&mut self, quiet: Quiet<'_>, statement: &Statement) {
        let is_told = |base: Class<'_>| {
            let told = base.lookup("__init_subclass__");
            let within = |told: Lent<'_>| told.member(c"__func__").is_some_and(is_written);
            told.is_some_and(|told| {
                is_written(told)
                    || told.is_exactly(&raw mut ffi::PyClassMethod_Type) && within(told)
            }) || base.object().class().is_made_by_statement()
        };
        let mut reads = statement.whole.reads.clone();
        for read in &reads {
            let Some(value) = self.variables(quiet).item(&read.name) else { continue };
            let base = operand_of(value, &read.path).0.as_class();
            if let Some(base) = base.filter(|base| base.name().0 != "__main__" && is_told(*base)) {
                self.note_derived(base);
            }
        }
        reads.retain(|read| {
            let base = self.variables(quiet).item(&read.name).and_then(Lent::as_class);
            read.path.is_empty()
                && base.is_some_and(|base| base.name().0 == "__main__" && is_told(base))
        });
        let operands = self.operands(quiet, &reads);
        if operands.is_empty() {
            return;
        }
        match self.watching.observer.before(quiet, &operands, &self.boundary, epoch()) {
            Watch::Watched(before) => {
                self.at_hand.operands =
                    Some(WatchedOperands { reads, classes: Vec::new(), before });
            }
            Watch::NoTime | Watch::Assumed => {
                let by = Cause::new("class", Confidence::Assumed);
                operands.into_iter().for_each(|operand| self.change(operand, &by));
            }
        }
    }

    /// The class of an operand whose methods a library wrote in Python, where any of those are called.
    fn calls_python(
        &mut self,
        operand: Lent<'_>,
        called: SpecialMethods,
        rest: &[String],
    ) -> Option<(usize, usize)> {
        let class = operand.class();
        let key = class_key(class, 7);
        let operators = &mut self.watching.operators;
        if key.0 == 0 || operators.in_vain.get(&key).is_some_and(|&times| times >= MOST_IN_VAIN) {
            return None;
        }
        let rules = &self.rules;
        let written = *operators.written.entry(key).or_insert_with(|| {
            SpecialMethods::those(|name| {
                class.lookup(name).is_some_and(|method| {
                    is_written(method) && {
                        // Of the packages that rules speak of it is known what their operators do.
                        !package_of(method).is_some_and(|package| rules.knows(&package))
                    }
                })
            })
        });
        let property = || {
            let getter = rest.first().and_then(|name| getter_of(class, name));
            getter.is_some_and(|getter| {
                is_written(getter)
                    && !package_of(getter).is_some_and(|package| rules.knows(&package))
            })
        };
        (called.meets(written) || property()).then_some(key)
    }

    fn operands<'a>(&self, quiet: Quiet<'a>, reads: &[Read]) -> Vec<Lent<'a>> {
        let variables = self.variables(quiet);
        let mut operands = Vec::new();
        for read in reads {
            let Some(value) = variables.item(&read.name) else { continue };
            match value.as_class() {
                Some(class) => operands.extend(held_by_class(class)),
                None => operands.push(operand_of(value, &read.path).0),
            }
        }
        operands
    }

    /// Marks what the operators of the statement at hand changed.
    pub(super) fn note_operands(&mut self, quiet: Quiet<'_>) {
        let Some(watched) = self.at_hand.operands.take() else { return };
        let WatchedOperands { reads, classes, before } = watched;
        let operands = self.operands(quiet, &reads);
        let seen = self.watching.observer.after(
            quiet,
            *before,
            (&operands, None),
            &self.boundary,
            epoch(),
        );
        let Seen::Changed { marks, gone } = seen else { return };
        let by = Cause::new("an operator", Confidence::Observed);
        let mut any = false;
        for (address, assumed) in marks {
            if !assumed && !gone.contains(&address) {
                any = true;
                self.mark(address, &by);
            }
        }
        let in_vain = &mut self.watching.operators.in_vain;
        for class in classes {
            let times = in_vain.entry(class).or_default();
            *times = if any { 0 } else { *times + 1 };
        }
    }
}

/// What a statement reads, and what the functions read that it names and may call.
fn with_functions<'u>(unit: &'u Unit, reads: &'u [Read]) -> impl Iterator<Item = &'u Read> {
    let within = functions_named(unit, reads).flat_map(|scope| &scope.reads);
    reads.iter().chain(within)
}

/// The methods that a statement's operators may call, and those of the functions that it names.
fn methods_called(unit: &Unit, range: Range, reads: &[Read]) -> SpecialMethods {
    functions_named(unit, reads)
        .map(|scope| unit.special_methods(scope.range))
        .fold(unit.special_methods(range), SpecialMethods::with)
}

/// The functions of a text that have a name that is read.
fn functions_named<'u>(unit: &'u Unit, reads: &'u [Read]) -> impl Iterator<Item = &'u Scope> {
    unit.scopes().iter().filter(move |scope| {
        scope.kind == ScopeKind::Function
            && reads.iter().any(|read| read.name == scope.name || read.path.contains(&scope.name))
    })
}

/// A value and, where it is a container or an instance of the program's, some of what it holds: operands
/// are taken from there.
fn candidates(value: Lent<'_>) -> Vec<Lent<'_>> {
    const MOST: usize = 32;
    let mut found = vec![value];
    let holds = value.is_builtin_container() || value.is_tuple() || value.is_plain_instance();
    if holds && !value.is_class() {
        traverse(value, |held| {
            found.push(held);
            found.len() < MOST
        });
    }
    found
}

/// The object that a chain of names leads to, by way of modules, and what of the chain is left.
pub(super) fn operand_of<'a, 'p>(
    mut value: Lent<'a>,
    path: &'p [String],
) -> (Lent<'a>, &'p [String]) {
    let mut rest = path;
    while let Some((name, further)) = rest.split_first()
        && let Some(held) = value.module_variables().and_then(|variables| variables.item(name))
    {
        value = held;
        rest = further;
    }
    (value, rest)
}

/// What a class holds that is more than a part of its definition.
pub(super) fn held_by_class(class: Class<'_>) -> Vec<Lent<'_>> {
    let held = class.dictionary().into_iter().flat_map(Lent::pairs);
    held.map(|(_, held)| held).filter(keeps).collect()
}

/// Whether what a class holds is more than a part of its definition.
fn keeps(held: &Lent<'_>) -> bool {
    let class = held.class();
    class.is_made_by_statement()
        && !held.is_definition()
        && !held.is_module()
        && class.own("__get__").is_none()
}

/// Whether a method is a function in Python that has no probes of its own.
pub(super) fn is_written(method: Lent<'_>) -> bool {
    method.function_code().is_some_and(|code| !session_code().contains(&code.address()))
}

/// The function behind a property of a class.
fn getter_of<'a>(class: Class<'a>, name: &str) -> Option<Lent<'a>> {
    let property = class.lookup(name)?;
    property.is_exactly(&raw mut ffi::PyProperty_Type).then(|| property.member(c"fget")).flatten()
}
