//! Line index: from a line and column, as CPython counts them, to a byte of the text.

/// The byte at which each line begins, by CPython's idea of a line.
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// The lines of a text.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => {
                    at += 1;
                    starts.push(at as u32 + 1);
                }
                b'\n' | b'\r' => starts.push(at as u32 + 1),
                _ => {}
            }
            at += 1;
        }
        Self { starts }
    }

    /// How many lines end before a byte.
    pub(crate) fn line_of(&self, byte: u32) -> usize {
        self.starts.partition_point(|&start| start <= byte).saturating_sub(1)
    }

    /// The place of a byte as CPython gives it: a line from 1, and a column in bytes.
    pub(crate) fn line_and_column(&self, byte: u32) -> (u32, u32) {
        let line = self.line_of(byte);
        (line as u32 + 1, byte - self.starts[line])
    }

    /// Whether a line begins at a byte.
    pub(crate) fn begins_at(&self, byte: u32) -> bool {
        self.starts.binary_search(&byte).is_ok()
    }

    /// The byte of a place that CPython gives as a line from 1 and a column in bytes.
    pub fn offset(&self, line: i64, column: i64) -> Option<u32> {
        let start = self.starts.get(usize::try_from(line).ok()?.checked_sub(1)?)?;
        start.checked_add(u32::try_from(column).ok()?)
    }
}
