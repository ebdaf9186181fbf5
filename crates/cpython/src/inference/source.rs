//! Source: the summaries of functions, read from the files that their code names.
//!
//! Only the text of the function that is asked for is parsed. Where it ends is seen from the lines of
//! its code object (`co_positions`) and the indentation of what follows.

use std::rc::Rc;

use clew_heap::{Address, AddressMap};
use clew_syntax::Summaries;
use clew_syntax::summary::Summary;
use pyo3::prelude::*;
use pyo3::types::PyCode;
use rustc_hash::{FxHashMap, FxHashSet};

/// Files larger than this are generated.
const LARGEST: u64 = 4 << 20;

/// Files and the summaries of functions in them.
#[derive(Default)]
pub(super) struct Sources {
    files: FxHashMap<String, Option<Rc<File>>>,
    summaries: AddressMap<(u32, Option<Rc<Summary>>)>,
}

/// A module's text.
pub(super) struct File {
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
    /// The variables that functions of the module bind anew.
    pub(super) rebound: FxHashSet<String>,
    /// The whole module, for functions that are parts of lines.
    whole: std::cell::OnceCell<Option<Summaries>>,
}

impl Sources {
    /// What the body of a function does; `None` where its text is not to be had.
    pub(super) fn summary(&mut self, code: &Bound<'_, PyCode>) -> Option<Rc<Summary>> {
        let line: u32 = code.getattr("co_firstlineno").ok()?.extract().ok()?;
        let address = code.as_ptr() as Address;
        if let Some((known, summary)) = self.summaries.get(&address)
            && *known == line
        {
            return summary.clone();
        }
        let summary = self.read(code, line).map(Rc::new);
        self.summaries.insert(address, (line, summary.clone()));
        summary
    }

    /// The file that a code object is from.
    pub(super) fn file(&mut self, code: &Bound<'_, PyCode>) -> Option<Rc<File>> {
        let name: String = code.getattr("co_filename").ok()?.extract().ok()?;
        let file = self.files.entry(name).or_insert_with_key(|name| File::read(name).map(Rc::new));
        file.clone()
    }

    fn read(&mut self, code: &Bound<'_, PyCode>, line: u32) -> Option<Summary> {
        let name: String = code.getattr("co_name").ok()?.extract().ok()?;
        let qualified: String = code.getattr("co_qualname").ok()?.extract().ok()?;
        let file = self.file(code)?;
        if name == "<lambda>" {
            let whole = file.whole.get_or_init(|| Summaries::read(&file.text).ok());
            return whole.as_ref()?.find(&name, line).cloned();
        }
        let text = file.function(line as usize, last_line(code)?)?;
        let indented = text.starts_with([' ', '\t']);
        // The class gives private names their prefix.
        let class = class_of(&qualified).filter(|_| indented);
        let (wrapped, above) = match class {
            Some(class) => (format!("class {class}:\n{text}"), 1),
            None if indented => (format!("if 1:\n{text}"), 1),
            None => (text.to_owned(), 0),
        };
        let mut summary = Summaries::read(&wrapped).ok()?.find(&name, 1 + above).cloned()?;
        summary.line = line;
        Some(summary)
    }
}

/// The class in whose body a function stands, at whatever depth.
fn class_of(qualified: &str) -> Option<&str> {
    let parts: Vec<&str> = qualified.split('.').collect();
    let (_, around) = parts.split_last()?;
    match around {
        [.., class, method, "<locals>"] if *method != "<locals>" && *class != "<locals>" => {
            Some(class)
        }
        [.., "<locals>"] | [] => None,
        [.., class] => Some(class),
    }
}

/// The last line that anything in a code object stands on.
fn last_line(code: &Bound<'_, PyCode>) -> Option<usize> {
    let mut last = 0;
    for position in code.call_method0("co_positions").ok()?.try_iter().ok()? {
        let (_, end, _, _): (Option<usize>, Option<usize>, Option<usize>, Option<usize>) =
            position.ok()?.extract().ok()?;
        last = last.max(end.unwrap_or(0));
    }
    for constant in code.getattr("co_consts").ok()?.try_iter().ok()? {
        if let Ok(nested) = constant.ok()?.cast::<PyCode>() {
            last = last.max(last_line(nested)?);
        }
    }
    Some(last)
}

impl File {
    fn read(name: &str) -> Option<Self> {
        let size = std::fs::metadata(name).ok()?;
        if !size.is_file() || size.len() > LARGEST {
            return None;
        }
        let text = std::fs::read_to_string(name).ok()?;
        let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
        let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text };
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(starts.map(|(at, _)| at + 1)).collect();
        let rebound = text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("global "))
            .flat_map(|names| names.split(['#', ';']).next().unwrap_or_default().split(','))
            .map(|name| name.trim().to_owned())
            .collect();
        Some(Self { text, lines, rebound, whole: std::cell::OnceCell::new() })
    }

    fn line(&self, line: usize) -> Option<&str> {
        let start = *self.lines.get(line.checked_sub(1)?)?;
        let end = self.lines.get(line).copied().unwrap_or(self.text.len());
        Some(&self.text[start..end])
    }

    /// The text of a function that begins on a line and has code until another.
    fn function(&self, first: usize, last: usize) -> Option<&str> {
        let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        let own = indent(self.line(first)?);
        let mut last = last.max(first);
        // What follows belongs to it as long as it is indented more: `pass`, or closing brackets.
        while let Some(line) = self.line(last + 1) {
            let words = line.trim();
            if !words.is_empty() && indent(line) <= own && !words.starts_with([')', ']', '}']) {
                break;
            }
            last += 1;
        }
        let start = *self.lines.get(first.checked_sub(1)?)?;
        let end = self.lines.get(last).copied().unwrap_or(self.text.len());
        Some(&self.text[start..end])
    }
}

/// The names of the parameters of a method that `dataclasses`, `collections.namedtuple` or attrs made of text.
pub(super) fn generated_parameters(code: &Bound<'_, PyCode>) -> Option<Vec<String>> {
    is_generated(code).then(|| parameters_of(code))
}

/// The names of a function's parameters.
fn parameters_of(code: &Bound<'_, PyCode>) -> Vec<String> {
    let number = |name: &str| -> usize {
        code.getattr(name).ok().and_then(|number| number.extract().ok()).unwrap_or(0)
    };
    let names: Option<Vec<String>> =
        code.getattr("co_varnames").ok().and_then(|names| names.extract().ok());
    let mut names = names.unwrap_or_default();
    names.truncate(number("co_argcount"));
    names
}

/// Whether a code object was made of text by `dataclasses`, `collections.namedtuple` or attrs; what others make
/// does more than to set what it is given.
fn is_generated(code: &Bound<'_, PyCode>) -> bool {
    let text = |name: &str| -> Option<String> { code.getattr(name).ok()?.extract().ok() };
    let file = text("co_filename").unwrap_or_default();
    let name = text("co_name").unwrap_or_default();
    (file == "<string>" || file.starts_with("<attrs generated"))
        && matches!(
            name.as_str(),
            "__init__" | "__new__" | "<lambda>" | "__eq__" | "__repr__" | "__hash__" | "__lt__"
        )
}
