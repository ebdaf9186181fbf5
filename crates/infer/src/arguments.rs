//! Arguments: what a call passes, as far as it is known.

use std::rc::Rc;

use crate::value::Set;

/// What a call passes.
#[derive(Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) positional: Vec<Set>,
    pub(crate) keyword: Vec<Keyword>,
    /// What may be passed by position besides.
    pub(crate) more: Set,
    /// What may be passed by keyword besides.
    pub(crate) more_keyword: Set,
}

#[derive(Clone)]
pub(crate) struct Keyword {
    pub(crate) name: Rc<str>,
    pub(crate) value: Set,
    /// Whether it is passed for certain.
    pub(crate) certain: bool,
}

impl Arguments {
    pub(crate) fn positional(values: impl IntoIterator<Item = Set>) -> Self {
        Self { positional: values.into_iter().collect(), ..Self::default() }
    }

    pub(crate) fn with_first(&self, first: Set) -> Self {
        let mut all = self.clone();
        all.positional.insert(0, first);
        all
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Keyword> {
        self.keyword.iter().find(|keyword| &*keyword.name == name)
    }

    /// Everything that is passed.
    pub(crate) fn all(&self) -> Set {
        let mut all = self.more.clone();
        all.join(&self.more_keyword);
        for value in self.positional.iter().chain(self.keyword.iter().map(|keyword| &keyword.value))
        {
            all.join(value);
        }
        all
    }
}
