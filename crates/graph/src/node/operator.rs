//! Operator: what Python's syntax spells out without a function's name.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// What Python's syntax spells out without a function's name. Where the `operator`
/// module has a function for it, the word is that function's name.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
pub enum Operator {
    /// `a + b`
    #[strum(serialize = "add")]
    Add,
    /// `a - b`
    #[strum(serialize = "sub")]
    Subtract,
    /// `a * b`
    #[strum(serialize = "mul")]
    Multiply,
    /// `a @ b`
    #[strum(serialize = "matmul")]
    MatrixMultiply,
    /// `a / b`
    #[strum(serialize = "truediv")]
    Divide,
    /// `a // b`
    #[strum(serialize = "floordiv")]
    FloorDivide,
    /// `a % b`
    #[strum(serialize = "mod")]
    Modulo,
    /// `a ** b`
    #[strum(serialize = "pow")]
    Power,
    /// `a << b`
    #[strum(serialize = "lshift")]
    LeftShift,
    /// `a >> b`
    #[strum(serialize = "rshift")]
    RightShift,
    /// `a & b`
    #[strum(serialize = "and_")]
    BitAnd,
    /// `a | b`
    #[strum(serialize = "or_")]
    BitOr,
    /// `a ^ b`
    #[strum(serialize = "xor")]
    BitXor,
    /// `a += b`
    #[strum(serialize = "iadd")]
    InplaceAdd,
    /// `a -= b`
    #[strum(serialize = "isub")]
    InplaceSubtract,
    /// `a *= b`
    #[strum(serialize = "imul")]
    InplaceMultiply,
    /// `a @= b`
    #[strum(serialize = "imatmul")]
    InplaceMatrixMultiply,
    /// `a /= b`
    #[strum(serialize = "itruediv")]
    InplaceDivide,
    /// `a //= b`
    #[strum(serialize = "ifloordiv")]
    InplaceFloorDivide,
    /// `a %= b`
    #[strum(serialize = "imod")]
    InplaceModulo,
    /// `a **= b`
    #[strum(serialize = "ipow")]
    InplacePower,
    /// `a <<= b`
    #[strum(serialize = "ilshift")]
    InplaceLeftShift,
    /// `a >>= b`
    #[strum(serialize = "irshift")]
    InplaceRightShift,
    /// `a &= b`
    #[strum(serialize = "iand")]
    InplaceBitAnd,
    /// `a |= b`
    #[strum(serialize = "ior")]
    InplaceBitOr,
    /// `a ^= b`
    #[strum(serialize = "ixor")]
    InplaceBitXor,
    /// `-a`
    #[strum(serialize = "neg")]
    Negative,
    /// `+a`
    #[strum(serialize = "pos")]
    Positive,
    /// `~a`
    #[strum(serialize = "invert")]
    Invert,
    /// `not a`
    #[strum(serialize = "not_")]
    Not,
    /// A comparison, chained or not: the operands in order.
    #[strum(serialize = "compare")]
    Compare,
    /// `a and b …`, with the operands that were written.
    #[strum(serialize = "and")]
    And,
    /// `a or b …`, with the operands that were written.
    #[strum(serialize = "or")]
    Or,
    /// `a if test else b`, as `test, a, b`.
    #[strum(serialize = "conditional")]
    Conditional,
    /// `a.name`
    #[strum(serialize = "getattr")]
    GetAttribute,
    /// `a.name = b`
    #[strum(serialize = "setattr")]
    SetAttribute,
    /// `del a.name`
    #[strum(serialize = "delattr")]
    DeleteAttribute,
    /// `a[b]`
    #[strum(serialize = "getitem")]
    GetItem,
    /// `a[b] = c`
    #[strum(serialize = "setitem")]
    SetItem,
    /// `del a[b]`
    #[strum(serialize = "delitem")]
    DeleteItem,
    /// `del name`
    #[strum(serialize = "delname")]
    DeleteName,
    /// `a:b:c` inside brackets
    #[strum(serialize = "slice")]
    Slice,
    /// `[a, …]`
    #[strum(serialize = "list")]
    List,
    /// `(a, …)`
    #[strum(serialize = "tuple")]
    Tuple,
    /// `{a, …}`
    #[strum(serialize = "set")]
    Set,
    /// `{a: b, …}`, as `a, b, …`
    #[strum(serialize = "dict")]
    Dict,
    /// An f-string, of the values in it.
    #[strum(serialize = "format")]
    Format,
    /// `b = a`: the same value under another name.
    #[strum(serialize = "alias")]
    Alias,
    /// Spreads a value over several targets, as in `a, b = value`.
    #[strum(serialize = "unpack")]
    Unpack,
    /// `assert a, b`
    #[strum(serialize = "assert")]
    Assert,
    /// `raise a from b`
    #[strum(serialize = "raise")]
    Raise,
    /// `await a`
    #[strum(serialize = "await")]
    Await,
    /// `from a import b`, as the module and the name.
    #[strum(serialize = "import_from")]
    ImportFrom,
    /// A lambda, comprehension, generator expression or other expression that is evaluated as a
    /// whole, of the variables that it reads.
    #[strum(serialize = "evaluate")]
    Evaluate,
}

impl Operator {
    /// Every operator.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Whether it changes its first operand where it can: `a += b` and its like.
    pub fn is_in_place(self) -> bool {
        matches!(
            self,
            Self::InplaceAdd
                | Self::InplaceSubtract
                | Self::InplaceMultiply
                | Self::InplaceMatrixMultiply
                | Self::InplaceDivide
                | Self::InplaceFloorDivide
                | Self::InplaceModulo
                | Self::InplacePower
                | Self::InplaceLeftShift
                | Self::InplaceRightShift
                | Self::InplaceBitAnd
                | Self::InplaceBitOr
                | Self::InplaceBitXor
        )
    }

    /// Whether so many operands, none of them starred, say all of it. A comparison's do not say which it is, and a
    /// comprehension's not what becomes of them.
    pub fn is_said_by(self, operands: usize) -> bool {
        use Operator::{
            Add, Alias, BitAnd, BitOr, BitXor, DeleteAttribute, DeleteItem, Dict, Divide,
            FloorDivide, GetAttribute, GetItem, ImportFrom, Invert, LeftShift, List,
            MatrixMultiply, Modulo, Multiply, Negative, Not, Positive, Power, RightShift, Set,
            SetAttribute, SetItem, Slice, Subtract, Tuple,
        };
        match self {
            Alias | Negative | Positive | Invert | Not => operands == 1,
            Add | Subtract | Multiply | MatrixMultiply | Divide | FloorDivide | Modulo | Power
            | LeftShift | RightShift | BitAnd | BitOr | BitXor | GetAttribute | GetItem
            | DeleteAttribute | DeleteItem | ImportFrom => operands == 2,
            SetAttribute | SetItem | Slice => operands == 3,
            List | Tuple | Set => true,
            Dict => operands.is_multiple_of(2),
            // `a.b += c` has three operands, and they do not say what `b` is.
            operator => operator.is_in_place() && operands == 2,
        }
    }

    /// The operator's word, as texts write it.
    pub fn word(self) -> &'static str {
        self.into()
    }
}
