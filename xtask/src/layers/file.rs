//! File: what every file keeps to: how it opens, how long it is, and whose names its types have.

use std::collections::{BTreeMap, BTreeSet};

use super::room::House;

/// How many lines a file may have.
const MOST_LINES: usize = 700;

/// Files that may be longer, by the end of their path, each with the reason.
const LONGER: &[(&str, &str)] = &[];

/// In how many crates a type's name may be defined: in one that has it to give, and in one that has
/// it for itself.
const MOST_CRATES: usize = 2;

/// A line for a file that has too many.
pub(crate) fn too_long(place: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    let is_known = LONGER.iter().any(|(longer, _)| place.ends_with(longer));
    (lines > MOST_LINES && !is_known)
        .then(|| format!("{place} has {lines} lines, which is more than {MOST_LINES}"))
}

/// A line for each file of a crate, its face aside, that does not open with its noun, a colon and
/// what it means.
pub(crate) fn without_meaning(folder: &str, house: &House) -> Vec<String> {
    let says = |text: &str| {
        let header = text.lines().next().and_then(|line| line.strip_prefix("//! "));
        header
            .and_then(|header| header.split_once(": "))
            .is_some_and(|(noun, meaning)| !noun.contains('.') && !meaning.is_empty())
    };
    let files = house.files.iter().filter(|file| !file.path.is_empty() && !says(&file.text));
    files
        .map(|file| {
            format!("{folder}/src/{} does not open with `//! Noun: what it means.`", file.place)
        })
        .collect()
}

/// A line for each name that types of too many crates have.
pub(crate) fn shared_names<'a>(houses: impl Iterator<Item = (&'a str, &'a House)>) -> Vec<String> {
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, house) in houses {
        for defined in house.modules.iter().flat_map(|module| &module.types) {
            // It stands for a crate's README in its documentation tests.
            if defined == "Readme" {
                continue;
            }
            owners.entry(defined).or_default().insert(name);
        }
    }
    owners
        .into_iter()
        .filter(|(_, owners)| owners.len() > MOST_CRATES)
        .map(|(name, owners)| {
            let owners: Vec<&str> = owners.into_iter().collect();
            format!("{name} is the name of a type in {}", owners.join(", "))
        })
        .collect()
}

#[cfg(test)]
mod tests;
