//! Read: a text to what it says.

use clew_graph::Literal;

use super::yaml::{Mark, Result, Yaml, YamlContent};
use super::{
    AnnotationError, ArgumentPointer, Condition, Effect, File, ModuleEntry, On, PartName, Pattern,
    Problem, Rule, StatePointer, Subject, Test, Value,
};
use crate::release::Releases;
use crate::{Depth, ExternalState};

/// Reads a file's text; `file` names it in errors, of which there is one at least.
pub(crate) fn read(file: &str, text: &str) -> std::result::Result<File, Vec<AnnotationError>> {
    let mut problems = Problems::default();
    let modules = problems.keep(Yaml::parse(text)).map(|root| {
        let entries = problems.keep(root.list("a list of modules")).unwrap_or_default();
        entries.iter().filter_map(|entry| module(entry, &mut problems)).collect()
    });
    problems.none(file)?;
    Ok(File { name: file.to_owned(), modules: modules.unwrap_or_default() })
}

/// What is wrong with a file so far. After a problem, reading goes on with the next item or key.
#[derive(Default)]
struct Problems(Vec<(Mark, Problem)>);

impl Problems {
    fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|problem| self.0.push(problem)).ok()
    }

    fn none(self, file: &str) -> std::result::Result<(), Vec<AnnotationError>> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut errors: Vec<_> =
            self.0.into_iter().map(|(mark, problem)| mark.error(file, problem)).collect();
        errors.sort_by_key(|error| (error.line, error.column));
        // What an alias repeats is wrong at one place only.
        errors.dedup();
        Err(errors)
    }
}

fn module(yaml: &Yaml<'_>, problems: &mut Problems) -> Option<ModuleEntry> {
    const KEYS: &[&str] = &["module", "modules", "version", "immutable", "annotations"];
    let expected = "a mapping with `module` and `annotations`";
    let fields = Fields::gather(yaml, expected, KEYS, problems)?;
    let modules = problems.keep(module_names(&fields));
    let releases = problems.keep(releases(&fields));
    let immutable = match fields.get("immutable") {
        Some(names) => problems.keep(names.texts("the name of a class")),
        None => Some(Vec::new()),
    };
    let rules = match fields.get("annotations") {
        Some(rules) => problems.keep(rules.list("a list of rules")).unwrap_or_default(),
        None if immutable.as_ref().is_some_and(Vec::is_empty) && fields.all_known => {
            problems.keep::<()>(fields.missing("annotations"));
            &[]
        }
        None => &[],
    };
    let rules = rules.iter().filter_map(|yaml| rule(yaml, problems)).collect();
    Some(ModuleEntry { modules: modules?, releases: releases?, immutable: immutable?, rules })
}

fn module_names(fields: &Fields<'_>) -> Result<Vec<String>> {
    match fields.one_of("module", "modules")? {
        Some((_, names)) => names.texts("the dotted name of a module"),
        None if fields.all_known => fields.missing("module"),
        None => Ok(Vec::new()),
    }
}

fn rule(yaml: &Yaml<'_>, problems: &mut Problems) -> Option<Rule> {
    const KEYS: &[&str] = &["criteria", "side_effects", "pure", "version"];
    let expected = "a rule with `criteria` and `side_effects`";
    let fields = Fields::gather(yaml, expected, KEYS, problems)?;
    let criteria = match fields.get("criteria") {
        Some(yaml) => problems.keep(criteria(yaml)),
        None if fields.all_known => problems.keep(fields.missing("criteria")),
        None => None,
    };
    let releases = problems.keep(releases(&fields));
    let listed = match fields.get("side_effects") {
        Some(effects) => problems.keep(effects.list("a list of side effects")).unwrap_or_default(),
        None => &[],
    };
    let effects: Vec<Effect> =
        listed.iter().filter_map(|yaml| problems.keep(effect(yaml))).collect();
    match fields.get("pure") {
        None if fields.get("side_effects").is_none() && fields.all_known => {
            problems.keep(yaml.fail::<()>(Problem::NothingSaid));
        }
        None => {}
        Some(pure) if pure.is_true() => {
            let changing = |effect: &Effect| {
                matches!(effect, Effect::Mutates(..) | Effect::Consumes(_) | Effect::Writes(_))
            };
            if effects.iter().any(changing) {
                problems.keep(pure.fail::<()>(Problem::PureYetChanging));
            }
        }
        Some(pure) => {
            problems.keep(pure.unexpected::<()>("`true`"));
        }
    }
    let (subject, conditions) = criteria?;
    Some(Rule { line: yaml.mark.line(), subject, conditions, releases: releases?, effects })
}

fn criteria(yaml: &Yaml<'_>) -> Result<(Subject, Vec<Condition>)> {
    const KEYS: &[&str] = &[
        "function_name",
        "function_names",
        "function_pattern",
        "class_instance",
        "class_method_name",
        "class_method_names",
        "class_method_pattern",
        "all_methods",
        "class_init",
        "keyword_arg_name",
        "keyword_arg_value",
        "argument",
    ];
    let fields = Fields::new(yaml, "criteria", KEYS)?;
    Ok((subject(&fields)?, conditions(&fields)?))
}

fn subject(fields: &Fields<'_>) -> Result<Subject> {
    const SUBJECTS: &[&str] =
        &["function_name", "function_names", "function_pattern", "class_instance", "class_init"];
    const METHODS: &[&str] =
        &["class_method_name", "class_method_names", "class_method_pattern", "all_methods"];
    let methods = fields.only_one(METHODS)?;
    let Some((key, yaml)) = fields.only_one(SUBJECTS)? else {
        return match methods {
            Some((key, yaml)) => yaml.fail(Problem::LonelyKey { key, needs: "class_instance" }),
            None => Err((fields.mark, Problem::NoSubject)),
        };
    };
    if let (Some((key_of_methods, yaml)), true) = (methods, key != "class_instance") {
        return yaml.fail(Problem::ConflictingKeys { first: key, second: key_of_methods });
    }
    Ok(match key {
        "function_pattern" => Subject::FunctionPattern(pattern(yaml)?),
        "class_init" => Subject::Init { classes: yaml.texts("the name of a class")? },
        "class_instance" => {
            let classes = yaml.texts("the name of a class")?;
            match methods {
                None => Subject::AllMethods { classes },
                Some(("all_methods", all)) if all.is_true() => Subject::AllMethods { classes },
                Some(("all_methods", all)) => return all.unexpected("`true`"),
                Some(("class_method_pattern", yaml)) => {
                    Subject::MethodPattern { classes, pattern: pattern(yaml)? }
                }
                Some((_, names)) => {
                    Subject::Methods { classes, methods: names.texts("the name of a method")? }
                }
            }
        }
        _ => Subject::Functions(yaml.texts("the name of a function")?),
    })
}

fn conditions(fields: &Fields<'_>) -> Result<Vec<Condition>> {
    let mut conditions = Vec::new();
    match (fields.get("keyword_arg_name"), fields.get("keyword_arg_value")) {
        (None, None) => {}
        (Some(name), Some(value)) => conditions.push(Condition {
            on: On::Argument(ArgumentPointer {
                position: None,
                keyword: Some(name.text("the name of a keyword")?.to_owned()),
            }),
            default: None,
            test: Test::Is(vec![literal(value)?]),
        }),
        (Some(name), None) => {
            return name
                .fail(Problem::LonelyKey { key: "keyword_arg_name", needs: "keyword_arg_value" });
        }
        (None, Some(value)) => {
            return value
                .fail(Problem::LonelyKey { key: "keyword_arg_value", needs: "keyword_arg_name" });
        }
    }
    match fields.get("argument") {
        None => {}
        Some(Yaml { content: YamlContent::List(items), .. }) => {
            for item in items {
                conditions.push(condition(item)?);
            }
        }
        Some(one) => conditions.push(condition(one)?),
    }
    Ok(conditions)
}

fn condition(yaml: &Yaml<'_>) -> Result<Condition> {
    const TESTS: &[&str] = &["is", "is_not", "matches", "matches_not"];
    const KEYS: &[&str] =
        &["keyword", "position", "attribute", "default", "is", "is_not", "matches", "matches_not"];
    let fields = Fields::new(yaml, "a mapping with `keyword` or `position`", KEYS)?;
    let on = match (argument(&fields, "position", "keyword")?, fields.get("attribute")) {
        (Some(argument), None) => On::Argument(argument),
        (None, Some(name)) => On::Attribute(name.text("the name of an attribute")?.to_owned()),
        (None, None) => return fields.missing("keyword"),
        (Some(_), Some(name)) => {
            return name.fail(Problem::ConflictingKeys { first: "keyword", second: "attribute" });
        }
    };
    let test = match fields.only_one(TESTS)? {
        None => Test::Given,
        Some(("is", values)) => Test::Is(literals(values)?),
        Some(("is_not", values)) => Test::IsNot(literals(values)?),
        Some(("matches", texts)) => Test::Matches(patterns(texts)?),
        Some((_, texts)) => Test::MatchesNot(patterns(texts)?),
    };
    let default = fields.get("default").map(literal).transpose()?;
    if let (Some(_), Test::Given) = (&default, &test) {
        return Err((fields.mark, Problem::LonelyKey { key: "default", needs: "is" }));
    }
    Ok(Condition { on, default, test })
}

fn effect(yaml: &Yaml<'_>) -> Result<Effect> {
    const KINDS: &[&str] = &["mutated_value", "views", "dependency", "consumed_value"];
    const KEYS: &[&str] = &["mutated_value", "views", "dependency", "consumed_value", "depth"];
    let fields = Fields::new(yaml, "a side effect", KEYS)?;
    let Some((kind, target)) = fields.only_one(KINDS)? else {
        return fields.missing("mutated_value");
    };
    let depth = match fields.get("depth") {
        None => Depth::Deep,
        Some(depth) if kind != "mutated_value" => {
            return depth.fail(Problem::LonelyKey { key: "depth", needs: "mutated_value" });
        }
        Some(depth) => match depth.text("`shallow` or `deep`")? {
            "shallow" => Depth::Shallow,
            "deep" => Depth::Deep,
            _ => return depth.unexpected("`shallow` or `deep`"),
        },
    };
    Ok(match kind {
        "views" => {
            let (mut values, mut external) = (Vec::new(), Vec::new());
            let pointers = match &target.content {
                YamlContent::List(items) => items,
                _ => std::slice::from_ref(target),
            };
            for item in pointers {
                match pointer(item)? {
                    Pointer::Value(value) => values.push(value),
                    Pointer::State(state) => external.push(state),
                }
            }
            Effect::Views { values, external }
        }
        kind => match (kind, pointer(target)?) {
            ("mutated_value", Pointer::Value(value)) => Effect::Mutates(value, depth),
            ("mutated_value", Pointer::State(state)) => Effect::Writes(state),
            ("dependency", Pointer::State(state)) => Effect::Reads(state),
            // That a call depends on its arguments goes without saying; LineaPy's files may say it.
            ("dependency", Pointer::Value(_)) => {
                Effect::Views { values: Vec::new(), external: Vec::new() }
            }
            (_, Pointer::Value(value)) => Effect::Consumes(value),
            (_, Pointer::State(_)) => return target.unexpected("a value"),
        },
    })
}

enum Pointer {
    Value(Value),
    State(StatePointer),
}

fn pointer(yaml: &Yaml<'_>) -> Result<Pointer> {
    const KEYS: &[&str] = &[
        "positional_argument_index",
        "argument_keyword",
        "all_positional_arguments",
        "all_arguments",
        "self_ref",
        "result",
        "external_state",
        "key",
    ];
    const WORDS: &[(&str, &str)] = &[
        ("all_positional_arguments", "ALL_POSITIONAL_ARGUMENTS"),
        ("all_arguments", "ALL_ARGUMENTS"),
        ("self_ref", "SELF_REF"),
        ("result", "RESULT"),
    ];
    const EXPECTED: &str = "a pointer to a value, such as `SELF_REF`, \
                            `positional_argument_index: 0` or `external_state: file_system`";
    if let YamlContent::Scalar { .. } = yaml.content {
        let word = yaml.text(EXPECTED)?;
        return match WORDS.iter().find(|(_, known)| *known == word) {
            Some((key, _)) => Ok(Pointer::Value(named_value(key))),
            None => yaml.unexpected(EXPECTED),
        };
    }
    let fields = Fields::new(yaml, EXPECTED, KEYS)?;
    let argument = argument(&fields, "positional_argument_index", "argument_keyword")?;
    let mut pointer = argument.map(|argument| {
        let key = match argument.position {
            Some(_) => "positional_argument_index",
            None => "argument_keyword",
        };
        (key, Pointer::Value(Value::Argument(argument)))
    });
    let mut set = |key, value: Pointer| match pointer.replace((key, value)) {
        None => Ok(()),
        Some((first, _)) => Err((fields.mark, Problem::ConflictingKeys { first, second: key })),
    };
    for (key, word) in WORDS {
        if let Some(yaml) = fields.get(key) {
            if yaml.text("the pointer's word in capitals")? != *word {
                return yaml.unexpected(word);
            }
            set(key, Pointer::Value(named_value(key)))?;
        }
    }
    if let Some(yaml) = fields.get("external_state") {
        let word = yaml.text("an external state")?;
        let state = word.parse().ok().filter(|state: &ExternalState| !state.is_recorded_only());
        let Some(state) = state else {
            let nearest = nearest(word, ExternalState::WORDS.iter().copied());
            return yaml.fail(Problem::UnknownState { word: word.to_owned(), nearest });
        };
        let keys = match fields.get("key") {
            None => Vec::new(),
            Some(Yaml { content: YamlContent::List(items), .. }) => {
                items.iter().map(state_key).collect::<Result<_>>()?
            }
            Some(one) => vec![state_key(one)?],
        };
        set("external_state", Pointer::State(StatePointer { state, keys }))?;
    } else if let Some(yaml) = fields.get("key") {
        return yaml.fail(Problem::LonelyKey { key: "key", needs: "external_state" });
    }
    match pointer {
        Some((_, pointer)) => Ok(pointer),
        None => yaml.unexpected(EXPECTED),
    }
}

fn named_value(key: &str) -> Value {
    match key {
        "all_positional_arguments" => Value::AllPositional,
        "all_arguments" => Value::AllArguments,
        "self_ref" => Value::Receiver,
        _ => Value::Result,
    }
}

fn state_key(yaml: &Yaml<'_>) -> Result<PartName> {
    if let YamlContent::Map(entries) = &yaml.content
        && let [(key, name)] = entries.as_slice()
        && key.text("a key")? == "name"
    {
        return Ok(PartName::Name(name.text("a name in quotes")?.to_owned()));
    }
    match pointer(yaml)? {
        Pointer::Value(value) => Ok(PartName::Value(value)),
        Pointer::State(_) => yaml.unexpected("a pointer to a value, or `name`"),
    }
}

fn argument(
    fields: &Fields<'_>,
    position: &'static str,
    keyword: &'static str,
) -> Result<Option<ArgumentPointer>> {
    let position = match fields.get(position) {
        None => None,
        Some(yaml) => match yaml.literal() {
            Some(Literal::Int(index)) if u32::try_from(index).is_ok() => u32::try_from(index).ok(),
            _ => return yaml.unexpected("a position counted from 0"),
        },
    };
    let keyword = match fields.get(keyword) {
        None => None,
        Some(yaml) => Some(yaml.text("the name of a keyword")?.to_owned()),
    };
    Ok((position.is_some() || keyword.is_some()).then_some(ArgumentPointer { position, keyword }))
}

fn releases(fields: &Fields<'_>) -> Result<Option<Releases>> {
    let Some(yaml) = fields.get("version") else { return Ok(None) };
    match yaml.text("a range of versions in quotes")?.parse() {
        Ok(releases) => Ok(Some(releases)),
        Err(error) => yaml.fail(Problem::Releases(error)),
    }
}

fn pattern(yaml: &Yaml<'_>) -> Result<Pattern> {
    Ok(Pattern::new(yaml.text("a pattern")?))
}

fn patterns(yaml: &Yaml<'_>) -> Result<Vec<Pattern>> {
    Ok(yaml.texts("a pattern")?.iter().map(|text| Pattern::new(text)).collect())
}

fn literal(yaml: &Yaml<'_>) -> Result<Literal> {
    match yaml.literal() {
        Some(literal) => Ok(literal),
        None => yaml.unexpected("a single value"),
    }
}

fn literals(yaml: &Yaml<'_>) -> Result<Vec<Literal>> {
    match &yaml.content {
        YamlContent::List(items) => items.iter().map(literal).collect(),
        _ => Ok(vec![literal(yaml)?]),
    }
}

/// A mapping by its known keys, each of which stands there once.
struct Fields<'a> {
    mark: Mark,
    entries: Vec<(&'static str, &'a Yaml<'a>)>,
    /// Whether it has no other keys: what seems to be missing may be one that is misspelt.
    all_known: bool,
}

impl<'a> Fields<'a> {
    /// Reads a mapping whose keys are all known.
    fn new(
        yaml: &'a Yaml<'a>,
        expected: &'static str,
        keys: &'static [&'static str],
    ) -> Result<Self> {
        let mut problems = Problems::default();
        let fields = Self::gather(yaml, expected, keys, &mut problems);
        match (fields, problems.0.into_iter().next()) {
            (_, Some(problem)) => Err(problem),
            (Some(fields), None) => Ok(fields),
            (None, None) => yaml.unexpected(expected),
        }
    }

    /// Reads a mapping, and leaves out the keys that are wrong.
    fn gather(
        yaml: &'a Yaml<'a>,
        expected: &'static str,
        keys: &'static [&'static str],
        problems: &mut Problems,
    ) -> Option<Self> {
        let YamlContent::Map(entries) = &yaml.content else {
            return problems.keep(yaml.unexpected(expected));
        };
        let mut fields = Self { mark: yaml.mark, entries: Vec::new(), all_known: true };
        for (key, value) in entries {
            match problems.keep(fields.known(key, keys)) {
                Some(name) => fields.entries.push((name, value)),
                None => fields.all_known = false,
            }
        }
        Some(fields)
    }

    /// The name of a key, if it is known and new.
    fn known(&self, key: &Yaml<'_>, keys: &'static [&'static str]) -> Result<&'static str> {
        let text = key.text("a key")?;
        match keys.iter().find(|name| **name == text) {
            Some(name) if self.get(name).is_some() => {
                key.fail(Problem::RepeatedKey(text.to_owned()))
            }
            Some(name) => Ok(name),
            None => {
                let nearest = nearest(text, keys.iter().copied());
                key.fail(Problem::UnknownKey { key: text.to_owned(), nearest })
            }
        }
    }

    fn get(&self, key: &str) -> Option<&'a Yaml<'a>> {
        self.entries.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    fn missing<T>(&self, key: &'static str) -> Result<T> {
        Err((self.mark, Problem::MissingKey(key)))
    }

    fn one_of(
        &self,
        first: &'static str,
        second: &'static str,
    ) -> Result<Option<(&'static str, &'a Yaml<'a>)>> {
        self.only_one(&[first, second])
    }

    /// The one of some keys that is there.
    fn only_one(&self, keys: &[&'static str]) -> Result<Option<(&'static str, &'a Yaml<'a>)>> {
        let mut found = None;
        for &key in keys {
            if let Some(value) = self.get(key) {
                if let Some((first, _)) = found {
                    return value.fail(Problem::ConflictingKeys { first, second: key });
                }
                found = Some((key, value));
            }
        }
        Ok(found)
    }
}

/// The word that was probably meant, if one is near enough.
fn nearest(word: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
