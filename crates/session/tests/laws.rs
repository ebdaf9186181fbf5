//! What holds for every program: its slices are closed and in order, and the store gives back what
//! the journal was given.

use std::collections::BTreeSet;

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_graph::{SourceLocation, Timestamp};
use clew_session::{Bound, Capture, Changed, Journal, Outcome, Slicer};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

mod fixture;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const FILES: [&str; 2] = ["one", "two"];

/// A statement on a line of its own.
#[derive(Clone, Debug)]
enum Line {
    /// `a = f(b, c)`
    Assign(&'static str, Vec<&'static str>),
    /// `a += b`
    Augment(&'static str, &'static str),
    /// `a.append(b)`, where other variables may have the same value.
    Change(&'static str, &'static str, Vec<&'static str>),
    /// `a = read("one")`
    Load(&'static str, &'static str),
    /// `write("one", a)`
    Save(&'static str, &'static str),
    /// `del a`
    Delete(&'static str),
}

impl Line {
    fn text(&self) -> String {
        match self {
            Self::Assign(name, reads) => format!("{name} = f({})", reads.join(", ")),
            Self::Augment(name, read) => format!("{name} += {read}"),
            Self::Change(name, read, _) => format!("{name}.append({read})"),
            Self::Load(name, file) => format!("{name} = read({file:?})"),
            Self::Save(file, name) => format!("write({file:?}, {name})"),
            Self::Delete(name) => format!("del {name}"),
        }
    }

    fn reads(&self) -> Vec<&'static str> {
        match self {
            Self::Assign(_, reads) => reads.clone(),
            Self::Augment(name, read) | Self::Change(name, read, _) => vec![name, read],
            Self::Load(..) => Vec::new(),
            Self::Save(_, name) | Self::Delete(name) => vec![name],
        }
    }

    /// The variable that it binds or unbinds.
    fn binds(&self) -> Option<&'static str> {
        match self {
            Self::Assign(name, _)
            | Self::Augment(name, _)
            | Self::Load(name, _)
            | Self::Delete(name) => Some(name),
            Self::Change(..) | Self::Save(..) => None,
        }
    }

    /// The variables whose values it changes.
    fn changes(&self) -> Vec<&'static str> {
        match self {
            Self::Change(name, _, others) => {
                let names: BTreeSet<&str> = others.iter().copied().chain([*name]).collect();
                names.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

fn lines() -> impl Strategy<Value = Line> {
    let name = || select(&NAMES[..]);
    let file = || select(&FILES[..]);
    prop_oneof![
        3 => (name(), vec(name(), 0..3)).prop_map(|(name, reads)| Line::Assign(name, reads)),
        1 => (name(), name()).prop_map(|(name, read)| Line::Augment(name, read)),
        2 => (name(), name(), vec(name(), 0..2))
            .prop_map(|(name, read, others)| Line::Change(name, read, others)),
        1 => (name(), file()).prop_map(|(name, file)| Line::Load(name, file)),
        1 => (file(), name()).prop_map(|(file, name)| Line::Save(file, name)),
        1 => name().prop_map(Line::Delete),
    ]
}

/// Lines that read only what is bound.
fn programs() -> impl Strategy<Value = Vec<Line>> {
    vec(lines(), 1..24).prop_map(|lines| {
        let mut bound = BTreeSet::new();
        let mut program = Vec::new();
        for mut line in lines {
            if let Line::Assign(_, reads) = &mut line {
                reads.retain(|name| bound.contains(name));
            }
            if let Line::Change(_, _, others) = &mut line {
                others.retain(|name| bound.contains(name));
            }
            if !line.reads().iter().all(|name| bound.contains(name)) {
                continue;
            }
            match line {
                Line::Delete(name) => _ = bound.remove(name),
                _ => bound.extend(line.binds()),
            }
            program.push(line);
        }
        program
    })
}

fn text_of(program: &[Line]) -> String {
    program.iter().map(|line| line.text() + "\n").collect()
}

/// What an interpreter reports of a program, line by line.
fn outcomes(
    program: &[Line],
    source: clew_graph::SourceId,
    unit: &clew_syntax::Unit,
) -> Vec<Outcome> {
    let report = |(line, &statement): (&Line, &clew_syntax::StatementId)| {
        let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
        let deleted = matches!(line, Line::Delete(_));
        outcome.bound.extend(line.binds().map(|name| Bound {
            name: name.to_owned(),
            certain: true,
            deleted,
        }));
        outcome.changed.extend(line.changes().into_iter().map(|name| Changed {
            name: name.to_owned(),
            by: "list.append".to_owned(),
            confidence: Confidence::Annotated,
        }));
        match line {
            Line::Load(_, file) => {
                outcome.states_read.push(StateKey::part(ExternalState::FileSystem, *file))
            }
            Line::Save(file, _) => {
                outcome
                    .states_written
                    .push((StateKey::part(ExternalState::FileSystem, *file), false));
            }
            _ => {}
        }
        outcome
    };
    program.iter().zip(unit.top()).map(report).collect()
}

fn captured(program: &[Line]) -> Capture {
    let mut capture = Capture::new();
    let text = text_of(program);
    let source = capture.begin_source(SourceLocation::Text, &text).expect("the text is Python");
    let unit = capture.unit(source).expect("it was begun");
    for outcome in outcomes(program, source, &unit) {
        capture.record(&outcome).expect("the report fits");
    }
    capture
}

/// The lines that a variable's last value needs, worked out from what each line does.
fn needed(program: &[Line], name: &str) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    let mut open = vec![(name, program.len())];
    while let Some((name, before)) = open.pop() {
        let touches = |line: &Line| line.binds() == Some(name) || line.changes().contains(&name);
        let Some(at) = program[..before].iter().rposition(touches) else { continue };
        if program[at].binds() != Some(name) {
            open.push((name, at));
        }
        let mut ran = vec![at];
        while let Some(at) = ran.pop() {
            if !lines.insert(at) {
                continue;
            }
            open.extend(program[at].reads().into_iter().map(|name| (name, at)));
            if let Line::Load(_, file) = &program[at] {
                let writes = |at: &usize| matches!(&program[*at], Line::Save(to, _) if to == file);
                ran.extend((0..at).filter(writes));
            }
        }
    }
    lines
}

proptest! {
    #[test]
    fn a_slice_is_closed_under_what_it_needs_and_in_program_order(program in programs()) {
        let capture = captured(&program);
        let sources: Vec<_> = capture.sources().cloned().collect();
        let slicer = Slicer::new(capture.graph(), &sources).unwrap();
        for (name, node) in capture.variables() {
            let kept: String =
                needed(&program, name).into_iter().map(|at| program[at].text() + "\n").collect();
            prop_assert_eq!(slicer.slice([node]).code, kept, "{} of\n{}", name, text_of(&program));
        }
    }

    #[test]
    fn a_slice_of_a_slice_is_all_of_it(program in programs()) {
        let capture = captured(&program);
        for (name, _) in capture.variables() {
            let kept: Vec<Line> =
                needed(&program, name).into_iter().map(|at| program[at].clone()).collect();
            let again = captured(&kept);
            let sources: Vec<_> = again.sources().cloned().collect();
            let slicer = Slicer::new(again.graph(), &sources).unwrap();
            let node = again.variable(name).expect("the slice binds it");
            prop_assert_eq!(slicer.slice([node]).code, text_of(&kept));
        }
    }
}

proptest! {
    // Each makes a store on the disk.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_store_gives_back_what_the_journal_was_given(program in programs()) {
        let (_folder, store) = fixture::store();
        let session = fixture::session();
        let id = session.id;
        let mut journal = Journal::begin(Some(&store), session);
        let source = journal.begin_source(SourceLocation::Text, &text_of(&program)).unwrap();
        let unit = journal.unit(source).unwrap();
        for outcome in outcomes(&program, source, &unit) {
            journal.record(&outcome).unwrap();
        }
        journal.finish("0").unwrap();

        let capture = journal.capture();
        let graph = store.graph(id).unwrap();
        let sources = store.sources(id).unwrap();
        prop_assert_eq!(&graph, capture.graph());
        prop_assert_eq!(&sources, &capture.sources().cloned().collect::<Vec<_>>());
        let slicer = Slicer::new(&graph, &sources).unwrap();
        for variable in store.variables(id).unwrap() {
            prop_assert_eq!(variable.node, capture.variable(&variable.name));
            prop_assert_eq!(variable.refused, None);
            if let Some(node) = variable.node {
                let lines = needed(&program, &variable.name).into_iter();
                let kept: String = lines.map(|at| program[at].text() + "\n").collect();
                prop_assert_eq!(slicer.slice([node]).code, kept);
            }
        }
    }
}
