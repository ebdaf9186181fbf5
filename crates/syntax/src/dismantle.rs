//! Dismantling: a tree dropped piece by piece.
//!
//! Dropping `1 + 1 + …` as it stands recurses as deep as it nests.

use std::cell::RefCell;
use std::mem;

use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement, Pattern, Stmt};
use ruff_text_size::TextRange;

/// Drops the statements of a module without recursion.
pub(crate) fn dismantle(body: Vec<Stmt>) {
    let pieces = Pieces { left: RefCell::new(body.into_iter().map(Piece::Statement).collect()) };
    loop {
        let piece = pieces.left.borrow_mut().pop();
        match piece {
            None => return,
            Some(Piece::Statement(mut node)) => transformer::walk_stmt(&pieces, &mut node),
            Some(Piece::Expression(mut node)) => transformer::walk_expr(&pieces, &mut node),
            Some(Piece::Pattern(mut node)) => transformer::walk_pattern(&pieces, &mut node),
            Some(Piece::Element(mut node)) => {
                transformer::walk_interpolated_string_element(&pieces, &mut node);
            }
        }
    }
}

/// What has been taken out of the tree and is still to be dropped.
struct Pieces {
    left: RefCell<Vec<Piece>>,
}

enum Piece {
    Statement(Stmt),
    Expression(Expr),
    Pattern(Pattern),
    Element(InterpolatedStringElement),
}

impl Transformer for Pieces {
    fn visit_stmt(&self, node: &mut Stmt) {
        let hollow = Stmt::Pass(ast::StmtPass {
            node_index: ast::AtomicNodeIndex::default(),
            range: TextRange::default(),
        });
        self.left.borrow_mut().push(Piece::Statement(mem::replace(node, hollow)));
    }

    fn visit_expr(&self, node: &mut Expr) {
        let hollow = Expr::NoneLiteral(ast::ExprNoneLiteral::default());
        self.left.borrow_mut().push(Piece::Expression(mem::replace(node, hollow)));
    }

    fn visit_pattern(&self, node: &mut Pattern) {
        let hollow = Pattern::MatchSingleton(ast::PatternMatchSingleton {
            node_index: ast::AtomicNodeIndex::default(),
            range: TextRange::default(),
            value: ast::Singleton::None,
        });
        self.left.borrow_mut().push(Piece::Pattern(mem::replace(node, hollow)));
    }

    fn visit_interpolated_string_element(&self, node: &mut InterpolatedStringElement) {
        let hollow = InterpolatedStringElement::Literal(ast::InterpolatedStringLiteralElement {
            node_index: ast::AtomicNodeIndex::default(),
            range: TextRange::default(),
            value: Box::default(),
        });
        self.left.borrow_mut().push(Piece::Element(mem::replace(node, hollow)));
    }
}
