//! Library: what is known of the objects of particular libraries, by the names of their classes.

pub mod logging;
pub mod matplotlib;
pub mod pandas;
pub mod standard;
pub mod threading;
