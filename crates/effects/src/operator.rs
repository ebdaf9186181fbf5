//! Operator: what Python's own syntax changes.

use clew_graph::Operator;

use crate::{CallFacts, Catalog, Change, Class, Confidence, Depth, Effects, Place};

impl Catalog {
    /// What an operator does to its operands, which are its positional arguments. `classes` are
    /// the first operand's annotated classes in method resolution order; without them, or without
    /// a rule, the answer is [`effects`].
    pub fn operator(
        &self,
        operator: Operator,
        classes: &[Class<'_>],
        operands: &dyn CallFacts,
    ) -> Effects {
        method(operator)
            .and_then(|method| self.unbound_method(classes, method, operands))
            .unwrap_or_else(|| effects(operator))
    }
}

/// What an operator does to its operands, whatever they are. The operands stand in the order of
/// the function of the `operator` module; a name, as in `a.name`, is one of them.
///
/// Reading operators are taken to keep to Python's conventions: `a + b` and `a < b` change
/// nothing. Shifts and bit operators are not, since libraries give them meanings of their own.
pub fn effects(operator: Operator) -> Effects {
    use Operator as O;
    let first = || Place::Positional(0);
    let shallow = || Change::Mutates { place: first(), depth: Depth::Shallow };
    let result_views_all = || Change::Views(vec![Place::Result, Place::AllPositional]);
    let by_convention = |changes| Effects {
        changes,
        confidence: Confidence::Inferred,
        varies: false,
        by_receiver: false,
    };
    let by_definition = Effects::annotated;
    match operator {
        O::Add
        | O::Subtract
        | O::Multiply
        | O::MatrixMultiply
        | O::Divide
        | O::FloorDivide
        | O::Modulo
        | O::Power
        | O::Negative
        | O::Positive
        | O::Invert => by_convention(vec![result_views_all()]),
        O::LeftShift | O::RightShift | O::BitAnd | O::BitOr | O::BitXor => Effects {
            changes: vec![
                Change::Mutates { place: Place::AllPositional, depth: Depth::Deep },
                result_views_all(),
            ],
            ..Effects::assumed()
        },
        O::InplaceAdd
        | O::InplaceSubtract
        | O::InplaceMultiply
        | O::InplaceMatrixMultiply
        | O::InplaceDivide
        | O::InplaceFloorDivide
        | O::InplaceModulo
        | O::InplacePower
        | O::InplaceLeftShift
        | O::InplaceRightShift
        | O::InplaceBitAnd
        | O::InplaceBitOr
        | O::InplaceBitXor => by_convention(vec![
            shallow(),
            Change::Consumes(Place::Positional(1)),
            result_views_all(),
        ]),
        O::Not | O::Format | O::Assert | O::DeleteName | O::Slice => by_convention(vec![]),
        // `a in b` moves through an iterator.
        O::Compare => by_convention(vec![Change::Consumes(Place::AllPositional)]),
        O::And | O::Or | O::Conditional | O::List | O::Tuple | O::Set | O::Dict => {
            by_definition(vec![result_views_all()])
        }
        O::GetAttribute | O::ImportFrom => {
            by_convention(vec![Change::Views(vec![Place::Result, first()])])
        }
        O::GetItem => by_convention(vec![Change::Views(vec![Place::Result, first()])]),
        O::SetAttribute | O::SetItem => {
            by_convention(vec![shallow(), Change::Views(vec![first(), Place::Positional(2)])])
        }
        O::DeleteAttribute | O::DeleteItem => by_convention(vec![shallow()]),
        O::Alias => by_definition(vec![result_views_all()]),
        O::Unpack | O::Evaluate => {
            by_definition(vec![Change::Consumes(Place::AllPositional), result_views_all()])
        }
        O::Raise => by_definition(vec![result_views_all()]),
        O::Await => Effects {
            changes: vec![
                Change::Mutates { place: first(), depth: Depth::Deep },
                Change::Views(vec![Place::Result, first()]),
            ],
            ..Effects::assumed()
        },
    }
}

/// The method that an operator calls on its first operand, if it is one that rules may name.
pub fn method(operator: Operator) -> Option<&'static str> {
    use Operator as O;
    Some(match operator {
        O::Add => "__add__",
        O::Subtract => "__sub__",
        O::Multiply => "__mul__",
        O::MatrixMultiply => "__matmul__",
        O::Divide => "__truediv__",
        O::FloorDivide => "__floordiv__",
        O::Modulo => "__mod__",
        O::Power => "__pow__",
        O::LeftShift => "__lshift__",
        O::RightShift => "__rshift__",
        O::BitAnd => "__and__",
        O::BitOr => "__or__",
        O::BitXor => "__xor__",
        O::InplaceAdd => "__iadd__",
        O::InplaceSubtract => "__isub__",
        O::InplaceMultiply => "__imul__",
        O::InplaceMatrixMultiply => "__imatmul__",
        O::InplaceDivide => "__itruediv__",
        O::InplaceFloorDivide => "__ifloordiv__",
        O::InplaceModulo => "__imod__",
        O::InplacePower => "__ipow__",
        O::InplaceLeftShift => "__ilshift__",
        O::InplaceRightShift => "__irshift__",
        O::InplaceBitAnd => "__iand__",
        O::InplaceBitOr => "__ior__",
        O::InplaceBitXor => "__ixor__",
        O::Negative => "__neg__",
        O::Positive => "__pos__",
        O::Invert => "__invert__",
        O::GetItem => "__getitem__",
        O::SetItem => "__setitem__",
        O::DeleteItem => "__delitem__",
        O::Not
        | O::Compare
        | O::And
        | O::Or
        | O::Conditional
        | O::GetAttribute
        | O::SetAttribute
        | O::DeleteAttribute
        | O::DeleteName
        | O::Slice
        | O::List
        | O::Tuple
        | O::Set
        | O::Dict
        | O::Format
        | O::Alias
        | O::Unpack
        | O::Assert
        | O::Raise
        | O::Await
        | O::ImportFrom
        | O::Evaluate => return None,
    })
}
