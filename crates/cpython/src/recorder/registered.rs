//! Registered: functions of the program that packages were given to keep, and who runs them.
//!
//! A package that is given a function and gives nothing back will call it when it comes to that: for a kind of value,
//! a name in a text, an event. A statement that has one of such functions run and not another one asked for the first.
//! Who has none of them run may have asked which there are.

use clew_effects::StateKey;
use clew_heap::arguments::CallArguments;
use clew_heap::callee::Callee;
use clew_heap::session_code::is_session_function;
use clew_heap::{Lent, kind};
use clew_probe::scope_of;

use super::library_record::RegisteredFunction;
use super::state::Recorder;

impl Recorder {
    /// Notes that a package keeps the only function that it was given; whether that is all there is to say of the call.
    pub(super) fn note_registered(
        &mut self,
        package: &str,
        (callee, call): (&Callee<'_>, &CallArguments),
    ) -> bool {
        let mut functions = call.lent().filter(|&value| is_session_function(value));
        let function = functions.next().filter(|_| functions.next().is_none());
        let scope =
            function.and_then(Lent::function_code).and_then(|code| scope_of(code.address()));
        let is_name = |value: Lent<'_>| {
            is_session_function(value) || value.is_class() || !kind::is_mutable(value)
        };
        let Some(scope) = scope.filter(|_| call.lent().all(is_name)) else { return false };
        let part = format!("function {}:{}", scope.0.index(), scope.1);
        let key = StateKey { part: Some(part), ..StateKey::module(package.to_owned()) };
        let given_to = callee.function.address();
        let function = RegisteredFunction { scope, given_to };
        self.outside.libraries.registered.insert(key.clone(), function);
        self.writes_state((key, false));
        true
    }

    /// Reads of the functions that the statement at hand had run.
    pub(super) fn read_registered(&mut self) {
        let ran: Vec<StateKey> = self.registered_that_ran().cloned().collect();
        ran.into_iter().for_each(|key| self.reads_state(key));
    }

    /// Whether a state which the statement at hand obeys is a function that it had no use for, as far as it has come.
    pub(super) fn is_passed_over(&self, key: &StateKey, goes_on: bool) -> bool {
        let registered = &self.outside.libraries.registered;
        let Some(function) = registered.get(key) else { return false };
        let of_package = |other: &StateKey| other.state == key.state;
        // Who adds one in the same way does not ask for the others.
        let is_alike = |(written, _): &(StateKey, bool)| {
            let other = registered.get(written).filter(|_| of_package(written));
            other.is_some_and(|other| other.given_to == function.given_to)
        };
        goes_on
            || self.at_hand.states_written.iter().any(is_alike)
            || self.registered_that_ran().any(of_package)
    }

    fn registered_that_ran(&self) -> impl Iterator<Item = &StateKey> {
        let has_run = |function: &RegisteredFunction| {
            let (source, scope) = function.scope;
            let mut entered = self.at_hand.entered.iter();
            entered.any(|entered| entered.source == source && entered.scope == Some(scope))
        };
        let functions = self.outside.libraries.registered.iter();
        functions.filter(move |(_, function)| has_run(function)).map(|(key, _)| key)
    }
}
