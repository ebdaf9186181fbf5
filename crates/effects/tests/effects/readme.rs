//! What the README shows works, and what it lists is all there is.

use clew_effects::{Catalog, ExternalState};

const README: &str = include_str!("../../README.md");

#[test]
fn the_annotation_file_that_it_shows_can_be_read() {
    let mut catalog = Catalog::empty();
    let shown = README.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    catalog.add("README.md", shown.expect("the README shows a file")).unwrap();
    assert_eq!(catalog.packages(), ["pandas"]);
}

#[test]
fn it_lists_every_external_state() {
    for word in ExternalState::WORDS {
        assert!(README.contains(&format!("`{word}`")), "{word}");
    }
}
