//! Pointer: a place in a line of a text, to be shown with that line.

use std::ops::Range;

/// A place in a line of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The number of the line, counted from one.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// Which bytes of it are meant.
    pub range: Range<usize>,
}

impl Pointer {
    /// What stands at a byte of a text, as far as it is one word, or else one sign.
    pub fn at_offset(text: &str, offset: usize) -> Option<Self> {
        // The end of a text is where its last line ends that says something.
        let text = text.trim_end();
        let offset = offset.min(text.len());
        let before = text.get(..offset)?;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Self::within(before.matches('\n').count() + 1, &text[start..], offset - start)
    }

    /// The same of a line and column, both counted from one, the column in characters.
    pub fn at_column(text: &str, line: usize, column: usize) -> Option<Self> {
        let found = text.lines().nth(line.checked_sub(1)?)?;
        let mut places = found.char_indices().map(|(at, _)| at).chain([found.len()]);
        Self::within(line, found, places.nth(column.checked_sub(1)?)?)
    }

    /// All that a line says.
    pub fn at_line(text: &str, line: usize) -> Option<Self> {
        let text = text.lines().nth(line.checked_sub(1)?)?.trim_end().to_owned();
        let start = text.len() - text.trim_start().len();
        Some(Self { line, range: start..text.len(), text })
    }

    fn within(line: usize, rest: &str, at: usize) -> Option<Self> {
        let text = rest.lines().next().unwrap_or_default().trim_end();
        let at = at.min(text.len());
        let behind = text.get(at..)?;
        let is_of_word = |sign: &char| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.');
        let word: usize = behind.chars().take_while(is_of_word).map(char::len_utf8).sum();
        let end = at + word.max(behind.chars().next().map_or(0, char::len_utf8));
        Some(Self { line, text: text.to_owned(), range: at..end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pointer: Option<Pointer>, expected: &str) {
        let pointer = pointer.unwrap();
        let marks = "^".repeat(pointer.range.len());
        let shown = format!(
            "{} {}\n{}{marks}",
            pointer.line,
            pointer.text,
            " ".repeat(pointer.range.start)
        );
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_word_is_meant_as_a_whole() {
        check(Pointer::at_offset("a = 1\nb = word + 2\n", 10), "2 b = word + 2\n    ^^^^");
        check(
            Pointer::at_column("a\n  side_effects: 1", 2, 3),
            "2   side_effects: 1\n  ^^^^^^^^^^^^",
        );
        check(Pointer::at_column("x = (", 1, 5), "1 x = (\n    ^");
    }

    #[test]
    fn the_end_of_a_line_has_a_place() {
        check(Pointer::at_offset("x = (\n\n", 7), "1 x = (\n     ");
        check(Pointer::at_column("ab", 1, 9).or(Pointer::at_line(" ab ", 1)), "1  ab\n ^^");
    }
}
