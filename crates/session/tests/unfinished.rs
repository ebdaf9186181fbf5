//! What is saved while a statement runs: the slice is that of the whole statement until it has ended.

use clew_effects::Confidence;
use clew_graph::{NodeId, SourceId, SourceLocation, Timestamp};
use clew_session::{Bound, Capture, Changed, Outcome, Slicer, Unfinished};
use clew_syntax::StatementId;
use expect_test::{Expect, expect};

const TEXT: &str = "\
start = 0
other = []
model = [start]
for step in range(3):
    model.append(step)
end = 1
";

/// Runs the text up to its loop.
fn begun() -> (Capture, SourceId, StatementId) {
    let mut capture = Capture::new();
    let source = capture.begin_source(SourceLocation::Text, TEXT).expect("the text is Python");
    let unit = capture.unit(source).expect("it was begun");
    for (&statement, name) in unit.top().iter().zip(["start", "other", "model"]) {
        let mut outcome = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
        outcome.bound.push(Bound { name: name.to_owned(), certain: true, deleted: false });
        capture.record(&outcome).expect("the report fits the text");
    }
    (capture, source, unit.top()[3])
}

/// The loop has bound its variable and changed the list so far.
fn so_far(source: SourceId, statement: StatementId) -> Outcome {
    let mut so_far = Outcome::new(source, statement, Timestamp(0), Timestamp(0));
    so_far.bound.push(Bound { name: "step".to_owned(), certain: false, deleted: false });
    so_far.changed.push(Changed {
        name: "model".to_owned(),
        by: "list.append".to_owned(),
        confidence: Confidence::Annotated,
    });
    so_far
}

fn check(capture: &Capture, node: NodeId, expected: Expect) {
    let sources: Vec<_> = capture.sources().cloned().collect();
    let slicer = Slicer::new(capture.graph(), &sources).expect("the text is Python");
    expected.assert_eq(&slicer.slice([node]).code);
}

#[test]
fn what_a_loop_has_filled_so_far_is_made_by_the_loop() {
    let (mut capture, source, statement) = begun();
    let unfinished = Unfinished {
        statement: Some(so_far(source, statement)),
        untouched: false,
        variable: Some("model".to_owned()),
        reads: Vec::new(),
    };
    let found = capture.unfinished(&unfinished).expect("the report fits the text");
    check(
        &capture,
        found.node.expect("the statement is known"),
        expect![[r#"
            start = 0
            model = [start]
            for step in range(3):
                model.append(step)
        "#]],
    );
    let names: Vec<&str> = found.variables.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["step", "model"]);
    let (_, model) = found.variables[1];
    assert_eq!(Some(model), found.node);
}

#[test]
fn what_a_loop_has_not_touched_is_made_without_it() {
    let (mut capture, source, statement) = begun();
    let unfinished = Unfinished {
        statement: Some(so_far(source, statement)),
        untouched: true,
        variable: Some("other".to_owned()),
        reads: Vec::new(),
    };
    let found = capture.unfinished(&unfinished).expect("the report fits the text");
    check(
        &capture,
        found.node.expect("the variable is known"),
        expect![[r#"
            other = []
        "#]],
    );
}

#[test]
fn a_value_without_a_variable_is_made_by_the_statement() {
    let (mut capture, source, statement) = begun();
    let unfinished = Unfinished {
        statement: Some(so_far(source, statement)),
        untouched: false,
        variable: None,
        reads: vec!["other".to_owned()],
    };
    let found = capture.unfinished(&unfinished).expect("the report fits the text");
    check(
        &capture,
        found.node.expect("the statement is known"),
        expect![[r#"
            start = 0
            other = []
            model = [start]
            for step in range(3):
                model.append(step)
        "#]],
    );
}

#[test]
fn once_the_statement_has_ended_it_is_as_if_nothing_had_been_saved() {
    let (mut capture, source, statement) = begun();
    let before = capture.variable("model");
    let unfinished = Unfinished {
        statement: Some(so_far(source, statement)),
        untouched: false,
        variable: Some("model".to_owned()),
        reads: Vec::new(),
    };
    capture.unfinished(&unfinished).expect("the report fits the text");
    assert_eq!(capture.variable("model"), before);
    assert_eq!(capture.variable("step"), None);

    // The other list was changed, and the model was not after all.
    let mut ended = Outcome::new(source, statement, Timestamp(0), Timestamp(1));
    ended.bound = so_far(source, statement).bound;
    capture.record(&ended).expect("the report fits the text");
    check(
        &capture,
        capture.variable("model").expect("the text binds it"),
        expect![[r#"
            start = 0
            model = [start]
        "#]],
    );
}
