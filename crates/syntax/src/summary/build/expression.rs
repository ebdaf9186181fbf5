//! Expression: what expressions read, and what they make.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, Expr, ExprContext, Operator, Stmt};

use super::{Builder, Scope, Ways, taken};
use crate::literal::literal;
use crate::summary::name::{DEEPEST, Names};
use crate::summary::{Argument, By, Comparison, Dispatch, Item, Make, Slot, StepKind};

impl Builder {
    /// Walks a test, and says under which guards it came out which way.
    pub(super) fn condition(&mut self, test: &Expr) -> Ways {
        let outer = self.guard;
        match test {
            Expr::BoolOp(both) if both.op == ast::BoolOp::And => {
                for value in &both.values {
                    self.guard = self.condition(value).yes;
                }
                let yes = std::mem::replace(&mut self.guard, outer);
                Ways { yes, no: outer }
            }
            Expr::BoolOp(either) => {
                for value in &either.values {
                    self.guard = self.condition(value).no;
                }
                let no = std::mem::replace(&mut self.guard, outer);
                Ways { yes: outer, no }
            }
            Expr::UnaryOp(not) if not.op == ast::UnaryOp::Not => {
                let Ways { yes, no } = self.condition(&not.operand);
                Ways { yes: no, no: yes }
            }
            _ => {
                let slot = self.expression(test);
                let guard = self.guard;
                Ways { yes: self.guarded(guard, slot, true), no: self.guarded(guard, slot, false) }
            }
        }
    }

    pub(super) fn expression(&mut self, expression: &Expr) -> Slot {
        self.depth += 1;
        let slot = if self.depth > DEEPEST {
            self.unknown = Some("too deep");
            Slot(0)
        } else {
            self.evaluate(expression)
        };
        self.depth -= 1;
        slot
    }

    pub(super) fn evaluate(&mut self, expression: &Expr) -> Slot {
        match expression {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load => self.read(&name.id),
                _ => self.anything(),
            },
            Expr::NoneLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::EllipsisLiteral(_) => self.step(match literal(expression) {
                Some(literal) => StepKind::Constant(literal),
                None => StepKind::Anything,
            }),
            Expr::Attribute(attribute) => {
                let of = self.expression(&attribute.value);
                let name = self.private(&attribute.attr.id);
                self.step(StepKind::Attribute(of, name))
            }
            Expr::Subscript(item) => {
                let of = self.expression(&item.value);
                let index = self.expression(&item.slice);
                self.step(StepKind::Item(of, index))
            }
            Expr::Slice(slice) => {
                let parts = [&slice.lower, &slice.upper, &slice.step];
                let items = parts.into_iter().flatten().map(|part| &**part);
                self.display(Make::Slice, items)
            }
            Expr::Tuple(tuple) => self.display(Make::Tuple, &tuple.elts),
            Expr::List(list) => self.display(Make::List, &list.elts),
            Expr::Set(set) => self.display(Make::Set, &set.elts),
            Expr::Dict(dict) => self.dict(dict),
            Expr::FString(text) => {
                let mut items = Vec::new();
                for element in text.value.elements() {
                    self.interpolated(element, &mut items);
                }
                self.step(StepKind::Make(Make::Text, items))
            }
            Expr::BinOp(operator) => self.binary(operator),
            Expr::UnaryOp(operator) => self.unary(operator),
            Expr::BoolOp(operator) => self.either(operator),
            Expr::If(choice) => self.choice(choice),
            Expr::Compare(compare) => self.compare(compare),
            Expr::Call(call) => self.call(call),
            Expr::Named(named) => {
                let value = self.expression(&named.value);
                if let Expr::Name(name) = &*named.target {
                    self.may_assign(&name.id, value);
                }
                value
            }
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.as_deref();
                self.within(parameters, Names::of_expression(&lambda.body), |builder| {
                    builder.expression(&lambda.body);
                })
            }
            Expr::ListComp(list) => self.comprehension(Make::List, &[&list.elt], &list.generators),
            Expr::SetComp(set) => self.comprehension(Make::Set, &[&set.elt], &set.generators),
            Expr::DictComp(dict) => {
                let parts: Vec<&Expr> =
                    dict.key.iter().map(|key| &**key).chain([&*dict.value]).collect();
                self.comprehension(Make::Dict, &parts, &dict.generators)
            }
            Expr::Generator(generator) => {
                self.comprehension(Make::Generator, &[&generator.elt], &generator.generators)
            }
            Expr::Yield(yielded) => {
                if let Some(value) = &yielded.value {
                    let value = self.expression(value);
                    self.give(value);
                }
                self.anything()
            }
            Expr::YieldFrom(yielded) => {
                let from = self.expression(&yielded.value);
                let value = self.step(StepKind::Iterate(from));
                self.give(value);
                self.anything()
            }
            Expr::Starred(star) => self.expression(&star.value),
            Expr::Await(_) | Expr::TString(_) | Expr::IpyEscapeCommand(_) => {
                self.unknown = Some("not known");
                Slot(0)
            }
        }
    }

    fn dict(&mut self, dict: &ast::ExprDict) -> Slot {
        let mut items = Vec::new();
        for item in &dict.items {
            let key = match &item.key {
                Some(Expr::StringLiteral(text)) => Some(text.value.to_str().to_owned()),
                Some(key) => {
                    let value = self.expression(key);
                    items.push(Item { value, key: None, star: false });
                    None
                }
                None => None,
            };
            let value = self.expression(&item.value);
            items.push(Item { value, key, star: item.key.is_none() });
        }
        self.step(StepKind::Make(Make::Dict, items))
    }

    fn binary(&mut self, operator: &ast::ExprBinOp) -> Slot {
        let left = self.expression(&operator.left);
        let right = self.expression(&operator.right);
        let shares = matches!(
            operator.op,
            Operator::Add
                | Operator::Mult
                | Operator::Sub
                | Operator::BitAnd
                | Operator::BitOr
                | Operator::BitXor
        );
        self.step(StepKind::Operator(
            vec![left, right],
            shares,
            operator.op.dunder().trim_matches('_'),
        ))
    }

    fn unary(&mut self, operator: &ast::ExprUnaryOp) -> Slot {
        let of = self.expression(&operator.operand);
        match operator.op {
            ast::UnaryOp::Not => self.step(StepKind::Not(of)),
            ast::UnaryOp::Invert => self.step(StepKind::Operator(vec![of], false, "invert")),
            ast::UnaryOp::UAdd => self.step(StepKind::Operator(vec![of], false, "pos")),
            ast::UnaryOp::USub => self.step(StepKind::Operator(vec![of], false, "neg")),
        }
    }

    fn choice(&mut self, choice: &ast::ExprIf) -> Slot {
        let outer = self.guard;
        let ways = self.condition(&choice.test);
        let to = self.slot();
        for (guard, value) in [(ways.yes, &choice.body), (ways.no, &choice.orelse)] {
            self.guard = guard;
            let value = self.expression(value);
            self.copy(value, to);
        }
        self.guard = outer;
        to
    }

    pub(super) fn give(&mut self, value: Slot) {
        if self.scopes.len() == 1 {
            self.step(StepKind::Yield(value));
        }
    }

    pub(super) fn display<'e>(
        &mut self,
        make: Make,
        parts: impl IntoIterator<Item = &'e Expr>,
    ) -> Slot {
        let mut items = Vec::new();
        for part in parts {
            let (part, star) = match part {
                Expr::Starred(star) => (&*star.value, true),
                part => (part, false),
            };
            let mut value = self.expression(part);
            if star {
                value = self.step(StepKind::Iterate(value));
            }
            items.push(Item { value, key: None, star });
        }
        self.step(StepKind::Make(make, items))
    }

    pub(super) fn interpolated(
        &mut self,
        element: &ast::InterpolatedStringElement,
        items: &mut Vec<Item>,
    ) {
        let ast::InterpolatedStringElement::Interpolation(element) = element else { return };
        let value = self.expression(&element.expression);
        items.push(Item { value, key: None, star: false });
        for inner in element.format_spec.iter().flat_map(|format| &format.elements) {
            self.interpolated(inner, items);
        }
    }

    /// `a and b`, `a or b`: one of the values.
    pub(super) fn either(&mut self, operator: &ast::ExprBoolOp) -> Slot {
        let outer = self.guard;
        let to = self.slot();
        for (at, value) in operator.values.iter().enumerate() {
            let value = self.expression(value);
            let guard = self.guard;
            if at + 1 == operator.values.len() {
                self.copy(value, to);
            } else {
                let goes_on = operator.op == ast::BoolOp::And;
                self.guard = self.guarded(guard, value, !goes_on);
                self.copy(value, to);
                self.guard = self.guarded(guard, value, goes_on);
            }
        }
        self.guard = outer;
        to
    }

    pub(super) fn compare(&mut self, compare: &ast::ExprCompare) -> Slot {
        let mut left = self.expression(&compare.left);
        let mut last = left;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            let right = self.expression(right);
            let kind = match op {
                ast::CmpOp::Is => StepKind::Compare(Comparison::Is, left, right),
                ast::CmpOp::IsNot => StepKind::Compare(Comparison::IsNot, left, right),
                ast::CmpOp::Eq => StepKind::Compare(Comparison::Equal, left, right),
                ast::CmpOp::NotEq => StepKind::Compare(Comparison::NotEqual, left, right),
                ast::CmpOp::In | ast::CmpOp::NotIn => {
                    self.step(StepKind::Iterate(right));
                    StepKind::Operator(vec![left, right], false, "contains")
                }
                ast::CmpOp::Lt => StepKind::Operator(vec![left, right], false, "lt"),
                ast::CmpOp::LtE => StepKind::Operator(vec![left, right], false, "le"),
                ast::CmpOp::Gt => StepKind::Operator(vec![left, right], false, "gt"),
                ast::CmpOp::GtE => StepKind::Operator(vec![left, right], false, "ge"),
            };
            last = self.step(kind);
            left = right;
        }
        // Of a chain it is not followed how it comes out.
        if compare.ops.len() > 1 {
            self.step(StepKind::Operator(vec![last], false, "bool"))
        } else {
            last
        }
    }

    pub(super) fn call(&mut self, call: &ast::ExprCall) -> Slot {
        if let Expr::Name(name) = &*call.func {
            let bare = call.arguments.args.is_empty() && call.arguments.keywords.is_empty();
            match name.id.as_str() {
                "exec" | "eval" | "locals" | "globals" | "__import__" => {
                    self.unknown = Some("runs text or gives variables away");
                }
                "vars" | "dir" if bare => self.unknown = Some("gives variables away"),
                "super" if bare => return self.anything(),
                _ => {}
            }
        }
        let callee = self.callee(&call.func);
        let mut arguments = Vec::new();
        for argument in &call.arguments.args {
            let (part, by) = match argument {
                Expr::Starred(star) => (&*star.value, By::Star),
                part => (part, By::Position),
            };
            arguments.push(Argument { value: self.expression(part), by });
        }
        for keyword in &call.arguments.keywords {
            let by = match &keyword.arg {
                Some(name) => By::Keyword(name.to_string()),
                None => By::DoubleStar,
            };
            arguments.push(Argument { value: self.expression(&keyword.value), by });
        }
        self.step(StepKind::Call(callee, arguments))
    }

    pub(super) fn callee(&mut self, callee: &Expr) -> Dispatch {
        let Expr::Attribute(attribute) = callee else {
            return Dispatch::Value(self.expression(callee));
        };
        let name = self.private(&attribute.attr.id);
        let of_super = match &*attribute.value {
            Expr::Call(call) => {
                matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "super")
                    && call.arguments.args.is_empty()
                    && call.arguments.keywords.is_empty()
            }
            _ => false,
        };
        if of_super && self.scopes.len() == 1 && self.first.is_some() {
            return Dispatch::Super(name);
        }
        Dispatch::Method(self.expression(&attribute.value), name)
    }

    pub(super) fn comprehension(
        &mut self,
        make: Make,
        parts: &[&Expr],
        generators: &[ast::Comprehension],
    ) -> Slot {
        let outer = self.guard;
        let mut targets = Names::default();
        for generator in generators {
            targets.visit_expr(&generator.target);
        }
        // The targets are variables of the comprehension alone.
        let scope = self.scope();
        let mut hidden = Vec::new();
        for name in targets.bound {
            let known = scope.locals.contains(&name);
            let used = scope.used_within.remove(&name);
            let here = scope.here.remove(&name);
            let global = scope.globals.remove(&name);
            scope.locals.insert(name.clone());
            hidden.push((name, known, used, here, global));
        }
        // Functions in a comprehension see its variables; they are few, and taken for the worst.
        if parts.iter().any(|part| !Names::of_expression(part).used_within.is_empty()) {
            let scope = self.scope();
            for (name, ..) in &hidden {
                scope.used_within.insert(name.clone());
            }
        }
        for generator in generators {
            let over = self.expression(&generator.iter);
            let value = self.step(StepKind::Iterate(over));
            self.store(&generator.target, value);
            for test in &generator.ifs {
                self.guard = self.condition(test).yes;
            }
        }
        let mut items = Vec::new();
        for part in parts {
            let value = self.expression(part);
            items.push(Item { value, key: None, star: false });
        }
        self.guard = outer;
        let scope = self.scope();
        for (name, known, used, here, global) in hidden {
            scope.here.remove(&name);
            if let Some(slot) = here {
                scope.here.insert(name.clone(), slot);
            }
            if used {
                scope.used_within.insert(name.clone());
            } else {
                scope.used_within.remove(&name);
            }
            if !known {
                scope.locals.remove(&name);
            }
            if global {
                scope.globals.insert(name);
            }
        }
        self.step(StepKind::Make(make, items))
    }

    pub(super) fn nested(&mut self, parameters: Option<&ast::Parameters>, body: &[Stmt]) -> Slot {
        self.within(parameters, Names::of_body(body), |builder| builder.block(body))
    }

    /// Walks the body of a function within this one.
    pub(super) fn within(
        &mut self,
        parameters: Option<&ast::Parameters>,
        names: Names,
        walk: impl FnOnce(&mut Self),
    ) -> Slot {
        for parameter in parameters.iter().flat_map(|all| all.iter_non_variadic_params()) {
            if let Some(default) = &parameter.default {
                self.expression(default);
            }
        }
        if let Some(refused) = names.refused {
            self.unknown = Some(refused);
            return Slot(0);
        }
        let outer = self.guard;
        let taken = parameters.map(taken).unwrap_or_default();
        let bound = std::mem::take(&mut self.bound);
        let loops = std::mem::take(&mut self.loops);
        self.scopes.push(Scope::new(names, taken.names()));
        for name in taken.names() {
            let value = self.anything();
            self.assign(&Name::new(name), value);
        }
        walk(self);
        self.scopes.pop();
        self.bound = bound;
        self.loops = loops;
        self.guard = outer;
        self.ended = false;
        self.step(StepKind::Nested)
    }
}
