//! Pager: what is longer than the screen is given to the user's own program for reading, as git does it.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use rustix::termios::tcgetwinsize;
use unicode_width::UnicodeWidthStr;

use crate::snippet::is_dumb;

/// Where neither the environment nor the user says otherwise.
const DEFAULT: &str = "less";

/// Whether standard output is a screen on which something may be too long.
pub(crate) fn is_of_use() -> bool {
    io::stdout().is_terminal() && io::stdin().is_terminal() && !is_dumb()
}

/// Writes a text to the screen, by a pager where it is longer than that; whether by one.
pub(crate) fn show(text: &str) -> io::Result<bool> {
    let size = tcgetwinsize(io::stdout()).map(|size| (size.ws_col.into(), size.ws_row.into()));
    // Of a screen of no lines nothing is known.
    let shown = match (size, command()) {
        (Ok((columns, rows)), Some(command)) if rows > 0 && lines(text, columns) >= rows => {
            page(text, &command)
        }
        _ => Ok(false),
    };
    match shown {
        Ok(true) => Ok(true),
        _ => io::stdout().lock().write_all(text.as_bytes()).map(|()| false),
    }
}

/// The pager, as a command of the shell; nothing where none is wanted.
fn command() -> Option<OsString> {
    let set = ["CLEW_PAGER", "PAGER"].into_iter().find_map(std::env::var_os);
    let command = set.unwrap_or_else(|| DEFAULT.into());
    (!command.is_empty() && command != "cat").then_some(command)
}

/// How many lines of a screen a text takes.
fn lines(text: &str, columns: usize) -> usize {
    text.lines().map(|line| line.width().div_ceil(columns.max(1)).max(1)).sum()
}

/// Gives a text to a pager and waits for it; `false` where there is no such program.
fn page(text: &str, command: &OsString) -> io::Result<bool> {
    const NOT_FOUND: i32 = 127;
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::piped());
    // Colours are shown, and what was read stays on the screen.
    for (name, value) in [("LESS", "RX"), ("LV", "-c")] {
        if std::env::var_os(name).is_none() {
            shell.env(name, value);
        }
    }
    let mut child = shell.spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // Who has read enough leaves before the end.
        let _ = input.write_all(text.as_bytes());
    }
    Ok(child.wait()?.code() != Some(NOT_FOUND))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_wide_lines_take_several_of_the_screen() {
        assert_eq!(lines("a\n\nbcdef\n表表表\n", 4), 1 + 1 + 2 + 2);
        assert_eq!(lines("", 80), 0);
    }
}
