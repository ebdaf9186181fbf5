//! Arguments: what a call passes, as vectorcall passes it.
#![allow(unsafe_code, reason = "reads the arguments of live calls")]

use pyo3::ffi;

use crate::lent::Lent;

/// The arguments of a call, as vectorcall passes them.
pub struct CallArguments {
    /// The positional arguments and behind them the values of the keywords.
    pub arguments: *const *mut ffi::PyObject,
    /// How many are positional.
    pub count: usize,
    /// A tuple of names or null; their values follow the positional ones.
    pub keywords: *mut ffi::PyObject,
}

impl CallArguments {
    /// What is passed at a position.
    #[inline]
    pub fn positional(&self, at: usize) -> Option<*mut ffi::PyObject> {
        // SAFETY: the vectorcall protocol promises `count` arguments.
        (at < self.count).then(|| unsafe { *self.arguments.add(at) })
    }

    /// How many arguments there are and a number for which keywords.
    pub fn shape(&self) -> (usize, usize) {
        let keywords = (0..self.keyword_count()).fold(0_usize, |hash, at| {
            // SAFETY: the vectorcall protocol promises a tuple; names in it are interned.
            let name = unsafe { ffi::PyTuple_GET_ITEM(self.keywords, at as ffi::Py_ssize_t) };
            hash.rotate_left(5).wrapping_mul(31).wrapping_add(name as usize)
        });
        (self.count, keywords)
    }

    /// How many are passed by keyword.
    #[inline]
    pub fn keyword_count(&self) -> usize {
        if self.keywords.is_null() {
            return 0;
        }
        // SAFETY: the vectorcall protocol promises a tuple.
        unsafe { ffi::PyTuple_GET_SIZE(self.keywords) as usize }
    }

    /// The names of the keywords, in order.
    pub fn keyword_names(&self) -> Vec<String> {
        self.names().filter_map(Lent::text).collect()
    }

    /// What is passed by a keyword.
    pub fn keyword(&self, name: &str) -> Option<*mut ffi::PyObject> {
        let at = self.names().position(|key| key.as_str() == Some(name))?;
        // SAFETY: the protocol promises a value for each name, after the positional ones.
        Some(unsafe { *self.arguments.add(self.count + at) })
    }

    /// Everything that is passed.
    pub fn all(&self) -> impl Iterator<Item = *mut ffi::PyObject> + '_ {
        // SAFETY: the protocol promises so many.
        (0..self.count + self.keyword_count()).map(|at| unsafe { *self.arguments.add(at) })
    }

    /// What is passed at a position, lent for as long as this is.
    #[inline]
    pub fn lent_positional(&self, at: usize) -> Option<Lent<'_>> {
        // SAFETY: who calls keeps the arguments alive, and nothing runs before the call does.
        unsafe { Lent::new(self.positional(at)?) }
    }

    /// What is passed by a keyword, lent for as long as this is.
    pub fn lent_keyword(&self, name: &str) -> Option<Lent<'_>> {
        // SAFETY: who calls keeps the arguments alive, and nothing runs before the call does.
        unsafe { Lent::new(self.keyword(name)?) }
    }

    /// Everything that is passed, lent for as long as this is.
    pub fn lent(&self) -> impl Iterator<Item = Lent<'_>> {
        // SAFETY: who calls keeps the arguments alive, and nothing runs before the call does.
        self.all().filter_map(|value| unsafe { Lent::new(value) })
    }

    fn names(&self) -> impl Iterator<Item = Lent<'_>> {
        // SAFETY: the protocol promises null or a tuple, for as long as the call lasts.
        let names = unsafe { Lent::new(self.keywords) };
        names.into_iter().flat_map(Lent::items)
    }
}
