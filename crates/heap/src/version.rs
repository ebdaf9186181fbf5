//! Version: numbers that tell whether a container holds what it held before.
#![allow(unsafe_code, reason = "reads live dictionaries by CPython's layout")]

use pyo3::ffi;

use crate::address::Address;
use crate::lent::Lent;
use crate::traversal::traverse;

impl Lent<'_> {
    /// A number that is another one as soon as a dictionary binds a key to another object, or drops one;
    /// 0 for everything else.
    #[inline]
    pub fn dictionary_version(self) -> u64 {
        if !self.is_dict() {
            return 0;
        }
        #[cfg(not(Py_3_14))]
        // SAFETY: the type was checked, and such an object begins with this head.
        #[allow(deprecated, reason = "there up to 3.13")]
        return unsafe { (*self.as_ptr().cast::<ffi::PyDictObject>()).ma_version_tag };
        #[cfg(Py_3_14)]
        self.pairs().fold(1, |sum, (key, value)| mix(mix(sum, key.address()), value.address()))
    }

    /// A number for the objects that it holds by its class's account, in order: of `most` at most, and of
    /// how many there are.
    pub fn held_version(self, most: usize) -> u64 {
        let (mut sum, mut count) = (1, 0_usize);
        traverse(self, |held| {
            count += 1;
            sum = mix(sum, held.address());
            count < most
        });
        let size = if self.is_list() { self.items().len() } else { self.size_of_dict_or_set() };
        mix(mix(sum, count), size)
    }
}

/// One more word in a sum over words.
#[inline]
fn mix(sum: u64, word: Address) -> u64 {
    (sum.rotate_left(5) ^ word as u64).wrapping_mul(0x517c_c1b7_2722_0a95)
}
