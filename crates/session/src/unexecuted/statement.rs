//! Statement: what one that never ran may do.

use std::sync::Arc;

use clew_effects::{ExternalState, StateKey};
use clew_graph::Operator;
use clew_syntax::{
    Access, Expr, ExprKind, ImportAlias, Range, Statement, StatementKind, Suite, Target, Template,
    Unit,
};

use super::scene::Scene;
use super::value::{Nature, TextValue};

impl Scene<'_> {
    /// What a statement may do to the variables, those in its suites included.
    pub(super) fn statement(&mut self, unit: &Arc<Unit>, statement: &Statement) {
        let text = unit.text();
        match &statement.template {
            Template::Expression(value) => {
                let value = self.evaluate(value, text);
                self.bind_rest(statement, &value);
            }
            Template::Assign { value, targets } => {
                let mut made = self.evaluate(value, text);
                let own = statement.own.scopes.iter().map(|&place| (self.text, place));
                made.runs.extend(own);
                for target in targets {
                    self.assign_parts(target, value, &made, text);
                }
                self.bind_rest(statement, &made);
            }
            Template::Augmented { target, value, .. } => {
                let value = self.evaluate(value, text);
                self.augment(target, &value, text);
                self.bind_rest(statement, &value);
            }
            Template::Delete(targets) => {
                for target in targets {
                    self.delete(target, text);
                }
            }
            Template::Import(aliases) => {
                for alias in aliases {
                    self.import(alias);
                }
            }
            Template::If { test } => {
                self.evaluate(test, text);
                self.suites(unit, statement, 1);
            }
            Template::Block(_) => match statement.kind {
                StatementKind::Function | StatementKind::Class => self.define(unit, statement),
                StatementKind::For | StatementKind::While => {
                    self.header(unit, statement);
                    self.suites(unit, statement, 2);
                }
                _ => {
                    self.header(unit, statement);
                    self.suites(unit, statement, 1);
                }
            },
            Template::Nothing => {}
        }
    }

    /// What may run of a compound statement, as often as it takes to see what one turn does to the next.
    fn suites(&mut self, unit: &Arc<Unit>, statement: &Statement, turns: usize) {
        let before = std::mem::replace(&mut self.is_uncertain, true);
        for _ in 0..turns {
            for suite in &statement.suites {
                if suite.suite != Suite::Body {
                    self.roughly(unit, &suite.own, suite.header);
                }
                for &id in &suite.statements {
                    self.statement(unit, unit.statement(id));
                }
            }
        }
        self.is_uncertain = before;
    }

    /// What the header of a loop or a `with` does.
    fn header(&mut self, unit: &Arc<Unit>, statement: &Statement) {
        let head = statement.header.of(unit.text()).trim_end_matches(':').trim();
        let before = std::mem::replace(&mut self.is_uncertain, true);
        let is_done = match statement.kind {
            StatementKind::While => {
                head.strip_prefix("while").is_some_and(|test| self.snippet(test).is_some())
            }
            StatementKind::For => self.for_header(head),
            StatementKind::With => self.with_header(head),
            _ => false,
        };
        if !is_done {
            self.roughly(unit, &statement.own, statement.header);
        }
        self.is_uncertain = before;
    }

    fn for_header(&mut self, head: &str) -> bool {
        let Some(head) = head.strip_prefix("for") else { return false };
        let mut places = head.match_indices(" in ");
        places.any(|(at, word)| {
            let (target, rest) = (&head[..at], &head[at + word.len()..]);
            let Some(value) = self.snippet(rest) else { return false };
            let item = self.iterate(&value);
            self.assign_snippet(target, &item)
        })
    }

    fn with_header(&mut self, head: &str) -> bool {
        let Some(head) = head.strip_prefix("with") else { return false };
        let (value, target) = match head.rsplit_once(" as ") {
            Some((value, target)) => (value, Some(target)),
            None => (head, None),
        };
        let Some(value) = self.snippet(value) else { return false };
        self.enter(&value);
        target.is_none_or(|target| self.assign_snippet(target, &value))
    }

    /// What a stretch of a header makes, where it is an expression by itself.
    fn snippet(&mut self, text: &str) -> Option<TextValue> {
        let text = text.trim();
        let unit = clew_syntax::parse(text).ok()?;
        let [only] = unit.top() else { return None };
        match &unit.statement(*only).template {
            // The variables that it reads are known from the statement.
            Template::Expression(value) => Some(self.evaluate(value, text)),
            _ => None,
        }
    }

    fn assign_snippet(&mut self, target: &str, value: &TextValue) -> bool {
        let text = format!("{} = 0", target.trim());
        let Ok(unit) = clew_syntax::parse(&text) else { return false };
        let [only] = unit.top() else { return false };
        let Template::Assign { targets, .. } = &unit.statement(*only).template else {
            return false;
        };
        for target in targets {
            self.assign(target, value, &text);
        }
        true
    }

    /// Where no more is known than which names are read and bound: whatever is read may change.
    fn roughly(&mut self, unit: &Arc<Unit>, access: &Access, range: Range) {
        let mut all = TextValue::default();
        for read in &access.reads {
            let value = self.named(&read.name);
            let has_rules = matches!(&value.known, Nature::Module(path) if self.has_rules(path));
            if access.calls && !has_rules {
                self.mutate(&value);
            }
            all.add(&value);
        }
        all.runs.extend(access.scopes.iter().map(|&place| (self.text, place)));
        if access.calls {
            self.run(all.runs.clone());
            self.touch_states_of(unit, &access.reads, range);
        }
        self.link(all.shares.clone());
        for binding in &access.binds {
            self.bind(&binding.name, all.clone());
        }
    }

    /// Variables that a statement binds within its expressions.
    fn bind_rest(&mut self, statement: &Statement, value: &TextValue) {
        let mut value = value.clone();
        value.known = Nature::Nothing;
        for binding in &statement.own.binds {
            if !self.step.bound.contains_key(&binding.name) {
                self.bind(&binding.name, value.clone());
            }
        }
    }

    fn define(&mut self, unit: &Arc<Unit>, statement: &Statement) {
        let is_class = statement.kind == StatementKind::Class;
        let access = &statement.own;
        let head = if is_class || access.calls { access } else { &Access::default() };
        let mut value = TextValue::default();
        for read in &access.reads {
            value.add(&self.named(&read.name));
        }
        if !head.reads.is_empty() && access.calls {
            let header = Range::new(statement.range.start, statement.header.end);
            self.roughly(unit, &Access { binds: Vec::new(), ..head.clone() }, header);
        }
        let within = |range: Range| statement.range.contains(range);
        let scopes = unit.scopes().iter().enumerate();
        let own =
            scopes.filter(|(_, scope)| within(scope.range)).map(|(place, _)| (self.text, place));
        value.runs.extend(own);
        let is_plain = value.shares.iter().all(|name| {
            self.variables.get(name).is_none_or(|known| {
                known.is_fixed() || matches!(known.known, Nature::Module(_) | Nature::Path(_))
            })
        });
        // A decorator may keep what it likes in the place of a function.
        value.known = match is_plain && !access.calls {
            true => Nature::Definition,
            false => Nature::Nothing,
        };
        for binding in &access.binds {
            self.bind(&binding.name, value.clone());
        }
    }

    fn import(&mut self, alias: &ImportAlias) {
        if !self.has_rules(&alias.module) {
            self.run_unknown(&alias.module);
        }
        let known = match &alias.name {
            None if alias.asname => Nature::Module(alias.module.clone()),
            None => Nature::Module(alias.binding.clone()),
            Some(name) if name == "*" => {
                self.step.binds_unknown = true;
                return;
            }
            Some(name) => Nature::Path(format!("{}.{name}", alias.module)),
        };
        self.bind(&alias.binding, TextValue::of(known));
    }

    /// Assigns to a target; where both are sequences of as many, part by part.
    fn assign_parts(&mut self, target: &Target, value: &Expr, made: &TextValue, text: &str) {
        if let Target::Sequence { targets, .. } = target
            && let ExprKind::Operator { operator: Operator::Tuple | Operator::List, operands } =
                &value.kind
            && operands.len() == targets.len()
            && operands.iter().all(|operand| !operand.starred)
            && !targets.iter().any(|target| matches!(target, Target::Starred(_)))
        {
            let parts: Vec<TextValue> =
                operands.iter().map(|operand| self.evaluate(&operand.value, text)).collect();
            for (target, part) in targets.iter().zip(parts) {
                self.assign(target, &part, text);
            }
            return;
        }
        self.assign(target, made, text);
    }

    fn assign(&mut self, target: &Target, value: &TextValue, text: &str) {
        match target {
            Target::Name { name, .. } => self.bind(name, value.clone()),
            Target::Attribute { object, .. } | Target::Item { object, .. } => {
                if let Target::Item { index, .. } = target {
                    self.evaluate(index, text);
                }
                let object = self.evaluate(object, text);
                self.mutate(&object);
                if object.path() == Some("os.environ") {
                    let variables = StateKey::whole(ExternalState::Environment);
                    self.step.states_written.insert(variables);
                }
                let mut both = object.clone();
                if !value.is_fixed() {
                    both.add(value);
                } else {
                    both.runs.extend(value.runs.iter().copied());
                }
                for name in &object.shares {
                    if let Some(known) = self.variables.get_mut(name) {
                        known.runs.extend(both.runs.iter().copied());
                    }
                }
                self.link(both.shares);
            }
            Target::Sequence { targets, .. } => {
                let item = self.iterate(value);
                for target in targets {
                    self.assign(target, &item, text);
                }
            }
            Target::Starred(target) => self.assign(target, value, text),
        }
    }

    fn augment(&mut self, target: &Target, value: &TextValue, text: &str) {
        let Target::Name { name, .. } = target else { return self.assign(target, value, text) };
        let mut now = self.named(name);
        self.mutate(&now);
        self.consume(value);
        let is_plain = now.is_fixed() && value.is_fixed();
        now.add(value);
        now.known = match now.known {
            _ if is_plain => Nature::Plain,
            known @ (Nature::Made(_) | Nature::Instance(..)) => known,
            _ => Nature::Nothing,
        };
        self.bind(name, now);
    }

    fn delete(&mut self, target: &Target, text: &str) {
        match target {
            Target::Name { name, .. } => {
                self.step.bound.insert(name.clone(), !self.is_uncertain);
                if !self.is_uncertain {
                    self.variables.remove(name);
                }
            }
            Target::Sequence { targets, .. } => {
                for target in targets {
                    self.delete(target, text);
                }
            }
            _ => self.assign(target, &TextValue::of(Nature::Plain), text),
        }
    }
}
