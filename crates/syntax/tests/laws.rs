//! Laws: what holds of every text.

use clew_syntax::{Access, Kept, ParseError, Range, StatementKind, Template, Unit, parse};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 512 } else { 20_000 }))]

    #[test]
    fn the_cut_of_everything_is_the_text(choices: Choices) {
        let unit = parse(&program(&choices)).unwrap();
        let everything = unit.keep([EVERYTHING]);
        prop_assert_eq!(unit.cut(&everything), unit.text());
    }

    #[test]
    fn the_cut_of_anything_is_python_with_the_kept_statements(choices: Choices, picks: Choices) {
        let unit = parse(&program(&choices)).unwrap();
        check_cut(&unit, &pick(&unit, &picks))?;
    }

    #[test]
    fn a_cut_of_a_cut_is_that_cut(choices: Choices, picks: Choices) {
        let unit = parse(&program(&choices).replace("pass", "...")).unwrap();
        let first = parse(&unit.cut(&pick(&unit, &picks))).unwrap();
        // Whatever was put in is dropped first, so that the second cut has to put it in again.
        let kept = first.statements().iter().filter(|statement| {
            statement.kind != StatementKind::Pass && !statement.is_compound()
        });
        let headers = first.statements().iter().filter(|statement| statement.is_compound());
        let spans = kept.map(|statement| statement.range).chain(headers.map(|own| own.header));
        prop_assert_eq!(first.cut(&first.keep(spans)), first.text());
    }

    #[test]
    fn any_text_is_read_or_refused(
        choices: Choices,
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, "[ -~\n\r\t\x0cé\\\\'\"#;:()]{0,3}"), 0..6),
        spans in prop::collection::vec((any::<u16>(), any::<u16>()), 0..4),
    ) {
        let mut text: Vec<char> = program(&choices).chars().collect();
        for (place, length, inserted) in edits {
            let place = place.index(text.len() + 1);
            let end = (place + length).min(text.len());
            text.splice(place..end, inserted.chars());
        }
        let text: String = text.into_iter().collect();
        match parse(&text) {
            Err(ParseError { offset, .. }) => prop_assert!(offset as usize <= text.len()),
            Ok(unit) => {
                prop_assert_eq!(&unit.cut(&unit.keep([EVERYTHING])), &text);
                let spans = spans.into_iter().map(|(start, end)| Range::new(start.into(), end.into()));
                check_cut(&unit, &unit.keep(spans))?;
            }
        }
    }

    #[test]
    fn statements_and_suites_lie_within_one_another(choices: Choices) {
        let unit = parse(&program(&choices)).unwrap();
        for (place, statement) in unit.statements().iter().enumerate() {
            prop_assert_eq!(statement.id.index(), place);
            prop_assert!(statement.range.contains(statement.header));
            match statement.parent {
                None => prop_assert!(unit.top().contains(&statement.id)),
                Some((parent, suite)) => {
                    let body = unit.statement(parent).suite(suite).unwrap();
                    prop_assert!(parent < statement.id);
                    prop_assert!(body.statements.contains(&statement.id));
                    prop_assert!(body.range.contains(statement.range));
                    prop_assert!(unit.statement(parent).range.contains(body.range));
                }
            }
            let names = |range: Range| {
                let within = unit.statements().iter().filter(move |inner| range.contains(inner.range));
                within.flat_map(|inner| {
                    let clauses = inner.suites.iter().map(|suite| &suite.own);
                    clauses.chain([&*inner.own]).collect::<Vec<_>>()
                })
            };
            for read in &statement.whole.reads {
                prop_assert!(names(statement.range).any(|own| own.reads.contains(read)));
            }
            for bound in &statement.whole.binds {
                let same = |own: &Access| own.binds.iter().any(|one| one.name == bound.name);
                prop_assert!(names(statement.range).any(same));
            }
        }
    }
}

const EVERYTHING: Range = Range { start: 0, end: u32::MAX };

/// Keeps some statements, headers and aliases.
fn pick(unit: &Unit, picks: &Choices) -> Kept {
    let mut picks = Chooser { choices: picks, at: 0 };
    let mut spans = Vec::new();
    for statement in unit.statements() {
        match (picks.of(4), &statement.template) {
            (0, Template::Import(aliases)) => {
                spans.extend(aliases.iter().filter(|_| picks.of(2) == 0).map(|alias| alias.range));
            }
            (0, _) if statement.is_compound() && picks.of(3) > 0 => spans.push(statement.header),
            (0, _) => spans.push(statement.range),
            _ => {}
        }
    }
    unit.keep(spans)
}

/// The cut is Python, and has the kept statements in order and as they were.
fn check_cut(unit: &Unit, kept: &Kept) -> Result<(), TestCaseError> {
    let text = unit.cut(kept);
    let cut = match parse(&text) {
        Ok(cut) => cut,
        Err(error) => return Err(TestCaseError::fail(format!("{error} in {text:?}"))),
    };
    let simple = |unit: &Unit, kept: Option<&Kept>| -> Vec<String> {
        unit.statements()
            .iter()
            .filter(|statement| kept.is_none_or(|kept| kept.contains(statement.id)))
            .filter(|statement| !statement.is_compound() && statement.kind != StatementKind::Pass)
            .flat_map(|statement| match &statement.template {
                Template::Import(aliases) => aliases
                    .iter()
                    .enumerate()
                    .filter(|&(place, _)| {
                        kept.is_none_or(|kept| kept.contains_alias(statement.id, place))
                    })
                    .map(|(_, alias)| {
                        format!("{} {:?} {}", alias.module, alias.name, alias.binding)
                    })
                    .collect(),
                _ => vec![statement.range.of(unit.text()).to_owned()],
            })
            .collect()
    };
    prop_assert_eq!(simple(unit, Some(kept)), simple(&cut, None));
    let compound = |unit: &Unit, kept: Option<&Kept>| -> Vec<String> {
        unit.statements()
            .iter()
            .filter(|statement| kept.is_none_or(|kept| kept.contains(statement.id)))
            .filter(|statement| statement.is_compound())
            .map(|statement| statement.header.of(unit.text()).to_owned())
            .collect()
    };
    prop_assert_eq!(compound(unit, Some(kept)), compound(&cut, None));
    prop_assert_eq!(cut.cut(&cut.keep([EVERYTHING])), text);
    Ok(())
}

/// What a generated program looks like: each byte decides one thing, so that fewer and smaller
/// bytes make a simpler program.
type Choices = Vec<u8>;

struct Chooser<'a> {
    choices: &'a [u8],
    at: usize,
}

impl Chooser<'_> {
    /// A number below `count`, zero when there is nothing left to choose by.
    fn of(&mut self, count: u8) -> u8 {
        let choice = self.choices.get(self.at).map_or(0, |choice| choice % count);
        self.at += 1;
        choice
    }

    fn is_done(&self) -> bool {
        self.at >= self.choices.len()
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[usize::from(self.of(of.len() as u8))]
    }
}

/// A program in which comments, blank lines, line ends, semicolons and one-line suites stand in
/// every place that Python allows: that is where cutting goes wrong.
fn program(choices: &Choices) -> String {
    let mut chooser = Chooser { choices, at: 0 };
    let newline = chooser.one(&["\n", "\n", "\r\n", "\r"]);
    let mut out = String::new();
    match chooser.of(8) {
        1 => out.push_str("#!/usr/bin/env python\n"),
        2 => out.push_str("# -*- coding: utf-8 -*-\n"),
        3 => out.push_str("'doc'\nfrom __future__ import annotations\n"),
        _ => {}
    }
    while !chooser.is_done() {
        statement(&mut chooser, &mut out, 0);
    }
    if chooser.of(4) == 1 {
        let length = out.trim_end_matches('\n').len();
        out.truncate(length);
    }
    out.replace('\n', newline)
}

fn between(chooser: &mut Chooser<'_>, out: &mut String, depth: usize) {
    for _ in 0..chooser.of(4) {
        let line = chooser.one(&["", "# note", "# coding: latin-1", "  ", "\x0c", "#"]);
        if chooser.of(2) == 0 && line.starts_with('#') {
            out.push_str(&"    ".repeat(depth));
        }
        out.push_str(line);
        out.push('\n');
    }
}

fn statement(chooser: &mut Chooser<'_>, out: &mut String, depth: usize) {
    between(chooser, out, depth);
    let indent = "    ".repeat(depth);
    out.push_str(&indent);
    let kind = if depth < 4 { chooser.of(16) } else { 0 };
    match kind {
        8 => {
            out.push_str("if a");
            suite(chooser, out, depth);
            for _ in 0..chooser.of(3) {
                clause(chooser, out, depth, "elif b");
            }
            if chooser.of(2) == 0 {
                clause(chooser, out, depth, "else");
            }
        }
        9 | 10 => {
            out.push_str(chooser.one(&["for i, j in (k)", "while (a\n  )", "async for x in y"]));
            suite(chooser, out, depth);
            if chooser.of(2) == 1 {
                clause(chooser, out, depth, "else");
            }
        }
        11 => {
            out.push_str(chooser.one(&["with a as b", "with (a, # c\n b as c)"]));
            suite(chooser, out, depth);
        }
        12 | 13 => {
            out.push_str("try");
            suite(chooser, out, depth);
            let handlers = chooser.of(3);
            for _ in 0..handlers {
                let handler = chooser.one(&["except E", "except (E, F) as e"]);
                clause(chooser, out, depth, handler);
            }
            if handlers > 0 && chooser.of(2) == 1 {
                clause(chooser, out, depth, "else");
            }
            if handlers == 0 || chooser.of(2) == 1 {
                clause(chooser, out, depth, "finally");
            }
        }
        14 => {
            out.push_str("match a:");
            comment(chooser, out);
            out.push('\n');
            for _ in 0..=chooser.of(2) {
                let case = chooser.one(&["case 1 | b.c", "case [x, *y] if z", "case {'k': v}"]);
                clause(chooser, out, depth + 1, case);
            }
        }
        15 => {
            if chooser.of(2) == 1 {
                out.push_str("@d # e\n");
                between(chooser, out, depth);
                out.push_str(&indent);
            }
            out.push_str(chooser.one(&[
                "def f(a=b, *c): return d;",
                "class C: x = 1",
                "async def g():",
            ]));
            if out.ends_with(':') {
                out.push_str(&format!("\n\n{indent}  # h\n{indent}  return 1"));
            }
            comment(chooser, out);
            out.push('\n');
        }
        _ => line(chooser, out),
    }
}

fn clause(chooser: &mut Chooser<'_>, out: &mut String, depth: usize, header: &str) {
    between(chooser, out, depth);
    out.push_str(&"    ".repeat(depth));
    out.push_str(header);
    suite(chooser, out, depth);
}

fn suite(chooser: &mut Chooser<'_>, out: &mut String, depth: usize) {
    out.push(':');
    if chooser.of(3) == 1 {
        out.push_str(chooser.one(&[" ", "", " \\\n  "]));
        return line(chooser, out);
    }
    comment(chooser, out);
    out.push('\n');
    for _ in 0..=chooser.of(3) {
        statement(chooser, out, depth + 1);
    }
}

fn comment(chooser: &mut Chooser<'_>, out: &mut String) {
    out.push_str(chooser.one(&["", "", "  # why: a; b", "#", " "]));
}

fn line(chooser: &mut Chooser<'_>, out: &mut String) {
    const SIMPLE: &[&str] = &[
        "x",
        "x = 1",
        "pass",
        "a, *b = c.d[e]",
        "x += f(y)",
        "import os, sys as s, a.b",
        "from m import a",
        "from m import (a, # one\n  b as c,\n  # two\n  d, # three\n)",
        "from .. import (a, b,\n c)",
        "from m import \\\n  a, b, \\\n  c",
        "y = '''one\n  # two\n'''",
        "z = [ # one\n\n  2,\n]",
        "del x",
        "print(f'{a:{b}}') if é else \\\n  None",
    ];
    out.push_str(chooser.one(SIMPLE));
    for _ in 0..chooser.of(3) {
        out.push_str(chooser.one(&["; ", ";", " ;\\\n "]));
        out.push_str(chooser.one(SIMPLE));
    }
    out.push_str(chooser.one(&["", "", ";", " ; "]));
    comment(chooser, out);
    out.push('\n');
}
