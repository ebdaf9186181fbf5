//! Keeping: places of a text as the statements that they stand for.

use std::collections::{BTreeMap, BTreeSet};

use clew_graph::Literal;

use crate::{
    Expr, ExprKind, ImportAlias, Range, Statement, StatementId, StatementKind, Template, Unit,
};

/// What is kept of a unit.
///
/// With a statement, the compound statements around it are kept too, by their headers at least;
/// imports that change the compiler are always kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    statements: BTreeSet<StatementId>,
    /// Of imports that are kept in part, the places of the aliases that are.
    aliases: BTreeMap<StatementId, BTreeSet<usize>>,
}

impl Kept {
    /// Whether a statement is kept: a compound statement at least by its headers, an import at
    /// least by one of its aliases.
    pub fn contains(&self, id: StatementId) -> bool {
        self.statements.contains(&id)
    }

    /// Whether one of the aliases of an import is kept, counted from zero.
    pub fn contains_alias(&self, id: StatementId, alias: usize) -> bool {
        self.contains(id) && self.aliases.get(&id).is_none_or(|kept| kept.contains(&alias))
    }

    /// The statements that are kept, in source order.
    pub fn statements(&self) -> impl DoubleEndedIterator<Item = StatementId> {
        self.statements.iter().copied()
    }

    /// How many statements are kept.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The first statement that is kept from one on.
    pub(crate) fn next_from(&self, id: StatementId) -> Option<StatementId> {
        self.statements.range(id..).next().copied()
    }

    /// The same, of only some statements at the top, with all that is in these.
    #[must_use]
    pub fn within(&self, unit: &Unit, top: &[StatementId]) -> Self {
        let mut kept = self.clone();
        kept.statements.retain(|&id| top.contains(&unit.outermost(id)));
        kept
    }

    /// Whether all of an import is kept that is kept at all.
    pub(crate) fn is_whole_import(&self, id: StatementId) -> bool {
        !self.aliases.contains_key(&id)
    }

    /// Keeps a statement and the compound statements around it.
    fn insert(&mut self, unit: &Unit, id: StatementId) {
        let mut next = Some(id);
        while let Some(id) = next.filter(|&id| self.statements.insert(id)) {
            next = unit.statement(id).parent.map(|(parent, _)| parent);
        }
    }

    /// Keeps a statement with all that is in it.
    fn insert_whole(&mut self, unit: &Unit, id: StatementId) {
        self.insert(unit, id);
        let end = unit.statement(id).range.end;
        let nested =
            unit.statements[id.index()..].iter().take_while(|inner| inner.range.start < end);
        for inner in nested {
            self.statements.insert(inner.id);
            self.aliases.remove(&inner.id);
        }
    }

    fn insert_aliases(
        &mut self,
        unit: &Unit,
        id: StatementId,
        aliases: BTreeSet<usize>,
        all: usize,
    ) {
        if !self.contains(id) {
            self.insert(unit, id);
            self.aliases.insert(id, aliases);
        } else if let Some(kept) = self.aliases.get_mut(&id) {
            kept.extend(aliases);
        }
        if self.aliases.get(&id).is_some_and(|kept| kept.len() == all) {
            self.aliases.remove(&id);
        }
    }
}

impl Unit {
    /// Keeps what the places stand for:
    ///
    /// - within an alias of an import, that alias;
    /// - otherwise within a statement that has no suites, the statement;
    /// - within a header of a compound statement (that of a clause, such as `else`, too), its
    ///   headers;
    /// - around whole statements, all of them with everything nested.
    ///
    /// Places outside the text, and those where no statement stands, keep nothing.
    pub fn keep(&self, spans: impl IntoIterator<Item = Range>) -> Kept {
        let mut kept = Kept::default();
        for &id in &self.future {
            kept.insert_whole(self, id);
        }
        let mut left: Vec<&[StatementId]> = Vec::new();
        for span in spans {
            // A place without extent stands for the byte behind it.
            let span = Range::new(span.start, span.end.max(span.start.saturating_add(1)));
            left.push(&self.top);
            while let Some(ids) = left.pop() {
                let first = ids.partition_point(|&id| self.statement(id).range.end <= span.start);
                for &id in &ids[first..] {
                    let statement = self.statement(id);
                    if statement.range.start >= span.end {
                        break;
                    }
                    self.keep_touched(&mut kept, statement, span);
                    if !span.contains(statement.range) {
                        left.extend(statement.suites.iter().map(|suite| &*suite.statements));
                    }
                }
            }
        }
        self.keep_declarations(&mut kept);
        kept
    }

    /// Keeps what belongs to the header of a definition that is kept: its docstring, and the `global` and
    /// `nonlocal` statements whose names are used by what is kept of it.
    fn keep_declarations(&self, kept: &mut Kept) {
        let definitions = kept.statements().map(|id| self.statement(id));
        let definitions = definitions.filter(|statement| statement.is_definition());
        let mut wanted: Vec<StatementId> = Vec::new();
        for definition in definitions {
            let body = definition.suites.iter().flat_map(|suite| &suite.statements).enumerate();
            for (place, inner) in body.map(|(place, &id)| (place, self.statement(id))) {
                let is_wanted = match inner.kind {
                    StatementKind::Expression => place == 0 && is_text(&inner.template),
                    StatementKind::Global | StatementKind::Nonlocal => {
                        self.uses_declared(kept, definition, inner)
                    }
                    _ => false,
                };
                wanted.extend(is_wanted.then_some(inner.id));
            }
        }
        for id in wanted {
            kept.insert(self, id);
        }
    }

    /// Whether what is kept of a definition uses a name that one of its statements declares.
    fn uses_declared(&self, kept: &Kept, definition: &Statement, declaring: &Statement) -> bool {
        let text = declaring.range.of(&self.text);
        let names = text.split_once(char::is_whitespace).map_or("", |(_, names)| names);
        let declared: Vec<&str> =
            names.split(|c: char| c == ',' || c == '\\' || c.is_whitespace()).collect();
        let is_declared = |name: &str| {
            let name = name.rsplit('.').next().unwrap_or(name);
            declared.contains(&name)
        };
        self.statements[definition.id.index() + 1..]
            .iter()
            .take_while(|inner| inner.range.start < definition.range.end)
            .filter(|inner| inner.id != declaring.id && kept.contains(inner.id))
            .any(|inner| {
                let own = &inner.own;
                let scopes = own.scopes.iter().filter_map(|&place| self.scope(place));
                let deferred = scopes.flat_map(|scope| {
                    let reads = scope.reads.iter().map(|read| read.name.as_str());
                    reads.chain(scope.binds.iter().map(String::as_str))
                });
                let binds = own.binds.iter().map(|bind| bind.name.as_str());
                let reads = own.reads.iter().map(|read| read.name.as_str());
                reads.chain(binds).chain(deferred).any(is_declared)
            })
    }

    /// Keeps what a place stands for of a statement that it touches, its suites aside.
    fn keep_touched(&self, kept: &mut Kept, statement: &Statement, span: Range) {
        let id = statement.id;
        if span.contains(statement.range) {
            return kept.insert_whole(self, id);
        }
        if !statement.suites.is_empty() {
            let headers = statement.suites.iter().map(|suite| suite.header);
            if headers.chain([statement.header]).any(|header| header.overlaps(span)) {
                kept.insert(self, id);
            }
            return;
        }
        if let Template::Import(aliases) = &statement.template {
            let touched: BTreeSet<usize> = touched(aliases, span).collect();
            if !touched.is_empty() {
                return kept.insert_aliases(self, id, touched, aliases.len());
            }
        }
        kept.insert_whole(self, id);
    }
}

fn touched(aliases: &[ImportAlias], span: Range) -> impl Iterator<Item = usize> {
    let places = aliases.iter().enumerate();
    places.filter(move |(_, alias)| alias.range.overlaps(span)).map(|(place, _)| place)
}

/// Whether a statement is a text for its own sake, which at the beginning of a body is a docstring.
fn is_text(template: &Template) -> bool {
    let Template::Expression(Expr { kind, .. }) = template else { return false };
    matches!(kind, ExprKind::Literal(Literal::Str(_)))
}
