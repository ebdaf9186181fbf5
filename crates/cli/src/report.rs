//! Report: how text reaches the user, and how names, times and errors are worded.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use clap::builder::styling::Style;
use clew_graph::{Timestamp, os_text};
use clew_session::Pointer;

use crate::shown::{self, Keep, escaped, is_obeyed};
use crate::snippet::snippet;
use crate::{CommandError, Interpreter, pager};

/// Whether only errors are said on standard error.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Why standard output could not be written, from then on.
static FAILURE: Mutex<Option<io::Error>> = Mutex::new(None);

/// What was printed so far, where it may be longer than the screen.
static GATHERED: Mutex<Option<String>> = Mutex::new(None);

/// Prints a line with its control characters escaped.
pub(crate) fn say_line(text: fmt::Arguments<'_>) {
    let text = text.to_string();
    print(&escaped(&text, Keep::Lines));
    print("\n");
}

/// Prints code, with its control characters escaped on a terminal: a file or pipe gets it as it is.
pub(crate) fn say_code(code: &str) {
    if io::stdout().is_terminal() {
        print(&escaped(code, Keep::Lines));
    } else {
        print(code);
    }
}

/// Prints a line in a style of the terminal's, with its control characters escaped.
pub(crate) fn say_styled(line: &str, style: Style) {
    let line = escaped(line, Keep::Lines);
    print(&format!("{style}{line}{style:#}\n"));
}

/// Prints the line of a text that something was said of.
pub(crate) fn say_snippet(pointer: &Pointer) {
    print(&snippet(pointer));
    print("\n");
}

/// What is printed is kept until [`finish`], for it may be longer than the screen.
pub(crate) fn gather() {
    *GATHERED.lock().unwrap_or_else(PoisonError::into_inner) = Some(String::new());
}

fn print(text: &str) {
    if let Some(gathered) = &mut *GATHERED.lock().unwrap_or_else(PoisonError::into_inner) {
        gathered.push_str(text);
        return;
    }
    let mut failure = FAILURE.lock().unwrap_or_else(PoisonError::into_inner);
    if failure.is_none() {
        *failure = io::stdout().lock().write_all(text.as_bytes()).err();
    }
}

/// Takes note of what came of writing to standard output elsewhere.
pub(crate) fn keep_failure(outcome: io::Result<()>) {
    if let Err(error) = outcome {
        FAILURE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// Prints a JSON document in a line. What a terminal would obey is escaped in it as JSON does.
pub(crate) fn say_json(document: &serde_json::Value) {
    let mut text = String::new();
    for sign in document.to_string().chars() {
        // Such signs stand in strings alone.
        if is_obeyed(sign) {
            let mut units = [0; 2];
            for unit in sign.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(sign);
        }
    }
    say_line(format_args!("{}", os_text::in_json(&text)));
}

/// Says on standard error what the user has to know, with control characters escaped. Where nobody can be
/// told, nothing else is done about it.
pub fn complain(text: fmt::Arguments<'_>) {
    if !QUIET.load(Ordering::Relaxed) {
        tell(&text.to_string());
    }
}

/// The same with the line of a text that it is about.
pub(crate) fn complain_at(text: &str, pointer: Option<&Pointer>) {
    if !QUIET.load(Ordering::Relaxed) {
        tell_at(text, pointer);
    }
}

/// Says on standard error why a command failed, also where nothing else is said.
pub(crate) fn fail(error: &CommandError) {
    for (text, pointer) in error.parts() {
        tell_at(&text, pointer.as_ref());
    }
}

/// Says that what was printed could not be written.
pub(crate) fn fail_to_write(error: &io::Error) {
    tell(&format!("cannot write the output: {error}"));
}

/// Whether nothing but errors is said on standard error.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Says only errors from now on, or not.
pub(crate) fn be_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

fn tell_at(text: &str, pointer: Option<&Pointer>) {
    tell(text);
    if let Some(pointer) = pointer {
        let _ = writeln!(io::stderr().lock(), "{}", snippet(pointer));
    }
}

fn tell(text: &str) {
    let line = format!("clew: {}\n", escaped(text, Keep::Lines));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Writes what is left to standard output, and says why not all that was said could be. A pipe that
/// is closed (`clew slice x | head`) is no fault of anybody's.
pub(crate) fn finish(interpreter: &dyn Interpreter) -> Result<(), io::Error> {
    if let Some(text) = GATHERED.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let shown = pager::show(&text);
        if let Ok(true) = shown {
            // Ctrl-C was for the pager, and for nobody else by now.
            interpreter.forget_interrupt();
        }
        keep_failure(shown.map(drop));
    }
    let flushed = io::stdout().lock().flush();
    let failure = FAILURE.lock().unwrap_or_else(PoisonError::into_inner).take();
    match failure.map_or(flushed, Err) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// ` Did you mean …?` for names that are almost the same; nothing where there are none.
pub(crate) fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut close: Vec<(f64, &str)> = known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|&(closeness, _)| closeness > 0.8)
        .collect();
    close.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    close.dedup_by(|left, right| left.1 == right.1);
    let names: Vec<String> =
        close.iter().take(3).map(|(_, known)| format!("`{}`", shown::name(known))).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!("; did you mean {}?", names.join(" or ")),
    }
}

/// A moment as `2026-11-22 14:05:09`, in UTC.
pub(crate) fn moment(timestamp: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(timestamp.0)
        .map(|moment| moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_else(|_| timestamp.0.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered_the_nearest_first() {
        let known = ["model", "models", "table"];
        assert_eq!(near("modl", known.into_iter()), "; did you mean `model` or `models`?");
        assert_eq!(near("zzz", known.into_iter()), "");
    }

    #[test]
    fn moments_are_told_in_utc() {
        assert_eq!(moment(Timestamp(0)), "1970-01-01 00:00:00");
    }
}
