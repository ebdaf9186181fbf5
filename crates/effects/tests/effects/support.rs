//! Support: calls written as text.
//!
//! ```text
//! json:dump(_, _)                              a function, called with values that are not known
//! pandas:DataFrame.pop('x')                    a method
//! a:Sub, ?a:Base.fit(X=obj)                    with the class and its base; `?`: without the method
//! new numpy:ndarray()                          a constructor
//! unbound builtins:list.append(_, 1)           a method through its class
//! numpy:sort(_) where numpy is 2.1             with a version
//! sklearn.base:BaseEstimator.fit() where .random_state is None
//! ```

use clew_effects::{CallShape, Catalog, Class, Effects, KnownValue};
use clew_graph::Literal;
use expect_test::Expect;

/// Asks clew's own annotations about every line of `calls`.
#[track_caller]
pub(crate) fn check_library(calls: &str, expect: Expect) {
    expect.assert_eq(&answers(&Catalog::builtin(), calls));
}

/// Asks the user's files alone, each a YAML text, about every line of `calls`.
#[track_caller]
pub(crate) fn check(files: &[&str], calls: &str, expect: Expect) {
    expect.assert_eq(&answers(&catalog(Catalog::empty(), files), calls));
}

pub(crate) fn catalog(mut catalog: Catalog, files: &[&str]) -> Catalog {
    for (index, text) in files.iter().enumerate() {
        if let Err(error) = catalog.add(&format!("{index}.yaml"), text) {
            panic!("{error}");
        }
    }
    catalog
}

pub(crate) fn answers(catalog: &Catalog, calls: &str) -> String {
    let mut answers = String::new();
    for line in calls.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let answer = match ask(catalog, line) {
            None => "no rule".to_owned(),
            Some(effects) => {
                let word = match effects.confidence {
                    clew_effects::Confidence::Annotated => String::new(),
                    other => format!("{}: ", other.word()),
                };
                let varies = if effects.varies { " (varies)" } else { "" };
                format!("{word}{effects}{varies}")
            }
        };
        answers.push_str(&format!("{line}\n    {answer}\n"));
    }
    answers
}

fn ask(catalog: &Catalog, line: &str) -> Option<Effects> {
    let (line, facts) = line.split_once(" where ").unwrap_or((line, ""));
    let (callee, arguments) = line.split_once('(').expect("a call has arguments");
    let mut shape = CallShape::default();
    let arguments = arguments.strip_suffix(')').expect("a call ends with a parenthesis");
    for argument in arguments.split(", ").filter(|argument| !argument.is_empty()) {
        shape = match argument.split_once('=').filter(|(name, _)| !name.contains('\'')) {
            Some((name, value)) => shape.keyword(name, known(value)),
            None => shape.argument(known(argument)),
        };
    }
    for fact in facts.split(", ").filter(|fact| !fact.is_empty()) {
        let (name, value) = fact.split_once(" is ").expect("a fact says what is what");
        shape = match name.strip_prefix('.') {
            Some(attribute) => shape.attribute(attribute, known(value)),
            None => shape.version(name, value),
        };
    }
    if let Some(classes) = callee.strip_prefix("new ") {
        let classes: Vec<(&str, &str)> = classes.split(", ").map(named).collect();
        return catalog.constructor(&classes, &shape);
    }
    let (callee, unbound) = match callee.strip_prefix("unbound ") {
        Some(callee) => (callee, true),
        None => (callee, false),
    };
    let (_, name) = callee.rsplit_once(':').expect("a callee names its module");
    if !name.contains('.') {
        return catalog.function(&[named(callee)], &shape);
    }
    let (classes, method) = callee.rsplit_once('.').expect("a method follows its class");
    let classes: Vec<Class<'_>> = classes
        .split(", ")
        .map(|class| {
            let has_method = !class.starts_with('?');
            let (module, name) = named(class.trim_start_matches('?'));
            Class { module, name, has_method }
        })
        .collect();
    if unbound {
        catalog.unbound_method(&classes, method, &shape)
    } else {
        catalog.method(&classes, method, &shape)
    }
}

fn named(text: &str) -> (&str, &str) {
    text.split_once(':').expect("a name stands after its module")
}

fn known(text: &str) -> KnownValue {
    KnownValue::Literal(match text {
        "_" => return KnownValue::Unknown,
        "obj" => return KnownValue::Object,
        "None" => Literal::None,
        "True" => Literal::Bool(true),
        "False" => Literal::Bool(false),
        text => match (text.parse(), text.parse()) {
            (Ok(integer), _) => Literal::Int(integer),
            (_, Ok(float)) => Literal::Float(float),
            _ => Literal::Str(text.trim_matches('\'').to_owned()),
        },
    })
}
