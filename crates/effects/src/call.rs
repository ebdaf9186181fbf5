//! Call: what rules ask about a call, in plain data.

use std::rc::Rc;

use crate::{KnownValue, Origin};

/// What a rule may ask about a call. Starred arguments count as what they spread out to.
pub trait CallFacts {
    /// How many arguments are passed by position, the receiver not counted.
    fn positional(&self) -> usize;

    /// The value at a position below [`Self::positional`].
    fn positional_value(&self, index: usize) -> KnownValue;

    /// How many arguments are passed by keyword.
    fn keywords(&self) -> usize;

    /// The value passed by a keyword; `None` where it is not passed.
    fn keyword(&self, name: &str) -> Option<KnownValue>;

    /// The value of an attribute that the receiver itself holds, without running any code for it;
    /// `None` where it holds none of that name.
    fn attribute(&self, name: &str) -> Option<KnownValue> {
        let _ = name;
        Some(KnownValue::Unknown)
    }

    /// The version of a package, named as it is imported; `None` where it is not known.
    fn version(&self, package: &str) -> Option<String>;

    /// Called with each rule that is part of the answer.
    fn answered_by(&self, rule: &Origin) {
        let _ = rule;
    }
}

/// A call spelt out, for those who have no live one at hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallShape {
    positional: Vec<KnownValue>,
    keyword: Vec<(Rc<str>, KnownValue)>,
    attributes: Vec<(Rc<str>, KnownValue)>,
    /// Whether the receiver may hold other attributes.
    is_receiver_unknown: bool,
    versions: Vec<(Rc<str>, String)>,
}

impl CallShape {
    /// A call with as many positional arguments, of unknown values.
    pub fn positional(count: usize) -> Self {
        Self { positional: vec![KnownValue::Unknown; count], ..Self::default() }
    }

    /// The same with one more positional argument.
    pub fn argument(mut self, value: impl Into<KnownValue>) -> Self {
        self.positional.push(value.into());
        self
    }

    /// The same with a keyword.
    pub fn keyword(mut self, name: impl Into<Rc<str>>, value: impl Into<KnownValue>) -> Self {
        self.keyword.push((name.into(), value.into()));
        self
    }

    /// The same with a receiver of which nothing more is known.
    pub fn unknown_receiver(mut self) -> Self {
        self.is_receiver_unknown = true;
        self
    }

    /// The same with a receiver that has an attribute. It has no others.
    pub fn attribute(mut self, name: &str, value: impl Into<KnownValue>) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// The same with a package's version known.
    pub fn version(mut self, package: &str, version: &str) -> Self {
        self.versions.push((package.into(), version.to_owned()));
        self
    }
}

impl CallFacts for CallShape {
    fn positional(&self) -> usize {
        self.positional.len()
    }

    fn positional_value(&self, index: usize) -> KnownValue {
        self.positional.get(index).cloned().unwrap_or(KnownValue::Unknown)
    }

    fn keywords(&self) -> usize {
        self.keyword.len()
    }

    fn keyword(&self, name: &str) -> Option<KnownValue> {
        find(&self.keyword, name)
    }

    fn attribute(&self, name: &str) -> Option<KnownValue> {
        let held = find(&self.attributes, name);
        held.or_else(|| self.is_receiver_unknown.then_some(KnownValue::Unknown))
    }

    fn version(&self, package: &str) -> Option<String> {
        find(&self.versions, package)
    }
}

fn find<T: Clone>(entries: &[(Rc<str>, T)], name: &str) -> Option<T> {
    entries.iter().find(|(known, _)| &**known == name).map(|(_, value)| value.clone())
}

/// A call of a method through its class: the receiver is the first argument.
pub(crate) struct Unbound<'a>(pub(crate) &'a dyn CallFacts);

impl CallFacts for Unbound<'_> {
    fn positional(&self) -> usize {
        self.0.positional().saturating_sub(1)
    }

    fn positional_value(&self, index: usize) -> KnownValue {
        self.0.positional_value(index + 1)
    }

    fn keywords(&self) -> usize {
        self.0.keywords()
    }

    fn keyword(&self, name: &str) -> Option<KnownValue> {
        self.0.keyword(name)
    }

    fn version(&self, package: &str) -> Option<String> {
        self.0.version(package)
    }

    fn answered_by(&self, rule: &Origin) {
        self.0.answered_by(rule);
    }
}
