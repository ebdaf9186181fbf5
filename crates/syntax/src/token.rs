//! Token: where keywords, colons and brackets stand, which the tree does not say.

use ruff_python_ast as ast;
use ruff_python_ast::token::TokenKind;

use crate::Range;
use crate::range::range_of;

/// A token, comments and line ends included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) range: Range,
}

/// The end of the colon before which a suite starts.
pub(crate) fn colon_before(tokens: &[Token], suite: u32) -> u32 {
    let before = tokens.partition_point(|token| token.range.start < suite);
    tokens[..before]
        .iter()
        .rev()
        .find(|token| token.kind == TokenKind::Colon)
        .map_or(suite, |token| token.range.end)
}

/// The `else:` or `finally:` before which a suite starts.
pub(crate) fn clause_before(tokens: &[Token], suite: u32) -> Range {
    let before = tokens.partition_point(|token| token.range.start < suite);
    let keyword = tokens[..before]
        .iter()
        .rev()
        .find(|token| matches!(token.kind, TokenKind::Else | TokenKind::Finally));
    Range::new(keyword.map_or(suite, |token| token.range.start), colon_before(tokens, suite))
}

/// Where a definition starts behind its decorators.
pub(crate) fn definition_start(
    tokens: &[Token],
    decorators: &[ast::Decorator],
    range: Range,
) -> u32 {
    let Some(last) = decorators.last() else { return range.start };
    let end = range_of(last).end;
    let behind = tokens.partition_point(|token| token.range.start < end);
    tokens[behind..]
        .iter()
        .find(|token| matches!(token.kind, TokenKind::Def | TokenKind::Async | TokenKind::Class))
        .map_or(range.start, |token| token.range.start)
}

/// Where CPython says that a generator expression stands: one that is all there is between the
/// brackets of a call has those for its own.
pub(crate) fn generator_range(tokens: &[Token], node: &ast::ExprGenerator) -> Range {
    let range = range_of(node);
    if node.parenthesized {
        return range;
    }
    let before = tokens.partition_point(|token| token.range.start < range.start);
    let behind = tokens.partition_point(|token| token.range.start < range.end);
    let open = tokens[..before].iter().rev().find(|token| token.kind == TokenKind::Lpar);
    let close = tokens[behind..].iter().find(|token| token.kind == TokenKind::Rpar);
    Range::new(
        open.map_or(range.start, |token| token.range.start),
        close.map_or(range.end, |token| token.range.end),
    )
}

/// A text with each of its lines indented once more, save those that begin within a string.
pub(crate) fn indented(text: &str, tokens: &[Token]) -> String {
    let is_text = |kind| {
        matches!(kind, TokenKind::String | TokenKind::FStringMiddle | TokenKind::TStringMiddle)
    };
    let strings: Vec<Range> =
        tokens.iter().filter(|token| is_text(token.kind)).map(|token| token.range).collect();
    let mut out = String::new();
    let mut start = 0_u32;
    for line in text.split_inclusive('\n') {
        let before = strings.partition_point(|range| range.start < start);
        let within = before.checked_sub(1).is_some_and(|place| start < strings[place].end);
        let is_blank = line.trim().is_empty();
        out.push_str(if within || is_blank { "" } else { "    " });
        out.push_str(line);
        start += u32::try_from(line.len()).unwrap_or(u32::MAX);
    }
    out
}
