use clew_graph::{SourceLocation, Timestamp};
use expect_test::{Expect, expect};

use super::*;
use crate::{Bound, Capture, Changed, Outcome};

/// Records a program of which each statement binds what its text binds, and one with `.append` changes what it
/// is called on. Of the whole: each step with what it needs, and the step that makes it, and what it binds; of the
/// last variable the same lines as its slice.
fn check(program: &str, expected: Expect) {
    let mut capture = Capture::new();
    let source = capture.begin_source(SourceLocation::Text, program).unwrap();
    let unit = capture.unit(source).unwrap();
    let mut last = String::new();
    for &id in unit.top() {
        let statement = unit.statement(id);
        let mut outcome = Outcome::new(source, id, Timestamp(0), Timestamp(1));
        for binding in &statement.whole.binds {
            last.clone_from(&binding.name);
            let bound = Bound { name: binding.name.clone(), certain: true, deleted: false };
            outcome.bound.push(bound);
        }
        let text = statement.range.of(unit.text());
        if let Some((name, _)) = text.split_once(".append") {
            let confidence = clew_graph::Confidence::Annotated;
            let (name, by) = (name.to_owned(), "list.append".to_owned());
            outcome.changed.push(Changed { name, by, confidence });
        }
        capture.record(&outcome).unwrap();
    }
    let sources: Vec<_> = capture.sources().cloned().collect();
    let slicer = Slicer::new(capture.graph(), &sources).unwrap();
    let mut output = String::new();
    for (place, step) in slicer.all_steps().iter().enumerate() {
        let needs = step.needs.iter().filter_map(|need| {
            let name = need.name.as_ref()?;
            Some(need.step.map_or(name.clone(), |step| format!("{name} of {step}")))
        });
        let needs: Vec<String> = needs.collect();
        let binds: Vec<&str> = step.variables.iter().map(|known| known.name.as_str()).collect();
        let first = step.text.lines().next().unwrap_or_default();
        output += &format!("{place} on {}: {first} <- {needs:?} -> {binds:?}\n", step.line());
    }
    expected.assert_eq(&output);

    let sink = capture.variable(&last).unwrap();
    let lines = |text: &str| -> Vec<String> {
        let kept = text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim_end());
        kept.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
    };
    let steps = slicer.steps_of([sink], &Adjustment::default());
    let of_steps: String = steps.iter().flat_map(|step| [step.text.trim_end(), "\n"]).collect();
    assert_eq!(lines(&of_steps), lines(&slicer.slice([sink]).code));
    for step in &steps {
        let own: Vec<&str> = program.lines().collect();
        for (line, number) in step.text.lines().zip(&step.lines) {
            let is_own = own[*number as usize - 1].contains(line.trim()) || line.trim() == "pass";
            assert!(is_own, "{number}: {line}");
        }
    }
}

#[test]
fn a_step_needs_the_steps_whose_variables_it_reads() {
    check(
        "import math\nxs = [1]\nys = [2]\nxs.append(3)\ntotal = math.fsum(xs)\n",
        expect![[r#"
            0 on 1: import math <- [] -> ["math"]
            1 on 2: xs = [1] <- [] -> ["xs"]
            2 on 3: ys = [2] <- [] -> ["ys"]
            3 on 4: xs.append(3) <- ["xs of 1", "xs of 1"] -> ["xs"]
            4 on 5: total = math.fsum(xs) <- ["math of 0", "xs of 3"] -> ["total"]
        "#]],
    );
}

#[test]
fn a_step_is_a_statement_with_all_that_is_in_it() {
    check(
        "from __future__ import annotations\na = 1\n\n# Why.\nif a > 0:\n    b = a\nelse:\n    b = 0\ndef f(x):\n    return x\nc = b  # as it is\n",
        expect![[r#"
            0 on 1: from __future__ import annotations <- [] -> ["annotations"]
            1 on 2: a = 1 <- [] -> ["a"]
            2 on 5: if a > 0: <- ["a of 1"] -> ["b"]
            3 on 9: def f(x): <- [] -> ["f"]
            4 on 11: c = b <- ["b of 2"] -> ["c"]
        "#]],
    );
}
