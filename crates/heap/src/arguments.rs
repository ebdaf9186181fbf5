//! Arguments: what a call passes, as vectorcall passes it.
#![allow(unsafe_code, reason = "reads the arguments of live calls")]

use pyo3::ffi;

use crate::callee;

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
    pub fn keyword_count(&self) -> usize {
        if self.keywords.is_null() {
            return 0;
        }
        // SAFETY: the vectorcall protocol promises a tuple.
        unsafe { ffi::PyTuple_GET_SIZE(self.keywords) as usize }
    }

    /// The names of the keywords, in order.
    pub fn keyword_names(&self) -> Vec<String> {
        (0..self.keyword_count())
            // SAFETY: the vectorcall protocol promises a tuple of strings.
            .filter_map(|at| unsafe {
                callee::text(ffi::PyTuple_GET_ITEM(self.keywords, at as ffi::Py_ssize_t))
            })
            .collect()
    }

    /// What is passed by a keyword.
    pub fn keyword(&self, name: &str) -> Option<*mut ffi::PyObject> {
        // SAFETY: as above; the tuple holds strings, one for each value after the positional ones.
        (0..self.keyword_count()).find_map(|at| unsafe {
            let key = ffi::PyTuple_GET_ITEM(self.keywords, at as ffi::Py_ssize_t);
            (callee::text(key).as_deref() == Some(name))
                .then(|| *self.arguments.add(self.count + at))
        })
    }

    /// Everything that is passed.
    pub fn all(&self) -> impl Iterator<Item = *mut ffi::PyObject> + '_ {
        // SAFETY: as above.
        (0..self.count + self.keyword_count()).map(|at| unsafe { *self.arguments.add(at) })
    }
}
