//! Address: by what objects and classes are known.

/// An object or a class, as the world that is asked knows it; 0 stands for none.
pub type Address = usize;

/// A class and the number by which it is known until it or a base of it is changed.
pub type Version = (Address, u32);
