//! Outcome: what an interpreter reports of one statement that ran.

use std::collections::BTreeSet;

use clew_effects::StateKey;
use clew_graph::{Confidence, SourceId, Timestamp};
use clew_syntax::{Scope, StatementId, Unit};

/// What happened while a statement ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The text that it is in.
    pub source: SourceId,
    /// Which statement.
    pub statement: StatementId,
    /// When it began.
    pub start: Timestamp,
    /// When it had run.
    pub end: Timestamp,
    /// Whether it is a `with` or `try` whose body has come to its end; what is reported then is what
    /// leaving it does.
    pub leaving: bool,
    /// Whether it ended by raising.
    pub raised: bool,
    /// The variables that it bound or unbound.
    pub bound: Vec<Bound>,
    /// The variables whose values it changed without binding them.
    pub changed: Vec<Changed>,
    /// The functions of the session that ran.
    pub entered: Vec<Entered>,
    /// Variables that were read in ways that no text shows, such as by `eval`.
    pub read: Vec<String>,
    /// The external states that it read.
    pub states_read: Vec<StateKey>,
    /// The external states that it changed, and whether it made each of them anew.
    pub states_written: Vec<(StateKey, bool)>,
    /// Whether it is an `if` whose suite would have removed a file or folder that it asked for and that was not there.
    pub makes_room: bool,
    /// Whether it is a `with` whose managers may do another thing when something was raised in its body.
    pub heeds_exceptions: bool,
    /// The names of the functions that were called.
    pub calls: Vec<String>,
    /// The packages that it brought in, as module, distribution and version.
    pub imported: Vec<(String, Option<String>, Option<String>)>,
    /// The submodules that it imported for a name which stood for their package already: who goes there by
    /// that name reads a state that it wrote.
    pub links: Vec<String>,
    /// The artifacts that it saved.
    pub saved: Vec<SavedValue>,
    /// What variables hold that it bound or changed, of those of which that is known.
    pub values: Vec<BoundValue>,
    /// Where it is not at its end, but calls a function whose statements are reported by themselves until that
    /// has [ended](crate::Capture::left_function): the function.
    pub calling: Option<Calling>,
    /// Which parts of objects it changed and looked at, where that is less than all of them.
    pub facets: Facets,
    /// For a loop that ran to its end: what of that its single statements did, where that is
    /// known.
    pub turns: Option<Turns>,
}

impl Outcome {
    /// A statement that ran to its end and did nothing that anybody would notice.
    pub fn new(source: SourceId, statement: StatementId, start: Timestamp, end: Timestamp) -> Self {
        Self {
            source,
            statement,
            start,
            end,
            leaving: false,
            raised: false,
            bound: Vec::new(),
            changed: Vec::new(),
            entered: Vec::new(),
            read: Vec::new(),
            states_read: Vec::new(),
            states_written: Vec::new(),
            makes_room: false,
            heeds_exceptions: false,
            calls: Vec::new(),
            imported: Vec::new(),
            links: Vec::new(),
            saved: Vec::new(),
            values: Vec::new(),
            calling: None,
            facets: Facets::default(),
            turns: None,
        }
    }
}

/// A part of what objects are that can be changed alone, such as the title of a figure's axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// What it is.
    pub kind: String,
    /// The address of the object whose it is; `None` for that of any object.
    pub of: Option<u64>,
}

impl Facet {
    /// Whether the one may be a part of the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        let same = self.of.is_none() || other.of.is_none() || self.of == other.of;
        self.kind == other.kind && same
    }
}

/// Which facets a statement changed and looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Those that it changed, if it changed nothing else of the objects that have facets.
    pub changed: Vec<Facet>,
    /// Those that it looked at; `None` where it may be all.
    pub read: Option<FacetsRead>,
}

/// The facets that a statement looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetsRead {
    /// The facets.
    pub facets: Vec<Facet>,
    /// The variables of whose values it looked at nothing else.
    pub variables: Vec<String>,
    /// The variables that it bound to a part of what has facets: who has one gets at all the others.
    pub gives: Vec<String>,
}

/// What a variable holds when a statement has bound or changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundValue {
    /// The variable.
    pub name: String,
    /// The value's type, as `module.qualname`.
    pub type_name: String,
    /// A digest of its content, in hexadecimal.
    pub fingerprint: String,
}

/// A function that is called and whose statements are reported by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calling {
    /// The text that it is in.
    pub source: SourceId,
    /// Its place among the text's scopes.
    pub scope: usize,
    /// Its variables that are bound when it begins.
    pub variables: Vec<String>,
    /// Where a class is called and it is the method that fills the new instance: the variable that has this.
    pub makes: Option<String>,
    /// Whether it is called by code that is not followed, which the statement calls: what it gives and raises goes
    /// there.
    pub by_others: bool,
}

/// How a function was left whose statements were reported by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftFunction {
    /// Whether it raised.
    pub raised: bool,
    /// Whether a finalizer of the program's ran when its variables went.
    pub finalized: bool,
}

/// A variable that a statement bound or unbound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The variable.
    pub name: String,
    /// Whether it is certain that the value is not the one from before.
    pub certain: bool,
    /// Whether the variable is gone.
    pub deleted: bool,
}

/// The variable in which a module keeps the annotations of its variables; there before it runs.
pub const ANNOTATIONS: &str = "__annotations__";

/// A variable whose value a statement changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The variable.
    pub name: String,
    /// What changed it, in words: `list.append`, `item assignment`.
    pub by: String,
    /// How that is known.
    pub confidence: Confidence,
}

/// What others than statements did while none ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByOthers {
    /// The variables that they bound.
    pub bound: Vec<String>,
    /// Those whose values they changed.
    pub changed: Vec<String>,
    /// Those that are gone.
    pub unbound: Vec<String>,
    /// The external states that they changed, and whether anew.
    pub states: Vec<(StateKey, bool)>,
    /// The modules of the program's own that they loaded again.
    pub loaded: Vec<String>,
    /// What they let go of that statements had made.
    pub undone: Option<Undone>,
}

/// What others let go of that statements had made, and how a program does the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The external states of which nothing is left.
    pub gone: Vec<StateKey>,
    /// Those that are as if nothing had been there before.
    pub left: Vec<StateKey>,
    /// The module whose function does it.
    pub module: String,
    /// A variable that is this module, if there is one.
    pub variable: Option<String>,
    /// The call of that function: `close("all")`.
    pub call: String,
}

/// A function of the session that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entered {
    /// The text that it is in.
    pub source: SourceId,
    /// Its place among the text's scopes; `None` where that is not known.
    pub scope: Option<usize>,
}

impl Entered {
    /// The function, in the text that it is in.
    pub fn scope_in(self, unit: &Unit) -> Option<&Scope> {
        unit.scope(self.scope?)
    }
}

/// What the statements of a loop did in all its turns, each by the innermost statement at module level
/// that was running: the loop itself, or one in its suites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// The values that were changed.
    pub changes: Vec<TurnChange>,
    /// The functions of the session that ran.
    pub entered: Vec<(StatementId, Entered)>,
    /// Variables that were read in ways that no text shows.
    pub read: Vec<(StatementId, String)>,
    /// The external states that were read; by whom, where that is known.
    pub states_read: Vec<(Option<StatementId>, StateKey)>,
    /// The external states that were changed, and whether each was made anew.
    pub states_written: Vec<(StatementId, StateKey, bool)>,
    /// Statements that go through a generator, with those that changed what it goes on with.
    pub fed: Vec<(StatementId, StatementId)>,
    /// The statements in which a call or a change was seen.
    pub seen: BTreeSet<StatementId>,
    /// Whether a `for` went through something that gives what it holds, and held the same from the
    /// first turn to the last.
    pub fixed: bool,
    /// Whether that makes what it gives, of what it holds.
    pub makes: bool,
    /// Whether, besides, nothing was changed that can be got at from there.
    pub settled: bool,
}

/// Values that were changed in a loop, all by the same statements and seen by the same variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnChange {
    /// The statements that changed them; none where it is not known which of those that read them.
    pub by: Vec<StatementId>,
    /// The variables that led to them before the loop.
    pub before: Vec<String>,
    /// Those that do now.
    pub after: Vec<String>,
    /// Whether they certainly are from before the loop.
    pub lasting: bool,
    /// The variables that may have led to them when they were changed; `None` where nobody looked.
    pub held: Option<Vec<String>>,
    /// What changed them, in words.
    pub cause: String,
    /// How that is known.
    pub confidence: Confidence,
}

/// An artifact that a statement saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedValue {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// A variable whose value it is, if there is one.
    pub variable: Option<String>,
    /// The variables that functions which can be got at from it will read.
    pub reads: Vec<String>,
}

/// A value that is saved while a statement runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// What the statement did so far; `None` where that is nothing.
    pub statement: Option<Outcome>,
    /// Whether the value is what its variable was before the statement.
    pub untouched: bool,
    /// A variable whose value it is, if there is one.
    pub variable: Option<String>,
    /// The variables that functions which can be got at from it will read.
    pub reads: Vec<String>,
}

/// What functions will read that can be got at from a variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deferred {
    /// The variable.
    pub variable: String,
    /// The variables that they read.
    pub reads: Vec<String>,
}
