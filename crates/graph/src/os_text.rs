//! OS text: paths and arguments as text, also those that are no UTF-8.
//!
//! The system takes any bytes for a file's name or an argument; a [`Session`](crate::Session) and its sources
//! are text. A byte that is not part of UTF-8 stands in the text as a sign of the last private plane, so
//! that the bytes come back as they were; every other text is the same on both sides.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

/// The sign for byte 0. Only bytes from 0x80 on need one.
const FIRST: u32 = 0x10_FF00;

/// The byte that a sign stands for, if it stands for one.
pub fn byte_of(sign: char) -> Option<u8> {
    let byte = u32::from(sign).checked_sub(FIRST).and_then(|byte| u8::try_from(byte).ok())?;
    (byte >= 0x80).then_some(byte)
}

/// The text of a path or an argument.
pub fn to_text(os: &OsStr) -> String {
    let mut text = String::with_capacity(os.len());
    for chunk in os.as_bytes().utf8_chunks() {
        for sign in chunk.valid().chars() {
            match byte_of(sign) {
                // What stands for bytes is taken for bytes, so that nothing else means the same.
                Some(_) => {
                    text.extend(sign.encode_utf8(&mut [0; 4]).bytes().map(sign_of));
                }
                None => text.push(sign),
            }
        }
        text.extend(chunk.invalid().iter().copied().map(sign_of));
    }
    text
}

/// The path or argument that a text was made of.
pub fn from_text(text: &str) -> OsString {
    let mut bytes = Vec::with_capacity(text.len());
    for sign in text.chars() {
        match byte_of(sign) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    OsString::from_vec(bytes)
}

/// The path that a text was made of.
pub fn path(text: &str) -> PathBuf {
    PathBuf::from(from_text(text))
}

/// A JSON document with its bytes spelled as Python's own texts hold them (`surrogateescape`).
pub fn in_json(document: &str) -> String {
    let mut spelled = String::with_capacity(document.len());
    for sign in document.chars() {
        match byte_of(sign) {
            Some(byte) => spelled.push_str(&format!("\\udc{byte:02x}")),
            None => spelled.push(sign),
        }
    }
    spelled
}

fn sign_of(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) {
        let text = to_text(OsStr::from_bytes(bytes));
        assert_eq!(from_text(&text).as_bytes(), bytes);
    }

    #[test]
    fn any_bytes_come_back() {
        check(b"plain.py");
        check("größe/表.py".as_bytes());
        check(b"\xff\xfe/a\x80b.py");
        check(b"cut \xe8\xa1");
        check(&(0..=255).collect::<Vec<u8>>());
        // The sign for byte 0xff itself.
        check("\u{10ffff}".as_bytes());
    }

    #[test]
    fn text_is_the_same_on_both_sides() {
        assert_eq!(to_text(OsStr::new("größe/表.py")), "größe/表.py");
        assert_eq!(in_json(r#"{"a": "表"}"#), r#"{"a": "表"}"#);
    }

    #[test]
    fn python_reads_the_bytes_from_json() {
        let text = to_text(OsStr::from_bytes(b"a\xff"));
        assert_eq!(in_json(&format!("\"{text}\"")), r#""a\udcff""#);
    }
}
