//! Collecting: what happens to names in a program, in the order of evaluation.
//!
//! Statements nest no deeper than Python's limit on indentation, so they are walked by recursion;
//! expressions nest as deep as they like, so they are walked with a list of what is left to do.

use std::collections::VecDeque;

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Stmt};

use self::expression::Task;
use super::event::{Event, EventKind, Stretch};
use super::private::mangle;
use super::resolve::{Symbols, Table, TableId, TableKind};
use crate::token::Token;
use crate::{Range, StatementId, StatementKind, Suite};

mod expression;
mod statement;

/// A statement of the module, as found.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) range: Range,
    pub(crate) kind: StatementKind,
    pub(crate) parent: Option<(StatementId, Suite)>,
    /// The scope whose code it is.
    pub(crate) scope: TableId,
    /// Whether it runs later, so that its events are among those of bodies.
    pub(crate) deferred: bool,
    pub(crate) own: Stretch,
    pub(crate) whole: Stretch,
    pub(crate) suites: Vec<FoundSuite>,
}

/// The part of ruff's tree that a statement comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    Statement(&'a Stmt),
    Elif(&'a Expr),
}

/// A suite of a statement of the module, as found.
#[derive(Debug)]
pub(crate) struct FoundSuite {
    pub(crate) suite: Suite,
    pub(crate) statements: Vec<StatementId>,
    /// Where the clause starts, where the tree has that: not for `else` and `finally`.
    pub(crate) clause: Option<u32>,
    pub(crate) own: Stretch,
}

/// All that happens in a program.
#[derive(Debug)]
pub(crate) struct Collected<'a> {
    /// At once, in the order of evaluation.
    pub(crate) now: Vec<Event>,
    /// In the bodies of functions and lambdas.
    pub(crate) later: Vec<Event>,
    pub(crate) tables: Vec<Table>,
    pub(crate) statements: Vec<Found<'a>>,
    pub(crate) top: Vec<StatementId>,
}

/// Lists all that happens in a module.
pub(crate) fn collect<'a>(tokens: &'a [Token], body: &'a [Stmt]) -> Collected<'a> {
    let mut collector = Collector {
        collected: Collected {
            now: Vec::new(),
            later: Vec::new(),
            tables: vec![Table::module()],
            statements: Vec::new(),
            top: Vec::new(),
        },
        tokens,
        postponed_annotations: postpones_annotations(body),
        deferred: false,
        pending: VecDeque::new(),
        tasks: Vec::new(),
    };
    collector.collected.top = collector.suite(body, TableId::MODULE, None);
    collector.deferred = true;
    while let Some((body, scope)) = collector.pending.pop_front() {
        match body {
            Body::Suite(body, definition) => {
                collector.nested(definition, Suite::Body, None, Stretch::default(), body, scope);
            }
            Body::Expression(expression) => collector.expression(expression, scope),
        }
    }
    collector.collected.put_in_source_order();
    collector.collected
}

impl Collected<'_> {
    /// Gives statements and suites the order of the text, which that of evaluation is not quite:
    /// the `else` of a `try` runs before its handlers are of use.
    fn put_in_source_order(&mut self) {
        let mut order: Vec<usize> = (0..self.statements.len()).collect();
        order.sort_by_key(|&place| self.statements[place].range.start);
        let mut places = vec![StatementId::new(0); order.len()];
        for (place, &old) in order.iter().enumerate() {
            places[old] = StatementId::new(place);
        }
        for found in &mut self.statements {
            if let Some((parent, _)) = &mut found.parent {
                *parent = places[parent.index()];
            }
            for suite in &mut found.suites {
                for id in &mut suite.statements {
                    *id = places[id.index()];
                }
            }
            found.suites.sort_by_key(|suite| suite.statements.first().copied());
        }
        for id in &mut self.top {
            *id = places[id.index()];
        }
        self.statements.sort_by_key(|found| found.range.start);
    }
}

/// Whether annotations are kept as text, by `from __future__ import annotations`.
fn postpones_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::ImportFrom(import) => {
            is_future(import)
                && import.names.iter().any(|alias| alias.name.as_str() == "annotations")
        }
        _ => false,
    })
}

/// Whether an import is one that changes the compiler.
pub(crate) fn is_future(import: &ast::StmtImportFrom) -> bool {
    import.level == 0
        && import.module.as_ref().is_some_and(|module| module.as_str() == "__future__")
}

struct Collector<'a> {
    collected: Collected<'a>,
    tokens: &'a [Token],
    postponed_annotations: bool,
    /// Whether the events are those of bodies that run later.
    deferred: bool,
    pending: VecDeque<(Body<'a>, TableId)>,
    tasks: Vec<Task<'a>>,
}

enum Body<'a> {
    /// Of the function that a statement defines, where that has an entry.
    Suite(&'a [Stmt], Option<StatementId>),
    Expression(&'a Expr),
}

impl<'a> Collector<'a> {
    fn emit(&mut self, scope: TableId, kind: EventKind) {
        let list = if self.deferred { &mut self.collected.later } else { &mut self.collected.now };
        list.push(Event { scope, kind });
    }

    fn here(&self) -> usize {
        if self.deferred { self.collected.later.len() } else { self.collected.now.len() }
    }

    fn table(&mut self, id: TableId) -> &mut Table {
        &mut self.collected.tables[id.index()]
    }

    /// Opens a scope within another.
    fn open(&mut self, kind: TableKind, around: TableId, range: Range, name: Name) -> TableId {
        let id = TableId::new(self.collected.tables.len());
        let outer = &self.collected.tables[around.index()];
        let sees_class = outer.kind == TableKind::Class || outer.sees_class;
        let path = match kind {
            TableKind::Function | TableKind::Class => format!("{}{name}.", outer.path),
            _ => outer.path.clone(),
        };
        self.collected.tables.push(Table {
            kind,
            parent: Some(around),
            start: range.start,
            end: range.end,
            name,
            path,
            class: outer.class.clone(),
            sees_class: kind == TableKind::Annotation && sees_class,
            symbols: Symbols::default(),
        });
        id
    }

    /// The name as it is known in a scope: private names of a class carry the class's name.
    fn mangled(&self, name: &Name, scope: TableId) -> Name {
        match &self.collected.tables[scope.index()].class {
            Some(class) => mangle(name, class),
            None => name.clone(),
        }
    }

    fn bind(&mut self, name: &Name, scope: TableId, target: TableId) {
        let name = self.mangled(name, scope);
        self.table(target).symbols.bound.insert(name.clone());
        self.emit(scope, EventKind::Bind { name, target });
    }

    fn delete(&mut self, name: &Name, scope: TableId) {
        let name = self.mangled(name, scope);
        let symbols = &mut self.table(scope).symbols;
        symbols.bound.insert(name.clone());
        symbols.deleted.insert(name.clone());
        self.emit(scope, EventKind::Delete { name });
    }

    fn call(&mut self, scope: TableId) {
        self.emit(scope, EventKind::Call);
    }
}
