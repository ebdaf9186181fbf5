//! Operator: what Python's syntax spells out without a function's name.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! operators {
    ($($(#[$meta:meta])* $name:ident = $word:literal,)*) => {
        /// What Python's syntax spells out without a function's name. Where the `operator`
        /// module has a function for it, the word is that function's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Operator { $($(#[$meta])* $name,)* }

        impl Operator {
            /// Every operator.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The operator's word, as texts write it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }

        impl FromStr for Operator {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$name),)* _ => Err(()) }
            }
        }
    };
}

operators! {
    /// `a + b`
    Add = "add",
    /// `a - b`
    Subtract = "sub",
    /// `a * b`
    Multiply = "mul",
    /// `a @ b`
    MatrixMultiply = "matmul",
    /// `a / b`
    Divide = "truediv",
    /// `a // b`
    FloorDivide = "floordiv",
    /// `a % b`
    Modulo = "mod",
    /// `a ** b`
    Power = "pow",
    /// `a << b`
    LeftShift = "lshift",
    /// `a >> b`
    RightShift = "rshift",
    /// `a & b`
    BitAnd = "and_",
    /// `a | b`
    BitOr = "or_",
    /// `a ^ b`
    BitXor = "xor",
    /// `a += b`
    InplaceAdd = "iadd",
    /// `a -= b`
    InplaceSubtract = "isub",
    /// `a *= b`
    InplaceMultiply = "imul",
    /// `a @= b`
    InplaceMatrixMultiply = "imatmul",
    /// `a /= b`
    InplaceDivide = "itruediv",
    /// `a //= b`
    InplaceFloorDivide = "ifloordiv",
    /// `a %= b`
    InplaceModulo = "imod",
    /// `a **= b`
    InplacePower = "ipow",
    /// `a <<= b`
    InplaceLeftShift = "ilshift",
    /// `a >>= b`
    InplaceRightShift = "irshift",
    /// `a &= b`
    InplaceBitAnd = "iand",
    /// `a |= b`
    InplaceBitOr = "ior",
    /// `a ^= b`
    InplaceBitXor = "ixor",
    /// `-a`
    Negative = "neg",
    /// `+a`
    Positive = "pos",
    /// `~a`
    Invert = "invert",
    /// `not a`
    Not = "not_",
    /// A comparison, chained or not: the operands in order.
    Compare = "compare",
    /// `a and b …`, with the operands that were written.
    And = "and",
    /// `a or b …`, with the operands that were written.
    Or = "or",
    /// `a if test else b`, as `test, a, b`.
    Conditional = "conditional",
    /// `a.name`
    GetAttribute = "getattr",
    /// `a.name = b`
    SetAttribute = "setattr",
    /// `del a.name`
    DeleteAttribute = "delattr",
    /// `a[b]`
    GetItem = "getitem",
    /// `a[b] = c`
    SetItem = "setitem",
    /// `del a[b]`
    DeleteItem = "delitem",
    /// `del name`
    DeleteName = "delname",
    /// `a:b:c` inside brackets
    Slice = "slice",
    /// `[a, …]`
    List = "list",
    /// `(a, …)`
    Tuple = "tuple",
    /// `{a, …}`
    Set = "set",
    /// `{a: b, …}`, as `a, b, …`
    Dict = "dict",
    /// An f-string, of the values in it.
    Format = "format",
    /// `b = a`: the same value under another name.
    Alias = "alias",
    /// Spreads a value over several targets, as in `a, b = value`.
    Unpack = "unpack",
    /// `assert a, b`
    Assert = "assert",
    /// `raise a from b`
    Raise = "raise",
    /// `await a`
    Await = "await",
    /// `from a import b`, as the module and the name.
    ImportFrom = "import_from",
    /// A lambda, comprehension, generator expression or other expression that is evaluated as a
    /// whole, of the variables that it reads.
    Evaluate = "evaluate",
}
