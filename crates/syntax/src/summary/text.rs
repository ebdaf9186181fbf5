//! Text: a summary as lines.

use std::fmt;

use clew_graph::Literal;

use super::{By, Comparison, Dispatch, GuardId, Item, Make, Slot, StepKind, Summary};

/// Writes a summary: a line for each step that is more than reading.
pub(super) fn write(summary: &Summary, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let names: Vec<&str> = summary.parameters.names().collect();
    write!(f, "{}({})", summary.name, names.join(", "))?;
    if summary.generator {
        f.write_str(" yields")?;
    }
    if let Some(reason) = summary.unknown {
        return writeln!(f, ": unknown, {reason}");
    }
    writeln!(f)?;
    let words = Words { summary };
    for step in &summary.steps {
        let Some(line) = words.step(&step.kind) else { continue };
        writeln!(f, "    {line}{}", words.guards(step.guard))?;
    }
    Ok(())
}

struct Words<'a> {
    summary: &'a Summary,
}

impl Words<'_> {
    fn step(&self, kind: &StepKind) -> Option<String> {
        Some(match kind {
            StepKind::Set(of, name, value) => {
                let (of, value) = (self.slot(*of), self.slot(*value));
                match name {
                    Some(name) => format!("{of}.{name} = {value}"),
                    None => format!("{of}[] = {value}"),
                }
            }
            StepKind::Delete(of, Some(name)) => format!("del {}.{name}", self.slot(*of)),
            StepKind::Delete(of, None) => format!("del {}[]", self.slot(*of)),
            StepKind::Augment(of, value) => {
                format!("{} += {}", self.slot(*of), self.slot(*value))
            }
            StepKind::Call(..) => format!("call {}", self.kind(kind, 0)),
            StepKind::Enter(of) => format!("with {}", self.slot(*of)),
            StepKind::Iterate(of) => format!("iterate {}", self.slot(*of)),
            // Every function gives `None` that does not give anything else.
            StepKind::Return(value) => match self.slot(*value) {
                value if value == "None" => return None,
                value => format!("return {value}"),
            },
            StepKind::Yield(value) => format!("yield {}", self.slot(*value)),
            StepKind::BindGlobal(name, value) => format!("global {name} = {}", self.slot(*value)),
            StepKind::BindFree(name, value) => format!("nonlocal {name} = {}", self.slot(*value)),
            StepKind::Copy(_)
            | StepKind::Constant(_)
            | StepKind::Make(..)
            | StepKind::Global(_)
            | StepKind::Free(_)
            | StepKind::Import(_)
            | StepKind::ImportFrom(..)
            | StepKind::Attribute(..)
            | StepKind::Item(..)
            | StepKind::Unpack(..)
            | StepKind::Operator(..)
            | StepKind::Compare(..)
            | StepKind::Not(_)
            | StepKind::Nested
            | StepKind::Caught
            | StepKind::Anything => return None,
        })
    }

    fn guards(&self, mut guard: Option<GuardId>) -> String {
        let mut tests = Vec::new();
        while let Some(GuardId(at)) = guard {
            let known = &self.summary.guards[at as usize];
            let not = if known.truth { "" } else { "not " };
            tests.push(format!("{not}{}", self.slot(known.test)));
            guard = known.parent;
        }
        if tests.is_empty() {
            return String::new();
        }
        tests.reverse();
        format!("  if {}", tests.join(", "))
    }

    fn slot(&self, slot: Slot) -> String {
        self.value(slot, 0)
    }

    fn value(&self, slot: Slot, depth: usize) -> String {
        /// How deep values are spelt out; loops make slots that take from themselves.
        const DEEPEST: usize = 8;
        if depth > DEEPEST {
            return "…".to_owned();
        }
        let parameter = self.summary.parameters.names().nth(slot.index());
        let mut ways: Vec<String> = parameter.map(str::to_owned).into_iter().collect();
        for step in self.summary.steps.iter().filter(|step| step.to == slot) {
            let way = self.kind(&step.kind, depth + 1);
            if way != "…" && !ways.contains(&way) {
                ways.push(way);
            }
        }
        match ways.len() {
            0 => "…".to_owned(),
            1 => ways.remove(0),
            _ => format!("{{{}}}", ways.join(" | ")),
        }
    }

    fn kind(&self, kind: &StepKind, depth: usize) -> String {
        let value = |slot: &Slot| self.value(*slot, depth);
        match kind {
            StepKind::Copy(from) => value(from),
            StepKind::Constant(literal) => match literal {
                Literal::None => "None".to_owned(),
                Literal::Bool(true) => "True".to_owned(),
                Literal::Bool(false) => "False".to_owned(),
                Literal::Int(number) => number.to_string(),
                Literal::Str(text) => format!("{text:?}"),
                _ => "constant".to_owned(),
            },
            StepKind::Make(make, items) => {
                let items: Vec<String> = items.iter().map(|item| self.item(item, depth)).collect();
                let items = items.join(", ");
                match make {
                    Make::Tuple => format!("({items})"),
                    Make::List => format!("[{items}]"),
                    Make::Set | Make::Dict => format!("{{{items}}}"),
                    Make::Text => format!("f\"{items}\""),
                    Make::Generator => format!("(each {items})"),
                    Make::Slice => ":".to_owned(),
                }
            }
            StepKind::Global(name) => name.clone(),
            StepKind::Free(name) => format!("free {name}"),
            StepKind::Import(module) => format!("import {module}"),
            StepKind::ImportFrom(module, level, name) => {
                let dots = ".".repeat(*level as usize);
                format!("import {dots}{}.{name}", module.as_deref().unwrap_or_default())
            }
            StepKind::Attribute(of, name) => format!("{}.{name}", value(of)),
            StepKind::Item(of, index) => format!("{}[{}]", value(of), value(index)),
            StepKind::Iterate(of) => format!("each {}", value(of)),
            StepKind::Unpack(of, Some(at)) => format!("{}:{at}", value(of)),
            StepKind::Unpack(of, None) => format!("{}:*", value(of)),
            StepKind::Enter(of) => format!("entered {}", value(of)),
            StepKind::Augment(of, _) => format!("{}'", value(of)),
            StepKind::Operator(operands, ..) => {
                let operands: Vec<String> = operands.iter().map(value).collect();
                format!("op({})", operands.join(", "))
            }
            StepKind::Compare(comparison, left, right) => {
                let sign = match comparison {
                    Comparison::Is => "is",
                    Comparison::IsNot => "is not",
                    Comparison::Equal => "==",
                    Comparison::NotEqual => "!=",
                };
                format!("{} {sign} {}", value(left), value(right))
            }
            StepKind::Not(of) => format!("not {}", value(of)),
            StepKind::Call(callee, arguments) => {
                let callee = match callee {
                    Dispatch::Value(of) => value(of),
                    Dispatch::Method(of, name) => format!("{}.{name}", value(of)),
                    Dispatch::Super(name) => format!("super().{name}"),
                };
                let arguments: Vec<String> = arguments
                    .iter()
                    .map(|argument| {
                        let value = value(&argument.value);
                        match &argument.by {
                            By::Position => value,
                            By::Keyword(name) => format!("{name}={value}"),
                            By::Star => format!("*{value}"),
                            By::DoubleStar => format!("**{value}"),
                        }
                    })
                    .collect();
                format!("{callee}({})", arguments.join(", "))
            }
            StepKind::Nested => "function".to_owned(),
            StepKind::Caught => "caught".to_owned(),
            StepKind::Anything => "anything".to_owned(),
            StepKind::Set(..)
            | StepKind::Delete(..)
            | StepKind::Return(_)
            | StepKind::Yield(_)
            | StepKind::BindGlobal(..)
            | StepKind::BindFree(..) => "nothing".to_owned(),
        }
    }

    fn item(&self, item: &Item, depth: usize) -> String {
        let value = self.value(item.value, depth);
        match (&item.key, item.star) {
            (Some(key), _) => format!("{key:?}: {value}"),
            (None, true) => format!("*{value}"),
            (None, false) => value,
        }
    }
}
