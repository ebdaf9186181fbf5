//! Class: definitions of classes whose methods are needed only by those who call them.

use clew_graph::{
    Block, BlockKind, ImplicitDependency, Mutate, NewNode, NodeId, NodeKind, SourceLocation,
};
use clew_syntax::{Range, Read, Statement, StatementKind, Suite, Unit};

use super::{Capture, CaptureError};
use crate::Outcome;

/// What looks at classes and instances without calling their methods.
const LOOKS: &[&str] = &[
    "hasattr",
    "inspect",
    "dir",
    "__dict__",
    "__getattribute__",
    "getmembers",
    "__mro__",
    "Protocol",
    "getattr_static",
];

impl Capture {
    /// Whether a class is none but the program's own: what a method does is seen when it is entered, and nobody
    /// asks which methods there are.
    pub(super) fn is_plain_class(&self, outcome: &Outcome, statement: &Statement) -> bool {
        let text = &self.sources[outcome.source.index() as usize];
        let unit = &text.unit;
        let decorators = decorators_of(unit, statement);
        let is_data = |line: &str| {
            let name = line.trim_start_matches('@').split('(').next().unwrap_or_default().trim();
            name == "dataclass" || name == "dataclasses.dataclass"
        };
        if !(decorators.is_empty() || !decorators.contains('\n') && is_data(decorators)) {
            return false;
        }
        let header = statement.header.of(unit.text());
        let bases = match (header.split_once('('), header.rsplit_once(')')) {
            (Some((_, rest)), Some(_)) => rest.rsplit_once(')').map_or("", |(bases, _)| bases),
            _ => "",
        };
        let path = path_of(unit, statement);
        let is_plain = |base: &str| {
            base.is_empty()
                || base == "object"
                || [format!("{path}{base}"), base.to_owned()]
                    .iter()
                    .any(|name| self.variable(name).is_some_and(|node| self.is_plain_node(node)))
        };
        let is_cell = matches!(text.source.location, SourceLocation::Cell(_));
        let looks = || *text.looks_at_classes.get_or_init(|| looks_at_classes(unit));
        !is_cell && bases.split(',').map(str::trim).all(is_plain) && !looks()
    }

    /// Whether a node is the definition of such a class.
    fn is_plain_node(&self, mut node: NodeId) -> bool {
        while let Some(NodeKind::Mutate(Mutate { source, .. })) =
            self.graph.get(node).map(|node| &node.kind)
        {
            node = *source;
        }
        self.activations.plain_classes.contains(&node)
    }

    /// The nodes of a class's definition: one of its header, with which all is kept that is no method, and one
    /// of each method.
    pub(super) fn class(
        &mut self,
        outcome: &Outcome,
        statement: &Statement,
        control: Option<NodeId>,
    ) -> Result<NodeId, CaptureError> {
        let at = outcome.source.index() as usize;
        let root = self.block(outcome, statement, BlockKind::Class, statement.header, control)?;
        let unit = std::sync::Arc::clone(&self.sources[at].unit);
        let mut always = Vec::new();
        let body = statement.suite(Suite::Body).map(|body| body.statements.clone());
        for inner in body.unwrap_or_default().into_iter().map(|id| unit.statement(id)) {
            let is_method = inner.kind == StatementKind::Function;
            let kind = if is_method { BlockKind::Function } else { BlockKind::Inner };
            let mut block = Block::new(kind);
            block.implicit_dependencies.push(root.into());
            let span = Some(self.span(at, inner.range));
            let kind = NodeKind::Block(block);
            let node = self.graph.insert(NewNode { span, control: None, kind })?;
            if is_method {
                self.sources[at].definitions.add(inner.range, node);
                // Who reads it by its name does not see it entered.
                if let Some(scope) = unit.scope_at(inner.header.start) {
                    let name = unit.path_of(scope).trim_end_matches('.').to_owned();
                    self.variables.insert(name, node);
                }
            }
            if !is_method || !may_go(&unit, inner) {
                always.push(ImplicitDependency::from(node));
            } else if let Some(name) = method_name(&unit, inner)
                && decorators_of(&unit, inner) != "@property"
            {
                // Who reads a property calls it.
                self.methods.entry(name.to_owned()).or_default().push(node);
            }
        }
        let mut block = Block::new(BlockKind::Unexecuted);
        block.implicit_dependencies = always;
        let span = Some(self.span(at, statement.header));
        self.graph.insert(NewNode { span, control: Some(root), kind: NodeKind::Block(block) })?;
        self.activations.plain_classes.insert(root);
        Ok(root)
    }
}

impl Capture {
    /// The methods that a statement, or a function that it entered, takes without calling them there: who is given
    /// them may look at them only.
    pub(super) fn methods_taken<'a>(
        &'a self,
        outcome: &'a Outcome,
        statement: &'a Statement,
    ) -> impl Iterator<Item = NodeId> + 'a {
        let own = match statement.is_by_parts() || statement.is_definition() {
            // With its decorators.
            true => Range::new(statement.range.start, statement.header.end),
            false => statement.range,
        };
        let entered = outcome.entered.iter().filter_map(|entered| {
            let text = self.sources.get(entered.source.index() as usize)?;
            Some((&text.unit, entered.scope_in(&text.unit)?.range))
        });
        let own = self.sources.get(outcome.source.index() as usize).map(|text| (&text.unit, own));
        let texts = own.into_iter().chain(entered).filter(|_| !self.methods.is_empty());
        let texts = texts.map(|(unit, range)| range.of(unit.text()));
        let names = texts.flat_map(|text| taken(text).chain(self.methods_named(text)));
        names.filter_map(|name| self.methods.get(name)).flatten().copied()
    }
}

impl Capture {
    /// The methods that a text may ask for by the texts in it, where it asks for attributes so: all of them where it
    /// makes up the names.
    fn methods_named<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let asks = calls_by_text(text);
        let all = asks.is_some_and(|spelled| !spelled);
        let names = self.methods.keys().map(String::as_str);
        names.filter(move |name| asks.is_some() && (all || spells(text, name)))
    }
}

/// Whether a text calls what finds attributes by texts, and whether all these calls are given such as they stand
/// there; `None` where it calls nothing that methods have to be there for which nobody enters.
fn calls_by_text(text: &str) -> Option<bool> {
    const CALLS: [&str; 6] =
        ["getattr(", "delattr(", "attrgetter(", "methodcaller(", "patch.object(", "patch("];
    let mut spelled = None;
    for call in CALLS {
        for (at, _) in text.match_indices(call) {
            let given = arguments(&text[at + call.len()..]);
            let is_spelled = given.iter().any(|given| is_text(given.trim()));
            // Which method it is that is called, now or later, is seen when it is entered.
            if is_spelled || call != "getattr(" {
                spelled = Some(spelled.unwrap_or(true) && is_spelled);
            }
        }
    }
    spelled
}

/// The arguments that stand at the beginning of a text.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut given) = (0, 0, Vec::new());
    for (at, sign) in text.char_indices() {
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ')' => {
                given.push(&text[begin..at]);
                return given;
            }
            ',' if depth == 0 => {
                given.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    given
}

/// Whether an argument is a text as it stands there.
fn is_text(argument: &str) -> bool {
    ['\'', '"'].iter().any(|&quote| {
        let inner = argument.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        inner.is_some_and(|inner| !inner.contains(quote))
    })
}

/// Whether a text in a text is a name, or a path that ends with it.
fn spells(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let quote = text[at + name.len()..].chars().next();
        let before = text[..at].chars().next_back();
        matches!(quote, Some('\'' | '"')) && matches!(before, Some('\'' | '"' | '.'))
    })
}

/// The attributes that a text takes and does not call there.
fn taken(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    text.match_indices('.').filter_map(move |(at, _)| {
        let behind = text[at + 1..].trim_start();
        let (name, rest) =
            behind.split_at(behind.find(|sign| !is_name(sign)).unwrap_or(behind.len()));
        let rest = rest.trim_start();
        let is_set = rest.starts_with('=') && !rest.starts_with("==");
        (!name.is_empty() && !is_set && !rest.starts_with('(')).then_some(name)
    })
}

/// The text above a definition's header that belongs to it.
fn decorators_of<'u>(unit: &'u Unit, definition: &Statement) -> &'u str {
    Range::new(definition.range.start, definition.header.start).of(unit.text()).trim()
}

/// The name of a method.
fn method_name<'u>(unit: &'u Unit, method: &Statement) -> Option<&'u str> {
    let header = method.header.of(unit.text());
    let name = header.trim_start_matches("async").trim_start().strip_prefix("def")?.trim_start();
    Some(name.split('(').next().unwrap_or_default().trim_end())
}

/// Whether code of a text looks at what classes and instances have.
fn looks_at_classes(unit: &Unit) -> bool {
    let looks = |read: &Read| {
        LOOKS.contains(&read.name.as_str())
            || read.path.iter().any(|part| LOOKS.contains(&part.as_str()))
    };
    let imports = unit.statements().iter().flat_map(|statement| statement.imports());
    unit.statements().iter().flat_map(|statement| &statement.own.reads).any(looks)
        || unit.scopes().iter().flat_map(|scope| &scope.reads).any(looks)
        || imports.into_iter().any(|alias| LOOKS.contains(&alias.module.as_str()))
}

/// Whether a method is there only to be called by its name.
fn may_go(unit: &Unit, method: &Statement) -> bool {
    let Some(name) = method_name(unit, method) else { return false };
    let special = name.starts_with("__") && !name.starts_with("__init__");
    let is_plain = match decorators_of(unit, method) {
        "" | "@staticmethod" | "@classmethod" => true,
        // Its setter is named by it.
        "@property" => !unit.text().contains(&format!("@{name}.")),
        _ => false,
    };
    is_plain && !special
}

/// What the names of variables begin with in the function that a statement stands in.
fn path_of(unit: &Unit, statement: &Statement) -> String {
    let around = unit.definition_around(statement.id).map(|id| unit.statement(id).header.start);
    let scope = around.and_then(|start| unit.scope_at(start));
    scope.map_or_else(String::new, |scope| unit.path_of(scope))
}
