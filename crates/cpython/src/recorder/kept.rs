//! Kept: what packages keep in their own modules and classes and change by their own functions, and who reads it.
//!
//! A counter, a registry or a default instance that one function of a package changes and another one reads is
//! a state by its address. Where the source of a call is followed, it says what it reads; a call that cannot be
//! followed reads all that its package was seen to change.

use clew_effects::{Confidence, StateKey};
use clew_heap::callable_name::{module_of, package_of};
use clew_heap::callee::Callee;
use clew_heap::{Address, Class, Quiet};
use clew_probe::ProgramPoint;
use clew_syntax::Read;

use super::note::hidden_key;
use super::operators::operand_of;
use super::state::Recorder;
use super::statement::Cause;
use crate::library_state::ContainerChange;

impl Recorder {
    /// A call of something of a library is about to be made of which no rule says all: what the classes of its
    /// module hold may change.
    pub(super) fn note_module_called(&mut self, callee: &Callee<'_>) {
        let quiet = callee.function.quiet();
        let of_receiver =
            callee.receiver.map(|receiver| receiver.as_class().unwrap_or_else(|| receiver.class()));
        if let Some(class) = of_receiver.or_else(|| callee.function.as_class()) {
            self.note_class_used(class);
        }
        let module = module_of(callee.function).and_then(|module| quiet.module(&module));
        if let Some(module) = module {
            self.outside.libraries.state.is_called(module);
        }
    }

    /// What a class or its bases hold may change.
    pub(super) fn note_class_used(&mut self, class: Class<'_>) {
        for base in class.resolution_order().filter(|base| base.is_heap_type()) {
            if let Some(module) = class.object().quiet().module(&base.name().0) {
                self.outside.libraries.state.is_called(module);
            }
        }
    }

    /// A class is about to be derived from one that a library is told of: what the library keeps may change.
    pub(super) fn note_derived(&mut self, base: Class<'_>) {
        self.may_change_modules(base.object().quiet());
        self.note_class_used(base);
        self.at_hand.called.for_effect = true;
        for base in base.resolution_order() {
            self.read_kept_of(&package_of(base.object()).unwrap_or_default());
        }
    }

    /// A package changed a container that it keeps itself.
    pub(super) fn note_kept(&mut self, change: &ContainerChange, package: &str) {
        let memo = change.filled && !self.at_hand.called.for_effect;
        if change.class || memo {
            return;
        }
        let by = Cause::new("a library", Confidence::Observed);
        for point in self.points_of(package) {
            self.loop_trace.stand_at(point);
            let (innermost, others) = (change.container, change.holders.iter().copied());
            for address in others.chain([innermost]) {
                self.mark(address, &by);
                self.keep(package, address);
            }
        }
        self.loop_trace.stand_at(None);
    }

    /// An attribute of a class was set anew by the package that the class is of.
    pub(super) fn note_kept_by_class(&mut self, class: Class<'_>, package: &str) {
        self.outside.libraries.kept.classes.insert(class.address());
        self.keep(package, class.address());
    }

    /// Notes that what a package keeps at an address changed.
    pub(super) fn keep(&mut self, package: &str, address: Address) {
        self.outside.libraries.kept.objects.insert(address);
        self.keep_state(package, hidden_key(address));
    }

    fn keep_state(&mut self, package: &str, key: StateKey) {
        let libraries = &mut self.outside.libraries;
        libraries.any = true;
        libraries.kept.add(package, key.clone());
        self.writes_state((key, false));
    }

    /// A package bound a variable of a module of its own to something else.
    pub(super) fn note_kept_name(&mut self, package: &str, key: StateKey) {
        for point in self.points_of(package) {
            self.loop_trace.stand_at(point);
            self.keep_state(package, key.clone());
        }
        self.loop_trace.stand_at(None);
        self.objects.binds_variables_of_modules = true;
    }

    /// Where in a loop functions of a package were called.
    fn points_of(&self, package: &str) -> Vec<Option<ProgramPoint>> {
        let called = self.at_hand.called.points.get(package);
        let points: Vec<_> = called.into_iter().flatten().copied().map(Some).collect();
        if points.is_empty() { vec![None] } else { points }
    }

    /// Whether a package was seen to change an object that it keeps.
    pub(super) fn is_kept(&self, address: Address) -> bool {
        self.outside.libraries.kept.objects.contains(&address)
    }

    /// Notes what a call may read of what its package keeps, where its source does not say it.
    pub(super) fn read_kept_by(&mut self, callee: &Callee<'_>) {
        if self.outside.libraries.kept.is_empty() {
            return;
        }
        let at = (callee.function.address(), ProgramPoint::current());
        if !self.at_hand.called.kept_read.insert(at) {
            return;
        }
        let of_receiver = callee.receiver.and_then(package_of);
        for package in package_of(callee.function).into_iter().chain(of_receiver) {
            self.read_kept_of(&package);
        }
    }

    /// Notes that all is read that a package was seen to change of what it keeps.
    pub(super) fn read_kept_of(&mut self, package: &str) {
        for key in self.outside.libraries.kept.of_package(package).to_vec() {
            self.reads_state(key);
        }
    }

    /// Notes that what a class keeps is read.
    pub(super) fn read_class(&mut self, class: Class<'_>) {
        for address in self.outside.libraries.kept.of_class(class) {
            self.reads_state(hidden_key(address));
        }
    }

    /// What of classes' own is read by way of names: `Class.name`, and attributes that instances have by way of
    /// their class.
    pub(super) fn read_of_classes(&mut self, quiet: Quiet<'_>, reads: &[Read]) {
        if self.outside.libraries.kept.is_empty() {
            return;
        }
        for read in reads {
            let Some(value) = self.variables(quiet).item(&read.name) else { continue };
            let (object, rest) = operand_of(value, &read.path);
            let Some(name) = rest.first() else { continue };
            let class = object.as_class().unwrap_or_else(|| object.class());
            self.read_class(class);
            if let Some(held) = class.lookup(name) {
                self.read_hidden(held);
            }
        }
    }
}
