//! Names of a text: the names that a plain statement spells, and whether each is an attribute or is called.

/// A name, as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named<'t> {
    pub(crate) name: &'t str,
    /// Whether it is the attribute of something.
    pub(crate) is_attribute: bool,
    /// Whether an attribute of it follows.
    pub(crate) has_attribute: bool,
    pub(crate) is_called: bool,
}

/// The names that a statement spells, those in its texts only where they are formatted; `None` where that is not
/// told so easily: texts over several lines, and functions without a name.
pub(crate) fn names_of(text: &str) -> Option<Vec<Named<'_>>> {
    let mut names = Vec::new();
    let bytes = text.as_bytes();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let (mut at, mut before) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'#' {
            at += text[at..].find('\n').unwrap_or(text.len() - at);
        } else if byte == b'"' || byte == b'\'' {
            if bytes[at..].starts_with(&[byte; 3]) {
                return None;
            }
            at = end_of_text(bytes, at)?;
            before = byte;
        } else if is_name(byte) {
            let length = bytes[at..].iter().take_while(|&&byte| is_name(byte)).count();
            let name = &text[at..at + length];
            at += length;
            let next = bytes.get(at).copied().unwrap_or_default();
            if next == b'"' || next == b'\'' {
                // Only a formatted text has names in it.
                if !name.bytes().all(|letter| matches!(letter, b'b' | b'B' | b'r' | b'R' | b'u')) {
                    return None;
                }
                continue;
            }
            if matches!(name, "lambda" | "await" | "yield") {
                return None;
            }
            let next = text[at..].bytes().find(|byte| !byte.is_ascii_whitespace());
            if !byte.is_ascii_digit() {
                names.push(Named {
                    name,
                    is_attribute: before == b'.',
                    has_attribute: next == Some(b'.'),
                    is_called: next == Some(b'('),
                });
            }
            before = byte;
        } else {
            if !byte.is_ascii_whitespace() {
                before = byte;
            }
            at += 1;
        }
    }
    Some(names)
}

/// Where a text within a program ends that begins here.
fn end_of_text(bytes: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'\n' => return None,
            byte if *byte == bytes[begin] => return Some(at + 1),
            _ => at += 1,
        }
    }
}
