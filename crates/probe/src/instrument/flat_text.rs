//! Flat text: plain statements, with their probes written into the text.
//!
//! A syntax tree as Python objects costs three times what CPython needs to compile the text. Of statements at
//! module level that have no suite and no scope of their own, the probes that look at values are written into
//! the text instead, and those that announce statements are put between the instructions. The outcome is the
//! code that the tree gives.

use std::cmp::Reverse;

use clew_graph::{Literal, Operator, SourceId};
use clew_syntax::{
    Expr, ExprKind, Operand, Range, Statement, StatementKind, Target, Template, Unit,
};
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::compile::{CompileMode, compile_as};
use super::joined_code::{Announcement, Insertion, InsertionKind, JoinedCode};
use super::location_table::CodePlace;
use super::parts::{is_docstring, text_of};
use crate::line_index::LineIndex;
use crate::listener::Listener;
use crate::probe::{self, ProbeKind, placeholder_text};

/// What is to be put into the flat statements of a text.
pub(super) struct FlatText<'a> {
    unit: &'a Unit,
    source: SourceId,
    pub(super) lines: LineIndex,
    /// In order.
    additions: Vec<Addition>,
    /// What the probes that look at values are for, by the numbers of their placeholders.
    pub(super) probes: Vec<ProbeKind>,
    /// Of each statement of the module whether it is flat.
    pub(super) is_flat: Vec<bool>,
}

impl<'a> FlatText<'a> {
    /// Finds what is to be put into the flat statements of a text; `None` where others are among them and these are
    /// fewer than `least`.
    pub(super) fn of(
        py: Python<'_>,
        unit: &'a Unit,
        source: SourceId,
        least: usize,
    ) -> Option<Self> {
        let mut writer = Writer { py, unit, additions: Vec::new(), probes: Vec::new() };
        let mut is_flat = Vec::with_capacity(unit.top().len());
        let mut others = 0;
        for &id in unit.top() {
            is_flat.push(writer.is_flat(unit.statement(id)));
            others += usize::from(is_flat.last() == Some(&false));
            if others > 0 && unit.top().len() - others < least {
                return None;
            }
        }
        let Writer { mut additions, probes, .. } = writer;
        additions.sort_by_key(|addition| (addition.at, addition.rank));
        let lines = LineIndex::new(unit.text());
        Some(Self { unit, source, lines, additions, probes, is_flat })
    }

    /// Compiles a stretch of flat statements and adds it to the code of those before. `false` where it cannot
    /// be joined with them.
    pub(super) fn add_to<'py, L: Listener>(
        &self,
        whole: &mut JoinedCode<'py>,
        stretch: std::ops::Range<usize>,
        file: &Bound<'py, PyAny>,
        mode: CompileMode<'_>,
    ) -> PyResult<bool> {
        let py = file.py();
        let (text, insertions, lines_before) = self.part(&stretch);
        let text = PyString::new(py, &text);
        let own = compile_as(py, text.as_any(), file, mode)?;
        let announcements: Vec<_> =
            stretch.filter_map(|at| self.announcement::<L>(py, at)).collect::<PyResult<_>>()?;
        whole.add_flat(&own, lines_before, &insertions, announcements.into_iter())
    }

    /// What announces a statement of the module.
    fn announcement<'py, L: Listener>(
        &self,
        py: Python<'py>,
        at: usize,
    ) -> Option<PyResult<Announcement<'py>>> {
        let id = self.unit.top()[at];
        let statement = self.unit.statement(id);
        if at == 0 && is_docstring(statement) {
            return None;
        }
        let probe = probe::new::<L>(py, &ProbeKind::Begin { source: self.source, statement: id });
        let start = self.lines.line_and_column(statement.range.start);
        let place = CodePlace::of(first_evaluated_of(statement), &self.lines);
        Some(probe.map(|probe| Announcement { start, place, probe }))
    }

    /// The text of some statements with the probes that look at values, where these stand in it, and how
    /// many lines are before it.
    fn part(&self, part: &std::ops::Range<usize>) -> (String, Vec<Insertion>, u32) {
        let Range { start, end } = text_of(self.unit, part);
        let from = self.additions.partition_point(|addition| addition.at < start);
        let to = match self.unit.top().get(part.end) {
            Some(_) => self.additions.partition_point(|addition| addition.at < end),
            None => self.additions.len(),
        };
        let additions = &self.additions[from..to];
        let added: usize = additions.iter().map(|addition| addition.text.len()).sum();
        let mut text = String::with_capacity((end - start) as usize + added);
        let mut insertions = Vec::with_capacity(additions.len());
        let (mut copied, mut line, mut before) = (start, 0, 0);
        for Addition { at, text: addition, place, .. } in additions {
            text.push_str(Range::new(copied, *at).of(self.unit.text()));
            text.push_str(addition);
            copied = *at;
            let (own_line, column) = self.lines.line_and_column(*at);
            if own_line != line {
                (line, before) = (own_line, 0);
            }
            let kind = match place {
                Some(place) => InsertionKind::Probe(CodePlace::of(*place, &self.lines)),
                None => InsertionKind::End,
            };
            let (column, length) = (column + before, addition.len() as u32);
            insertions.push(Insertion { line, column, length, before, kind });
            before += length;
        }
        text.push_str(Range::new(copied, end).of(self.unit.text()));
        (text, insertions, self.lines.line_of(start) as u32)
    }
}

/// Something to write into the text.
struct Addition {
    at: u32,
    /// What comes first, of two at one place: what ends, and then what ends last.
    rank: (bool, Reverse<u32>),
    text: String,
    /// For a probe, where it is said to stand.
    place: Option<Range>,
}

/// Collects what is to be written into a text.
struct Writer<'py, 'a> {
    py: Python<'py>,
    unit: &'a Unit,
    additions: Vec<Addition>,
    probes: Vec<ProbeKind>,
}

/// What is not flat ends the writing.
type Flat = Option<()>;

impl Writer<'_, '_> {
    /// Whether a statement is flat; then its probes are written.
    fn is_flat(&mut self, statement: &Statement) -> bool {
        let (additions, probes) = (self.additions.len(), self.probes.len());
        // An assignment within an expression is in no template.
        let has_walrus = statement.range.of(self.unit.text()).contains(":=");
        let is_flat = !has_walrus && self.statement(statement).is_some();
        if !is_flat {
            self.additions.truncate(additions);
            self.probes.truncate(probes);
        }
        is_flat
    }

    /// The probes within a statement.
    fn statement(&mut self, statement: &Statement) -> Flat {
        let kind = statement.kind;
        match &statement.template {
            Template::Expression(value) if kind == StatementKind::Expression => {
                self.expression(value)
            }
            Template::Assign { value, targets } if kind == StatementKind::Assign => {
                self.expression(value)?;
                targets.iter().try_for_each(|target| self.target(target))
            }
            Template::Augmented { target: Target::Name { .. }, value, .. } => {
                self.expression(value)
            }
            Template::Import(aliases) => {
                aliases.iter().all(|alias| alias.module != "__future__").then_some(())
            }
            Template::Nothing if kind == StatementKind::Pass => Some(()),
            _ => None,
        }
    }

    fn target(&mut self, target: &Target) -> Flat {
        let (object, attribute) = match target {
            Target::Name { .. } => return Some(()),
            Target::Attribute { object, name, .. } => {
                self.expression(object)?;
                (object, Some(PyString::new(self.py, name).unbind()))
            }
            Target::Item { object, index, .. } => {
                self.expression(object)?;
                self.expression(index)?;
                (object, None)
            }
            Target::Sequence { .. } | Target::Starred(_) => return None,
        };
        let base_name = self.base_name(object);
        self.wrap(ProbeKind::Store { base_name, attribute, initializes: false }, object)
    }

    fn expression(&mut self, expr: &Expr) -> Flat {
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Literal(_) => Some(()),
            ExprKind::Operator { operator, operands } => {
                self.is_plain(*operator, expr.range).then_some(())?;
                let operands = match operator {
                    // The other one is its name.
                    Operator::GetAttribute => operands.get(..1)?,
                    // A tree lists all keys before all values.
                    Operator::Dict => return self.pairs(operands),
                    _ => operands,
                };
                operands.iter().try_for_each(|operand| self.operand(operand))
            }
            ExprKind::Call { function, positional, keyword } => {
                positional.iter().try_for_each(|operand| self.operand(operand))?;
                for (name, value) in keyword {
                    name.as_ref()?;
                    self.expression(value)?;
                }
                if matches!(&function.kind, ExprKind::Name(name) if name == "super") {
                    return Some(());
                }
                // Where a method's name stands on another line than the call begins, CPython places the
                // call at the name.
                self.is_on_one_line(Range::new(expr.range.start, function.range.end))
                    .then_some(())?;
                self.expression(function)?;
                let base_name = self.base_name(function);
                match attribute_parts(function) {
                    Some((object, name)) if !is_of_super(object) => {
                        let name = PyString::new(self.py, name).unbind();
                        self.wrap(ProbeKind::CallMethod { base_name, name }, object)
                    }
                    _ => self.wrap(ProbeKind::Call { base_name }, function),
                }
            }
        }
    }

    fn pairs(&mut self, operands: &[Operand]) -> Flat {
        for first in [0, 1] {
            for operand in operands.iter().skip(first).step_by(2) {
                self.operand(operand)?;
            }
        }
        Some(())
    }

    fn operand(&mut self, operand: &Operand) -> Flat {
        match operand.starred {
            true => None,
            false => self.expression(&operand.value),
        }
    }

    /// Whether an operator looks at its operands and does nothing else that a probe is for.
    fn is_plain(&self, operator: Operator, range: Range) -> bool {
        match operator {
            // `in` uses an iterator up.
            Operator::Compare => {
                let letter = |c: char| !c.is_alphanumeric() && c != '_';
                range.of(self.unit.text()).split(letter).all(|word| word != "in")
            }
            Operator::Format | Operator::Evaluate | Operator::Await => false,
            _ => true,
        }
    }

    /// `probe[value]`
    fn wrap(&mut self, probe: ProbeKind, value: &Expr) -> Flat {
        // CPython would compute `probe[value]` ahead of time where the value is a constant, and places
        // what is spread over lines otherwise.
        (self.is_on_one_line(value.range) && begins_with_name(value)).then_some(())?;
        let text = format!("'{}'[", placeholder_text(self.probes.len()));
        self.probes.push(probe);
        let Range { start, end } = value.range;
        let place = Some(first_evaluated(value));
        let open = Addition { at: start, rank: (true, Reverse(end)), text, place };
        let rank = (false, Reverse(0));
        let close = Addition { at: end, rank, text: "]".to_owned(), place: None };
        self.additions.extend([open, close]);
        Some(())
    }

    fn is_on_one_line(&self, range: Range) -> bool {
        !range.of(self.unit.text()).contains(['\n', '\r'])
    }

    /// The name at the base of a chain of attributes: `np` of `np.random.seed`.
    fn base_name(&self, expr: &Expr) -> Option<Py<PyString>> {
        let mut expr = attribute_parts(expr)?.0;
        while let Some((owner, _)) = attribute_parts(expr) {
            expr = owner;
        }
        match &expr.kind {
            ExprKind::Name(name) => Some(PyString::new(self.py, name).unbind()),
            _ => None,
        }
    }
}

/// An attribute's owner and name.
fn attribute_parts(expr: &Expr) -> Option<(&Expr, &str)> {
    let ExprKind::Operator { operator: Operator::GetAttribute, operands } = &expr.kind else {
        return None;
    };
    match operands.as_slice() {
        [
            owner,
            Operand { value: Expr { kind: ExprKind::Literal(Literal::Str(name)), .. }, .. },
        ] => Some((&owner.value, name)),
        _ => None,
    }
}

/// Whether it is `super()`.
fn is_of_super(expr: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &expr.kind else { return false };
    matches!(&function.kind, ExprKind::Name(name) if name == "super")
}

/// Whether what is evaluated first of an expression is a variable that all the rest is taken from.
fn begins_with_name(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name(_) => true,
        ExprKind::Call { function, .. } => begins_with_name(function),
        ExprKind::Operator { operator: Operator::GetAttribute | Operator::GetItem, operands } => {
            operands.first().is_some_and(|owner| begins_with_name(&owner.value))
        }
        _ => false,
    }
}

/// The part of a statement that is evaluated first.
fn first_evaluated_of(statement: &Statement) -> Range {
    match &statement.template {
        Template::Expression(value) | Template::Assign { value, .. } => first_evaluated(value),
        _ => statement.range,
    }
}

/// The part of an expression that is evaluated first: where a statement's first line event comes from.
fn first_evaluated(expr: &Expr) -> Range {
    let mut expr = expr;
    loop {
        expr = match &expr.kind {
            ExprKind::Call { function, .. } => function,
            // A tree has the test of `a if b else c` in front, as the template has.
            ExprKind::Operator { operator, operands } if *operator != Operator::Dict => {
                match operands.first() {
                    Some(first) => &first.value,
                    None => return expr.range,
                }
            }
            _ => return expr.range,
        }
    }
}
