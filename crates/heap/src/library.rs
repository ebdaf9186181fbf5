//! Library: what is known of the objects of particular libraries, by the names of their classes.
//!
//! NumPy has a room of its own, `numpy`, for walks look into its arrays.

pub mod logging;
pub mod matplotlib;
pub mod pandas;
pub mod standard;
pub mod sympy;
pub mod threading;
