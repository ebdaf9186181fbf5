//! Pattern: a name with `*` for any run of characters.

use std::fmt;

/// A name with `*` for any run of characters, also none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pattern(String);

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some((start, rest)) = self.0.split_once('*') else { return self.0 == text };
        let Some(mut text) = text.strip_prefix(start) else { return false };
        let Some((middle, end)) = rest.rsplit_once('*') else { return text.ends_with(rest) };
        for part in middle.split('*') {
            match text.find(part) {
                Some(at) => text = &text[at + part.len()..],
                None => return false,
            }
        }
        text.ends_with(end)
    }

    /// Whether it matches a public name, or a private one that it spells as private.
    pub(crate) fn matches_name(&self, name: &str) -> bool {
        (self.0.starts_with('_') || !name.starts_with('_')) && self.matches(name)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, text, expected) in [
            ("to_*", "to_csv", true),
            ("to_*", "to_", true),
            ("to_*", "into_", false),
            ("*", "", true),
            ("*w*", "rw", true),
            ("*w*", "r", false),
            ("a*a", "a", false),
            ("a*b*c", "a--b--c", true),
            ("a*b*c", "a--c--b", false),
            ("a**c", "ac", true),
            ("open", "opens", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn private_names_have_to_be_asked_for() {
        assert!(!Pattern::new("*").matches_name("_private"));
        assert!(Pattern::new("_*").matches_name("_private"));
    }
}
