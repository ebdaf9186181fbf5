use std::convert::Infallible;

use clew_graph::{Confidence, SourceLocation, Timestamp};
use expect_test::{Expect, expect};

use super::*;
use crate::{Bound, Capture, Changed, Outcome};

/// Proves the slice of the last variable of a program of which each statement stands alone as far as the
/// recorder knows, where in truth the value needs all statements that end with `#!`, and with `#!!` in it is never made twice.
fn check(program: &str, most: usize, expected: Expect) {
    let mut capture = Capture::new();
    let source = capture.begin_source(SourceLocation::Text, program).unwrap();
    let unit = capture.unit(source).unwrap();
    let mut last = String::new();
    for &statement in unit.top() {
        let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
        if let Some(binding) = unit.statement(statement).own.binds.first() {
            last.clone_from(&binding.name);
            let bound = Bound { name: binding.name.clone(), certain: true, deleted: false };
            outcome.bound.push(bound);
        }
        capture.record(&outcome).unwrap();
    }
    let sources: Vec<_> = capture.sources().cloned().collect();
    let slicer = Slicer::new(capture.graph(), &sources).unwrap();
    let sink = capture.variable(&last).unwrap();
    let needed: Vec<&str> = program.lines().filter(|line| line.ends_with("#!")).collect();
    let unsteady = program.contains("#!!");
    let mut replay = |sliced: &Sliced| {
        let lacks = needed.iter().find(|line| !sliced.code.contains(**line));
        Ok::<_, Infallible>(match lacks {
            None if unsteady => Verdict::Failed { reason: "Late".to_owned() },
            None => Verdict::Equal,
            Some(line) => Verdict::Failed { reason: format!("NameError: {line}") },
        })
    };
    let Ok(proof) =
        Prover::new(&slicer, vec![sink], Adjustment::default(), most).prove(&mut replay);
    let (verdict, put_back) = (proof.verdict.word(), proof.adjustment.put_back.len());
    let text = format!("{}# {verdict}, {put_back} put back\n", proof.sliced.code);
    assert!(proof.replays <= most + 1, "{} replays", proof.replays);
    expected.assert_eq(&text);
}

#[test]
fn a_slice_that_makes_its_value_stays_as_it_is() {
    check(
        "a = 1\nb = 2\n",
        40,
        expect![[r#"
        b = 2
        # equal, 0 put back
    "#]],
    );
}

#[test]
fn only_what_is_needed_is_put_back() {
    check(
        "import a\nb = 1\nset(b) #!\nprint(b)\nc = 2\nd = 3 #!\ne = 5\nf = 4\n",
        40,
        expect![[r#"
            b = 1
            set(b) #!
            d = 3 #!
            f = 4
            # equal, 2 put back
        "#]],
    );
}

#[test]
fn what_not_even_the_whole_program_makes_is_left_as_it_was() {
    check(
        "a = 1\nraise Late #!!\nb = 2\n",
        40,
        expect![[r#"
        b = 2
        # failed, 0 put back
    "#]],
    );
}

#[test]
fn when_the_replays_are_used_up_more_than_needed_is_kept() {
    check(
        "a = 1 #!\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\n",
        3,
        expect![[r#"
        a = 1 #!
        b = 2
        c = 3
        d = 4
        e = 5
        f = 6
        # equal, 5 put back
    "#]],
    );
}

/// Proves the slice of `out` of a program whose calls are taken to change `x` unless they
/// are `known` to, where in truth the value needs those that end with `#!`.
fn check_shrinking(program: &str, most: usize, expected: Expect) {
    let mut capture = Capture::new();
    let source = capture.begin_source(SourceLocation::Text, program).unwrap();
    let unit = capture.unit(source).unwrap();
    for &statement in unit.top() {
        let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
        let text = unit.statement(statement).range.of(unit.text());
        match unit.statement(statement).own.binds.first() {
            Some(binding) => outcome.bound.push(Bound {
                name: binding.name.clone(),
                certain: true,
                deleted: false,
            }),
            None => outcome.changed.push(Changed {
                name: "x".to_owned(),
                by: text.to_owned(),
                confidence: match text.starts_with("known") {
                    true => Confidence::Annotated,
                    false => Confidence::Assumed,
                },
            }),
        }
        capture.record(&outcome).unwrap();
    }
    let sources: Vec<_> = capture.sources().cloned().collect();
    let slicer = Slicer::new(capture.graph(), &sources).unwrap();
    let sink = capture.variable("out").unwrap();
    let needed: Vec<&str> = program.lines().filter(|line| line.ends_with("#!")).collect();
    let mut replay = |sliced: &Sliced| {
        let lacks = needed.iter().find(|line| !sliced.code.contains(**line));
        Ok::<_, Infallible>(match lacks {
            None => Verdict::Equal,
            Some(line) => Verdict::Failed { reason: (*line).to_owned() },
        })
    };
    let Ok(proof) =
        Prover::new(&slicer, vec![sink], Adjustment::default(), most).prove(&mut replay);
    assert_eq!(slicer.slice_with([sink], &proof.adjustment).code, proof.sliced.code);
    let text = format!("{}# {} replays\n", proof.sliced.code, proof.replays);
    expected.assert_eq(&text);
}

#[test]
fn what_only_may_have_mattered_goes_where_the_value_does_not_need_it() {
    check_shrinking(
        "x = 1\nlook(x)\nadd(x) #!\npeek(x)\nout = x\n",
        40,
        expect![[r#"
        x = 1
        add(x) #!
        out = x
        # 5 replays
    "#]],
    );
}

#[test]
fn one_replay_is_enough_where_none_of_it_mattered() {
    check_shrinking(
        "x = 1\nlook(x)\npeek(x)\nout = x\n",
        40,
        expect![[r#"
        x = 1
        out = x
        # 2 replays
    "#]],
    );
}

#[test]
fn what_is_known_to_change_the_value_stays() {
    check_shrinking(
        "x = 1\nknown(x)\nlook(x)\nout = x\n",
        40,
        expect![[r#"
        x = 1
        known(x)
        out = x
        # 2 replays
    "#]],
    );
}

#[test]
fn what_is_left_when_the_replays_are_used_up_stays() {
    let calls: Vec<String> = (0..10).map(|at| format!("call{at}(x)\n")).collect();
    let program = format!("x = 1\nfirst(x) #!\n{}call(x) #!\nout = x\n", calls.concat());
    check_shrinking(
        &program,
        40,
        expect![[r#"
            x = 1
            first(x) #!
            call9(x)
            call(x) #!
            out = x
            # 9 replays
        "#]],
    );
}
