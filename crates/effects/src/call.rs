//! Call: what rules ask about a call, in plain data.

use crate::{Origin, Scalar};

/// What a rule may ask about a call. Starred arguments count as what they spread out to.
pub trait CallFacts {
    /// How many arguments are passed by position, the receiver not counted.
    fn positional(&self) -> usize;

    /// The value at a position below [`Self::positional`].
    fn positional_value(&self, index: usize) -> Scalar;

    /// How many arguments are passed by keyword.
    fn keywords(&self) -> usize;

    /// The value passed by a keyword; `None` where it is not passed.
    fn keyword(&self, name: &str) -> Option<Scalar>;

    /// The value of an attribute that the receiver itself holds, without running any code for it;
    /// `None` where it holds none of that name.
    fn attribute(&self, name: &str) -> Option<Scalar> {
        let _ = name;
        Some(Scalar::Unknown)
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
    positional: Vec<Scalar>,
    keyword: Vec<(String, Scalar)>,
    attributes: Vec<(String, Scalar)>,
    versions: Vec<(String, String)>,
}

impl CallShape {
    /// A call with as many positional arguments, of unknown values.
    pub fn positional(count: usize) -> Self {
        Self { positional: vec![Scalar::Unknown; count], ..Self::default() }
    }

    /// The same with one more positional argument.
    pub fn argument(mut self, value: Scalar) -> Self {
        self.positional.push(value);
        self
    }

    /// The same with a keyword.
    pub fn keyword(mut self, name: &str, value: Scalar) -> Self {
        self.keyword.push((name.to_owned(), value));
        self
    }

    /// The same with a receiver that has an attribute. It has no others.
    pub fn attribute(mut self, name: &str, value: Scalar) -> Self {
        self.attributes.push((name.to_owned(), value));
        self
    }

    /// The same with a package's version known.
    pub fn version(mut self, package: &str, version: &str) -> Self {
        self.versions.push((package.to_owned(), version.to_owned()));
        self
    }
}

impl CallFacts for CallShape {
    fn positional(&self) -> usize {
        self.positional.len()
    }

    fn positional_value(&self, index: usize) -> Scalar {
        self.positional.get(index).cloned().unwrap_or(Scalar::Unknown)
    }

    fn keywords(&self) -> usize {
        self.keyword.len()
    }

    fn keyword(&self, name: &str) -> Option<Scalar> {
        find(&self.keyword, name)
    }

    fn attribute(&self, name: &str) -> Option<Scalar> {
        find(&self.attributes, name)
    }

    fn version(&self, package: &str) -> Option<String> {
        find(&self.versions, package)
    }
}

fn find<T: Clone>(entries: &[(String, T)], name: &str) -> Option<T> {
    entries.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// A call of a method through its class: the receiver is the first argument.
pub(crate) struct Unbound<'a>(pub(crate) &'a dyn CallFacts);

impl CallFacts for Unbound<'_> {
    fn positional(&self) -> usize {
        self.0.positional().saturating_sub(1)
    }

    fn positional_value(&self, index: usize) -> Scalar {
        self.0.positional_value(index + 1)
    }

    fn keywords(&self) -> usize {
        self.0.keywords()
    }

    fn keyword(&self, name: &str) -> Option<Scalar> {
        self.0.keyword(name)
    }

    fn version(&self, package: &str) -> Option<String> {
        self.0.version(package)
    }

    fn answered_by(&self, rule: &Origin) {
        self.0.answered_by(rule);
    }
}
