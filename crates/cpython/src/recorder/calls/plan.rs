//! Plan: what the rules say of a call, and what it may do with the program's variables by name.

use std::rc::Rc;

use clew_effects::{Confidence, Depth, StateKey};
use clew_heap::arguments::CallArguments;
use clew_heap::callee::Callee;
use clew_heap::code::code_names;
use clew_heap::session_code::session_code;
use clew_heap::{Address, Lent, Quiet, kind};
use clew_syntax::Spelling;

use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;
use crate::rules::{Namespace, Plan};

/// A call that is about to be made, and what the rules say of it.
pub(super) struct Planned<'c> {
    pub(super) callable: Lent<'c>,
    pub(super) callee: Callee<'c>,
    pub(super) call: &'c CallArguments,
    /// The name that the text reaches the callee by, if there is one.
    pub(super) base_name: Option<Lent<'c>>,
    pub(super) plan: Plan,
    /// How often states had been changed before it.
    pub(super) states_changed: usize,
}

impl<'c> Planned<'c> {
    /// What the rules' changes are put down to.
    pub(super) fn cause(&self) -> Cause {
        self.cause_of(self.plan.effects.confidence)
    }

    /// What changes are put down to that are known in another way.
    pub(super) fn cause_of(&self, confidence: Confidence) -> Cause {
        Cause { by: Rc::clone(&self.plan.name), confidence }
    }

    /// The receiver, or nothing, and the arguments.
    pub(super) fn values(&self) -> Vec<Option<Lent<'c>>> {
        self.callee.values(self.call)
    }

    /// Whether its arguments are known.
    pub(super) fn is_seen(&self) -> bool {
        !self.call.arguments.is_null()
    }
}

impl Recorder {
    /// Asks the rules about a call.
    pub(super) fn plan<'c>(
        &mut self,
        callable: Lent<'c>,
        call: &'c CallArguments,
        base_name: Option<Lent<'c>>,
    ) -> Planned<'c> {
        let callee = Callee::of(callable);
        let namespace = self.namespace as Address;
        let plan = self.rules.plan(&callee, Some(call), session_code(), namespace);
        let states_changed = self.outside.states_changed;
        Planned { callable, callee, call, base_name, plan, states_changed }
    }

    /// Notes the variables that a call reads and may change by way of the namespace or of a text, and
    /// the hidden objects that it is given.
    pub(super) fn note_names(&mut self, planned: &Planned<'_>) {
        let Planned { callee, call, plan, .. } = planned;
        match plan.namespace {
            Namespace::Untouched => {}
            // `vars(x)` is about x.
            Namespace::Given
                if call.lent_positional(0).is_some_and(|value| !self.is_program(value)) => {}
            Namespace::Given => {
                self.at_hand.namespace_given += 1;
                self.at_hand.namespace_open = true;
            }
            Namespace::Evaluated => {
                self.at_hand.namespace_open = true;
                let is_program = |given: &Lent<'_>| given.as_ptr() == self.namespace;
                // What it reads of these is named by its text.
                let given = [1, 2].into_iter().filter_map(|at| call.lent_positional(at));
                let given = given.filter(is_program).count();
                // One that a variable holds was given to nobody now.
                let open =
                    self.at_hand.namespace_given.saturating_sub(self.at_hand.namespace_stored);
                self.at_hand.namespace_stored += given.min(open);
                self.evaluate(planned.callable.quiet(), call);
            }
            Namespace::Changed => {
                self.at_hand.namespace_open = true;
                self.at_hand.reads_everything = true;
                // Nothing in it says which of the variables' values it changes.
                self.change_everything(&planned.cause());
            }
        }
        // What a formula names within a call is not all said by its rule.
        self.at_hand.spelled = plan.spelling.is_some_and(|spelling| spelling != Spelling::Formula);
        if let Some(spelling) = plan.spelling {
            for text in call.lent().filter_map(Lent::as_str) {
                for name in clew_syntax::names_in(text, spelling) {
                    self.looks_up(planned.callable.quiet(), name);
                }
            }
        }
        if !self.objects.hidden.is_empty() || !self.outside.libraries.kept.is_empty() {
            for value in callee.receiver.into_iter().chain(call.lent()) {
                self.read_hidden(value);
            }
        }
    }

    /// `exec` or `eval`: what the text names is read, and may be changed.
    fn evaluate(&mut self, quiet: Quiet<'_>, call: &CallArguments) {
        let by = Cause::new("exec", Confidence::Assumed);
        // Code that was compiled for a shell shows what it gives by `sys.displayhook`.
        if call.lent_positional(0).is_some_and(Lent::is_code) {
            let shows = StateKey::module("sys");
            if self.outside.written.shows_in(&shows) {
                self.reads_state(shows);
            }
        }
        let Some(names) = call.lent_positional(0).and_then(names_evaluated) else {
            self.at_hand.reads_everything = true;
            self.change_everything(&by);
            return;
        };
        // What it gets hold of by these is not named.
        const ALL: [&str; 6] = ["globals", "locals", "vars", "eval", "exec", "__import__"];
        let all = names.iter().any(|name| ALL.contains(&name.as_str()));
        let spaces = self.own_spaces(call);
        if !spaces.is_empty() {
            // The program's variables are out of reach, but for what is handed on there.
            for space in spaces {
                let depth = if all { Depth::Deep } else { Depth::Shallow };
                self.mutate(space, depth, &by, None);
                for item in names.iter().filter_map(|name| space.item(name)) {
                    self.mutate(item, Depth::Deep, &by, None);
                }
            }
            return;
        }
        self.at_hand.reads_everything |= all;
        for name in names {
            if let Some(value) = self.variables(quiet).item(&name)
                && kind::is_mutable(value)
            {
                self.mutate(value, Depth::Deep, &by, None);
            }
            self.at_hand.read.push(name);
        }
    }

    /// The dictionaries that a text is evaluated in, where none of them is the program's own or leads to it.
    fn own_spaces<'c>(&self, call: &'c CallArguments) -> Vec<Lent<'c>> {
        let given = |at: usize, name: &str| {
            let given = call.lent_positional(at).or_else(|| call.lent_keyword(name));
            given.filter(|given| !given.is_none())
        };
        let Some(globals) = given(1, "globals").filter(|globals| globals.is_dict()) else {
            return Vec::new();
        };
        let spaces: Vec<Lent<'_>> = [globals].into_iter().chain(given(2, "locals")).collect();
        let is_program = |value: Lent<'_>| {
            value.as_ptr() == self.namespace || value.is_module() && self.is_program(value)
        };
        let is_own = |space: &Lent<'_>| {
            space.is_dict()
                && !is_program(*space)
                && !space.pairs().any(|(_, value)| is_program(value))
        };
        if spaces.iter().all(is_own) { spaces } else { Vec::new() }
    }
}

/// The names that a text or code object refers to that is given to `exec` or `eval`; `None` where it is neither.
fn names_evaluated(given: Lent<'_>) -> Option<Vec<String>> {
    if given.is_code() {
        return Some(code_names(given));
    }
    let bytes = || given.bytes().and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    let text = given.text().or_else(bytes)?;
    let unit = clew_syntax::parse(text.trim()).ok()?;
    let mut names: Vec<String> = Vec::new();
    for &id in unit.top() {
        names.extend(unit.statement(id).whole.reads.iter().map(|read| read.name.clone()));
    }
    for scope in unit.scopes() {
        names.extend(scope.reads.iter().map(|read| read.name.clone()));
    }
    Some(names)
}
