//! Arguments: what a call passes, as far as it is known.

use std::rc::Rc;

use crate::value::PointsToSet;

/// What a call passes.
#[derive(Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) positional: Vec<PointsToSet>,
    pub(crate) keyword: Vec<Keyword>,
    /// What may be passed by position besides.
    pub(crate) more: PointsToSet,
    /// What may be passed by keyword besides.
    pub(crate) more_keyword: PointsToSet,
}

#[derive(Clone)]
pub(crate) struct Keyword {
    pub(crate) name: Rc<str>,
    pub(crate) value: PointsToSet,
    /// Whether it is passed for certain.
    pub(crate) certain: bool,
}

impl Arguments {
    pub(crate) fn positional(values: impl IntoIterator<Item = PointsToSet>) -> Self {
        Self { positional: values.into_iter().collect(), ..Self::default() }
    }

    pub(crate) fn with_first(&self, first: PointsToSet) -> Self {
        let mut all = self.clone();
        all.positional.insert(0, first);
        all
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Keyword> {
        self.keyword.iter().find(|keyword| &*keyword.name == name)
    }

    /// Everything that is passed.
    pub(crate) fn all(&self) -> PointsToSet {
        let mut all = self.more.clone();
        all.join(&self.more_keyword);
        for value in self.positional.iter().chain(self.keyword.iter().map(|keyword| &keyword.value))
        {
            all.join(value);
        }
        all
    }
}
