//! Site: what is done about a callee before its arguments are known.

use std::rc::Rc;

use clew_effects::Confidence;
use clew_heap::Lent;
use clew_heap::callee::Callee;
use clew_heap::session_code::{is_stateful, session_code};
use clew_probe::{CacheState, InlineCache};

use crate::recorder::state::Recorder;
use crate::recorder::statement::Cause;

impl Recorder {
    /// A callee is about to be called; whether the call has to be seen with its arguments.
    pub(in crate::recorder) fn call(
        &mut self,
        cache: &InlineCache,
        callee: &Callee<'_>,
        base_name: Option<Lent<'_>>,
    ) -> bool {
        self.loop_trace.see();
        let asked_before = cache.ask(callee.key);
        if !asked_before && self.at_hand.calls.len() < 64 {
            let name = callee.display_name();
            if !self.at_hand.calls.contains(&name) {
                self.at_hand.calls.push(name);
            }
        }
        // Nothing is settled before the arguments are seen where a rule asks about them.
        if self.rules.is_session(callee, session_code(), self.namespace as usize) {
            let stateful = callee.code().is_some_and(is_stateful);
            if callee.key.0 != 0 {
                let action = if stateful { CacheState::ChangeCallee } else { CacheState::Pass };
                cache.settle(action);
            }
            if stateful {
                cache.report(callee.function.address());
                let by = Cause::new(&callee.display_name(), Confidence::Annotated);
                self.change_function(callee.function, &by);
            }
            return false;
        }
        // What a rule says may hang on how the callee is called; only a few are plain enough.
        if !callee.is_plain() {
            cache.settle(CacheState::See);
            return true;
        }
        let plan = self.rules.plan(callee, None, session_code(), self.namespace as usize);
        if plan.is_idle() && !plan.iterates {
            if callee.key.0 != 0 && self.objects.hidden.is_empty() {
                cache.settle(CacheState::Pass);
            }
            if let Some(receiver) = callee.receiver {
                self.read_hidden(receiver);
            }
            return false;
        }
        if let Some(receiver) = callee.receiver
            && plan.changes_receiver_only()
            && !plan.iterates
        {
            cache.settle(CacheState::ChangeReceiver);
            cache.report(receiver.address());
            let by = Cause { by: Rc::clone(&plan.name), confidence: plan.effects.confidence };
            self.change_found(receiver, &by, base_name);
            return false;
        }
        true
    }
}
