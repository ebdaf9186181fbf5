//! Summary: what the body of a function does with what it is given, as far as its text shows.
//!
//! A [`Summary`] is a list of [`Step`]s over slots. A slot stands for a value: each assignment of a
//! local variable has its own, and where branches or the turns of a loop meet, a slot takes from
//! several ([`StepKind::Copy`]). Steps are in no order of time beyond that, and each holds under its
//! guard: the tests that must have come out one way for it to be reached. Which function a step
//! calls, and what is an object and what a copy of it, is for those to say who see live values.
//!
//! Bodies of functions within the function are part of it, with parameters that may be anything:
//! nobody knows when they are called, and what they do they do to what the function holds.

use std::fmt;

use clew_graph::Literal;
use ruff_python_parser::{Mode, ParseOptions};

use crate::ParseError;
use crate::dismantle::dismantle;

mod build;
mod name;
mod text;

#[cfg(test)]
mod tests;

/// What one function definition, or lambda, does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its name; `<lambda>` for a lambda.
    pub name: String,
    /// The line on which it begins, from 1: that of its first decorator, as `co_firstlineno` counts.
    pub line: u32,
    /// What it takes. Parameters have the first slots, in the order in which they are listed here.
    pub parameters: Parameters,
    /// Whether its body runs while somebody iterates over the result of a call.
    pub generator: bool,
    /// How many slots there are.
    pub slots: u32,
    /// What it does.
    pub steps: Vec<Step>,
    /// Under which conditions.
    pub guards: Vec<Guard>,
    /// Why nothing can be said of it, if so.
    pub unknown: Option<&'static str>,
}

/// What a function takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Those that can be passed by position.
    pub positional: Vec<String>,
    /// How many of these cannot be passed by keyword.
    pub positional_only: usize,
    /// Those that can be passed by keyword only.
    pub keyword_only: Vec<String>,
    /// What takes the remaining positional arguments, as a tuple.
    pub star: Option<String>,
    /// What takes the remaining keywords, as a dictionary.
    pub double_star: Option<String>,
}

impl Parameters {
    /// All names, in the order of the slots.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let rest = self.star.iter().chain(&self.double_star);
        self.positional.iter().chain(&self.keyword_only).chain(rest).map(String::as_str)
    }
}

/// Stands for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

impl Slot {
    /// Its place among the slots of its summary.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names a guard of a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GuardId(pub u32);

/// A value that has to be true, or false, and what else has to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The guard around it.
    pub parent: Option<GuardId>,
    /// What is tested.
    pub test: Slot,
    /// How the test has to come out.
    pub truth: bool,
}

/// One thing that a function does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it is reached; always where there is none.
    pub guard: Option<GuardId>,
    /// What is done.
    pub kind: StepKind,
    /// Where its value goes.
    pub to: Slot,
}

/// What a step does. Of what it reads nothing changes unless that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Takes another slot's value.
    Copy(Slot),
    /// A value of the text.
    Constant(Literal),
    /// A new tuple, list, set, dictionary or string.
    Make(Make, Vec<Item>),
    /// A variable of the module, or of `builtins`.
    Global(String),
    /// A variable of a function around this one.
    Free(String),
    /// A module: `import a.b` binds `a` unless it gives another name.
    Import(String),
    /// `from module import name`, as many packages up as the number says.
    ImportFrom(Option<String>, u32, String),
    /// `x.name`. May run a property.
    Attribute(Slot, String),
    /// `x[i]`.
    Item(Slot, Slot),
    /// What iterating over a value gives. Moves iterators on.
    Iterate(Slot),
    /// What stands at a position when a value is unpacked; `None` for what is at no known one.
    Unpack(Slot, Option<usize>),
    /// What `with` gives; the manager changes.
    Enter(Slot),
    /// `x.name = value` or `x[…] = value`; an attribute has its name.
    Set(Slot, Option<String>, Slot),
    /// `del x.name` or `del x[…]`.
    Delete(Slot, Option<String>),
    /// `x += value`, which may change `x` in place.
    Augment(Slot, Slot),
    /// An operator that makes a new value of some; whether that holds what its operands hold, as with
    /// `+` of lists; and the name of the method that classes write for it, without underscores.
    Operator(Vec<Slot>, bool, &'static str),
    /// `a is b`, `a is not b`, `a == b`, `a != b`.
    Compare(Comparison, Slot, Slot),
    /// `not x`.
    Not(Slot),
    /// A call.
    Call(Dispatch, Vec<Argument>),
    /// A function made within this one.
    Nested,
    /// `return`, or what a generator gives away: one value among those that the call leads to.
    Return(Slot),
    /// `yield`; its value is what the caller sends.
    Yield(Slot),
    /// A variable of the module is bound, or unbound.
    BindGlobal(String, Slot),
    /// A variable of a function around this one is bound, or unbound.
    BindFree(String, Slot),
    /// An exception that was caught. What it holds may be anything.
    Caught,
    /// A value of which nothing is known.
    Anything,
}

/// What a display makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Make {
    /// `(a, b)`
    Tuple,
    /// `[a, b]`, also by a comprehension.
    List,
    /// `{a, b}`, also by a comprehension.
    Set,
    /// `{a: b}`, also by a comprehension.
    Dict,
    /// An f-string.
    Text,
    /// A generator expression.
    Generator,
    /// A slice of a subscript.
    Slice,
}

/// What a display holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The value.
    pub value: Slot,
    /// The key, where a dictionary's is a string.
    pub key: Option<String>,
    /// Whether it is spread out: `*value` or `**value`.
    pub star: bool,
}

/// A comparison whose outcome may be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// How a call finds what it calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dispatch {
    /// A value.
    Value(Slot),
    /// A method of a value.
    Method(Slot, String),
    /// `super().name`, of the first parameter.
    Super(String),
}

/// What a call passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The value.
    pub value: Slot,
    /// How it is passed.
    pub by: By,
}

/// How an argument is passed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// By position.
    Position,
    /// By a keyword.
    Keyword(String),
    /// As `*value`.
    Star,
    /// As `**value`.
    DoubleStar,
}

/// The summaries of a module's functions, also of those within functions and classes, found by where
/// they begin.
#[derive(Debug, Default)]
pub struct Summaries {
    all: Vec<Summary>,
}

impl Summaries {
    /// Reads the text of a module. What nests too deeply to be followed is left unknown.
    ///
    /// # Errors
    ///
    /// Where the text is no Python.
    pub fn read(text: &str) -> Result<Self, ParseError> {
        crate::parse::refuse_deep_brackets(text)?;
        let parsed = ruff_python_parser::parse_unchecked(text, ParseOptions::from(Mode::Module));
        let error = parsed
            .errors()
            .first()
            .map(|error| ParseError::new(error.error.to_string(), error.location.start().to_u32()));
        let Some(parsed) = parsed.try_into_module() else {
            return Err(ParseError::new("not a module", 0));
        };
        let body = parsed.into_syntax().body;
        let result = match error {
            Some(error) => Err(error),
            None => Ok(Self { all: build::build(text, &body) }),
        };
        dismantle(body.into_iter().collect());
        result
    }

    /// The function that begins on a line; `None` where there is none of that name, or several.
    pub fn find(&self, name: &str, line: u32) -> Option<&Summary> {
        let mut found =
            self.all.iter().filter(|summary| summary.line == line && summary.name == name);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// All of them, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Summary> {
        self.all.iter()
    }
}

impl fmt::Display for Summary {
    /// What it does, a line for each step that is more than reading.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}
