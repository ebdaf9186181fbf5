//! Name: which variables a function's body binds, and which the functions within it use.

use std::collections::HashSet;

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, Pattern, Stmt};

/// How deep an expression may nest before it is not followed.
pub(super) const DEEPEST: usize = 200;

/// The variables of a function.
#[derive(Default)]
pub(super) struct Names {
    pub(super) bound: HashSet<Name>,
    pub(super) globals: HashSet<Name>,
    pub(super) nonlocals: HashSet<Name>,
    /// Used by functions, lambdas and generator expressions within, which run later.
    pub(super) used_within: HashSet<Name>,
    pub(super) yields: bool,
    /// Why the body cannot be followed.
    pub(super) refused: Option<&'static str>,
    depth: usize,
}

impl Names {
    pub(super) fn of_body(body: &[Stmt]) -> Self {
        let mut names = Self::default();
        names.visit_body(body);
        names
    }

    pub(super) fn of_expression(expression: &Expr) -> Self {
        let mut names = Self::default();
        names.visit_expr(expression);
        names
    }

    fn within(&mut self, visit: impl FnOnce(&mut All)) {
        let mut all = All { names: HashSet::new(), depth: self.depth, deep: false };
        visit(&mut all);
        self.used_within.extend(all.names);
        if all.deep {
            self.refused = Some("too deep");
        }
    }

    fn comprehension(&mut self, parts: &[&Expr], generators: &[ast::Comprehension]) {
        for generator in generators {
            self.visit_expr(&generator.iter);
            for test in &generator.ifs {
                self.visit_expr(test);
            }
            if generator.is_async {
                self.refused = Some("asynchronous");
            }
        }
        for part in parts {
            self.visit_expr(part);
        }
    }
}

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(definition) => {
                self.bound.insert(definition.name.id.clone());
                for decorator in &definition.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                for parameter in definition.parameters.iter_non_variadic_params() {
                    if let Some(default) = &parameter.default {
                        self.visit_expr(default);
                    }
                }
                self.within(|all| all.visit_body(&definition.body));
            }
            Stmt::ClassDef(definition) => {
                self.bound.insert(definition.name.id.clone());
                self.refused = Some("makes a class");
            }
            Stmt::Global(global) => {
                self.globals.extend(global.names.iter().map(|name| name.id.clone()));
            }
            Stmt::Nonlocal(nonlocal) => {
                self.nonlocals.extend(nonlocal.names.iter().map(|name| name.id.clone()));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    self.bound.insert(Name::new(name.split('.').next().unwrap_or(name)));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.bound.insert(alias.asname.as_ref().unwrap_or(&alias.name).id.clone());
                }
            }
            // Annotations of variables are not evaluated in functions.
            Stmt::AnnAssign(assign) => {
                self.visit_expr(&assign.target);
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
            }
            Stmt::Try(tried) => {
                for handler in &tried.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    if let Some(name) = &handler.name {
                        self.bound.insert(name.id.clone());
                    }
                }
                visitor::walk_stmt(self, statement);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.refused = Some("too deep");
        } else {
            match expression {
                Expr::Name(name) => {
                    if matches!(name.ctx, ExprContext::Store | ExprContext::Del) {
                        self.bound.insert(name.id.clone());
                    }
                }
                Expr::Lambda(lambda) => {
                    for parameter in
                        lambda.parameters.iter().flat_map(|all| all.iter_non_variadic_params())
                    {
                        if let Some(default) = &parameter.default {
                            self.visit_expr(default);
                        }
                    }
                    self.within(|all| all.visit_expr(&lambda.body));
                }
                Expr::Generator(generator) => {
                    self.comprehension(&[&generator.elt], &generator.generators);
                    self.within(|all| all.visit_expr(expression));
                }
                Expr::ListComp(list) => self.comprehension(&[&list.elt], &list.generators),
                Expr::SetComp(set) => self.comprehension(&[&set.elt], &set.generators),
                Expr::DictComp(dict) => {
                    if let Some(key) = &dict.key {
                        self.visit_expr(key);
                    }
                    self.comprehension(&[&dict.value], &dict.generators);
                }
                Expr::Yield(_) | Expr::YieldFrom(_) => {
                    self.yields = true;
                    visitor::walk_expr(self, expression);
                }
                Expr::Await(_) => self.refused = Some("asynchronous"),
                _ => visitor::walk_expr(self, expression),
            }
        }
        self.depth -= 1;
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        self.bound.extend(name.map(|name| name.id.clone()));
        self.depth += 1;
        if self.depth > DEEPEST {
            self.refused = Some("too deep");
        } else {
            visitor::walk_pattern(self, pattern);
        }
        self.depth -= 1;
    }
}

/// Every name that is mentioned, however deep.
struct All {
    names: HashSet<Name>,
    depth: usize,
    deep: bool,
}

impl<'a> Visitor<'a> for All {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Nonlocal(nonlocal) = statement {
            self.names.extend(nonlocal.names.iter().map(|name| name.id.clone()));
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            self.names.insert(name.id.clone());
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            self.deep = true;
        } else {
            visitor::walk_expr(self, expression);
        }
        self.depth -= 1;
    }
}
