//! Limits: what the interpreter lets programs do, obeyed by whoever comes near it: how deep functions may call
//! each other, how long the text of a number may be, and who hears of the functions that are entered; and by which
//! conventions it writes texts.

use clew_effects::{ExternalState, StateKey};
use clew_heap::Quiet;
use clew_heap::callable_name::top_level;
use clew_syntax::Scope;
use rustc_hash::FxHashSet;

use super::outcome::Ended;
use super::state::Recorder;

/// The module that stands for the locale.
const LOCALE: &str = "locale";

impl Recorder {
    /// Notes which limits the statement at hand obeys that the program has set.
    pub(super) fn obey_limits(&mut self, ended: &Ended<'_>, makes_text: bool) {
        let (recursion, digits, tracing) = (limit("recursion"), limit("digits"), limit("tracing"));
        // The statement that ends the tracing is needed by those which are not traced any more.
        let enters = ended.calling || !self.at_hand.entered.is_empty();
        if enters && self.outside.written.shows_in(&tracing) {
            self.reads_state(tracing);
        }
        if self.outside.written.shows_in(&recursion) && self.goes_deep(ended) {
            self.reads_state(recursion);
        }
        if self.outside.written.shows_in(&StateKey::module(LOCALE)) {
            self.obey_locale(ended);
        }
        if self.outside.written.shows_in(&digits) {
            let mut reads_numbers = makes_text;
            let range = ended.statement.range;
            ended.unit.words_in(range, &mut |word| reads_numbers |= word == "int");
            if reads_numbers {
                self.reads_state(digits);
            }
        }
    }

    /// Notes that the statement at hand set a locale, a limit of the interpreter, or how a library of C computes.
    pub(super) fn note_limits(&mut self, quiet: Quiet<'_>) {
        if self.outside.locale.look() {
            self.writes_state((StateKey::module(LOCALE), false));
        }
        for name in self.outside.limits.look(quiet) {
            self.writes_state((limit(name), false));
        }
        let changed = |value| self.at_hand.changed.contains_key(&value);
        let called = self.at_hand.called_unknown;
        for module in self.outside.contexts.look(quiet, called, &changed) {
            // Rules say it of the calls that do it.
            if !self.rules.knows(&top_level(&module)) {
                self.writes_state((StateKey::module(module), false));
            }
        }
    }

    /// Notes that the statement at hand obeys the locale that the program has set, where it names something that
    /// does.
    fn obey_locale(&mut self, ended: &Ended<'_>) {
        let mut obeys = false;
        let mut look = |word: &str| obeys |= is_of_locale(word);
        ended.unit.words_in(ended.statement.range, &mut look);
        for entered in &self.at_hand.entered {
            let Some(unit) = self.recording.unit(entered.source) else { continue };
            if let Some(scope) = entered.scope_in(&unit) {
                unit.words_in(scope.range, &mut look);
            }
        }
        if obeys {
            self.reads_state(StateKey::module(LOCALE));
        }
    }

    /// Whether functions of the program that were entered call each other in a circle, or something was
    /// called that goes through what it is given by calling itself.
    fn goes_deep(&self, ended: &Ended<'_>) -> bool {
        let mut deep = false;
        let range = ended.statement.range;
        ended.unit.words_in(range, &mut |word| deep |= calls_itself(word));
        if deep {
            return true;
        }
        let mut scopes: Vec<(String, FxHashSet<String>)> = Vec::new();
        for entered in &self.at_hand.entered {
            let Some(unit) = self.recording.unit(entered.source) else { continue };
            if let Some(Scope { name, range, .. }) = entered.scope_in(&unit) {
                // Variables of functions and methods count as well as the module's. The first time its name stands there
                // it is what is defined.
                let (mut words, mut header) = (FxHashSet::default(), true);
                unit.words_in(*range, &mut |word| {
                    if !(header && word == name) {
                        words.insert(word.to_owned());
                    }
                    header &= word != name;
                });
                scopes.push((name.clone(), words));
            }
        }
        // By what name a lambda is called its text does not say.
        let leads = |from: usize, to: usize| {
            let name = &scopes[to].0;
            name == "<lambda>" || scopes[from].1.contains(name)
        };
        let follow = |from: usize| -> Vec<usize> {
            (0..scopes.len()).filter(|&to| leads(from, to)).collect()
        };
        (0..scopes.len()).any(|start| {
            let (mut open, mut seen) = (follow(start), FxHashSet::default());
            while let Some(at) = open.pop() {
                if at == start {
                    return true;
                }
                if seen.insert(at) {
                    open.extend(follow(at));
                }
            }
            false
        })
    }
}

/// What stands for a limit.
fn limit(name: &str) -> StateKey {
    StateKey::part(ExternalState::Module("sys.limits".to_owned()), name)
}

/// Whether what has this name writes or reads texts by the conventions of a locale: dates, files without an encoding,
/// and numbers as the letter `n` of a format says.
fn is_of_locale(name: &str) -> bool {
    matches!(
        name,
        "calendar"
            | "date_format"
            | "day_abbr"
            | "day_name"
            | "month_abbr"
            | "month_name"
            | "n"
            | "open"
            | "parse_dates"
            | "read_text"
            | "strftime"
            | "strptime"
            | "to_datetime"
            | "write_text"
    )
}

/// Whether a function of this name goes as deep as what it is given.
fn calls_itself(name: &str) -> bool {
    matches!(
        name,
        "compile"
            | "deepcopy"
            | "dump"
            | "dumps"
            | "eval"
            | "exec"
            | "literal_eval"
            | "load"
            | "loads"
            | "parse"
            | "repr"
    )
}
