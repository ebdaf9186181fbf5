//! Handed: functions of the program that are handed on, and the variables that they read where nobody
//! sees them run: in another process, compiled, from bytes, or when a value that holds them is used.
#![allow(unsafe_code, reason = "looks at session code, which is kept alive")]

use clew_graph::is_of_function;
use clew_heap::code::{code_names, generator_code};
use clew_heap::session_code::session_code;
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, AddressSet, Lent, Quiet, kind};
use clew_probe::ProgramPoint;
use clew_session::Deferred;
use clew_syntax::ScopeKind;
use pyo3::ffi;
use rustc_hash::FxHashSet;

use super::state::Recorder;

impl Recorder {
    /// Remembers the variables that a function of the program, which runs beside the statement at hand, may
    /// bind while that waits.
    pub(super) fn bound_beside(&mut self, code: Address) {
        // SAFETY: session code is kept alive.
        let code = unsafe { Lent::new(code as *mut ffi::PyObject) };
        let Some(name) = code.and_then(|code| code.get(c"co_name")?.lend().text()) else { return };
        let Some(unit) =
            self.current.as_ref().and_then(|current| self.recording.unit(current.source))
        else {
            return;
        };
        // Those that it calls bind what they bind.
        let (mut open, mut seen) = (vec![name], FxHashSet::default());
        while let Some(name) = open.pop() {
            for scope in unit.scopes().iter().filter(|scope| scope.name == name) {
                if seen.insert(scope.start) {
                    open.extend(scope.reads.iter().map(|read| read.name.clone()));
                    let bound = scope.binds.iter().cloned();
                    self.at_hand.bound_beside.extend(bound);
                }
            }
        }
    }

    /// Functions that can be got at from values run where nobody sees it: the statement at hand reads
    /// what they do, as it is now.
    pub(super) fn hand_on<'a>(
        &mut self,
        quiet: Quiet<'a>,
        values: impl IntoIterator<Item = Lent<'a>>,
    ) {
        let mut codes = Vec::new();
        for name in self.variables_behind_noting(quiet, values, &mut codes) {
            self.reads_name(name);
        }
        let elsewhere = &mut self.following.ran_elsewhere;
        elsewhere.extend(codes.into_iter().filter_map(clew_probe::scope_of));
    }

    /// Somebody asks for the code of a function, to run it in another way than by calling it.
    pub(crate) fn looked_into(&mut self, function: Lent<'_>) {
        if self.at_hand.looked_into.insert((function.address(), ProgramPoint::current())) {
            self.hand_on(function.quiet(), [function]);
        }
    }

    /// Somebody asks for the code of a function: all of it may matter.
    pub(crate) fn shows_code(&mut self, function: Lent<'_>) {
        let code = function.function_code().map(Lent::address);
        self.following.ran_elsewhere.extend(code.and_then(clew_probe::scope_of));
    }

    /// What the functions that variables lead to will read, by variable.
    pub(super) fn deferred(&self, quiet: Quiet<'_>) -> Vec<Deferred> {
        let variables = self.variables(quiet).pairs();
        let held = variables.filter(|(_, value)| kind::is_mutable(*value) && !value.is_module());
        held.filter_map(|(name, value)| {
            let (variable, reads) = (name.text()?, self.variables_behind(quiet, [value]));
            (!reads.is_empty()).then_some(Deferred { variable, reads })
        })
        .collect()
    }

    /// The functions and methods of the program that can be got at from values, the variables that they read, and
    /// those that the values of these variables lead to.
    pub(super) fn variables_behind<'a>(
        &self,
        quiet: Quiet<'a>,
        values: impl IntoIterator<Item = Lent<'a>>,
    ) -> Vec<String> {
        self.variables_behind_noting(quiet, values, &mut Vec::new())
    }

    /// The same; notes the code of the functions.
    fn variables_behind_noting<'a>(
        &self,
        quiet: Quiet<'a>,
        values: impl IntoIterator<Item = Lent<'a>>,
        found: &mut Vec<Address>,
    ) -> Vec<String> {
        /// How many objects are looked at; what lies behind more is data.
        const BUDGET: usize = 20_000;
        let variables = self.variables(quiet);
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: true };
        let (mut seen, mut known) = (AddressSet::default(), AddressSet::default());
        let mut names: Vec<String> = Vec::new();
        let mut open: Vec<Lent<'a>> = values.into_iter().collect();
        while let Some(value) = open.pop() {
            let mut codes = Vec::new();
            let end = walk.run(value, &mut seen, &mut |object| {
                let code = object.function_code().map(Lent::address).or(generator_code(object));
                codes.extend(code.filter(|code| session_code().contains(code)));
                true
            });
            for code in codes.into_iter().filter(|&code| known.insert(code)) {
                found.push(code);
                names.extend(self.name_of_code(code));
                for name in self.names_read_by(code) {
                    let value = variables.item(&name);
                    // What a function closes over outlives the one that bound it; the walk finds its value.
                    if (value.is_some() || is_of_function(&name)) && !names.contains(&name) {
                        names.push(name);
                        open.extend(value);
                    }
                }
            }
            if end == End::OverBudget {
                break;
            }
        }
        names
    }

    /// The name of the method that code of the program is, or of the function of the module, if it is one.
    fn name_of_code(&self, code: Address) -> Option<String> {
        let (source, scope) = clew_probe::scope_of(code)?;
        let unit = self.recording.unit(source)?;
        let own = unit.scope(scope)?;
        let is_named = match own.parent {
            Some(around) => unit.scope(around)?.kind == ScopeKind::Class,
            None => own.kind == ScopeKind::Function,
        };
        is_named.then(|| unit.path_of(scope).trim_end_matches('.').to_owned())
    }

    /// The variables of the module, and of functions around it, that code of the program reads, and what is nested in it.
    fn names_read_by(&self, code: Address) -> Vec<String> {
        let scope = clew_probe::scope_of(code).and_then(|(source, scope)| {
            let unit = self.recording.unit(source)?;
            Some(unit.scope(scope)?.reads.iter().map(|read| read.name.clone()).collect())
        });
        scope.unwrap_or_else(|| {
            // SAFETY: session code is kept alive.
            let code = unsafe { Lent::new(code as *mut ffi::PyObject) };
            code.into_iter().flat_map(code_names).collect()
        })
    }
}
