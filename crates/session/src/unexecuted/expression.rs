//! Expression: what one would make, and what making it may do.

use std::collections::BTreeSet;

use clew_effects::{CallShape, Effects, ExternalState, StateKey, operator};
use clew_graph::{Literal, Operator};
use clew_syntax::{Expr, ExprKind, Operand, Read, Spelling, names_in};

use super::call::{Passed, plain_path, splits};
use super::outside::OPAQUE;
use super::scene::Scene;
use super::value::{Nature, TextValue};

/// Built-in functions whose results never change.
const PLAIN: [&str; 24] = [
    "abs",
    "ascii",
    "bin",
    "bool",
    "bytes",
    "callable",
    "chr",
    "complex",
    "float",
    "format",
    "hasattr",
    "hash",
    "hex",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "len",
    "oct",
    "ord",
    "range",
    "repr",
    "round",
    "str",
];
/// Built-in classes of which nothing moves forward when it is gone through.
const CONTAINERS: [&str; 4] = ["dict", "frozenset", "list", "set"];
/// Functions and methods that look for variables of their caller's in a text.
const EVALUATING: [&str; 11] = [
    "dmatrices",
    "dmatrix",
    "eval",
    "evaluate",
    "execute",
    "query",
    "query_df",
    "re_evaluate",
    "run",
    "sql",
    "sqldf",
];
/// Magics on which no value hangs.
const INERT: [&str; 17] = [
    "autoreload",
    "conda",
    "config",
    "html",
    "HTML",
    "javascript",
    "latex",
    "load_ext",
    "markdown",
    "matplotlib",
    "pip",
    "reload_ext",
    "svg",
    "timeit",
    "who",
    "whos",
    "xmode",
];
/// Magics that may change files and no variable.
const SHELLS: [&str; 4] = ["bash", "script", "sh", "writefile"];

/// Attributes of frames and arrays that lead to more of them. Others may be anybody's.
const PARTS: [&str; 16] = [
    "T", "at", "cat", "columns", "dt", "flat", "iat", "iloc", "imag", "index", "loc", "real",
    "shape", "size", "str", "values",
];

impl Scene<'_> {
    /// What an expression makes. `text` is what its ranges are of.
    pub(super) fn evaluate(&mut self, expression: &Expr, text: &str) -> TextValue {
        stacker::maybe_grow(64 * 1024, 2 * 1024 * 1024, || match &expression.kind {
            ExprKind::Name(name) => self.named(name),
            ExprKind::Literal(literal) => TextValue::of(Nature::Literal(literal.clone())),
            ExprKind::Call { function, positional, keyword } => {
                let (receiver, method) = self.callee(function, text);
                let mut passed = Passed { receiver, ..Passed::default() };
                for operand in positional {
                    passed.positional.push(self.operand(operand, text));
                }
                for (name, value) in keyword {
                    let value = self.evaluate(value, text);
                    passed.keyword.push((name.clone(), value));
                }
                self.call(method.as_deref(), &passed)
            }
            ExprKind::Operator { operator, operands } => {
                let range = expression.range;
                self.operator(*operator, operands, range.of(text), text)
            }
        })
    }

    fn operand(&mut self, operand: &Operand, text: &str) -> TextValue {
        let mut value = self.evaluate(&operand.value, text);
        if operand.starred {
            self.consume(&value);
            value.known = Nature::Nothing;
        }
        value
    }

    /// What is called: a value with the name of its method, or a value by itself.
    fn callee(&mut self, function: &Expr, text: &str) -> (TextValue, Option<String>) {
        if let ExprKind::Operator { operator: Operator::GetAttribute, operands } = &function.kind
            && let [object, name] = operands.as_slice()
            && let ExprKind::Literal(Literal::Str(name)) = &name.value.kind
        {
            return (self.evaluate(&object.value, text), Some(name.clone()));
        }
        (self.evaluate(function, text), None)
    }

    /// A call of a value, or of a method of it.
    pub(super) fn call(&mut self, method: Option<&str>, passed: &Passed) -> TextValue {
        let runs: BTreeSet<_> = passed.all().flat_map(|value| value.runs.iter().copied()).collect();
        self.run(runs.iter().copied());
        let shape = passed.shape();
        let path = passed.receiver.path().map(|path| match method {
            Some(name) => format!("{path}.{name}"),
            None => path.to_owned(),
        });
        if self.is_opaque(path.as_deref(), method, passed) {
            self.anything();
        }
        self.read_in_texts(method.or(path.as_deref()), passed);
        let known = match (&path, method) {
            (Some(path), _) => self.of_path(path, &shape),
            (None, Some(name)) => self.of_method(&passed.receiver, name, &shape),
            (None, None) => None,
        };
        let is_known = known.is_some();
        let effects = known.unwrap_or_else(|| self.of_unknown(method, &shape));
        let mut result = match &path {
            Some(path) => self.call_imported(path, is_known, &effects, passed, method.is_some()),
            None => self.land(&effects, passed),
        };
        result.known = match &path {
            Some(path) if is_known => made_by(path),
            _ => match &passed.receiver.known {
                Nature::Made(package) if is_known => Nature::Made(package.clone()),
                _ => Nature::Nothing,
            },
        };
        // An instance of one of the text's classes runs what they hold.
        result.runs.extend(runs);
        result
    }

    /// A call of something that was imported: where no rule is about it, it may change what its package keeps
    /// to itself.
    fn call_imported(
        &mut self,
        path: &str,
        is_known: bool,
        effects: &Effects,
        passed: &Passed,
        is_method: bool,
    ) -> TextValue {
        if !is_known {
            self.run_unknown(path);
            self.touch_files_named(passed);
        }
        let mut passed = passed.clone();
        if !is_method || matches!(passed.receiver.known, Nature::Module(_)) {
            passed.receiver.shares.clear();
        }
        self.land(effects, &passed)
    }

    /// Variables that are named in texts which a library evaluates.
    fn read_in_texts(&mut self, name: Option<&str>, passed: &Passed) {
        let name = name.and_then(|name| name.rsplit('.').next()).unwrap_or_default();
        for value in passed.all() {
            let Nature::Literal(Literal::Str(text)) = &value.known else { continue };
            let spelling = match EVALUATING.contains(&name) {
                true => Spelling::Plain,
                false => Spelling::Formula,
            };
            let names = names_in(text, spelling).into_iter();
            self.step.reads.extend(names.filter(|name| self.variables.contains_key(name)));
        }
    }

    /// Whether a call may do anything to the variables.
    fn is_opaque(&mut self, path: Option<&str>, method: Option<&str>, passed: &Passed) -> bool {
        if path.is_some_and(|path| OPAQUE.contains(&path)) {
            return true;
        }
        match method {
            Some("run_line_magic" | "run_cell_magic") => {
                let magic = passed.positional.first().map(|value| &value.known);
                let Some(Nature::Literal(Literal::Str(name))) = magic else { return true };
                if SHELLS.contains(&name.as_str()) {
                    self.touch_files();
                    return false;
                }
                !INERT.contains(&name.as_str())
            }
            Some("system" | "getoutput") => {
                self.touch_files();
                false
            }
            _ => false,
        }
    }

    /// What nobody knows may read and write the files whose names it is given.
    fn touch_files_named(&mut self, passed: &Passed) {
        for value in passed.all() {
            if let Nature::Literal(Literal::Str(text)) = &value.known
                && let Some(path) = plain_path(text)
            {
                let file = StateKey::part(ExternalState::FileSystem, path);
                self.step.states_read.insert(file.clone());
                self.step.states_written.insert(file);
            }
        }
    }

    fn touch_files(&mut self) {
        let files = StateKey::whole(ExternalState::FileSystem);
        self.step.states_read.insert(files.clone());
        self.step.states_written.insert(files);
    }

    /// What an operator makes of its operands; `own` is its text.
    fn operator(
        &mut self,
        operator: Operator,
        operands: &[Operand],
        own: &str,
        text: &str,
    ) -> TextValue {
        if let (Operator::GetAttribute, [object, name]) = (operator, operands)
            && let ExprKind::Literal(Literal::Str(name)) = &name.value.kind
        {
            let object = self.evaluate(&object.value, text);
            if object.path().is_some_and(|path| path.starts_with("matplotlib")) {
                let settings = StateKey::part(ExternalState::Pyplot, "settings");
                self.step.states_read.insert(settings);
            }
            return attribute(object, name);
        }
        let passed = Passed {
            positional: operands.iter().map(|operand| self.operand(operand, text)).collect(),
            ..Passed::default()
        };
        if operator == Operator::Evaluate {
            return self.rough(&passed.positional, own);
        }
        let effects = self.of_operator(operator, &passed);
        let mut result = self.land(&effects, &passed);
        let first = passed.positional.first().map(|value| &value.known);
        result.known = match operator {
            Operator::List => Nature::Instance("builtins", "list"),
            Operator::Dict => Nature::Instance("builtins", "dict"),
            Operator::Set => Nature::Instance("builtins", "set"),
            Operator::Tuple => Nature::Instance("builtins", "tuple"),
            Operator::Format => Nature::Instance("builtins", "str"),
            Operator::Not => Nature::Plain,
            _ if !passed.positional.is_empty()
                && passed.positional.iter().all(TextValue::is_fixed) =>
            {
                Nature::Plain
            }
            _ => match first {
                Some(Nature::Made(package)) => Nature::Made(package.clone()),
                _ => Nature::Nothing,
            },
        };
        result
    }

    fn of_operator(&self, kind: Operator, passed: &Passed) -> Effects {
        let shape = passed.shape();
        let rule = operator::method(kind)
            .and_then(|method| self.of_method(passed.positional.first()?, method, &shape));
        match rule {
            Some(effects) => effects.unbound(),
            None => operator::effects(kind),
        }
    }

    /// An expression that is known by the names in it alone.
    fn rough(&mut self, values: &[TextValue], own: &str) -> TextValue {
        let calls = own.contains('(') && !own.starts_with("lambda");
        let mut result = TextValue::default();
        for value in values {
            if calls && !matches!(&value.known, Nature::Module(path) if self.has_rules(path)) {
                self.mutate(value);
            }
            self.consume(value);
            result.add(value);
        }
        if calls {
            self.run(result.runs.clone());
            self.touch_states_of_text(own);
        }
        if own.starts_with(['[', '{']) {
            result.known = Nature::Instance("builtins", "list");
        }
        result
    }

    fn touch_states_of_text(&mut self, own: &str) {
        if let Ok(unit) = clew_syntax::parse(own) {
            let reads: Vec<Read> =
                unit.statements().iter().flat_map(|known| known.whole.reads.clone()).collect();
            let end = u32::try_from(own.len()).unwrap_or(u32::MAX);
            self.touch_states_of(&unit, &reads, clew_syntax::Range::new(0, end));
        }
    }

    /// Goes through a value; gives what it gives.
    pub(super) fn iterate(&mut self, value: &TextValue) -> TextValue {
        self.consume(value);
        let mut item = value.clone();
        item.known = match &value.known {
            Nature::Made(package) => Nature::Made(package.clone()),
            Nature::Literal(Literal::Str(_)) | Nature::Plain => Nature::Plain,
            _ => Nature::Nothing,
        };
        item
    }

    /// What nobody knows does to a value that it is given by the language itself, such as `with`.
    pub(super) fn enter(&mut self, value: &TextValue) {
        let shape = CallShape::default();
        let passed = Passed { receiver: value.clone(), ..Passed::default() };
        let effects = match self.of_method(value, "__enter__", &shape) {
            Some(effects) => effects,
            None => Effects::assumed(),
        };
        self.land(&effects, &passed);
        self.run(value.runs.clone());
    }
}

fn attribute(mut object: TextValue, name: &str) -> TextValue {
    object.known = match &object.known {
        Nature::Path(path) | Nature::Module(path) => Nature::Path(format!("{path}.{name}")),
        Nature::Made(package) if PARTS.contains(&name) => Nature::Made(package.clone()),
        _ => Nature::Nothing,
    };
    object
}

/// What a function that rules speak of makes.
fn made_by(path: &str) -> Nature {
    match splits(path).next() {
        Some(("builtins", name)) if PLAIN.contains(&name) => Nature::Plain,
        Some(("builtins", name)) => CONTAINERS
            .iter()
            .find(|known| **known == name)
            .map_or(Nature::Nothing, |name| Nature::Instance("builtins", name)),
        _ => Nature::Made(path.split('.').next().unwrap_or(path).to_owned()),
    }
}
