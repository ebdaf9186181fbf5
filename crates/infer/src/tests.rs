//! Calls of functions of small libraries, and what is read off their source.
//!
//! Arguments go by position or keyword, `self` is the receiver, `.name` an attribute and `.**` all that
//! can be reached.

use expect_test::Expect;

use crate::text_world::TextWorld;

mod aliases;
mod arguments;
mod branches;
mod classes;
mod containers;
mod functions;
mod holding;
mod outside;
mod unknown;

/// What a call does.
fn check(library: &str, call: &str, expect: Expect) {
    let mut world = TextWorld::new(library).expect("the library is understood");
    expect.assert_eq(&world.describe(call).expect("the call is understood"));
}
