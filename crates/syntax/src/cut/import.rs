//! Import: some of the names of an import statement.

use crate::{ImportAlias, Range};

/// The text of an import with those aliases that `keep` keeps.
pub(super) fn cut(
    text: &str,
    statement: Range,
    aliases: &[ImportAlias],
    keep: impl Fn(usize) -> bool,
) -> String {
    let kept: Vec<usize> = (0..aliases.len()).filter(|&place| keep(place)).collect();
    let (Some(&first), Some(&last)) = (kept.first(), kept.last()) else { return String::new() };
    let gap = |place: usize| {
        let end = aliases.get(place + 1).map_or(statement.end, |next| next.range.start);
        Gap::new(Range::new(aliases[place].range.end, end).of(text))
    };
    let bracketed = statement.of(text).ends_with(')');
    let mut out = String::new();
    let head = Gap::new(Range::new(statement.start, aliases[0].range.start).of(text));
    match head.lines {
        // What stands above the first alias goes with it.
        Some((line, rest)) if first > 0 && bracketed => {
            let indent = super::lines(rest).last().unwrap_or_default();
            let indent = gap(first - 1).lines.map_or(indent, |(_, indent)| indent);
            out.push_str(line);
            out.push_str(indent);
        }
        _ => out.push_str(head.text),
    }
    let mut before = first;
    for &place in &kept {
        if place > before {
            let (after, ahead) = (gap(before), gap(place - 1));
            match () {
                () if place == before + 1 => out.push_str(after.text),
                () if !bracketed => out.push_str(", "),
                () => match (after.lines, ahead.lines) {
                    (Some((line, _)), Some((_, indent))) | (Some((line, indent)), None) => {
                        out.push_str(line);
                        out.push_str(indent);
                    }
                    (None, Some((_, indent))) => {
                        out.push(',');
                        out.push_str(ahead.line_end());
                        out.push_str(indent);
                    }
                    (None, None) => out.push_str(", "),
                },
            }
        }
        out.push_str(aliases[place].range.of(text));
        before = place;
    }
    let end = gap(aliases.len() - 1);
    if last + 1 == aliases.len() {
        out.push_str(end.text);
    } else if bracketed {
        let after = gap(last);
        let closing = match end.lines {
            Some((_, rest)) => rest,
            None => ")",
        };
        match (after.lines, end.lines) {
            // Its comment stays.
            (Some((line, _)), _) if line.contains('#') => {
                out.push_str(line);
                out.push_str(closing);
            }
            (_, Some((line, _))) => {
                if line.trim_start().starts_with(',') {
                    out.push(',');
                }
                out.push_str(end.line_end());
                out.push_str(closing);
            }
            (_, None) => out.push_str(end.text),
        }
    }
    out
}

/// What stands between two aliases, or behind the last.
struct Gap<'a> {
    text: &'a str,
    /// Up to the first line end and what follows, where there is one.
    lines: Option<(&'a str, &'a str)>,
}

impl<'a> Gap<'a> {
    fn new(text: &'a str) -> Self {
        let line = super::lines(text).next().unwrap_or_default();
        let lines = line.ends_with(['\n', '\r']).then(|| text.split_at(line.len()));
        Self { text, lines }
    }

    fn line_end(&self) -> &'a str {
        let line = self.lines.map_or("", |(line, _)| line);
        line.trim_start_matches(|c| c != '\n' && c != '\r')
    }
}
