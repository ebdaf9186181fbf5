//! Fact: what an answer hangs on, and whether that still holds.

use std::rc::Rc;

use clew_graph::Literal;
use serde::{Deserialize, Serialize};

use crate::address::{Address, Version};

/// Something that an answer hangs on. Facts are looked at in the order in which they were found:
/// each is about an object that is there if those before it hold.
///
/// Objects stand there by their addresses, and classes by the numbers that they have until they change;
/// [`Translate`] says both in other terms.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fact<O = Address, C = Version> {
    /// About a value that is passed, or an attribute of it.
    Passed {
        /// The receiver (0) or an argument.
        root: u32,
        /// The attributes that lead from there to it.
        path: Rc<[Rc<str>]>,
        /// What holds of it.
        condition: Condition<O, C>,
    },
    /// About what a module, class, function or closure holds.
    Held(Holder<O>, Condition<O, C>),
    /// These two values that are passed are one.
    Same(u32, u32),
    /// And these are not.
    Distinct(u32, u32),
}

/// Where the program holds what is not passed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Holder<O = Address> {
    /// A dictionary's entry.
    Entry(O, Rc<str>),
    /// A cell of a function's closure, by its place.
    Cell(O, usize),
    /// The code of a function.
    Code(O),
    /// The variables of a function's module.
    Globals(O),
    /// The default of a parameter, counted from the last one.
    Default(O, usize),
    /// The default of a parameter that is passed by keyword only.
    KeywordDefault(O, Rc<str>),
    /// An attribute of an object's own.
    Attribute(O, Rc<str>),
    /// An object itself.
    Object(O),
}

/// What holds of an object that an answer hangs on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Condition<O = Address, C = Version> {
    /// It is of a class.
    Kind(O),
    /// It is of a class, which was not changed since.
    Class(C),
    /// It is a class that was not changed since.
    Version(C),
    /// It is this object; 0 says that there is none.
    Is(O),
    /// It is not this object.
    IsNot(O),
    /// It is a function of C of this definition, bound to this object: as addresses in this process.
    Bound(Address, Address),
    /// It is this constant.
    Equals(Literal),
    /// It is a text of this digest: no text that may be secret is written down.
    Conceals(u64),
    /// It is of a class that is not written in Python.
    Fixed,
    /// What can be reached from it is of these classes, as far as one looks.
    Inside(Vec<C>),
    /// There is such an attribute.
    Present,
    /// There is none.
    Absent,
}

/// Says in other terms which objects and classes facts are about; `None` where one cannot be said.
pub trait Translate<O, C> {
    /// An object in the other terms.
    type Object;
    /// A class in the other terms.
    type Class;
    /// Translates an object.
    fn object(&mut self, object: &O) -> Option<Self::Object>;
    /// Translates a class.
    fn class(&mut self, class: &C) -> Option<Self::Class>;
    /// The digest by which a text is known.
    fn text(&mut self, text: &str) -> u64;
}

impl<O, C> Fact<O, C> {
    /// The same fact, in other terms.
    pub fn translate<T: Translate<O, C>>(
        &self,
        translation: &mut T,
    ) -> Option<Fact<T::Object, T::Class>> {
        Some(match self {
            Self::Passed { root, path, condition } => Fact::Passed {
                root: *root,
                path: Rc::clone(path),
                condition: condition.translate(translation)?,
            },
            Self::Held(holder, condition) => {
                Fact::Held(holder.translate(translation)?, condition.translate(translation)?)
            }
            Self::Same(one, other) => Fact::Same(*one, *other),
            Self::Distinct(one, other) => Fact::Distinct(*one, *other),
        })
    }
}

impl<O, C> Condition<O, C> {
    fn translate<T: Translate<O, C>>(
        &self,
        translation: &mut T,
    ) -> Option<Condition<T::Object, T::Class>> {
        Some(match self {
            Self::Kind(class) => Condition::Kind(translation.object(class)?),
            Self::Class(class) => Condition::Class(translation.class(class)?),
            Self::Version(class) => Condition::Version(translation.class(class)?),
            Self::Is(object) => Condition::Is(translation.object(object)?),
            Self::IsNot(object) => Condition::IsNot(translation.object(object)?),
            // Such a function lives for a call.
            Self::Bound(..) => return None,
            Self::Equals(Literal::Str(text)) => Condition::Conceals(translation.text(text)),
            Self::Equals(constant) => Condition::Equals(constant.clone()),
            Self::Conceals(digest) => Condition::Conceals(*digest),
            Self::Fixed => Condition::Fixed,
            Self::Inside(classes) => {
                let translated: Option<Vec<_>> =
                    classes.iter().map(|class| translation.class(class)).collect();
                Condition::Inside(translated?)
            }
            Self::Present => Condition::Present,
            Self::Absent => Condition::Absent,
        })
    }
}

impl<O> Holder<O> {
    /// The same place, in other terms.
    pub fn translate<C, T: Translate<O, C>>(
        &self,
        translation: &mut T,
    ) -> Option<Holder<T::Object>> {
        Some(match self {
            Self::Entry(dictionary, name) => {
                Holder::Entry(translation.object(dictionary)?, Rc::clone(name))
            }
            Self::Cell(function, at) => Holder::Cell(translation.object(function)?, *at),
            Self::Code(function) => Holder::Code(translation.object(function)?),
            Self::Globals(function) => Holder::Globals(translation.object(function)?),
            Self::Default(function, at) => Holder::Default(translation.object(function)?, *at),
            Self::KeywordDefault(function, name) => {
                Holder::KeywordDefault(translation.object(function)?, Rc::clone(name))
            }
            Self::Attribute(object, name) => {
                Holder::Attribute(translation.object(object)?, Rc::clone(name))
            }
            Self::Object(object) => Holder::Object(translation.object(object)?),
        })
    }
}
