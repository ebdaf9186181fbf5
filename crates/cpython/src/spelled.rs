//! Spelled: names that a text gives as strings: `globals()["x"]`, `os.environ["HOME"]`.

use clew_graph::{Literal, Operator};
use clew_syntax::{Expr, ExprKind, Lowering, Statement, Target};

/// Adds the names that a statement reads as `globals()["name"]`, one for each time.
pub(crate) fn globals_read(statement: &Statement, names: &mut Vec<String>) {
    match &statement.lowering {
        Lowering::Expression(value) | Lowering::If { test: value } => expression(value, names),
        Lowering::Assign { value, targets } => {
            expression(value, names);
            for target in targets {
                if let Target::Item { index, .. } = target {
                    expression(index, names);
                }
            }
        }
        Lowering::Augmented { value, .. } => expression(value, names),
        Lowering::Delete(_) | Lowering::Import(_) | Lowering::Block(_) | Lowering::Nothing => {}
    }
}

fn expression(value: &Expr, names: &mut Vec<String>) {
    match &value.kind {
        ExprKind::Literal(_) | ExprKind::Name(_) => {}
        ExprKind::Call { function, positional, keyword } => {
            expression(function, names);
            for passed in positional {
                expression(&passed.value, names);
            }
            for (_, value) in keyword {
                expression(value, names);
            }
        }
        ExprKind::Operator { operator, operands } => {
            if let (Operator::GetItem, [object, index]) = (operator, operands.as_slice())
                && is_globals(&object.value)
                && let ExprKind::Literal(Literal::Str(name)) = &index.value.kind
            {
                names.push(name.clone());
                return;
            }
            for operand in operands {
                expression(&operand.value, names);
            }
        }
    }
}

fn is_globals(value: &Expr) -> bool {
    let ExprKind::Call { function, positional, keyword } = &value.kind else { return false };
    positional.is_empty()
        && keyword.is_empty()
        && matches!(&function.kind, ExprKind::Name(name) if name == "globals")
}

/// Whether a name, followed by attributes, is `os.environ`.
pub(crate) type IsEnviron<'a> = &'a dyn Fn(&str, &[String]) -> bool;

/// Environment variables by name; `None` for one that the text does not name.
pub(crate) type Variables = Vec<Option<String>>;

/// The environment variables that a statement reads and those that it sets; `None` where the
/// statement is more than its expressions.
pub(crate) fn environment(
    statement: &Statement,
    is_environ: IsEnviron<'_>,
) -> Option<(Variables, Variables)> {
    let mut read = Vec::new();
    let mut stored = Vec::new();
    let mut store = |target: &Target, read: &mut Vec<Option<String>>| match target {
        Target::Item { object, index, .. } if environ(object, is_environ) => {
            stored.push(literal(index));
        }
        Target::Item { object, index, .. } => {
            variables(object, is_environ, read);
            variables(index, is_environ, read);
        }
        Target::Attribute { object, .. } => variables(object, is_environ, read),
        Target::Name { .. } | Target::Sequence { .. } | Target::Starred(_) => {}
    };
    match &statement.lowering {
        Lowering::Expression(value) | Lowering::If { test: value } => {
            variables(value, is_environ, &mut read);
        }
        Lowering::Assign { value, targets } => {
            variables(value, is_environ, &mut read);
            for target in targets {
                store(target, &mut read);
            }
        }
        Lowering::Augmented { target, value, .. } => {
            variables(value, is_environ, &mut read);
            store(target, &mut read);
            if let Target::Item { object, index, .. } = target
                && environ(object, is_environ)
            {
                read.push(literal(index));
            }
        }
        Lowering::Delete(targets) => {
            for target in targets {
                store(target, &mut read);
                // What is deleted has to be there.
                if let Target::Item { object, index, .. } = target
                    && environ(object, is_environ)
                {
                    read.push(literal(index));
                }
            }
        }
        Lowering::Import(_) | Lowering::Block(_) | Lowering::Nothing => return None,
    }
    Some((read, stored))
}

fn variables(value: &Expr, is_environ: IsEnviron<'_>, read: &mut Vec<Option<String>>) {
    if environ(value, is_environ) {
        // Given away as a whole.
        read.push(None);
        return;
    }
    match &value.kind {
        ExprKind::Literal(_) | ExprKind::Name(_) => {}
        ExprKind::Call { function, positional, keyword } => {
            // Methods of `os.environ` are calls that rules speak of.
            let method = matches!(
                &function.kind,
                ExprKind::Operator { operator: Operator::GetAttribute, operands }
                    if operands.first().is_some_and(|object| environ(&object.value, is_environ))
            );
            if !method {
                variables(function, is_environ, read);
            }
            for passed in positional {
                variables(&passed.value, is_environ, read);
            }
            for (_, value) in keyword {
                variables(value, is_environ, read);
            }
        }
        ExprKind::Operator { operator, operands } => {
            if let (Operator::GetItem, [object, index]) = (operator, operands.as_slice())
                && environ(&object.value, is_environ)
            {
                read.push(literal(&index.value));
                return;
            }
            for operand in operands {
                variables(&operand.value, is_environ, read);
            }
        }
    }
}

fn environ(value: &Expr, is_environ: IsEnviron<'_>) -> bool {
    match &value.kind {
        ExprKind::Name(name) => is_environ(name, &[]),
        ExprKind::Operator { operator: Operator::GetAttribute, operands } => {
            let [object, attribute] = operands.as_slice() else { return false };
            let (ExprKind::Name(name), ExprKind::Literal(Literal::Str(attribute))) =
                (&object.value.kind, &attribute.value.kind)
            else {
                return false;
            };
            is_environ(name, std::slice::from_ref(attribute))
        }
        _ => false,
    }
}

fn literal(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Literal(Literal::Str(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The variables that a statement hands as they are to a call of something named `save`.
pub(crate) fn saved(statement: &Statement) -> Vec<String> {
    let mut names = Vec::new();
    match &statement.lowering {
        Lowering::Expression(value) | Lowering::Assign { value, .. } => saves(value, &mut names),
        _ => {}
    }
    names
}

fn saves(value: &Expr, names: &mut Vec<String>) {
    match &value.kind {
        ExprKind::Literal(_) | ExprKind::Name(_) => {}
        ExprKind::Call { function, positional, keyword } => {
            let callee = match &function.kind {
                ExprKind::Name(name) => name.as_str(),
                ExprKind::Operator { operator: Operator::GetAttribute, operands } => {
                    match operands.get(1).map(|attribute| &attribute.value.kind) {
                        Some(ExprKind::Literal(Literal::Str(name))) => name,
                        _ => "",
                    }
                }
                _ => "",
            };
            let first = positional.first().map(|passed| &passed.value);
            let by_keyword = keyword
                .iter()
                .find(|(name, _)| name.as_deref() == Some("value"))
                .map(|(_, value)| value);
            if let ("save", Some(Expr { kind: ExprKind::Name(name), .. })) =
                (callee, first.or(by_keyword))
            {
                names.push(name.clone());
            }
            saves(function, names);
            for passed in positional {
                saves(&passed.value, names);
            }
        }
        ExprKind::Operator { operands, .. } => {
            for operand in operands {
                saves(&operand.value, names);
            }
        }
    }
}
