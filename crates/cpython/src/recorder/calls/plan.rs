//! Plan: what the rules say of a call, and what it may do with the program's variables by name.

use std::rc::Rc;

use clew_effects::{Confidence, Depth};
use clew_heap::arguments::CallArguments;
use clew_heap::callee::Callee;
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
        let text = call.lent_positional(0).and_then(Lent::text);
        let unit = text.as_deref().map(str::trim).map(clew_syntax::parse);
        let Some(Ok(unit)) = unit else {
            // Bytes or a code object: the names are not at hand.
            self.at_hand.reads_everything = true;
            self.change_everything(&Cause::new("exec", Confidence::Assumed));
            return;
        };
        let mut names: Vec<String> = Vec::new();
        for &id in unit.top() {
            names.extend(unit.statement(id).whole.reads.iter().map(|read| read.name.clone()));
        }
        for scope in unit.scopes() {
            names.extend(scope.reads.iter().map(|read| read.name.clone()));
        }
        let by = Cause::new("exec", Confidence::Assumed);
        // What it gets hold of by these is not named.
        const ALL: [&str; 6] = ["globals", "locals", "vars", "eval", "exec", "__import__"];
        self.at_hand.reads_everything |= names.iter().any(|name| ALL.contains(&name.as_str()));
        for name in names {
            if let Some(value) = self.variables(quiet).item(&name)
                && kind::is_mutable(value)
            {
                self.mutate(value, Depth::Deep, &by, None);
            }
            self.at_hand.read.push(name);
        }
    }
}
