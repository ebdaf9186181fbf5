use expect_test::{Expect, expect};

use super::*;

/// A crate of files that are given as `--- place` and then the text.
fn house(files: &str) -> House {
    let load = |place: &str| {
        let file = files.split("--- ").find_map(|file| file.strip_prefix(place))?;
        file.starts_with('\n').then(|| file.to_owned())
    };
    House::read("lib.rs", &load).unwrap()
}

#[track_caller]
fn check(files: &str, expected: Expect) {
    let circles: String = house(files).circles().iter().map(|line| format!("{line}\n")).collect();
    expected.assert_eq(&circles);
}

#[test]
fn files_that_use_each_other_are_a_circle() {
    check(
        "
--- lib.rs
mod one;
mod two;
mod three;
--- one.rs
use crate::two::Two;
--- two.rs
fn f(three: crate::three::Three) {}
--- three.rs
fn f() { super::one::g() }
",
        expect![[r#"
            one → two → three → one (one.rs names crate::two::Two, two.rs names crate::three::Three, three.rs names super::one::g)
        "#]],
    );
}

#[test]
fn one_direction_is_none() {
    check(
        "
--- lib.rs
mod one;
mod two;
mod three;
pub use one::One;
--- one.rs
use crate::two::{self, Two};
pub struct One(two::Other, crate::three::Three);
--- two.rs
use crate::three::Three;
--- three.rs
",
        expect![""],
    );
}

#[test]
fn names_that_a_face_hands_on_stand_for_where_they_are_from() {
    check(
        "
--- lib.rs
mod one;
mod two;
pub use one::*;
pub use two::Two as Other;
--- one.rs
pub struct One(crate::Other);
--- two.rs
pub struct Two(Box<crate::One>);
",
        expect![[r#"
            one → two → one (one.rs names crate::Other, two.rs names crate::One)
        "#]],
    );
}

#[test]
fn a_folder_and_its_face_are_one_room_from_outside() {
    check(
        "
--- lib.rs
mod one;
mod two;
--- one.rs
mod inner;
--- one/inner.rs
fn f() { crate::two::g() }
--- two.rs
fn g() { crate::one::f() }
",
        expect![[r#"
            one → two → one (one/inner.rs names crate::two::g, two.rs names crate::one::f)
        "#]],
    );
}

#[test]
fn a_face_and_its_rooms_may_use_each_other_but_not_its_rooms() {
    check(
        "
--- lib.rs
mod one;
pub struct Shared;
--- one.rs
mod left;
mod right;
struct Both(left::Left, right::Right, crate::Shared);
--- one/left.rs
use super::{Both, right};
pub struct Left(right::Right);
--- one/right.rs
use super::left::Left;
",
        expect![[r#"
            in one: left → right → left (one/left.rs names right::Right, one/right.rs names super::left::Left)
        "#]],
    );
}

#[test]
fn tests_comments_and_texts_count_for_nothing() {
    check(
        r#"
--- lib.rs
mod one;
mod two;
#[cfg(test)]
mod tests;
--- one.rs
//! Not [`Two`](crate::two::Two).
// use crate::two::Two;
const TEXT: &str = "crate::two::Two";
#[cfg(test)]
mod tests {
    use crate::two::Two;
}
--- two.rs
use crate::one::TEXT;
"#,
        expect![""],
    );
}

#[test]
fn what_is_handed_to_a_macro_counts() {
    check(
        "
--- lib.rs
mod one;
mod two;
--- one.rs
fn f() { println!(\"{}\", [crate::two::g()]) }
--- two.rs
use crate::one;
fn g() { one::f() }
",
        expect![[r#"
            one → two → one (one.rs names crate::two::g, two.rs names crate::one)
        "#]],
    );
}

#[test]
fn the_farthest_arrow_goes_over_most_floors() {
    let house = house(
        "
--- lib.rs
mod roof;
mod middle;
mod ground;
--- roof.rs
use crate::{ground, middle};
--- middle.rs
use crate::ground;
--- ground.rs
",
    );
    let farthest = Some(("roof".to_owned(), "ground".to_owned(), 2));
    assert_eq!(house.farthest(), (3, farthest));
}
