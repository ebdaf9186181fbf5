//! `clew slice NAME --static FILE`: the slice of a text that never ran.

use clew_effects::Catalog;
use clew_graph::{SourceLocation, os_text};
use clew_session::{CaptureError, Pointer, Unexecuted};
use serde_json::json;

use super::form::{Forms, Origin, cells_of, is_notebook};
use crate::report::{near, say_code, say_json};
use crate::{CommandError, Interpreter};

pub(super) fn slice_unexecuted(
    file: &str,
    name: &str,
    forms: &Forms,
    as_json: bool,
    interpreter: &dyn Interpreter,
) -> Result<u8, CommandError> {
    let unreadable = |reason: String| CommandError::NoScript { path: file.to_owned(), reason };
    let text = std::fs::read_to_string(os_text::path(file))
        .map_err(|error| unreadable(error.to_string()))?;
    let is_notebook = is_notebook(&os_text::path(file));
    let texts = match is_notebook {
        true => cells_of(file, interpreter)?
            .into_iter()
            .map(|(place, text)| (SourceLocation::Cell(place), text))
            .collect(),
        false => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
            vec![(SourceLocation::File(file.to_owned()), text)]
        }
    };
    let read = Unexecuted::read(&texts, &Catalog::builtin()).map_err(|(at, error)| {
        let given = texts.get(at);
        let text = given.map_or("", |(_, text)| text.as_str());
        let pointer = match &error {
            CaptureError::Parse(error) => Pointer::at_offset(text, error.offset as usize),
            _ => None,
        };
        let mut reason = match given {
            Some((SourceLocation::Cell(place), _)) => format!("cell {place}: "),
            _ => String::new(),
        };
        if let Some(pointer) = &pointer {
            reason += &format!("line {}: ", pointer.line);
        }
        reason += &match &error {
            CaptureError::Parse(error) => error.to_string(),
            error => clew_session::describe(error),
        };
        CommandError::NotPython { path: file.to_owned(), reason, at: pointer }
    })?;
    let Some(sliced) = read.slice(name)? else {
        let (where_, near) = (format!(" in {file}"), near(name, read.names()));
        return Err(CommandError::UnknownName { name: name.to_owned(), where_, near });
    };
    complain!(
        "{file} was not run: these are {} of its {} statements, all that may make the value as far as its text \
         and the rules about what it calls show",
        sliced.kept,
        sliced.statements
    );
    let folder = os_text::path(file).parent().map(|folder| os_text::to_text(folder.as_os_str()));
    let origin = Origin {
        sources: read.sources(),
        notebook: is_notebook.then(|| file.to_owned()),
        python: None,
        folders: folder.into_iter().collect(),
    };
    let code = forms.text_of(&sliced, &origin, interpreter)?;
    let is_written = forms.write(&code)?;
    if as_json {
        say_json(&json!({
            "name": name,
            "script": file,
            "static": true,
            "code": code,
            "kept": sliced.kept,
            "statements": sliced.statements,
        }));
    } else if !is_written {
        say_code(&code);
        if !code.ends_with('\n') && !code.is_empty() {
            say_line!("");
        }
    }
    Ok(0)
}
