//! Building: what was collected, as statements.

use std::sync::Arc;

use ruff_python_ast::Stmt;

use super::Unit;
use crate::lower::{Lowerer, Whole};
use crate::name::access::{Scopes, access};
use crate::name::collect::{Found, Node, collect, is_future};
use crate::name::event::Stretch;
use crate::range::range_of;
use crate::token::{Token, clause_before, colon_before, definition_start};
use crate::{Range, Statement, StatementId, StatementKind, Suite, SuiteBody};

/// The unit of a text that was parsed.
pub(crate) fn build(text: &str, tokens: Vec<Token>, body: &[Stmt]) -> Unit {
    let collected = collect(&tokens, body);
    let scopes = Scopes::new(&collected);
    let mut statements = Vec::with_capacity(collected.statements.len());
    for (place, found) in collected.statements.iter().enumerate() {
        let list = if found.deferred { &collected.later } else { &collected.now };
        let events = |stretch: Stretch| &list[stretch.start..stretch.end];
        let access = |stretch| access(&collected.tables, events(stretch), found.scope, &scopes);
        let own = Arc::new(access(found.own));
        let is_definition = matches!(found.kind, StatementKind::Function | StatementKind::Class);
        let whole = match found.suites.is_empty() || is_definition {
            true => Arc::clone(&own),
            false => Arc::new(access(found.whole)),
        };
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
        let lowerer =
            Lowerer::new(&tokens, Whole::new(&collected.tables, events(found.own), found.scope));
        statements.push(Statement {
            id: StatementId::new(place),
            range: found.range,
            header,
            kind: found.kind,
            parent: found.parent,
            suites,
            own,
            whole,
            template: lowerer.statement(found.node),
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
            (definition_start(tokens, &node.decorator_list, found.range), first(&node.body))
        }
        Node::Statement(Stmt::ClassDef(node)) => {
            (definition_start(tokens, &node.decorator_list, found.range), first(&node.body))
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
