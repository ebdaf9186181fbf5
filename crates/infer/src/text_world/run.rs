//! Run: statements and expressions that are run to make objects.

use std::collections::BTreeMap;
use std::rc::Rc;

use clew_graph::{Literal, Operator};
use clew_syntax::summary::{Dispatch, StepKind, Summary};
use clew_syntax::{Expr, ExprKind, Statement, StatementKind, Target, Template};

use super::{CallParts, ClassParts, Content, Function, LIBRARY, Refusal, TextWorld};
use crate::world::{Address, ObjectKind, World};

/// Where statements are run.
#[derive(Clone)]
struct Scope {
    /// The variables that they bind.
    variables: Address,
    /// The variables of functions around them, from the outside in.
    around: Vec<Address>,
    /// The class whose body they are.
    class: Option<Address>,
    /// The line of the module on which the text begins, from 1.
    line: u32,
}

/// What a call passes.
#[derive(Default)]
struct PassedAddresses {
    positional: Vec<Address>,
    keyword: Vec<(Rc<str>, Address)>,
}

impl TextWorld {
    pub(super) fn run_module(&mut self, text: &str) -> Result<(), Refusal> {
        let scope = Scope { variables: self.variables, around: Vec::new(), class: None, line: 1 };
        self.run(text, &scope).map(|_| ())
    }

    pub(super) fn call_parts(&mut self, call: &str) -> Result<CallParts, Refusal> {
        let scope = Scope { variables: self.variables, around: Vec::new(), class: None, line: 1 };
        let expression = parse_expression(call)?;
        let ExprKind::Call { function, .. } = &expression.kind else {
            return Err(format!("`{call}` is no call"));
        };
        let callable = self.evaluate(function, &scope)?;
        let passed = self.passed(&expression, &scope)?;
        let callee = self.callee(callable);
        let mut roots = vec![callee.receiver.unwrap_or(0)];
        roots.extend(&passed.positional);
        roots.extend(passed.keyword.iter().map(|(_, value)| value));
        let keywords = passed.keyword.into_iter().map(|(name, _)| name).collect();
        let is_function = self.kind(callee.function) == ObjectKind::Function;
        let callable = if is_function { callee.function } else { callable };
        Ok(CallParts { callable, roots, keywords })
    }

    /// Runs statements until one returns.
    fn run(&mut self, text: &str, scope: &Scope) -> Result<Option<Address>, Refusal> {
        let unit = clew_syntax::parse(text).map_err(|error| error.to_string())?;
        for &id in unit.top() {
            let statement = unit.statement(id);
            let source = &text[statement.range.start as usize..statement.range.end as usize];
            match (&statement.template, statement.kind) {
                (Template::Assign { value, targets }, _) => {
                    let value = self.evaluate(value, scope)?;
                    for target in targets {
                        self.assign(target, value, scope)?;
                    }
                }
                (Template::Import(aliases), _) => {
                    for alias in aliases {
                        let module = self.imported(&alias.module);
                        let value = match &alias.name {
                            Some(name) => self.attribute_value(module, name)?,
                            None => module,
                        };
                        self.bind_variable(scope.variables, &alias.binding, value);
                    }
                }
                (_, StatementKind::Function) => self.define(text, statement, scope)?,
                (_, StatementKind::Class) => self.define_class(text, statement, scope)?,
                (_, StatementKind::Return) => {
                    let value = source.trim_start_matches("return").trim();
                    if value.is_empty() {
                        return Ok(None);
                    }
                    return self.evaluate(&parse_expression(value)?, scope).map(Some);
                }
                (Template::Expression(expression), StatementKind::Expression) => {
                    self.evaluate(expression, scope)?;
                }
                _ => {}
            }
        }
        Ok(None)
    }

    fn assign(&mut self, target: &Target, value: Address, scope: &Scope) -> Result<(), Refusal> {
        match target {
            Target::Name { name, .. } => self.bind_variable(scope.variables, name, value),
            Target::Attribute { object, name, .. } => {
                let object = self.evaluate(object, scope)?;
                self.object_mut(object).own.insert(Rc::from(name.as_str()), value);
            }
            Target::Item { object, index, .. } => {
                let (object, index) = (self.evaluate(object, scope)?, self.evaluate(index, scope)?);
                let key = match self.constant(index) {
                    Some(Literal::Str(key)) => key,
                    _ => format!("#{index}"),
                };
                match &mut self.object_mut(object).content {
                    Content::Entries(entries) => {
                        entries.insert(Rc::from(key), value);
                    }
                    Content::Items(items) => items.push(value),
                    _ => {}
                }
            }
            Target::Sequence { .. } | Target::Starred(_) => {}
        }
        Ok(())
    }

    fn define(&mut self, text: &str, statement: &Statement, scope: &Scope) -> Result<(), Refusal> {
        let (start, header) = (statement.range.start as usize, statement.header);
        let heading = &text[header.start as usize..header.end as usize];
        let line = scope.line + lines(&text[..start]);
        let name =
            heading.trim_start_matches("async").trim_start().trim_start_matches("def").trim();
        let name: Rc<str> = Rc::from(name.split('(').next().unwrap_or_default().trim());
        let summary = self.summaries.find(&name, line).cloned().map(Rc::new);
        let mut defaults = Vec::new();
        let mut keyword_defaults = BTreeMap::new();
        for (parameter, default, keyword_only) in parameters(heading) {
            let Some(default) = default else { continue };
            let value = self.evaluate(&parse_expression(default)?, scope)?;
            match keyword_only {
                true => drop(keyword_defaults.insert(Rc::from(parameter), value)),
                false => defaults.push(value),
            }
        }
        let free = self.free_of(summary.as_deref(), scope);
        let (function, code) = (self.builtin("function"), self.builtin("code"));
        let code = self.add(code, Content::Plain);
        let body = &text[header.end as usize..statement.range.end as usize];
        let body = (dedent(body), scope.line + lines(&text[..header.end as usize]));
        let made = self.add(
            function,
            Content::Function(Rc::new(Function {
                name: Rc::clone(&name),
                summary,
                generated: None,
                code,
                free,
                defaults,
                keyword_defaults,
                body,
                around: scope.around.clone(),
            })),
        );
        let value = self.decorate(&text[start..header.start as usize], made, scope)?;
        self.bind_variable(scope.variables, &name, value);
        Ok(())
    }

    /// The cells of the variables of functions around one that it uses.
    fn free_of(&mut self, summary: Option<&Summary>, scope: &Scope) -> Vec<(Rc<str>, Address)> {
        let mut free: Vec<(Rc<str>, Address)> = Vec::new();
        for step in summary.map_or(&[][..], |summary| &summary.steps) {
            let name: &str = match &step.kind {
                StepKind::Global(name) | StepKind::Free(name) | StepKind::BindFree(name, _) => name,
                StepKind::Call(Dispatch::Super(_), _) => "__class__",
                _ => continue,
            };
            if free.iter().any(|(known, _)| &**known == name) {
                continue;
            }
            let holds = |variables: &&Address| {
                self.entries(**variables).is_some_and(|entries| entries.contains_key(name))
            };
            let home = match (name, scope.class) {
                ("__class__", Some(_)) => Some(scope.variables),
                _ => scope.around.iter().rev().find(holds).copied(),
            };
            if let Some(variables) = home {
                let name: Rc<str> = Rc::from(name);
                let class = self.builtin("cell");
                let known = self.cells.get(&(variables, Rc::clone(&name))).copied();
                let cell = known.unwrap_or_else(|| {
                    self.add(class, Content::Cell { variables, name: Rc::clone(&name) })
                });
                self.cells.insert((variables, Rc::clone(&name)), cell);
                free.push((name, cell));
            }
        }
        free
    }

    fn decorate(
        &mut self,
        decorators: &str,
        made: Address,
        scope: &Scope,
    ) -> Result<Address, Refusal> {
        let mut value = made;
        let decorators: Vec<&str> =
            decorators.split('@').map(str::trim).filter(|it| !it.is_empty()).collect();
        for decorator in decorators.into_iter().rev() {
            let decorator = decorator.trim_end_matches("async").trim();
            let callable = self.evaluate(&parse_expression(decorator)?, scope)?;
            let passed = PassedAddresses { positional: vec![value], keyword: Vec::new() };
            value = self.call_object(callable, passed)?;
        }
        Ok(value)
    }

    fn define_class(
        &mut self,
        text: &str,
        statement: &Statement,
        scope: &Scope,
    ) -> Result<(), Refusal> {
        let (start, header) = (statement.range.start as usize, statement.header);
        let heading = text[header.start as usize..header.end as usize].trim_start_matches("class");
        let heading = heading.trim().trim_end_matches(':');
        let name: Rc<str> = Rc::from(heading.split('(').next().unwrap_or_default().trim());
        let bases = match parse_expression(heading) {
            Ok(call @ Expr { kind: ExprKind::Call { .. }, .. }) => {
                self.passed(&call, scope)?.positional
            }
            _ => Vec::new(),
        };
        let address = self.objects.len() + 1;
        let mut order = vec![address];
        for &base in bases.iter().chain(&[self.builtin("object")]) {
            // A base comes before its own bases, however many classes have them.
            let of_base = self.order(base).to_vec();
            order.retain(|known| !of_base.contains(known));
            order.extend(of_base);
        }
        let (kind, dict) = (self.builtin("type"), self.builtin("dict"));
        let parts = ClassParts { name: Rc::clone(&name), dynamic: true, order };
        let class = self.add(kind, Content::Class(parts));
        let variables = self.add(dict, Content::Entries(BTreeMap::new()));
        let within = Scope {
            variables,
            around: scope.around.clone(),
            class: Some(class),
            line: scope.line + lines(&text[..header.end as usize]),
        };
        self.run(&dedent(&text[header.end as usize..statement.range.end as usize]), &within)?;
        let held = self.entries(variables).cloned().unwrap_or_default();
        self.object_mut(class).own = held;
        self.bind_variable(variables, "__class__", class);
        let value = self.decorate(&text[start..header.start as usize], class, scope)?;
        self.bind_variable(scope.variables, &name, value);
        Ok(())
    }

    fn evaluate(&mut self, expression: &Expr, scope: &Scope) -> Result<Address, Refusal> {
        match &expression.kind {
            ExprKind::Literal(literal) => Ok(self.make_constant(match literal {
                Literal::None => return self.find_name("None", scope),
                Literal::Bool(true) => return self.find_name("True", scope),
                Literal::Bool(false) => return self.find_name("False", scope),
                literal => literal.clone(),
            })),
            ExprKind::Name(name) => self.find_name(name, scope),
            ExprKind::Call { function, .. } => {
                let callable = self.evaluate(function, scope)?;
                let passed = self.passed(expression, scope)?;
                self.call_object(callable, passed)
            }
            ExprKind::Operator { operator, operands } => {
                let mut values = Vec::new();
                for operand in operands {
                    values.push(self.evaluate(&operand.value, scope)?);
                }
                self.operate(*operator, &values)
            }
        }
    }

    fn find_name(&self, name: &str, scope: &Scope) -> Result<Address, Refusal> {
        let spaces = std::iter::once(scope.variables).chain(scope.around.iter().rev().copied());
        spaces
            .chain([self.variables, self.builtins])
            .find_map(|variables| self.entries(variables)?.get(name).copied())
            .ok_or_else(|| format!("there is no variable `{name}`"))
    }

    fn operate(&mut self, operator: Operator, values: &[Address]) -> Result<Address, Refusal> {
        let make = |world: &mut Self, name: &str| {
            let class = world.builtin(name);
            Ok(world.add(class, Content::Items(values.to_vec())))
        };
        match operator {
            Operator::List => make(self, "list"),
            Operator::Tuple => make(self, "tuple"),
            Operator::Set => make(self, "set"),
            Operator::Dict => {
                let mut entries = BTreeMap::new();
                for pair in values.chunks(2) {
                    let [key, value] = pair else { continue };
                    let name = match self.constant(*key) {
                        Some(Literal::Str(name)) => name,
                        _ => format!("#{key}"),
                    };
                    entries.insert(Rc::from(name), *value);
                }
                let class = self.builtin("dict");
                Ok(self.add(class, Content::Entries(entries)))
            }
            Operator::GetAttribute => match (values, values.get(1).map(|&it| self.constant(it))) {
                (&[object, ..], Some(Some(Literal::Str(name)))) => {
                    self.attribute_value(object, &name)
                }
                _ => Ok(self.make_unknown()),
            },
            _ => Ok(self.make_unknown()),
        }
    }

    fn passed(&mut self, call: &Expr, scope: &Scope) -> Result<PassedAddresses, Refusal> {
        let mut passed = PassedAddresses::default();
        let ExprKind::Call { positional, keyword, .. } = &call.kind else { return Ok(passed) };
        for argument in positional {
            passed.positional.push(self.evaluate(&argument.value, scope)?);
        }
        for (name, value) in keyword {
            let value = self.evaluate(value, scope)?;
            passed.keyword.push((Rc::from(name.as_deref().unwrap_or_default()), value));
        }
        Ok(passed)
    }

    fn attribute_value(&mut self, object: Address, name: &str) -> Result<Address, Refusal> {
        let missing = || format!("no attribute `{name}` is there");
        if self.kind(object) == ObjectKind::Module {
            let variables = self.module_variables(object);
            let found = self.entries(variables).and_then(|held| held.get(name)).copied();
            return found.ok_or_else(missing);
        }
        let (found, owner) = match self.kind(object) {
            ObjectKind::Class => (self.lookup(object, name), Some(object)),
            _ => match self.own(object, name) {
                Some(own) => return Ok(own),
                None => (self.lookup(self.class_of(object), name), None),
            },
        };
        let found = found.ok_or_else(missing)?;
        let method = self.builtin("method");
        match &self.object(found).content {
            Content::Function(_) | Content::Native { .. } if owner.is_none() => {
                Ok(self.add(method, Content::Bound { function: found, receiver: object }))
            }
            &Content::Descriptor { kind, parts } => match (kind, owner) {
                (ObjectKind::StaticMethod, _) => parts[3].ok_or_else(missing),
                (ObjectKind::ClassMethod, _) => {
                    let class = owner.unwrap_or_else(|| self.class_of(object));
                    let function = parts[3].ok_or_else(missing)?;
                    Ok(self.add(method, Content::Bound { function, receiver: class }))
                }
                (ObjectKind::Property, None) => {
                    let getter = parts[0].ok_or_else(missing)?;
                    let passed = PassedAddresses { positional: vec![object], keyword: Vec::new() };
                    self.call_object(getter, passed)
                }
                _ => Ok(found),
            },
            _ => Ok(found),
        }
    }

    fn call_object(
        &mut self,
        callable: Address,
        mut passed: PassedAddresses,
    ) -> Result<Address, Refusal> {
        match &self.object(callable).content {
            Content::Function(function) => {
                let function = Rc::clone(function);
                self.call_function(&function, passed)
            }
            &Content::Bound { function, receiver } => {
                passed.positional.insert(0, receiver);
                self.call_object(function, passed)
            }
            Content::Class(parts) if parts.dynamic => self.instantiate(callable, passed),
            Content::Class(parts) => {
                let name = Rc::clone(&parts.name);
                self.make_builtin(callable, &name, passed)
            }
            Content::Native { module, name, owner } => {
                let (module, name, owner) = (*module, *name, *owner);
                self.call_native((module, name), owner, passed)
            }
            _ => Ok(self.make_unknown()),
        }
    }

    fn call_native(
        &mut self,
        function: (&str, &str),
        owner: Option<Address>,
        passed: PassedAddresses,
    ) -> Result<Address, Refusal> {
        let first = passed.positional.first().copied();
        match (function, first) {
            (("functools", "lru_cache"), Some(wrapped)) => {
                let class = self.builtin("_lru_cache_wrapper");
                let made = self.add(class, Content::Plain);
                self.object_mut(made).own.insert(Rc::from("__wrapped__"), wrapped);
                Ok(made)
            }
            // `wraps(f)(g)` is `g`: what it copies does not count.
            (("functools", "wraps"), Some(_)) => self.find_native("functools", "wraps_this"),
            (("functools", "wraps_this"), Some(wrapper)) => Ok(wrapper),
            (("dataclasses", "dataclass"), Some(class)) => {
                self.write_methods(class);
                Ok(class)
            }
            (("builtins", "setter"), Some(property)) if owner.is_some() => {
                let content = match self.object(property).content {
                    Content::Descriptor { parts: [getter, ..], .. } => Content::Descriptor {
                        kind: ObjectKind::Property,
                        parts: [getter, passed.positional.get(1).copied(), None, None],
                    },
                    _ => Content::Plain,
                };
                let class = self.builtin("property");
                Ok(self.add(class, content))
            }
            _ => Ok(self.make_unknown()),
        }
    }

    fn find_native(
        &mut self,
        module: &'static str,
        name: &'static str,
    ) -> Result<Address, Refusal> {
        let class = self.builtin("builtin_function_or_method");
        Ok(self.add(class, Content::Native { module, name, owner: None }))
    }

    /// Gives a class the `__init__` that `dataclasses` writes.
    fn write_methods(&mut self, class: Address) {
        let names: Vec<String> = self
            .object(class)
            .own
            .keys()
            .filter(|it| !it.starts_with("__"))
            .map(|it| it.to_string())
            .collect();
        let mut names = names;
        names.insert(0, "self".to_owned());
        let (function, code) = (self.builtin("function"), self.builtin("code"));
        let code = self.add(code, Content::Plain);
        let made = Function {
            name: Rc::from("__init__"),
            summary: None,
            generated: Some(names),
            code,
            free: Vec::new(),
            defaults: Vec::new(),
            keyword_defaults: BTreeMap::new(),
            body: (String::new(), 1),
            around: Vec::new(),
        };
        let made = self.add(function, Content::Function(Rc::new(made)));
        self.object_mut(class).own.insert(Rc::from("__init__"), made);
    }

    fn instantiate(
        &mut self,
        class: Address,
        mut passed: PassedAddresses,
    ) -> Result<Address, Refusal> {
        let content = match self
            .order(class)
            .iter()
            .find_map(|&base| self.class_parts(base).filter(|it| !it.dynamic))
        {
            Some(parts) if matches!(&*parts.name, "list" | "tuple" | "set") => {
                Content::Items(Vec::new())
            }
            Some(parts) if &*parts.name == "dict" => Content::Entries(BTreeMap::new()),
            _ => Content::Plain,
        };
        let made = self.add(class, content);
        let init = self.lookup(class, "__init__");
        if let Some(function) = init.and_then(|init| self.function(init)).cloned() {
            passed.positional.insert(0, made);
            if let Some(names) = &function.generated {
                for (name, value) in names.iter().zip(passed.positional).skip(1) {
                    self.object_mut(made).own.insert(Rc::from(name.as_str()), value);
                }
                return Ok(made);
            }
            self.call_function(&function, passed)?;
        }
        Ok(made)
    }

    fn make_builtin(
        &mut self,
        class: Address,
        name: &str,
        passed: PassedAddresses,
    ) -> Result<Address, Refusal> {
        let first = passed.positional.first().copied();
        let descriptor = |kind, parts| Content::Descriptor { kind, parts };
        let content = match (name, first) {
            ("property", getter) => descriptor(ObjectKind::Property, [getter, None, None, None]),
            ("staticmethod", function) => {
                descriptor(ObjectKind::StaticMethod, [None, None, None, function])
            }
            ("classmethod", function) => {
                descriptor(ObjectKind::ClassMethod, [None, None, None, function])
            }
            ("dict", _) => Content::Entries(passed.keyword.iter().cloned().collect()),
            ("list" | "tuple" | "set" | "frozenset", of) => {
                Content::Items(match of.map(|of| &self.object(of).content) {
                    Some(Content::Items(items)) => items.clone(),
                    _ => Vec::new(),
                })
            }
            _ => Content::Plain,
        };
        let made = self.add(class, content);
        if name == "partial" {
            let (tuple, dict) = (self.builtin("tuple"), self.builtin("dict"));
            let args = passed.positional.iter().skip(1).copied().collect();
            let args = self.add(tuple, Content::Items(args));
            let keywords = self.add(dict, Content::Entries(passed.keyword.into_iter().collect()));
            let own = [("func", first.unwrap_or(0)), ("args", args), ("keywords", keywords)];
            self.object_mut(made).own = own.map(|(name, value)| (Rc::from(name), value)).into();
        }
        Ok(made)
    }

    fn call_function(
        &mut self,
        function: &Function,
        passed: PassedAddresses,
    ) -> Result<Address, Refusal> {
        let dict = self.builtin("dict");
        let variables = self.add(dict, Content::Entries(BTreeMap::new()));
        let parameters =
            function.summary.as_ref().map(|summary| summary.parameters.clone()).unwrap_or_default();
        let names = &parameters.positional;
        for (at, name) in names.iter().enumerate() {
            let from_last = names.len() - 1 - at;
            let keyword = passed.keyword.iter().find(|(known, _)| **known == **name);
            let value = passed.positional.get(at).copied();
            let value = value.or(keyword.map(|(_, value)| *value));
            let default = || function.defaults.iter().rev().nth(from_last).copied();
            if let Some(value) = value.or_else(default) {
                self.bind_variable(variables, name, value);
            }
        }
        for (name, value) in function
            .keyword_defaults
            .iter()
            .chain(passed.keyword.iter().map(|(name, value)| (name, value)))
        {
            self.bind_variable(variables, name, *value);
        }
        if function.summary.as_ref().is_some_and(|summary| summary.generator) {
            let class = self.builtin("generator");
            return Ok(self.add(class, Content::Plain));
        }
        let mut around = function.around.clone();
        around.push(variables);
        let scope = Scope { variables, around, class: None, line: function.body.1 };
        let returned = self.run(&function.body.0, &scope)?;
        match returned {
            Some(returned) => Ok(returned),
            None => self.find_name("None", &scope),
        }
    }
}

/// The names that a function uses of those outside of it.
pub(super) fn names_used(summary: &Summary) -> Vec<String> {
    let steps = summary.steps.iter();
    steps
        .filter_map(|step| match &step.kind {
            StepKind::Global(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn parse_expression(text: &str) -> Result<Expr, Refusal> {
    let text = format!("({text})");
    let unit = clew_syntax::parse(&text).map_err(|error| error.to_string())?;
    match unit.statements() {
        [Statement { template: Template::Expression(expression), .. }] => Ok(expression.clone()),
        _ => Err(format!("{text} is no expression, in {LIBRARY}")),
    }
}

/// How many lines end in a text.
fn lines(text: &str) -> u32 {
    text.bytes().filter(|&byte| byte == b'\n').count() as u32
}

/// A suite as a text of its own: each line without the indentation of the first.
fn dedent(suite: &str) -> String {
    let first = suite.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if !suite.starts_with(['\n', '#']) && suite.lines().next() == Some(first) {
        return suite.trim_start().to_owned();
    }
    let indent = first.len() - first.trim_start().len();
    let lines = suite.lines().map(|line| line.get(indent..).unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The parameters in the header of a function: each with its default, and whether it is passed by
/// keyword only.
fn parameters(header: &str) -> Vec<(&str, Option<&str>, bool)> {
    let Some(open) = header.find('(') else { return Vec::new() };
    let (mut depth, mut start) = (0_i32, open + 1);
    let mut parts = Vec::new();
    for (at, byte) in header.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 1 && byte == b',' || depth == 0 {
            parts.push(header[start..at].trim());
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    let mut keyword_only = false;
    let mut found = Vec::new();
    for part in parts {
        keyword_only |= part.starts_with('*') && !part.starts_with("**");
        if part.is_empty() || part.starts_with(['*', '/']) {
            continue;
        }
        let (declared, default) = match part.split_once('=') {
            Some((declared, default)) => (declared, Some(default.trim())),
            None => (part, None),
        };
        let name = declared.split(':').next().unwrap_or_default().trim();
        found.push((name, default, keyword_only));
    }
    found
}
