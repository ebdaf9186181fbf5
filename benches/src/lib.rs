//! Programs of named shapes, at any size, for benchmarks to ask questions of.
//!
//! Every shape has exactly the number of nodes that is asked for, and the last node is the one
//! worth slicing. Begin with [`Shape`] for graphs and with [`Text`] for programs as text.

mod shape;
mod text;

pub use shape::Shape;
pub use text::Text;
