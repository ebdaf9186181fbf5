//! Suggestion: what a proof taught, as an annotation that a user may keep.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// A function by its module and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NamedFunction {
    /// The module that the program imports it from.
    pub module: String,
    /// Its name there.
    pub name: String,
}

/// The functions of modules that a text calls, by what it imports: each by how it is called.
pub(super) fn called(code: &str) -> BTreeMap<String, NamedFunction> {
    let mut imported: BTreeMap<&str, (&str, Option<&str>)> = BTreeMap::new();
    for line in code.lines().map(str::trim) {
        if let Some(modules) = line.strip_prefix("import ") {
            for part in modules.split(',') {
                let (module, alias) = with_alias(part);
                imported.insert(alias.unwrap_or(module), (module, None));
            }
        } else if let Some((module, names)) =
            line.strip_prefix("from ").and_then(|rest| rest.split_once(" import "))
        {
            for part in names.trim_matches(['(', ')']).split(',') {
                let (name, alias) = with_alias(part);
                imported.insert(alias.unwrap_or(name), (module.trim(), Some(name)));
            }
        }
    }
    let mut found = BTreeMap::new();
    for (at, _) in code.match_indices('(') {
        let before = code.get(..at).unwrap_or_default();
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.';
        let begin = before.rfind(|letter| !is_part(letter)).map_or(0, |at| at + 1);
        let spelled = before.get(begin..).unwrap_or_default();
        if let Some(function) = function_of(spelled, &imported) {
            found.insert(spelled.to_owned(), function);
        }
    }
    found
}

fn with_alias(part: &str) -> (&str, Option<&str>) {
    match part.trim().split_once(" as ") {
        Some((name, alias)) => (name.trim(), Some(alias.trim())),
        None => (part.trim(), None),
    }
}

fn function_of(
    spelled: &str,
    imported: &BTreeMap<&str, (&str, Option<&str>)>,
) -> Option<NamedFunction> {
    let (head, rest) = spelled.split_once('.').map_or((spelled, ""), |(head, rest)| (head, rest));
    let &(module, name) = imported.get(head)?;
    let path: Vec<&str> = [module]
        .into_iter()
        .chain(name)
        .chain(Some(rest).filter(|rest| !rest.is_empty()))
        .collect();
    let path = path.join(".");
    let (module, name) = path.rsplit_once('.')?;
    Some(NamedFunction { module: module.to_owned(), name: name.to_owned() })
}

/// The annotation that says that a function changes what others in its library read.
pub(super) fn annotation(
    statement: &str,
    without_it: &str,
    changes: Option<&NamedFunction>,
    readers: &BTreeSet<NamedFunction>,
) -> String {
    let mut text = String::new();
    let first = statement.lines().next().unwrap_or_default();
    let _ = writeln!(text, "# Without `{first}`: {}", without_it.replace('\n', " "));
    let Some(changes) = changes else {
        text.push_str(
            "# It is an import, which no annotation can speak of; --prove puts it back.\n",
        );
        return text;
    };
    let library = changes.module.split('.').next().unwrap_or_default();
    let mut write = |function: &NamedFunction, effect: &str| {
        let NamedFunction { module, name } = function;
        let _ = writeln!(text, "- module: {module}");
        let _ = writeln!(text, "  annotations:");
        let _ = writeln!(text, "    - criteria: {{function_name: {name}}}");
        let _ = writeln!(text, "      side_effects:");
        let _ = writeln!(text, "        - {effect}: {{external_state: \"module:{library}\"}}");
    };
    write(changes, "mutated_value");
    for reader in readers.iter().filter(|reader| *reader != changes) {
        write(reader, "dependency");
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(code: &str, statement: &str, expected: Expect) {
        let called = called(code);
        let spelled = statement.split('(').next().unwrap_or_default();
        let changes = called.get(spelled);
        let readers = called.values().filter(|one| Some(*one) != changes).cloned().collect();
        expected.assert_eq(&annotation(statement, "another value", changes, &readers));
    }

    #[test]
    fn a_call_changes_what_others_of_its_library_read() {
        check(
            "import seaborn as sns\nfrom pandas import read_csv as r\nsns.set_theme()\nax = sns.barplot(r(\"a\"))\n",
            "sns.set_theme()",
            expect![[r#"
                # Without `sns.set_theme()`: another value
                - module: seaborn
                  annotations:
                    - criteria: {function_name: set_theme}
                      side_effects:
                        - mutated_value: {external_state: "module:seaborn"}
                - module: pandas
                  annotations:
                    - criteria: {function_name: read_csv}
                      side_effects:
                        - dependency: {external_state: "module:seaborn"}
                - module: seaborn
                  annotations:
                    - criteria: {function_name: barplot}
                      side_effects:
                        - dependency: {external_state: "module:seaborn"}
            "#]],
        );
    }

    #[test]
    fn of_an_import_nothing_can_be_annotated() {
        check(
            "import hvplot.pandas\nx = df.plot()\n",
            "import hvplot.pandas",
            expect![[r#"
            # Without `import hvplot.pandas`: another value
            # It is an import, which no annotation can speak of; --prove puts it back.
        "#]],
        );
    }
}
