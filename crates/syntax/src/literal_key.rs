//! Literal key: names that a text gives as strings: `globals()["x"]`, `os.environ["HOME"]`.

use clew_graph::{Literal, Operator};

use crate::{Expr, ExprKind, Statement, Target, Template};

/// What a statement reads of its module's variables by their dictionary, where the text says what that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GlobalsRead {
    /// The names that it reads, and words that may be such.
    pub names: Vec<String>,
    /// How often it asks for the dictionary to read these.
    pub times: usize,
}

/// What a statement reads as `globals()["name"]` and `"{name}".format(**globals())`.
pub fn globals_read(statement: &Statement) -> GlobalsRead {
    let GlobalsRead { mut names, mut times } = GlobalsRead::default();
    let mut read = |value: &Expr| {
        value.walk(&mut |part| {
            if may_skip(part) {
                return false;
            }
            if let Some(text) = formatted_with_globals(part) {
                let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
                names.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
                times += 1;
                return false;
            }
            let Some((object, index)) = item(part) else { return true };
            let key = is_globals(object).then(|| literal(index)).flatten();
            let is_other = key.is_none();
            times += usize::from(key.is_some());
            names.extend(key);
            is_other
        });
    };
    match &statement.template {
        Template::Expression(value) | Template::If { test: value } => read(value),
        Template::Assign { value, targets } => {
            read(value);
            for target in targets {
                if let Target::Item { index, .. } = target {
                    read(index);
                }
            }
        }
        Template::Augmented { value, .. } => read(value),
        Template::Delete(_) | Template::Import(_) | Template::Block(_) | Template::Nothing => {}
    }
    GlobalsRead { names, times }
}

/// Whether not all of an expression's parts run whenever it does.
fn may_skip(value: &Expr) -> bool {
    use Operator::{And, Conditional, Or};
    matches!(value.kind, ExprKind::Operator { operator: And | Conditional | Or, .. })
}

/// The text of `"…".format(**globals())` and `"…".format_map(globals())`; `None` for everything else, and where
/// more is passed.
fn formatted_with_globals(value: &Expr) -> Option<String> {
    let ExprKind::Call { function, positional, keyword } = &value.kind else { return None };
    let (text, method) = attribute(function)?;
    let all = match (method.as_str(), &positional[..], &keyword[..]) {
        ("format", [], [(None, all)]) => all,
        ("format_map", [all], []) if !all.starred => &all.value,
        _ => return None,
    };
    let is_all = |name: &str| matches!(name, "globals" | "locals" | "vars");
    is_call_of(all, &is_all).then(|| literal(text)).flatten()
}

/// Whether a name, followed by attributes, is `os.environ`.
pub type IsEnviron<'a> = &'a dyn Fn(&str, &[String]) -> bool;

/// The environment variables that a statement uses, by name; `None` for one that the text does not
/// name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentKeys {
    /// Those that it reads.
    pub read: Vec<Option<String>>,
    /// Those that it sets or deletes.
    pub stored: Vec<Option<String>>,
}

/// The environment variables that a statement uses as `os.environ["NAME"]`; `None` where the
/// statement is more than its expressions.
pub fn environment(statement: &Statement, is_environ: IsEnviron<'_>) -> Option<EnvironmentKeys> {
    let mut keys = EnvironmentKeys::default();
    match &statement.template {
        Template::Expression(value) | Template::If { test: value } => {
            variables(value, is_environ, &mut keys.read);
        }
        Template::Assign { value, targets } => {
            variables(value, is_environ, &mut keys.read);
            for target in targets {
                store(target, is_environ, &mut keys);
            }
        }
        Template::Augmented { target, value, .. } => {
            variables(value, is_environ, &mut keys.read);
            store(target, is_environ, &mut keys);
            keys.read.extend(key_of(target, is_environ));
        }
        Template::Delete(targets) => {
            for target in targets {
                store(target, is_environ, &mut keys);
                // What is deleted has to be there.
                keys.read.extend(key_of(target, is_environ));
            }
        }
        Template::Import(_) | Template::Block(_) | Template::Nothing => return None,
    }
    Some(keys)
}

/// The variables that a statement hands as they are to a call of something named `save`.
pub fn saved(statement: &Statement) -> Vec<String> {
    let mut names = Vec::new();
    if let Template::Expression(value) | Template::Assign { value, .. } = &statement.template {
        value.walk(&mut |part| {
            if let ExprKind::Call { function, positional, keyword } = &part.kind
                && last_name(function) == Some("save")
            {
                let first = positional.first().map(|passed| &passed.value);
                let named = keyword.iter().find(|(name, _)| name.as_deref() == Some("value"));
                if let Some(Expr { kind: ExprKind::Name(name), .. }) =
                    first.or(named.map(|(_, value)| value))
                {
                    names.push(name.clone());
                }
            }
            true
        });
    }
    names
}

fn store(target: &Target, is_environ: IsEnviron<'_>, keys: &mut EnvironmentKeys) {
    match target {
        Target::Item { object, index, .. } => match key_of(target, is_environ) {
            Some(key) => keys.stored.push(key),
            None => {
                variables(object, is_environ, &mut keys.read);
                variables(index, is_environ, &mut keys.read);
            }
        },
        Target::Attribute { object, .. } => variables(object, is_environ, &mut keys.read),
        Target::Name { .. } | Target::Sequence { .. } | Target::Starred(_) => {}
    }
}

/// The key of a target that is an item of `os.environ`.
fn key_of(target: &Target, is_environ: IsEnviron<'_>) -> Option<Option<String>> {
    match target {
        Target::Item { object, index, .. } if environ(object, is_environ) => Some(literal(index)),
        _ => None,
    }
}

fn variables(value: &Expr, is_environ: IsEnviron<'_>, read: &mut Vec<Option<String>>) {
    value.walk(&mut |part| {
        if environ(part, is_environ) {
            // Given away as a whole.
            read.push(None);
            return false;
        }
        if let Some((object, index)) = item(part)
            && environ(object, is_environ)
        {
            read.push(literal(index));
            return false;
        }
        if let ExprKind::Call { function, .. } = &part.kind
            && attribute(function).is_some_and(|(object, _)| environ(object, is_environ))
        {
            // Methods of `os.environ` are calls that rules speak of.
            for argument in part.parts().skip(1) {
                variables(argument, is_environ, read);
            }
            return false;
        }
        true
    });
}

fn environ(value: &Expr, is_environ: IsEnviron<'_>) -> bool {
    if let ExprKind::Name(name) = &value.kind {
        return is_environ(name, &[]);
    }
    match attribute(value) {
        Some((Expr { kind: ExprKind::Name(name), .. }, attribute)) => {
            is_environ(name, std::slice::from_ref(attribute))
        }
        _ => false,
    }
}

fn is_globals(value: &Expr) -> bool {
    is_call_of(value, &|name| name == "globals")
}

/// Whether a function of such a name is called with nothing.
fn is_call_of(value: &Expr, is_name: &dyn Fn(&str) -> bool) -> bool {
    let ExprKind::Call { function, positional, keyword } = &value.kind else { return false };
    positional.is_empty()
        && keyword.is_empty()
        && matches!(&function.kind, ExprKind::Name(name) if is_name(name))
}

/// The last part of a name: `save` of `save` and of `clew.save`.
fn last_name(value: &Expr) -> Option<&str> {
    match &value.kind {
        ExprKind::Name(name) => Some(name),
        _ => attribute(value).map(|(_, name)| name.as_str()),
    }
}

fn item(value: &Expr) -> Option<(&Expr, &Expr)> {
    match &value.kind {
        ExprKind::Operator { operator: Operator::GetItem, operands } => match &operands[..] {
            [object, index] => Some((&object.value, &index.value)),
            _ => None,
        },
        _ => None,
    }
}

fn attribute(value: &Expr) -> Option<(&Expr, &String)> {
    let ExprKind::Operator { operator: Operator::GetAttribute, operands } = &value.kind else {
        return None;
    };
    match &operands[..] {
        [object, name] => match &name.value.kind {
            ExprKind::Literal(Literal::Str(name)) => Some((&object.value, name)),
            _ => None,
        },
        _ => None,
    }
}

fn literal(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Literal(Literal::Str(text)) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{EnvironmentKeys, environment, globals_read, saved};
    use crate::{StatementId, parse};

    #[track_caller]
    fn check_globals(text: &str, names: &[&str]) {
        let unit = parse(text).unwrap();
        let read = globals_read(unit.statement(StatementId::new(0)));
        assert_eq!(read.names, names, "{text}");
    }

    #[track_caller]
    fn check_saved(text: &str, names: &[&str]) {
        let unit = parse(text).unwrap();
        assert_eq!(saved(unit.statement(StatementId::new(0))), names, "{text}");
    }

    /// Compares keys, `?` for one that is not spelled.
    #[track_caller]
    fn check_environment(text: &str, expected: Option<(&[&str], &[&str])>) {
        let unit = parse(text).unwrap();
        let is_environ = |name: &str, path: &[String]| {
            name == "environ" && path.is_empty() || name == "os" && path == ["environ"]
        };
        let keys = |names: &[&str]| {
            names.iter().map(|&name| (name != "?").then(|| name.to_owned())).collect()
        };
        let expected = expected
            .map(|(read, stored)| EnvironmentKeys { read: keys(read), stored: keys(stored) });
        assert_eq!(
            environment(unit.statement(StatementId::new(0)), &is_environ),
            expected,
            "{text}"
        );
    }

    #[test]
    fn variables_are_read_by_keys_of_globals() {
        check_globals("y = globals()['x'] + f(globals()['x'], a=globals()['z'])", &["x", "x", "z"]);
        check_globals("a[globals()['i']] = 1", &["i"]);
        check_globals("if globals()['a']: pass", &["a"]);
        check_globals("y += globals()['x']", &["x"]);
    }

    #[test]
    fn variables_are_read_by_names_in_a_text_that_is_formatted() {
        check_globals("y = '{x} {z.a[0]:>{w}}'.format(**locals())", &["x", "z", "a", "0", "w"]);
        check_globals("y = '{x}'.format_map(globals())", &["x"]);
        check_globals("y = text.format(**globals())", &[]);
        check_globals("y = '{x}'.format(a=globals())", &[]);
        check_globals("y = '{x}'.format(1, **globals())", &[]);
    }

    #[test]
    fn a_key_that_is_no_string_names_no_variable() {
        check_globals("y = globals()[name]", &[]);
        check_globals("y = globals(1)['x']", &[]);
        check_globals("globals()['x'] = 1", &[]);
        check_globals("for x in globals()['x']: pass", &[]);
    }

    #[test]
    fn environment_variables_are_read_and_stored_by_key() {
        check_environment("home = os.environ['HOME']", Some((&["HOME"], &[])));
        check_environment("environ['A'] = environ['B'] + 'c'", Some((&["B"], &["A"])));
        check_environment("os.environ[name] = '1'", Some((&[], &["?"])));
    }

    #[test]
    fn what_is_added_to_or_deleted_has_to_be_there() {
        check_environment("os.environ['A'] += ':b'", Some((&["A"], &["A"])));
        check_environment("del os.environ['A']", Some((&["A"], &["A"])));
    }

    #[test]
    fn an_environment_given_away_is_read_whole() {
        check_environment("run(env=os.environ)", Some((&["?"], &[])));
        check_environment("x.env = f(environ)['A']", Some((&["?"], &[])));
    }

    #[test]
    fn methods_of_the_environment_are_left_to_rules_but_not_their_arguments() {
        check_environment("os.environ.get('A', os.environ['B'])", Some((&["B"], &[])));
    }

    #[test]
    fn statements_of_more_than_expressions_are_not_read_by_key() {
        check_environment("for x in os.environ['A']: pass", None);
        check_environment("import os", None);
    }

    #[test]
    fn what_is_saved_is_named_by_its_variable() {
        check_saved("clew.save(model, 'the model')", &["model"]);
        check_saved("kept = [save(value=a), store.save(b)]", &["a", "b"]);
        check_saved("clew.save(model + 1, 'sum')", &[]);
        check_saved("clew.load(model)", &[]);
    }
}
