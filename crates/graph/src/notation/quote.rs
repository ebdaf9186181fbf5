//! Quote: names and texts so that they stand in a line.

use std::fmt;

/// Whether a name may hold a character and yet stand without quotes.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

/// A name, in quotes only where it needs them.
pub(crate) struct Name<'a>(pub(crate) &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.is_empty() && self.0.chars().all(is_word_char) {
            f.write_str(self.0)
        } else {
            Quoted(self.0).fmt(f)
        }
    }
}

/// A text in quotes.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// A byte string in quotes.
pub(crate) struct QuotedBytes<'a>(pub(crate) &'a [u8]);

impl fmt::Display for QuotedBytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// A list in braces after the word that announces it; nothing at all if it is empty.
pub(crate) struct Braced<'a, T>(pub(crate) &'a str, pub(crate) &'a [T]);

impl<T: fmt::Display> fmt::Display for Braced<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(word, [first, others @ ..]) = self else { return Ok(()) };
        write!(f, " {word} {{{first}")?;
        others.iter().try_for_each(|item| write!(f, ", {item}"))?;
        f.write_str("}")
    }
}

/// The text up to the closing quote and what comes after it. Understands Rust's escapes and JSON's.
pub(super) fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        let c = match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                '0' => '\0',
                'u' => {
                    let (c, rest) = code_point(chars.as_str())?;
                    chars = rest.chars();
                    c
                }
                c @ ('"' | '\'' | '\\' | '/') => c,
                _ => return None,
            },
            c => c,
        };
        value.push(c);
    }
}

/// The bytes up to the closing quote and what comes after it.
pub(super) fn unquote_bytes(text: &str) -> Option<(Vec<u8>, &str)> {
    let mut value = Vec::new();
    let mut chars = text.chars();
    loop {
        let byte = match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => match chars.next()? {
                'n' => b'\n',
                'r' => b'\r',
                't' => b'\t',
                '0' => b'\0',
                'x' => {
                    let (digits, rest) = chars.as_str().split_at_checked(2)?;
                    chars = rest.chars();
                    u8::try_from(hexadecimal(digits)?).ok()?
                }
                c @ ('"' | '\'' | '\\') => c as u8,
                _ => return None,
            },
            c => u8::try_from(c).ok().filter(u8::is_ascii)?,
        };
        value.push(byte);
    }
}

/// What follows `\u`: `{1f600}` as in Rust, or `d83d\ude00` as in JSON.
fn code_point(text: &str) -> Option<(char, &str)> {
    if let Some(text) = text.strip_prefix('{') {
        let (digits, rest) = text.split_once('}')?;
        return Some((char::from_u32(hexadecimal(digits)?)?, rest));
    }
    let (digits, rest) = text.split_at_checked(4)?;
    let high = hexadecimal(digits)?;
    if let Some(c) = char::from_u32(high) {
        return Some((c, rest));
    }
    let (digits, rest) = rest.strip_prefix("\\u")?.split_at_checked(4)?;
    let halves = [u16::try_from(high).ok()?, u16::try_from(hexadecimal(digits)?).ok()?];
    char::decode_utf16(halves).next()?.ok().map(|c| (c, rest))
}

fn hexadecimal(digits: &str) -> Option<u32> {
    // The standard parser would take a sign.
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
    u32::from_str_radix(digits, 16).ok()
}
