//! Expression: ruff's tree of a statement as our templates.

use std::borrow::Cow;
use std::cell::OnceCell;

use clew_graph::{BlockKind, Literal, Operator};
use ruff_python_ast::{
    self as ast, Expr as Tree, FStringPart, InterpolatedStringElement, InterpolatedStringElements,
    Stmt, name::Name,
};

use super::{Expr, ExprKind, ImportAlias, Operand, Target, Template};
use crate::Range;
use crate::literal::literal;
use crate::name::collect::Node;
use crate::name::event::{Event, EventKind};
use crate::name::first_part;
use crate::name::private::mangle;
use crate::name::resolve::{Table, TableId, variable};
use crate::range::range_of;
use crate::token::{Token, generator_range};

/// How deep lowered expressions nest. What lies deeper is lowered to [`Operator::Evaluate`] of the
/// names in it, so that whoever walks a template by recursion is safe.
const DEPTH: u32 = 200;

/// Makes the templates of one statement.
pub(crate) struct Lowerer<'a> {
    tokens: &'a [Token],
    whole: Whole<'a>,
}

/// The names that a stretch of a statement reads at once, by where they stand.
pub(crate) struct Whole<'a> {
    tables: &'a [Table],
    events: &'a [Event],
    scope: TableId,
    by_offset: OnceCell<Vec<(u32, Cow<'a, str>)>>,
}

impl<'a> Whole<'a> {
    /// Of a statement of a scope, by its events.
    pub(crate) fn new(tables: &'a [Table], events: &'a [Event], scope: TableId) -> Self {
        Self { tables, events, scope, by_offset: OnceCell::new() }
    }

    /// The variable that a name is which the statement's own code reads or binds.
    fn variable(&self, name: &Name) -> String {
        let class = self.tables[self.scope.index()].class.as_ref();
        let name = class.map_or_else(|| name.clone(), |class| mangle(name, class));
        variable(self.tables, &name, self.scope).map_or_else(|| name.to_string(), Cow::into_owned)
    }

    fn names(&self, range: Range) -> Vec<&str> {
        let reads = self.by_offset.get_or_init(|| {
            let mut reads: Vec<(u32, Cow<'a, str>)> = self
                .events
                .iter()
                .filter_map(|event| match &event.kind {
                    EventKind::Read { name, offset, .. } => {
                        Some((*offset, variable(self.tables, name, event.scope)?))
                    }
                    _ => None,
                })
                .collect();
            reads.sort_unstable();
            reads
        });
        let first = reads.partition_point(|(offset, _)| *offset < range.start);
        let mut names = Vec::new();
        for (_, name) in reads[first..].iter().take_while(|(offset, _)| *offset < range.end) {
            if !names.contains(&&**name) {
                names.push(&**name);
            }
        }
        names
    }
}

impl<'a> Lowerer<'a> {
    pub(crate) fn new(tokens: &'a [Token], whole: Whole<'a>) -> Self {
        Self { tokens, whole }
    }

    /// The template of a statement.
    pub(crate) fn statement(&self, node: Node<'_>) -> Template {
        let statement = match node {
            Node::Elif(test) => return Template::If { test: self.expression(test) },
            Node::Statement(statement) => statement,
        };
        match statement {
            Stmt::Expr(node) => Template::Expression(self.expression(&node.value)),
            Stmt::Assign(node) => Template::Assign {
                value: self.expression(&node.value),
                targets: node.targets.iter().map(|target| self.target(target, 0)).collect(),
            },
            Stmt::AnnAssign(node) => match &node.value {
                Some(value) => Template::Assign {
                    value: self.expression(value),
                    targets: vec![self.target(&node.target, 0)],
                },
                None => Template::Expression(self.annotation(node)),
            },
            Stmt::TypeAlias(node) => Template::Assign {
                value: self.evaluate(range_of(node)),
                targets: vec![self.target(&node.name, 0)],
            },
            Stmt::AugAssign(node) => Template::Augmented {
                operator: in_place(node.op),
                target: self.target(&node.target, 0),
                value: self.expression(&node.value),
            },
            Stmt::Delete(node) => {
                Template::Delete(node.targets.iter().map(|target| self.target(target, 0)).collect())
            }
            Stmt::Assert(node) => {
                let operands = [Some(&*node.test), node.msg.as_deref()];
                self.simple(range_of(node), Operator::Assert, operands)
            }
            Stmt::Raise(node) => {
                let operands = [node.exc.as_deref(), node.cause.as_deref()];
                self.simple(range_of(node), Operator::Raise, operands)
            }
            Stmt::Import(node) => Template::Import(
                node.names
                    .iter()
                    .map(|alias| ImportAlias {
                        range: range_of(alias),
                        module: alias.name.to_string(),
                        name: None,
                        binding: match &alias.asname {
                            Some(name) => self.whole.variable(&name.id),
                            None => {
                                self.whole.variable(&Name::new(first_part(alias.name.as_str())))
                            }
                        },
                        asname: alias.asname.is_some(),
                    })
                    .collect(),
            ),
            Stmt::ImportFrom(node) => {
                let mut module = ".".repeat(node.level as usize);
                module.push_str(node.module.as_ref().map_or("", |module| module.as_str()));
                Template::Import(
                    node.names
                        .iter()
                        .map(|alias| ImportAlias {
                            range: range_of(alias),
                            module: module.clone(),
                            name: Some(alias.name.to_string()),
                            binding: match alias.name.as_str() {
                                "*" => "*".to_owned(),
                                _ => {
                                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                                    self.whole.variable(&name.id)
                                }
                            },
                            asname: alias.asname.is_some(),
                        })
                        .collect(),
                )
            }
            Stmt::If(node) => Template::If { test: self.expression(&node.test) },
            Stmt::For(_) => Template::Block(BlockKind::For),
            Stmt::While(_) => Template::Block(BlockKind::While),
            Stmt::With(_) => Template::Block(BlockKind::With),
            Stmt::Try(_) => Template::Block(BlockKind::Try),
            Stmt::Match(_) => Template::Block(BlockKind::Match),
            Stmt::FunctionDef(_) => Template::Block(BlockKind::Function),
            Stmt::ClassDef(_) => Template::Block(BlockKind::Class),
            Stmt::IpyEscapeCommand(_) => Template::Block(BlockKind::Unknown),
            Stmt::Return(ast::StmtReturn { value: Some(value), .. }) => {
                Template::Expression(self.expression(value))
            }
            Stmt::Return(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_) => Template::Nothing,
        }
    }

    /// What an annotation without a value evaluates: nothing where annotations are postponed.
    fn annotation(&self, node: &ast::StmtAnnAssign) -> Expr {
        let is_alone = matches!(&*node.target, Tree::Name(_));
        match self.whole.names(range_of(&*node.annotation)).is_empty() {
            false if is_alone => self.expression(&node.annotation),
            _ => self.evaluate(range_of(node)),
        }
    }

    fn simple(&self, range: Range, operator: Operator, operands: [Option<&Tree>; 2]) -> Template {
        let operands = operands.into_iter().flatten().map(|node| plain(self.expression(node)));
        Template::Expression(Expr {
            range,
            kind: ExprKind::Operator { operator, operands: operands.collect() },
        })
    }

    fn expression(&self, node: &Tree) -> Expr {
        self.lower(node, 0)
    }

    fn lower(&self, node: &Tree, depth: u32) -> Expr {
        let range = match node {
            Tree::Generator(node) => generator_range(self.tokens, node),
            _ => range_of(node),
        };
        if depth >= DEPTH {
            return self.evaluate(range);
        }
        let depth = depth + 1;
        let kind = match node {
            Tree::Name(name) => ExprKind::Name(self.whole.variable(&name.id)),
            Tree::NumberLiteral(_)
            | Tree::StringLiteral(_)
            | Tree::BytesLiteral(_)
            | Tree::BooleanLiteral(_)
            | Tree::NoneLiteral(_)
            | Tree::EllipsisLiteral(_) => match literal(node) {
                Some(literal) => ExprKind::Literal(literal),
                None => return self.evaluate(range),
            },
            Tree::Attribute(node) => {
                let name = ExprKind::Literal(Literal::Str(node.attr.to_string()));
                let name = Expr { range: node.attr.range.into(), kind: name };
                operator(
                    Operator::GetAttribute,
                    vec![plain(self.lower(&node.value, depth)), plain(name)],
                )
            }
            Tree::Subscript(node) => {
                operator(Operator::GetItem, self.operands([&*node.value, &*node.slice], depth))
            }
            Tree::Slice(node) => {
                let parts = [&node.lower, &node.upper, &node.step];
                let part = |part: &Option<Box<Tree>>| match part {
                    Some(part) => plain(self.lower(part, depth)),
                    None => plain(Expr { range, kind: ExprKind::Literal(Literal::None) }),
                };
                operator(Operator::Slice, parts.into_iter().map(part).collect())
            }
            Tree::Call(node) => self.call(node, depth),
            Tree::BinOp(node) => {
                operator(binary(node.op), self.operands([&*node.left, &*node.right], depth))
            }
            Tree::UnaryOp(node) => self.unary(node, depth),
            Tree::BoolOp(node) => {
                let word = match node.op {
                    ast::BoolOp::And => Operator::And,
                    ast::BoolOp::Or => Operator::Or,
                };
                operator(word, self.operands(&node.values, depth))
            }
            Tree::Compare(node) => {
                let operands = std::iter::once(&*node.left).chain(&node.comparators);
                operator(Operator::Compare, self.operands(operands, depth))
            }
            Tree::If(node) => operator(
                Operator::Conditional,
                self.operands([&*node.test, &*node.body, &*node.orelse], depth),
            ),
            // The variable that it binds is among the statement's accesses.
            Tree::Named(node) => return self.lower(&node.value, depth),
            Tree::List(node) => operator(Operator::List, self.operands(&node.elts, depth)),
            Tree::Tuple(node) => operator(Operator::Tuple, self.operands(&node.elts, depth)),
            Tree::Set(node) => operator(Operator::Set, self.operands(&node.elts, depth)),
            Tree::Dict(node) => self.dict(node, depth),
            Tree::FString(node) => {
                let mut operands = Vec::new();
                for part in &node.value {
                    if let FStringPart::FString(string) = part {
                        self.formatted(&string.elements, depth, &mut operands);
                    }
                }
                operator(Operator::Format, operands)
            }
            Tree::TString(node) => {
                let mut operands = Vec::new();
                for string in &node.value {
                    self.formatted(&string.elements, depth, &mut operands);
                }
                operator(Operator::Format, operands)
            }
            Tree::Await(node) => operator(Operator::Await, self.operands([&*node.value], depth)),
            // A starred expression stands only in places that `operands` sees to.
            Tree::Starred(node) => return self.lower(&node.value, depth),
            Tree::Lambda(_)
            | Tree::ListComp(_)
            | Tree::SetComp(_)
            | Tree::DictComp(_)
            | Tree::Generator(_)
            | Tree::Yield(_)
            | Tree::YieldFrom(_)
            | Tree::IpyEscapeCommand(_) => return self.evaluate(range),
        };
        Expr { range, kind }
    }

    fn call(&self, node: &ast::ExprCall, depth: u32) -> ExprKind {
        ExprKind::Call {
            function: Box::new(self.lower(&node.func, depth)),
            positional: self.operands(&node.arguments.args, depth),
            keyword: node
                .arguments
                .keywords
                .iter()
                .map(|keyword| {
                    let name = keyword.arg.as_ref().map(|name| name.to_string());
                    (name, self.lower(&keyword.value, depth))
                })
                .collect(),
        }
    }

    fn unary(&self, node: &ast::ExprUnaryOp, depth: u32) -> ExprKind {
        let word = match node.op {
            ast::UnaryOp::Invert => Operator::Invert,
            ast::UnaryOp::Not => Operator::Not,
            ast::UnaryOp::UAdd => Operator::Positive,
            ast::UnaryOp::USub => Operator::Negative,
        };
        operator(word, self.operands([&*node.operand], depth))
    }

    fn dict(&self, node: &ast::ExprDict, depth: u32) -> ExprKind {
        let mut operands = Vec::new();
        for item in &node.items {
            match &item.key {
                Some(key) => operands.extend(self.operands([key, &item.value], depth)),
                None => {
                    operands.push(Operand { value: self.lower(&item.value, depth), starred: true })
                }
            }
        }
        operator(Operator::Dict, operands)
    }

    fn operands<'t>(&self, nodes: impl IntoIterator<Item = &'t Tree>, depth: u32) -> Vec<Operand> {
        let passed = |node: &Tree| Operand {
            value: self.lower(node, depth),
            starred: node.is_starred_expr(),
        };
        nodes.into_iter().map(passed).collect()
    }

    fn formatted(
        &self,
        elements: &InterpolatedStringElements,
        depth: u32,
        operands: &mut Vec<Operand>,
    ) {
        for element in elements {
            let InterpolatedStringElement::Interpolation(element) = element else { continue };
            operands.push(plain(self.lower(&element.expression, depth)));
            match &element.format_spec {
                Some(format) if depth < DEPTH => {
                    self.formatted(&format.elements, depth + 1, operands);
                }
                Some(format) => operands.push(plain(self.evaluate(range_of(&**format)))),
                None => {}
            }
        }
    }

    /// An expression that is only known by the names that it reads at once.
    fn evaluate(&self, range: Range) -> Expr {
        let operands = self
            .whole
            .names(range)
            .into_iter()
            .map(|name| plain(Expr { range, kind: ExprKind::Name(name.to_owned()) }))
            .collect();
        Expr { range, kind: ExprKind::Operator { operator: Operator::Evaluate, operands } }
    }

    fn target(&self, node: &Tree, depth: u32) -> Target {
        let range = range_of(node);
        match node {
            Tree::Name(name) => Target::Name { name: self.whole.variable(&name.id), range },
            Tree::Attribute(node) => Target::Attribute {
                object: self.lower(&node.value, depth + 1),
                name: node.attr.to_string(),
                range,
            },
            Tree::Subscript(node) => Target::Item {
                object: self.lower(&node.value, depth + 1),
                index: self.lower(&node.slice, depth + 1),
                range,
            },
            Tree::Starred(node) => Target::Starred(Box::new(self.target(&node.value, depth + 1))),
            // The parser has refused what nests deeper than Python allows brackets to.
            Tree::Tuple(ast::ExprTuple { elts, .. }) | Tree::List(ast::ExprList { elts, .. }) => {
                let targets = elts.iter().map(|node| self.target(node, depth + 1)).collect();
                Target::Sequence { targets, range }
            }
            _ => Target::Sequence { targets: Vec::new(), range },
        }
    }
}

fn operator(operator: Operator, operands: Vec<Operand>) -> ExprKind {
    ExprKind::Operator { operator, operands }
}

fn plain(value: Expr) -> Operand {
    Operand { value, starred: false }
}

fn binary(operator: ast::Operator) -> Operator {
    match operator {
        ast::Operator::Add => Operator::Add,
        ast::Operator::Sub => Operator::Subtract,
        ast::Operator::Mult => Operator::Multiply,
        ast::Operator::MatMult => Operator::MatrixMultiply,
        ast::Operator::Div => Operator::Divide,
        ast::Operator::Mod => Operator::Modulo,
        ast::Operator::Pow => Operator::Power,
        ast::Operator::LShift => Operator::LeftShift,
        ast::Operator::RShift => Operator::RightShift,
        ast::Operator::BitOr => Operator::BitOr,
        ast::Operator::BitXor => Operator::BitXor,
        ast::Operator::BitAnd => Operator::BitAnd,
        ast::Operator::FloorDiv => Operator::FloorDivide,
    }
}

fn in_place(operator: ast::Operator) -> Operator {
    match operator {
        ast::Operator::Add => Operator::InplaceAdd,
        ast::Operator::Sub => Operator::InplaceSubtract,
        ast::Operator::Mult => Operator::InplaceMultiply,
        ast::Operator::MatMult => Operator::InplaceMatrixMultiply,
        ast::Operator::Div => Operator::InplaceDivide,
        ast::Operator::Mod => Operator::InplaceModulo,
        ast::Operator::Pow => Operator::InplacePower,
        ast::Operator::LShift => Operator::InplaceLeftShift,
        ast::Operator::RShift => Operator::InplaceRightShift,
        ast::Operator::BitOr => Operator::InplaceBitOr,
        ast::Operator::BitXor => Operator::InplaceBitXor,
        ast::Operator::BitAnd => Operator::InplaceBitAnd,
        ast::Operator::FloorDiv => Operator::InplaceFloorDivide,
    }
}
