//! Loops split: slices of a text with a loop whose turns are spelled out by hand.

use std::collections::BTreeSet;

use clew_effects::{Confidence, ExternalState, StateKey};
use clew_graph::{SourceLocation, Timestamp};
use clew_session::{Bound, Capture, Changed, Entered, Outcome, Slicer, TurnChange, Turns};
use clew_syntax::{StatementId, Unit};
use expect_test::{Expect, expect};

/// What a line of the loop did.
enum Did<'a> {
    /// It changed a value that these variables lead to, before the loop and after it, and that certainly
    /// is from before it.
    Changed(&'a [&'a str]),
    /// It changed a value that came to be in the loop, and that these variables lead to now.
    ChangedNew(&'a [&'a str]),
    /// It entered a function.
    Entered(usize),
    /// It read a state.
    Read(ExternalState),
    /// It changed a state.
    Wrote(ExternalState),
}

use Did::{Changed as Change, ChangedNew as ChangeNew, Entered as Enter, Read, Wrote};

/// Runs a text whose statements at top level run once, the loops among them for some turns in which each of
/// their statements ran, and slices it to a variable. `did` says by line, counted from 1, what the
/// statements of loops did besides binding what they bind.
fn check(text: &str, did: &[(usize, Did<'_>)], wanted: &str, expected: Expect) {
    expected.assert_eq(&slice(text, did, wanted, |_| ()));
}

fn slice(
    text: &str,
    did: &[(usize, Did<'_>)],
    wanted: &str,
    alter: impl Fn(&mut Outcome),
) -> String {
    let mut capture = Capture::new();
    let source = capture.begin_source(SourceLocation::Text, text).expect("the text is Python");
    let unit = capture.unit(source).expect("it was begun");
    for &id in unit.top() {
        let statement = unit.statement(id);
        let mut outcome = Outcome::new(source, id, Timestamp(0), Timestamp(1));
        let binds: BTreeSet<&str> =
            statement.whole.binds.iter().map(|bind| bind.name.as_str()).collect();
        outcome.bound = binds
            .into_iter()
            .map(|name| Bound { name: name.to_owned(), certain: true, deleted: false })
            .collect();
        if statement.is_compound() {
            outcome.turns = Some(turns(&unit, id, did, &mut outcome.changed));
        }
        alter(&mut outcome);
        capture.record(&outcome).expect("the report fits the text");
    }
    let sources: Vec<_> = capture.sources().cloned().collect();
    let node = capture.variable(wanted).expect("the text binds it");
    Slicer::new(capture.graph(), &sources).expect("the text is Python").slice([node]).code
}

fn turns(
    unit: &Unit,
    id: StatementId,
    did: &[(usize, Did<'_>)],
    changed: &mut Vec<Changed>,
) -> Turns {
    let range = unit.statement(id).range;
    let line_of = |start: u32| unit.text()[..start as usize].matches('\n').count() + 1;
    let within = || unit.statements().iter().filter(|inner| range.contains(inner.range));
    let mut turns = Turns { fixed: true, settled: true, ..Turns::default() };
    turns.seen = within().map(|inner| inner.id).collect();
    for (line, did) in did {
        let Some(by) = within().find(|inner| line_of(inner.range.start) == *line) else { continue };
        let by = by.id;
        let mut change = |before: &[&str], after: &[&str], lasting| {
            let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
            changed.extend(after.iter().map(|&name| Changed {
                name: name.to_owned(),
                by: "a call".to_owned(),
                confidence: Confidence::Annotated,
            }));
            turns.changes.push(TurnChange {
                by: vec![by],
                before: owned(before),
                after: owned(after),
                lasting,
                held: None,
                cause: "a call".to_owned(),
                confidence: Confidence::Annotated,
            });
        };
        match *did {
            Change(names) => change(names, names, true),
            ChangeNew(names) => change(&[], names, false),
            Enter(scope) => {
                let source = clew_graph::SourceId::new(0);
                turns.entered.push((by, Entered { source, scope: Some(scope) }));
            }
            Read(ref state) => turns.states_read.push((Some(by), StateKey::whole(state.clone()))),
            Wrote(ref state) => {
                turns.states_written.push((by, StateKey::whole(state.clone()), false))
            }
        }
    }
    turns
}

const TWO_LISTS: &str = "a = []\nb = []\nfor x in [1]:\n    a.append(x)\n    b.append(x)\n";

#[test]
fn a_loop_keeps_what_fills_the_list_that_is_wanted() {
    check(
        TWO_LISTS,
        &[(4, Change(&["a"])), (5, Change(&["b"]))],
        "b",
        expect![[r#"
            b = []
            for x in [1]:
                b.append(x)
        "#]],
    );
}

#[test]
fn a_loop_of_which_nothing_is_told_is_kept_whole() {
    let did = [(4, Change(&["a"])), (5, Change(&["b"]))];
    let whole = slice(TWO_LISTS, &did, "b", |outcome| outcome.turns = None);
    expect![[r#"
        a = []
        b = []
        for x in [1]:
            a.append(x)
            b.append(x)
    "#]]
    .assert_eq(&whole);
}

#[test]
fn a_variable_that_no_statement_is_told_to_change_keeps_the_loop_whole() {
    let did = [(5, Change(&["b"]))];
    let whole = slice(TWO_LISTS, &did, "a", |outcome| {
        outcome.changed.push(Changed {
            name: "a".to_owned(),
            by: "something".to_owned(),
            confidence: Confidence::Assumed,
        });
    });
    // Outside of the loop the report changes `a` as well, which adds nothing.
    assert!(whole.contains("b.append(x)") && whole.contains("a.append(x)"));
}

#[test]
fn what_is_carried_from_turn_to_turn_is_needed_though_it_stands_below() {
    check(
        "last = 0\nout = []\nn = 0\nfor x in [1]:\n    out.append(last)\n    last = x\n    n += 1\n",
        &[(5, Change(&["out"]))],
        "out",
        expect![[r#"
            last = 0
            out = []
            for x in [1]:
                out.append(last)
                last = x
        "#]],
    );
}

#[test]
fn a_new_value_may_have_come_by_another_name() {
    let text = "sizes = []\nn = 0\nfor x in [1]:\n    row = []\n    same = row\n    same.append(x)\n    \
                sizes.append(len(row))\n    n += 1\n";
    check(
        text,
        &[(6, ChangeNew(&["row", "same"])), (7, Change(&["sizes"]))],
        "sizes",
        expect![[r#"
            sizes = []
            for x in [1]:
                row = []
                same = row
                same.append(x)
                sizes.append(len(row))
        "#]],
    );
}

#[test]
fn what_ends_a_turn_stays_with_all_that_it_needs() {
    let text = "out = []\nt = 0\nn = 0\nfor x in [1]:\n    n += 1\n    t += x\n    if t > 3:\n        \
                break\n    out.append(x)\n";
    check(
        text,
        &[(9, Change(&["out"]))],
        "out",
        expect![[r#"
            out = []
            t = 0
            for x in [1]:
                t += x
                if t > 3:
                    break
                out.append(x)
        "#]],
    );
}

#[test]
fn two_that_draw_from_one_generator_need_each_other() {
    let text = "a = []\nb = []\nc = []\nfor x in [1]:\n    a.append(f())\n    b.append(f())\n    \
                c.append(x)\n";
    let did = [
        (5, Change(&["a"])),
        (5, Read(ExternalState::Random)),
        (5, Wrote(ExternalState::Random)),
        (6, Change(&["b"])),
        (6, Read(ExternalState::Random)),
        (6, Wrote(ExternalState::Random)),
        (7, Change(&["c"])),
    ];
    check(
        text,
        &did,
        "a",
        expect![[r#"
            a = []
            b = []
            for x in [1]:
                a.append(f())
                b.append(f())
        "#]],
    );
}

#[test]
fn a_function_brings_what_it_reads_to_who_calls_it() {
    let text = "k = 1\ndef f(): return k\na = []\nb = []\nfor x in [1]:\n    a.append(f())\n    k = x\n    \
                b.append(x)\n";
    check(
        text,
        &[(6, Change(&["a"])), (6, Enter(0)), (8, Change(&["b"]))],
        "a",
        expect![[r#"
            k = 1
            def f(): return k
            a = []
            for x in [1]:
                a.append(f())
                k = x
        "#]],
    );
}

#[test]
fn a_variable_that_may_not_have_been_bound_keeps_its_past() {
    let text = "f = 0\ng = f\nn = 0\nfor x in [1]:\n    if x > 1:\n        f = x\n    n += 1\n";
    let code = slice(text, &[], "f", |outcome| {
        if outcome.turns.is_some() {
            outcome.bound.iter_mut().filter(|bound| bound.name == "f").for_each(|bound| {
                bound.certain = false;
            });
        }
    });
    expect![[r#"
        f = 0
        for x in [1]:
            if x > 1:
                f = x
    "#]]
    .assert_eq(&code);
}
