use std::convert::Infallible;

use expect_test::{Expect, expect};

use super::*;

fn outcome(stdout: &str, files: &[&str]) -> Outcome {
    Outcome {
        exit: None,
        stdout: stdout.as_bytes().to_owned(),
        stderr: Vec::new(),
        files: files.iter().map(|&name| (name.to_owned(), name.as_bytes().to_owned())).collect(),
        seconds: 0.0,
    }
}

fn check([plain, clew, again]: [Outcome; 3], expected: Expect) {
    let found = compare(&plain, &clew, || Ok::<_, Infallible>(again)).unwrap();
    let lines = |word: &str, lines: Vec<String>| -> String {
        lines.iter().map(|line| format!("{word}: {line}\n")).collect()
    };
    expected
        .assert_eq(&(lines("different", found.differences) + &lines("unsteady", found.unsteady)));
}

fn check_stdout(outputs: [&str; 3], expected: Expect) {
    check(outputs.map(|stdout| outcome(stdout, &[])), expected);
}

#[test]
fn equal_runs_are_equal_and_need_no_third() {
    let run = outcome("a", &["f"]);
    let found = compare(&run, &run, || Err("ran again"));
    assert_eq!(found, Ok(Comparison::default()));
}

#[test]
fn addresses_are_no_difference() {
    check_stdout(
        ["<object at 0x7f12ab34cd>", "<object at 0x55dd34cd>", "<object at 0x7f12ab34cd>"],
        expect![""],
    );
    check_stdout(
        ["mask 0xff", "mask 0xfe", "mask 0xff"],
        expect![[r#"
            different: stdout, line 1: plain Python has "mask 0xff" and clew "mask 0xfe"
        "#]],
    );
}

#[test]
fn times_taken_are_no_difference() {
    check_stdout(
        ["Ran 3 tests in 0.009s\n", "Ran 3 tests in 0.017s\n", "Ran 3 tests in 0.009s\n"],
        expect![""],
    );
    check_stdout(
        ["wait 1.5 s 2s", "wait 2.5 s 3s", "wait 1.5 s 2s"],
        expect![[r#"
            different: stdout, line 1: plain Python has "wait 1.5 s 2s" and clew "wait 2.5 s 3s"
        "#]],
    );
}

#[test]
fn the_first_line_that_differs_is_told() {
    check_stdout(
        ["a\nb\n", "a\nc\n", "a\nb\n"],
        expect![[r#"
            different: stdout, line 2: plain Python has "b\n" and clew "c\n"
        "#]],
    );
    check_stdout(
        ["a\n", "a\nb\n", "a\n"],
        expect![[r#"
            different: stdout, line 2: plain Python has nothing and clew "b\n"
        "#]],
    );
}

#[test]
fn files_must_be_the_same_ones() {
    check(
        [outcome("", &["a"]), outcome("", &["b"]), outcome("", &["a"])],
        expect![[r#"
            different: file a is missing
            different: file b should not be there
        "#]],
    );
}

#[test]
fn numbers_may_differ_where_plain_python_differs_from_itself() {
    check_stdout(["took 1.5", "took 1.7e-5", "took 1.4"], expect![""]);
    check_stdout(["[ 1.5  -2.0]", "[-17.5 2.0]", "[ 3.5   2.0]"], expect![""]);
    check_stdout(
        ["took 1.5", "lasted 1.7", "took 1.4"],
        expect![[r#"
            different: stdout, line 1: plain Python has "took 1.5" and clew "lasted 1.7"
        "#]],
    );
    check_stdout(
        ["[1 2]", "[1]", "[1 3]"],
        expect![[r#"
            different: stdout, line 1: plain Python has "[1 2]" and clew "[1]"
        "#]],
    );
    check_stdout(
        ["took 1.5", "took 1.7", "took 1.5"],
        expect![[r#"
            different: stdout, line 1: plain Python has "took 1.5" and clew "took 1.7"
        "#]],
    );
}

#[test]
fn what_plain_python_does_not_repeat_is_not_compared() {
    check_stdout(
        ["heads", "tails", "edge"],
        expect![[r#"
            unsteady: stdout
        "#]],
    );
}
