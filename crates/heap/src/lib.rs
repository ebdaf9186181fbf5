#![doc = include_str!("../README.md")]

/// Where objects are, and tables by it.
mod address;
/// What a call passes.
pub mod arguments;
/// What callables are called, and which module they are from.
pub mod callable_name;
/// Callables taken apart.
pub mod callee;
/// What goes on giving what it holds.
pub mod carrier;
/// What a class is called, and what it and its bases hold.
pub mod class;
/// What functions, generators and code objects run and refer to.
pub mod code;
/// The collector, kept from running.
pub mod collector;
/// Values that text can spell.
pub mod constant;
/// What an object holds itself.
pub mod contents;
/// Functions, classes and modules: of Python or C, of the program or a library.
pub mod definition;
/// Digests of classes and code.
pub mod digest;
/// Whether all ways to objects begin at known variables.
pub mod enclosure;
/// An exception that is on its way.
pub mod exception;
/// Digests of values.
pub mod fingerprint;
/// The variables of functions that are followed.
pub mod frame;
/// By which object each one was found.
pub mod holders;
/// Where CPython keeps what instances hold.
pub mod instance;
/// What tells a call from the one before it.
pub mod identity;
/// How objects can change and be looked into.
pub mod kind;
/// Objects and classes that are lent, and the promise that goes with them.
pub mod lent;
/// What is known of particular libraries' objects.
pub mod library;
/// What `functools.lru_cache` makes.
pub mod lru_cache;
/// What method calls find, without asking for it.
pub mod method;
/// What imported modules hold.
pub mod module;
/// The program's variables, by address.
pub mod namespace;
/// What functions and descriptors of C code hold.
pub mod native;
/// NumPy's arrays, windows, functions and generators.
pub mod numpy;
/// The values that a result is made of.
pub mod parts;
/// Names by which another process finds an object.
pub mod qualified_name;
/// How many of the references to objects are found.
pub mod references;
/// The code of the program.
pub mod session_code;
/// Whose code sets an attribute or item.
pub mod setter;
/// What an object holds by its class's account.
pub mod traversal;
/// Whether containers hold what they held before.
pub mod version;
/// Walks through all that an object holds.
pub mod walk;

pub use address::{Address, AddressHasher, AddressMap, AddressSet};
pub use frame::Variables;
pub use lent::{Class, Lent, Owned, Quiet};
