//! Shown: names and texts with their control characters escaped, so that a terminal shows and does not
//! obey them.

use std::borrow::Cow;
use std::fmt::Write;

use clew_graph::os_text;

/// Which of the signs that lay text out stay as they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Ends of lines and tabs: the text has lines.
    Lines,
    /// None: the text is a name in a line.
    Nothing,
}

/// A name as it is shown in a line, whoever reads the line.
pub fn name(name: &str) -> Cow<'_, str> {
    escaped(name, Keep::Nothing)
}

/// A text whose control characters are spelled as Python spells them.
pub(crate) fn escaped(text: &str, keep: Keep) -> Cow<'_, str> {
    let stays = |sign: char| {
        let lays_out = matches!(sign, '\n' | '\t') && keep == Keep::Lines;
        lays_out || !(sign.is_control() || is_obeyed(sign) || os_text::byte_of(sign).is_some())
    };
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for sign in text.chars() {
        let number = os_text::byte_of(sign).map_or(u32::from(sign), u32::from);
        // A string takes whatever is written into it.
        let _ = match sign {
            _ if stays(sign) => shown.write_char(sign),
            '\n' => shown.write_str("\\n"),
            '\r' => shown.write_str("\\r"),
            '\t' => shown.write_str("\\t"),
            _ if number < 0x100 => write!(shown, "\\x{number:02x}"),
            _ => write!(shown, "\\u{number:04x}"),
        };
    }
    Cow::Owned(shown)
}

/// Whether a terminal may obey a sign that JSON lets stand: it begins a command, ends the line or turns
/// the direction of what follows.
pub(crate) fn is_obeyed(sign: char) -> bool {
    matches!(sign,
        '\u{7f}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}' | '\u{200f}'
        | '\u{2028}' | '\u{2029}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled() {
        assert_eq!(name("a\x1b[31mb\x07\u{9b}\u{202e}\r"), r"a\x1b[31mb\x07\x9b\u202e\r");
        assert_eq!(name("größer 表"), "größer 表");
    }

    #[test]
    fn lines_stay_lines_in_texts_and_not_in_names() {
        assert_eq!(escaped("a\n\tb\x00", Keep::Lines), "a\n\tb\\x00");
        assert_eq!(name("a\n\tb"), r"a\n\tb");
    }
}
