//! Cutting: what is kept of a text, as text.
//!
//! A suite is gone through line by line, a line being all the simple statements between two line
//! ends that matter to Python, or one compound statement. What is kept is copied as it stands, with
//! its indentation, its comment and the comment lines right above it.

use ruff_python_ast::token::TokenKind;
use rustc_hash::FxHashSet;

use crate::{Kept, Range, Statement, StatementId, StatementKind, Suite, SuiteBody, Template, Unit};

mod import;

#[cfg(test)]
mod tests;

impl Unit {
    /// The text of what is kept. Where everything is, that is the text itself; whatever is kept,
    /// the result is Python.
    ///
    /// Of a kept compound statement the suites lose what is not kept. A suite that must not be
    /// empty gets `pass`; an `else`, `elif` or `finally` without anything kept goes, `except` and
    /// `case` stay. A kept statement brings its own comment, the comment lines right above it and
    /// the blank lines before those; other comments go, save those that tell the system or Python
    /// how to read the file.
    pub fn cut(&self, kept: &Kept) -> String {
        let mut cutter = Cutter::new(self, kept);
        if self.top.iter().all(|&id| cutter.is_whole(id)) {
            return self.text.clone();
        }
        cutter.preamble();
        cutter.lines(&self.top);
        cutter.out
    }

    /// What is kept of each statement at the top that is kept, in order and without the comments above it.
    pub fn cut_statements(&self, kept: &Kept) -> Vec<(StatementId, CutStatement)> {
        let mut cutter = Cutter::new(self, kept);
        let (mut line, mut counted) = (1, 0);
        let kept = self.top.iter().copied().filter(|&top| kept.contains(top));
        let cut = kept.map(|top| {
            let end = self.statement(top).range.end;
            cutter.line(&[top], Range::new(end, end));
            let (text, origins) =
                (std::mem::take(&mut cutter.out), std::mem::take(&mut cutter.origins));
            let (mut lines, mut start) = (Vec::new(), 0);
            for piece in self::lines(&text) {
                let end = start + piece.len();
                if let Some(origin) = origin_of(&origins, start..end).filter(|&at| at >= counted) {
                    line += lines_ended(Range::new(counted, origin).of(&self.text));
                    counted = origin;
                }
                lines.push(line);
                start = end;
            }
            (top, CutStatement { text, lines })
        });
        cut.collect()
    }

    /// The statements that are kept with all that is in them.
    fn whole(&self, kept: &Kept) -> FxHashSet<StatementId> {
        let mut whole = FxHashSet::default();
        // Nested statements come later.
        for id in kept.statements().rev() {
            let inner = self.statement(id).suites.iter().flat_map(|suite| &suite.statements);
            if kept.is_whole_import(id) && inner.copied().all(|inner| whole.contains(&inner)) {
                whole.insert(id);
            }
        }
        whole
    }
}

/// What is kept of a statement at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutStatement {
    /// The text.
    pub text: String,
    /// Of each of its lines, which one that is of the whole text, counted from 1.
    pub lines: Vec<u32>,
}

/// Where a stretch of what was cut came from, by the places that are known of it.
fn origin_of(origins: &[(usize, u32)], stretch: std::ops::Range<usize>) -> Option<u32> {
    let behind = origins.partition_point(|&(out, _)| out <= stretch.start);
    let around = behind.checked_sub(1).and_then(|at| origins.get(at));
    let within = || origins.get(behind).filter(|&&(out, _)| out < stretch.end);
    match around {
        Some(&(out, origin)) => origin.checked_add(u32::try_from(stretch.start - out).ok()?),
        None => within().map(|&(_, origin)| origin),
    }
}

/// How many lines end in a text.
fn lines_ended(text: &str) -> u32 {
    let ended = lines(text).filter(|line| line.ends_with(['\n', '\r'])).count();
    u32::try_from(ended).unwrap_or(u32::MAX)
}

struct Cutter<'a> {
    unit: &'a Unit,
    kept: &'a Kept,
    whole: FxHashSet<StatementId>,
    out: String,
    /// Where what is copied came from: a byte of `out`, and that of the text.
    origins: Vec<(usize, u32)>,
    /// How much of the text is dealt with: the end of a line.
    at: u32,
}

impl<'a> Cutter<'a> {
    fn new(unit: &'a Unit, kept: &'a Kept) -> Self {
        let whole = unit.whole(kept);
        Self { unit, kept, whole, out: String::new(), origins: Vec::new(), at: 0 }
    }

    fn text(&self, start: u32, end: u32) -> &'a str {
        Range::new(start, end).of(&self.unit.text)
    }

    fn copy(&mut self, start: u32, end: u32) {
        let text = self.text(start, end);
        self.origins.push((self.out.len(), start));
        self.out.push_str(text);
    }

    fn is_whole(&self, id: StatementId) -> bool {
        self.whole.contains(&id)
    }

    /// The line end that closes the statement that ends at a place.
    fn line_end(&self, end: u32) -> Range {
        let tokens = &self.unit.tokens;
        let behind = tokens.partition_point(|token| token.range.start < end);
        let newline = tokens[behind..].iter().find(|token| token.kind == TokenKind::Newline);
        let length = u32::try_from(self.unit.text.len()).unwrap_or(u32::MAX);
        newline.map_or(Range::new(length, length), |token| token.range)
    }

    /// Where the line starts on which a statement or clause is the first thing.
    fn line_start(&self, start: u32) -> u32 {
        let tokens = &self.unit.tokens;
        let before = tokens.partition_point(|token| token.range.start < start);
        let newline = tokens[..before]
            .iter()
            .rev()
            .find(|token| matches!(token.kind, TokenKind::Newline | TokenKind::NonLogicalNewline));
        newline.map_or(0, |token| token.range.end)
    }

    /// The first two lines, where they say how to read the file.
    fn preamble(&mut self) {
        let mut head = lines(&self.unit.text);
        let (first, second) = (head.next().unwrap_or_default(), head.next().unwrap_or_default());
        let mut keep = |line: &str, wanted: bool| {
            self.out.push_str(if wanted { line } else { "" });
            self.at += u32::try_from(line.len()).unwrap_or(u32::MAX);
        };
        // Python looks at the second line only where the first says nothing to it.
        let quiet = is_comment(first) || first.trim().is_empty();
        if is_encoding(first) {
            keep(first, true);
        } else if quiet && is_encoding(second) {
            keep(first, first.starts_with("#!"));
            keep(second, true);
        } else if first.starts_with("#!") {
            keep(first, true);
        }
    }

    /// The comment lines right above a line that is kept, with the blank lines above those.
    fn lead(&mut self, line_start: u32) {
        let between: Vec<&str> = lines(self.text(self.at, line_start)).collect();
        let comments = between.iter().rev().take_while(|line| is_comment(line)).count();
        let above = &between[..between.len() - comments];
        let blanks = above.iter().rev().take_while(|line| line.trim().is_empty()).count();
        let first = if self.out.is_empty() { above.len() } else { above.len() - blanks };
        let passed: usize = between[..first].iter().map(|line| line.len()).sum();
        let mut start = self.at + u32::try_from(passed).unwrap_or(u32::MAX);
        for line in &between[first..] {
            let end = start + u32::try_from(line.len()).unwrap_or(u32::MAX);
            // In the first two lines it would change how the file is read.
            if !(is_encoding(line) && lines(&self.out).count() < 2) {
                self.copy(start, end);
            }
            start = end;
        }
    }

    /// The statements of a suite that has lines of its own, or of the module: from one line with something
    /// that is kept to the next.
    fn lines(&mut self, ids: &[StatementId]) {
        let mut left = ids;
        while let (Some(&from), Some(&last)) = (left.first(), left.last()) {
            // With a statement, the one in this suite is kept that it stands in.
            let Some(next) = self.kept.next_from(from).filter(|&next| next <= last) else { break };
            let at = left.partition_point(|&id| id < next);
            let (line, end, rest) = self.line_around(left, at);
            let before = left.len() - rest.len() - line.len();
            if let Some(&before) = left[..before].last() {
                self.at = self.line_end(self.unit.statement(before).range.end).end;
            }
            if let Some(&first) = line.first() {
                let first = self.unit.statement(first).range.start;
                let start = self.line_start(first);
                self.lead(start);
                self.copy(start, first);
                self.line(line, end);
            }
            self.at = end.end;
            left = rest;
        }
        if let Some(&last) = left.last() {
            self.at = self.line_end(self.unit.statement(last).range.end).end;
        }
    }

    /// The statements of the line on which one begins, the line's end, and those behind it.
    fn line_around<'i>(
        &self,
        ids: &'i [StatementId],
        at: usize,
    ) -> (&'i [StatementId], Range, &'i [StatementId]) {
        let range = |at: usize| self.unit.statement(ids[at]).range;
        let mut first = at;
        while first > 0 && self.line_end(range(first - 1).end).start > range(at).start {
            first -= 1;
        }
        let end = self.line_end(range(first).end);
        let after =
            ids[first..].iter().position(|&id| self.unit.statement(id).range.start >= end.start);
        let (before, rest) = ids.split_at(after.map_or(ids.len(), |after| first + after));
        (&before[first..], end, rest)
    }

    /// What is kept of the statements of a line, with the line's end.
    fn line(&mut self, ids: &[StatementId], end: Range) {
        let mut before: Option<&Statement> = None;
        let mut started = false;
        for &id in ids {
            let statement = self.unit.statement(id);
            if self.kept.contains(id) {
                if let Some(before) = before.filter(|_| started) {
                    self.copy(before.range.end, statement.range.start);
                }
                started = true;
                self.statement(statement);
            }
            before = Some(statement);
        }
        let Some(last) = before else { return };
        if !last.suites.is_empty() && !self.is_whole(last.id) {
            // Its last suite has seen to the line's end.
            return;
        }
        if self.kept.contains(last.id) {
            self.copy(last.range.end, end.end);
        } else {
            self.copy(end.start, end.end);
        }
    }

    fn statement(&mut self, statement: &'a Statement) {
        if self.is_whole(statement.id) {
            return self.copy(statement.range.start, statement.range.end);
        }
        match &statement.template {
            Template::Import(aliases) => {
                let keep = |place: usize| self.kept.contains_alias(statement.id, place);
                let text = import::cut(&self.unit.text, statement.range, aliases, keep);
                self.origins.push((self.out.len(), statement.range.start));
                self.out.push_str(&text);
            }
            _ => self.compound(statement),
        }
    }

    /// A compound statement of which something is dropped, with the end of its last line.
    fn compound(&mut self, statement: &'a Statement) {
        let mut statement = statement;
        loop {
            self.copy(statement.range.start, statement.header.end);
            if statement.kind == StatementKind::Match {
                let end = self.line_end(statement.header.end);
                self.copy(statement.header.end, end.end);
                self.at = end.end;
            }
            let mut next = None;
            for suite in &statement.suites {
                if suite.suite == Suite::Body {
                    self.suite(suite);
                } else if let Some(inner) = self.elif(suite) {
                    // Not by recursion: there may be thousands.
                    next = self.kept.contains(inner.id).then_some(inner);
                    if let Some(inner) = next {
                        let start = self.line_start(inner.range.start);
                        self.lead(start);
                        self.copy(start, inner.range.start);
                    } else {
                        self.at = self.line_end(inner.range.end).end;
                    }
                } else if self.needs(statement, suite) {
                    let start = self.line_start(suite.header.start);
                    self.lead(start);
                    self.copy(start, suite.header.end);
                    self.suite(suite);
                } else {
                    self.at = self.line_end(suite.range.end).end;
                }
            }
            match next {
                Some(inner) => statement = inner,
                None => return,
            }
        }
    }

    /// The `elif` that an `else` is.
    fn elif(&self, suite: &SuiteBody) -> Option<&'a Statement> {
        let inner = self.unit.statement(*suite.statements.first()?);
        (inner.kind == StatementKind::Elif).then_some(inner)
    }

    /// Whether a clause of a kept statement stays.
    fn needs(&self, statement: &Statement, suite: &SuiteBody) -> bool {
        match suite.suite {
            Suite::Body | Suite::Handler(_) | Suite::Case(_) => true,
            Suite::Else => self.keeps_any(suite),
            Suite::Finally => {
                let handled =
                    statement.suites.iter().any(|suite| matches!(suite.suite, Suite::Handler(_)));
                self.keeps_any(suite) || !handled
            }
        }
    }

    fn keeps_any(&self, suite: &SuiteBody) -> bool {
        let (Some(&first), Some(&last)) = (suite.statements.first(), suite.statements.last())
        else {
            return false;
        };
        self.kept.next_from(first).is_some_and(|next| next <= last)
    }

    /// A suite, from behind the colon to the end of its last line.
    fn suite(&mut self, suite: &SuiteBody) {
        let header_end = self.line_end(suite.header.end);
        let last_end = self.line_end(suite.range.end);
        let inline = suite.range.start < header_end.end;
        if inline {
            if self.keeps_any(suite) {
                self.copy(suite.header.end, suite.range.start);
                self.line(&suite.statements, last_end);
            } else {
                self.out.push_str(" pass");
                self.copy(last_end.start, last_end.end);
            }
        } else {
            self.copy(suite.header.end, header_end.end);
            self.at = header_end.end;
            if self.keeps_any(suite) {
                self.lines(&suite.statements);
            } else {
                self.copy(self.line_start(suite.range.start), suite.range.start);
                self.out.push_str("pass");
                self.copy(last_end.start, last_end.end);
            }
        }
        self.at = last_end.end;
    }
}

/// The lines of a text with their ends, of any kind.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let bytes = rest.as_bytes();
        let end = match bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            None => rest.len(),
            Some(at) if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') => at + 2,
            Some(at) => at + 1,
        };
        let (line, behind) = rest.split_at(end);
        rest = behind;
        Some(line)
    })
}

fn is_comment(line: &str) -> bool {
    line.trim_start_matches([' ', '\t', '\x0c']).starts_with('#')
}

/// Whether a line declares the encoding of the file, where it is one of the first two (PEP 263).
fn is_encoding(line: &str) -> bool {
    is_comment(line)
        && line.match_indices("coding").any(|(at, word)| {
            let behind = &line[at + word.len()..];
            let Some(value) = behind.strip_prefix([':', '=']) else { return false };
            let value = value.trim_start_matches([' ', '\t']);
            value.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        })
}
