//! Address: where objects are, and tables by it.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// An object's address: its identity for as long as it lives, and nothing that keeps it alive.
pub type Address = usize;

/// A set of objects by their addresses.
pub type AddressSet = HashSet<Address, BuildHasherDefault<AddressHasher>>;

/// A table by the addresses of objects.
pub type AddressMap<V> = HashMap<Address, V, BuildHasherDefault<AddressHasher>>;

/// Keeps objects of one page of memory together in a table: those that were made together are asked about together, and
/// in a large table each look elsewhere waits for memory.
#[derive(Clone, Copy, Default)]
pub struct AddressHasher(u64);

/// 2⁶⁴ divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    #[inline]
    fn write_usize(&mut self, address: usize) {
        /// Objects are aligned to 16 bytes.
        const UNITS_OF_PAGE: u64 = 4096 / 16;
        let unit = address as u64 / 16;
        let page = (unit / UNITS_OF_PAGE).wrapping_mul(SPREAD);
        let place = (page >> 20) / UNITS_OF_PAGE * UNITS_OF_PAGE + unit % UNITS_OF_PAGE;
        // The table tells entries that are close apart by the uppermost bits.
        self.0 = place ^ unit.wrapping_mul(SPREAD) & 0x7F << 57;
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.0 = self.0.wrapping_add(number.wrapping_add(1).wrapping_mul(SPREAD));
    }

    /// A program point beside an address.
    #[inline]
    fn write_i32(&mut self, number: i32) {
        self.write_u64(number as u64);
    }
}
