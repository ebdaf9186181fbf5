//! Python text as statements, names and call sites, and slices as text again.
//!
//! [`parse`] makes a [`Unit`] of a text: its [`Statement`]s, which variables of the module each of
//! them reads and binds ([`Access`]), what it is made of ([`Lowering`]), and the [`Scope`]s in it.
//! [`Unit::keep`] and [`Unit::cut`] turn a choice of places back into text. Nothing here runs
//! Python, reads a file or knows a value.
//!
//! Start with [`Unit`] for what is known of a text and with [`Statement`] for what of each statement.

pub mod cut;
mod dismantle;
pub mod keep;
pub mod lower;
pub mod name;
pub mod parse;
pub mod range;
pub mod statement;
pub mod unit;

pub use keep::Kept;
pub use lower::{Expr, ExprKind, ImportAlias, Lowering, Passed, Target};
pub use name::{Access, Binding, Read, Scope, ScopeKind};
pub use parse::{ParseError, parse};
pub use range::Range;
pub use statement::{Statement, StatementId, StatementKind, Suite, SuiteBody};
pub use unit::Unit;
