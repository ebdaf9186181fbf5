//! Building: what was collected, as statements.

use ruff_python_ast::Stmt;
use ruff_python_ast::token::TokenKind;

use super::{Statement, StatementId, Suite, SuiteBody};
use crate::Range;
use crate::lower::{Lowerer, Whole};
use crate::name::access::{Scopes, access};
use crate::name::collect::{Found, Node, Stretch, collect, is_future, keyword};
use crate::range::range_of;
use crate::unit::{Token, Unit};

/// The unit of a text that was parsed.
pub(crate) fn build(text: &str, tokens: Vec<Token>, body: &[Stmt]) -> Unit {
    let collected = collect(&tokens, body);
    let scopes = Scopes::new(&collected);
    let mut statements = Vec::with_capacity(collected.statements.len());
    for (place, found) in collected.statements.iter().enumerate() {
        let events = |stretch: Stretch| &collected.now[stretch.start..stretch.end];
        let access = |stretch| access(&collected.tables, events(stretch), &scopes);
        let own = access(found.own);
        let whole = if found.suites.is_empty() { own.clone() } else { access(found.whole) };
        let start_of = |ids: &[StatementId]| {
            ids.first().map(|id| collected.statements[id.index()].range.start)
        };
        let header = header(&tokens, found, start_of);
        let suites = found
            .suites
            .iter()
            .map(|suite| {
                let first = start_of(&suite.statements).unwrap_or(found.range.end);
                let last = suite.statements.last();
                let end = last.map_or(first, |id| collected.statements[id.index()].range.end);
                let clause = match (suite.suite, suite.clause) {
                    (Suite::Body, _) => header,
                    (Suite::Else, Some(start)) => Range::new(start, start),
                    (_, Some(start)) => Range::new(start, colon_before(&tokens, first)),
                    (_, None) => clause_before(&tokens, first),
                };
                SuiteBody {
                    suite: suite.suite,
                    header: clause,
                    range: Range::new(first, end),
                    statements: suite.statements.clone(),
                    own: access(suite.own),
                }
            })
            .collect();
        let lowerer = Lowerer::new(&tokens, Whole::new(&collected.tables, events(found.own)));
        statements.push(Statement {
            id: StatementId::new(place),
            range: found.range,
            header,
            kind: found.kind,
            parent: found.parent,
            suites,
            own,
            whole,
            lowering: lowerer.statement(found.node),
        });
    }
    let future = collected
        .statements
        .iter()
        .enumerate()
        .filter(|(_, found)| match found.node {
            Node::Statement(Stmt::ImportFrom(node)) => is_future(node),
            _ => false,
        })
        .map(|(place, _)| StatementId::new(place))
        .collect();
    let top = collected.top;
    Unit { text: text.to_owned(), tokens, statements, top, scopes: scopes.scopes, future }
}

/// From a statement's keyword to its colon; all of it where it has none.
fn header(
    tokens: &[Token],
    found: &Found<'_>,
    start_of: impl Fn(&[StatementId]) -> Option<u32>,
) -> Range {
    let first = |body: &[Stmt]| body.first().map(|statement| range_of(statement).start);
    let (start, behind) = match found.node {
        Node::Statement(Stmt::FunctionDef(node)) => {
            (keyword(tokens, &node.decorator_list, found.range), first(&node.body))
        }
        Node::Statement(Stmt::ClassDef(node)) => {
            (keyword(tokens, &node.decorator_list, found.range), first(&node.body))
        }
        Node::Statement(Stmt::Match(node)) => {
            (found.range.start, node.cases.first().map(|case| range_of(case).start))
        }
        _ => {
            let body = found.suites.first();
            (found.range.start, body.and_then(|suite| start_of(&suite.statements)))
        }
    };
    behind.map_or(found.range, |behind| Range::new(start, colon_before(tokens, behind)))
}

/// The end of the colon before which a suite starts.
fn colon_before(tokens: &[Token], suite: u32) -> u32 {
    let before = tokens.partition_point(|token| token.range.start < suite);
    tokens[..before]
        .iter()
        .rev()
        .find(|token| token.kind == TokenKind::Colon)
        .map_or(suite, |token| token.range.end)
}

/// The `else:` or `finally:` before which a suite starts.
fn clause_before(tokens: &[Token], suite: u32) -> Range {
    let before = tokens.partition_point(|token| token.range.start < suite);
    let keyword = tokens[..before]
        .iter()
        .rev()
        .find(|token| matches!(token.kind, TokenKind::Else | TokenKind::Finally));
    Range::new(keyword.map_or(suite, |token| token.range.start), colon_before(tokens, suite))
}
