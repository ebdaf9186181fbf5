//! Real programs, mutated: whatever text comes is read or refused, and never panicked at.
//!
//! The programs are those of the conformance suite, written to be odd. Each loses, repeats and swaps
//! pieces, as a text does under an editor.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clew_syntax::{ParseError, Range, parse};
use proptest::prelude::*;
use proptest::sample::Index;

/// What is done to a text at a place, with a length in characters.
#[derive(Clone, Debug)]
enum Mutation {
    Delete,
    Repeat,
    /// A piece of another program.
    Graft(Index, Index),
    Insert(&'static str),
    /// Moves a line in or out.
    Indent(&'static str),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        Just(Mutation::Delete),
        Just(Mutation::Repeat),
        any::<(Index, Index)>().prop_map(|(program, place)| Mutation::Graft(program, place)),
        prop::sample::select(vec![
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "'",
            "\"",
            "\"\"\"",
            "f'{",
            "\\",
            "\\\n",
            ":",
            ";",
            "#",
            "\n",
            "\r",
            "\r\n",
            "\t",
            "\x0c",
            "\0",
            "\u{feff}",
            "é",
            "𝒳",
            "*",
            "**",
            ":=",
            "->",
            "=",
            " await ",
            " lambda: ",
            " if ",
            " else ",
            "match x:\n case _: ",
            "async ",
            "0_1",
            "1e",
        ])
        .prop_map(Mutation::Insert),
        prop::sample::select(vec![" ", "    ", "\t"]).prop_map(Mutation::Indent),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 10_000 } else { 1_000_000 }))]

    #[test]
    fn a_mutated_program_is_read_or_refused(
        program: Index,
        mutations in prop::collection::vec((mutation(), any::<Index>(), 1..40_usize), 1..8),
        kept in prop::collection::vec((any::<Index>(), 0..200_u32), 0..4),
    ) {
        let mut text: Vec<char> = program.get(programs()).chars().collect();
        for (mutation, place, length) in mutations {
            mutate(&mut text, &mutation, place, length);
        }
        let text: String = text.into_iter().collect();
        match parse(&text) {
            Err(ParseError { offset, .. }) => prop_assert!(offset as usize <= text.len()),
            Ok(unit) => {
                let everything = unit.keep([Range::new(0, u32::MAX)]);
                prop_assert_eq!(&unit.cut(&everything), &text);
                let spans = kept.into_iter().map(|(start, length)| {
                    let start = start.index(text.len() + 1) as u32;
                    Range::new(start, start + length)
                });
                let cut = unit.cut(&unit.keep(spans));
                prop_assert!(parse(&cut).is_ok(), "the cut is no Python: {cut:?} of {text:?}");
            }
        }
    }
}

fn mutate(text: &mut Vec<char>, mutation: &Mutation, place: Index, length: usize) {
    let place = place.index(text.len() + 1);
    let end = (place + length).min(text.len());
    match mutation {
        Mutation::Delete => drop(text.drain(place..end)),
        Mutation::Repeat => {
            let piece = text[place..end].to_vec();
            text.splice(end..end, piece);
        }
        Mutation::Graft(program, from) => {
            let other: Vec<char> = program.get(programs()).chars().collect();
            let from = from.index(other.len() + 1);
            let piece = &other[from..(from + length).min(other.len())];
            text.splice(place..end, piece.iter().copied());
        }
        Mutation::Insert(piece) => drop(text.splice(place..place, piece.chars())),
        Mutation::Indent(space) => {
            let line = text[..place].iter().rposition(|&c| c == '\n').map_or(0, |at| at + 1);
            text.splice(line..line, space.chars());
        }
    }
}

/// The programs of the conformance suite that are UTF-8 and not too long to be mutated often.
fn programs() -> &'static [String] {
    static PROGRAMS: OnceLock<Vec<String>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance");
        let mut paths = Vec::new();
        find(&folder, &mut paths);
        paths.sort();
        let programs: Vec<String> = paths
            .iter()
            .filter_map(|path| Some((path, std::fs::read_to_string(path).ok()?)))
            .flat_map(|(path, text)| match path.extension() {
                Some(extension) if extension == "md" => cases(&text),
                _ => vec![text],
            })
            .filter(|text| text.len() < 20_000)
            .collect();
        assert!(programs.len() > 100, "{} holds no programs", folder.display());
        programs
    })
}

/// The programs of a topic, which stand in fences.
fn cases(text: &str) -> Vec<String> {
    let blocks = text.split("\n```python\n").skip(1);
    blocks.filter_map(|block| Some(block.split_once("\n```\n")?.0.to_owned() + "\n")).collect()
}

fn find(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is part of the repository") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            find(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "py" || extension == "md") {
            out.push(path);
        }
    }
}
