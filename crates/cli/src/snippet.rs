//! Snippet: the line of a text that something is said of, with marks below it.

use std::io::{self, IsTerminal};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clap::ColorChoice;
use clew_session::Pointer;
use rustix::termios::tcgetwinsize;

use crate::shown::{Keep, escaped};

/// The line of a text and marks below what is meant of it, in colours where standard error takes such.
pub(crate) fn snippet(pointer: &Pointer) -> String {
    let renderer = if has_colours(&io::stderr()) { Renderer::styled() } else { Renderer::plain() };
    rendered(pointer, renderer.term_width(width()))
}

/// How wide a line may be: a longer one is shown around what is meant.
fn width() -> usize {
    const UNKNOWN: usize = 140;
    const LEAST: usize = 40;
    let columns = tcgetwinsize(io::stderr()).map_or(0, |size| usize::from(size.ws_col));
    if columns == 0 { UNKNOWN } else { columns.max(LEAST) }
}

/// Whether what is written to a stream may have colours.
pub(crate) fn has_colours(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && may_have_colours()
}

/// Where clap may use colours: it asks the stream itself, but takes every terminal of a CI for one that
/// has them.
pub(crate) fn choice_of_colours() -> ColorChoice {
    if may_have_colours() { ColorChoice::Auto } else { ColorChoice::Never }
}

fn may_have_colours() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && !is_dumb()
}

/// Whether the terminal can do nothing but show text.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term == "dumb")
}

fn rendered(pointer: &Pointer, renderer: Renderer) -> String {
    // A piece that is escaped may be longer than it was.
    let pieces = [
        &pointer.text[..pointer.range.start],
        &pointer.text[pointer.range.clone()],
        &pointer.text[pointer.range.end..],
    ];
    let [before, meant, behind] = pieces.map(|piece| escaped(piece, Keep::Lines));
    let text = format!("{before}{meant}{behind}");
    let span = before.len()..before.len() + meant.len();
    let source = Snippet::source(text)
        .line_start(pointer.line)
        .annotation(AnnotationKind::Primary.span(span));
    renderer.render(&[Group::with_level(Level::ERROR).element(source)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pointer: &Pointer, expected: &str) {
        assert_eq!(rendered(pointer, Renderer::plain()), expected);
    }

    #[test]
    fn marks_stand_below_what_is_meant() {
        let pointer = Pointer::at_column("a\nkey: value", 2, 6).unwrap();
        check(&pointer, "  |\n2 | key: value\n  |      ^^^^^");
    }

    #[test]
    fn what_a_terminal_would_obey_is_spelled() {
        let pointer = Pointer { line: 1, text: "a\x1b[31m = b".to_owned(), range: 9..10 };
        check(&pointer, "  |\n1 | a\\x1b[31m = b\n  |             ^");
    }
}
