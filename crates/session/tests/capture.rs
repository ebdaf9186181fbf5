//! What reports of statements become: slices of a text whose run is spelled out by hand.

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_graph::{SourceLocation, Timestamp};
use clew_session::{Bound, Capture, Changed, Entered, Outcome, Slicer};
use expect_test::{Expect, expect};

/// What a statement of the text did beyond binding what it binds by its text.
#[derive(Clone)]
enum Did {
    Changed(&'static str),
    Entered(usize),
    Read(ExternalState, &'static str),
    Wrote(ExternalState, &'static str),
}

use Did::{Changed as Change, Entered as Enter, Read, Wrote};

/// Runs a text in which each statement, `if`s included, runs once and to its end, and slices it to
/// a variable. `did` says by line, counted from 1, what happened besides.
fn check(text: &str, did: &[(usize, Did)], wanted: &str, expected: Expect) {
    let mut capture = Capture::new();
    let source = capture.begin_source(SourceLocation::Text, text).expect("the text is Python");
    let unit = capture.unit(source).expect("it was begun");
    let untaken = |id: clew_syntax::StatementId| {
        let mut statement = unit.statement(id);
        while let Some((parent, suite)) = statement.parent {
            if suite == clew_syntax::Suite::Else {
                return true;
            }
            statement = unit.statement(parent);
        }
        false
    };
    for statement in unit.statements() {
        if untaken(statement.id) {
            continue;
        }
        let line = text[..statement.range.start as usize].matches('\n').count() + 1;
        let mut outcome = Outcome::new(source, statement.id, Timestamp(0), Timestamp(1));
        outcome.bound = statement
            .own
            .binds
            .iter()
            .map(|bind| Bound { name: bind.name.clone(), certain: true, deleted: bind.deletes })
            .collect();
        for (_, did) in did.iter().filter(|(at, _)| *at == line) {
            match *did {
                Change(name) => outcome.changed.push(Changed {
                    name: name.to_owned(),
                    by: "a call".to_owned(),
                    confidence: Confidence::Annotated,
                }),
                Enter(scope) => outcome.entered.push(Entered { source, scope: Some(scope) }),
                Read(ref state, part) => {
                    outcome.states_read.push(StateKey::part(state.clone(), part))
                }
                Wrote(ref state, part) => {
                    outcome.states_written.push((StateKey::part(state.clone(), part), false));
                }
            }
        }
        capture.record(&outcome).expect("the report fits the text");
    }
    let sources: Vec<_> = capture.sources().cloned().collect();
    let node = capture.variable(wanted).expect("the text binds it");
    let slicer = Slicer::new(capture.graph(), &sources).expect("the text is Python");
    expected.assert_eq(&slicer.slice([node]).code);
}

#[test]
fn statements_on_one_line_are_told_apart() {
    check(
        "x = 1; y = 2; z = x\n",
        &[],
        "z",
        expect![[r#"
            x = 1; z = x
        "#]],
    );
}

#[test]
fn a_change_belongs_to_every_name_that_sees_it() {
    let text = "a = []\nb = a\nb.append(1)\nc = len(a)\n";
    let did = [(3, Change("a")), (3, Change("b"))];
    check(
        text,
        &did,
        "c",
        expect![[r#"
            a = []
            b = a
            b.append(1)
            c = len(a)
        "#]],
    );
}

#[test]
fn what_a_function_reads_is_read_when_it_runs() {
    check(
        "k = 1\ndef f(): return k\nk = 2\nx = f()\n",
        &[(4, Enter(0))],
        "x",
        expect![[r#"
            def f(): return k
            k = 2
            x = f()
        "#]],
    );
}

#[test]
fn an_untaken_branch_keeps_what_it_names() {
    check(
        "a = 1\nb = 2\nif a:\n    x = 3\n    y = 4\nelse:\n    x = b\n",
        &[],
        "x",
        expect![[r#"
            a = 1
            b = 2
            if a:
                x = 3
            else:
                x = b
        "#]],
    );
}

#[test]
fn a_file_is_needed_by_who_reads_it() {
    check(
        "write('a')\nwrite('b')\nx = read('a')\n",
        &[
            (1, Wrote(ExternalState::FileSystem, "/a")),
            (2, Wrote(ExternalState::FileSystem, "/b")),
            (3, Read(ExternalState::FileSystem, "/a")),
        ],
        "x",
        expect![[r#"
            write('a')
            x = read('a')
        "#]],
    );
}

#[test]
fn only_the_wanted_alias_of_an_import_is_kept() {
    check(
        "import os, sys\nfrom math import pi, e\nx = sys.argv, e\n",
        &[],
        "x",
        expect![[r#"
            import sys
            from math import e
            x = sys.argv, e
        "#]],
    );
}

#[test]
fn unpacked_names_stand_on_the_whole_statement() {
    check(
        "p = 1\nq = 2\na, b = p, q\n",
        &[],
        "a",
        expect![[r#"
            p = 1
            q = 2
            a, b = p, q
        "#]],
    );
}
