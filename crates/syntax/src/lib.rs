//! Python text as statements, names and call sites, and slices as text again.
//!
//! [`parse()`] makes a [`Unit`] of a text: its [`Statement`]s, which variables of the module each of
//! them reads and binds ([`Access`]), what it is made of ([`Template`]), and the [`Scope`]s in it.
//! [`Unit::keep`] and [`Unit::cut`] turn a choice of places back into text. [`Summaries`] say what
//! the bodies of a module's functions do with what they are given. Nothing here runs Python, reads a
//! file or knows a value.
//!
//! Start with [`Unit`] for what is known of a text and with [`Statement`] for what of each statement.
//!
//! ```
//! use clew_syntax::parse;
//!
//! let unit = parse("
//! import os, sys
//! x = 1; y = 2; z = x + f(os.sep)  # the sum
//! if z:
//!     print(y)
//! ")?;
//!
//! // What a statement reads and binds.
//! let sum = &unit.statements()[3];
//! let reads: Vec<&str> = sum.own.reads.iter().map(|read| read.name.as_str()).collect();
//! assert_eq!(reads, ["x", "f", "os"]);
//! assert_eq!(sum.own.binds[0].name, "z");
//!
//! // What is left where only some statements matter.
//! let os = unit.text().find("os").map(|at| at as u32).unwrap();
//! let kept = unit.keep([
//!     clew_syntax::Range::new(os, os + 2),
//!     unit.statements()[1].range,
//!     sum.range,
//!     unit.statements()[4].header,
//! ]);
//! assert_eq!(unit.cut(&kept), "\
//! import os
//! x = 1; z = x + f(os.sep)  # the sum
//! if z:
//!     pass
//! ");
//! # Ok::<(), clew_syntax::ParseError>(())
//! ```

pub mod parse;
pub mod unit;
pub mod statement;
pub mod outline;
pub mod name;
mod literal;
pub mod lower;
pub mod keep;
pub mod cut;
mod mention;
pub mod special_method;
pub mod literal_key;
pub mod named_text;
pub mod evaluated;
pub mod summary;
mod token;
pub mod range;
mod dismantle;

pub use cut::CutStatement;
pub use evaluated::{Spelling, names_in};
pub use keep::Kept;
pub use lower::{Expr, ExprKind, ImportAlias, Operand, Target, Template};
pub use name::{Access, Binding, Read, Scope, ScopeKind};
pub use named_text::{NamedText, named_texts};
pub use outline::{StatementId, StatementKind, Suite};
pub use parse::{ParseError, parse};
pub use range::Range;
pub use special_method::{SPECIAL_METHODS, SpecialMethods};
pub use statement::{Statement, SuiteBody};
pub use summary::{Summaries, Summary};
pub use unit::Unit;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
