//! Special method: which methods of its operands a statement's operators may call.

use ruff_python_ast::token::TokenKind;

use crate::{Range, Unit};

/// Methods that Python calls for an operator, a piece of syntax or a built-in function.
pub const SPECIAL_METHODS: [&str; 47] = [
    "__getitem__",
    "__missing__",
    "__lshift__",
    "__rlshift__",
    "__rshift__",
    "__rrshift__",
    "__or__",
    "__ror__",
    "__and__",
    "__rand__",
    "__xor__",
    "__rxor__",
    "__add__",
    "__radd__",
    "__sub__",
    "__rsub__",
    "__mul__",
    "__rmul__",
    "__truediv__",
    "__rtruediv__",
    "__floordiv__",
    "__rfloordiv__",
    "__mod__",
    "__rmod__",
    "__pow__",
    "__rpow__",
    "__matmul__",
    "__rmatmul__",
    "__neg__",
    "__pos__",
    "__invert__",
    "__lt__",
    "__gt__",
    "__le__",
    "__ge__",
    "__eq__",
    "__ne__",
    "__contains__",
    "__iter__",
    "__next__",
    "__bool__",
    "__len__",
    "__format__",
    "__str__",
    "__repr__",
    "__getattr__",
    "__getattribute__",
];

/// Some of [`SPECIAL_METHODS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpecialMethods(u64);

impl SpecialMethods {
    /// Those for which a test says so.
    pub fn those(test: impl Fn(&str) -> bool) -> Self {
        let bits = SPECIAL_METHODS.iter().enumerate().filter(|(_, name)| test(name));
        Self(bits.fold(0, |sum, (at, _)| sum | 1 << at))
    }

    /// Whether it has any that the others have.
    pub fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// These and the others.
    pub fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    fn add(&mut self, names: &[&str]) {
        self.0 |= Self::those(|name| names.contains(&name)).0;
    }
}

impl Unit {
    /// The methods that operators, syntax and built-in functions in a stretch of the text may call.
    pub fn special_methods(&self, range: Range) -> SpecialMethods {
        let mut found = SpecialMethods::default();
        let mut lists = false;
        for token in self.tokens_in(range) {
            lists |= token.kind == TokenKind::Comma;
            found.add(called_by(token.kind, token.range.of(self.text())));
            if token.kind == TokenKind::Equal && lists {
                found.add(&["__iter__", "__next__"]);
            }
        }
        found
    }
}

#[rustfmt::skip]
fn called_by(kind: TokenKind, text: &str) -> &'static [&'static str] {
    use TokenKind as T;
    match kind {
        T::Lsqb => &["__getitem__", "__missing__"],
        T::LeftShift => &["__lshift__", "__rlshift__"],
        T::RightShift => &["__rshift__", "__rrshift__"],
        T::Vbar => &["__or__", "__ror__"],
        T::Amper => &["__and__", "__rand__"],
        T::CircumFlex => &["__xor__", "__rxor__"],
        T::Plus => &["__add__", "__radd__", "__pos__"],
        T::Minus => &["__sub__", "__rsub__", "__neg__"],
        T::Star => &["__mul__", "__rmul__", "__iter__", "__next__"],
        T::DoubleStar => &["__pow__", "__rpow__", "__iter__", "__getitem__"],
        T::Slash => &["__truediv__", "__rtruediv__"],
        T::DoubleSlash => &["__floordiv__", "__rfloordiv__"],
        T::Percent => &["__mod__", "__rmod__", "__str__", "__repr__"],
        T::At => &["__matmul__", "__rmatmul__"],
        T::Tilde => &["__invert__"],
        T::Less | T::Greater => &["__lt__", "__gt__"],
        T::LessEqual | T::GreaterEqual => &["__le__", "__ge__"],
        T::EqEqual | T::NotEqual => &["__eq__", "__ne__"],
        T::In => &["__contains__", "__iter__", "__next__"],
        T::For => &["__iter__", "__next__"],
        T::If | T::Elif | T::While | T::And | T::Or | T::Not | T::Assert => &["__bool__", "__len__"],
        T::Match | T::Case => &["__eq__", "__len__", "__getitem__", "__getattr__"],
        T::FStringStart => &["__format__", "__str__", "__repr__"],
        T::Dot => &["__getattr__", "__getattribute__"],
        T::Name => match text {
            "str" | "print" | "format" | "repr" => &["__str__", "__repr__", "__format__"],
            "len" => &["__len__"],
            "bool" => &["__bool__", "__len__"],
            "list" | "tuple" | "set" | "dict" | "sum" | "min" | "max" | "sorted" | "any" | "all"
            | "zip" | "enumerate" | "map" | "next" | "iter" => &["__iter__", "__next__", "__len__"],
            _ => &[],
        },
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{SPECIAL_METHODS, SpecialMethods};
    use crate::parse;

    #[track_caller]
    fn check(text: &str, methods: &[&str]) {
        let unit = parse(text).unwrap();
        let found = unit.special_methods(unit.statements()[0].range);
        let names: Vec<&str> = SPECIAL_METHODS
            .into_iter()
            .filter(|method| found.meets(SpecialMethods::those(|name| name == *method)))
            .collect();
        assert_eq!(names, methods, "{text}");
    }

    #[test]
    fn operators_call_methods_of_both_sides() {
        check("grammar << word", &["__lshift__", "__rlshift__"]);
        check("c = a @ b", &["__matmul__", "__rmatmul__"]);
    }

    #[test]
    fn syntax_calls_methods() {
        check("x = f'{a}'", &["__format__", "__str__", "__repr__"]);
        check("a, b = c", &["__iter__", "__next__"]);
        check("x = not a", &["__bool__", "__len__"]);
        check("x = 1", &[]);
    }
}
