use super::*;

fn house(face: &str, inner: &str) -> House {
    let load = |place: &str| match place {
        "lib.rs" => Some(face.to_owned()),
        "inner.rs" => Some(inner.to_owned()),
        _ => None,
    };
    House::read("lib.rs", &load).unwrap()
}

#[test]
fn a_file_says_what_it_means_in_its_first_line() {
    let faults = |text: &str| without_meaning("crates/one", &house("mod inner;", text));
    assert_eq!(faults("//! Inner: what lies within.\n"), [""; 0]);
    for text in
        ["", "use std::fmt;\n", "//! What lies within.\n", "//! It lies within. So: there.\n"]
    {
        assert_eq!(
            faults(text),
            ["crates/one/src/inner.rs does not open with `//! Noun: what it means.`"]
        );
    }
}

#[test]
fn a_file_has_no_more_lines_than_it_may() {
    assert_eq!(too_long("a.rs", &"\n".repeat(700)), None);
    let fault = too_long("a.rs", &"\n".repeat(701));
    assert_eq!(fault.as_deref(), Some("a.rs has 701 lines, which is more than 700"));
}

#[test]
fn types_of_one_name_in_three_crates_are_a_fault() {
    let houses = [
        ("one", house("pub struct Place; struct Own;", "")),
        ("two", house("mod inner;", "enum Place {} struct Own;")),
        ("three", house("trait Place {} #[cfg(test)] struct Own;", "")),
    ];
    assert_eq!(
        shared_names(houses.iter().map(|(name, house)| (*name, house))),
        ["Place is the name of a type in one, three, two"]
    );
}
