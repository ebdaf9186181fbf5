//! SymPy: expressions, which never change.

use crate::lent::Class;

/// Whether instances of a class are expressions. What one finds out about itself it keeps, which nobody sees.
pub fn is_expression(class: Class<'_>) -> bool {
    class.lineage().any(|base| base.is_named("sympy.core.basic", "Basic"))
}
