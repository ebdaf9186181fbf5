//! Arguments: the words behind a chore's name, taken one flag at a time.

use std::str::FromStr;

use crate::Result;

/// The words that no one has taken yet.
pub(crate) struct Arguments {
    words: Vec<String>,
}

impl Arguments {
    /// All words, none taken.
    pub(crate) fn new(words: impl IntoIterator<Item = String>) -> Self {
        Self { words: words.into_iter().collect() }
    }

    /// Takes a flag; whether it was there.
    pub(crate) fn flag(&mut self, flag: &str) -> bool {
        let at = self.words.iter().position(|word| word == flag);
        at.map(|at| self.words.remove(at)).is_some()
    }

    /// Takes a flag and the value behind it, or in it as in `--jobs=2`.
    pub(crate) fn value<T: FromStr>(&mut self, flag: &str) -> Result<Option<T>> {
        let Some(at) = self.words.iter().position(|word| {
            word.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        }) else {
            return Ok(None);
        };
        let word = self.words.remove(at);
        let value = match word.split_once('=') {
            Some((_, value)) => value.to_owned(),
            None if at < self.words.len() => self.words.remove(at),
            None => return Err(format!("`{flag}` wants a value").into()),
        };
        match value.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(format!("`{value}` is no value for `{flag}`").into()),
        }
    }

    /// What is left, once every flag has been taken.
    pub(crate) fn rest(self) -> Result<Vec<String>> {
        match self.words.iter().find(|word| word.starts_with('-')) {
            Some(flag) => Err(format!("this chore has no flag `{flag}`").into()),
            None => Ok(self.words),
        }
    }

    /// What is left, flags and all, for a program that reads it itself.
    pub(crate) fn all(self) -> Vec<String> {
        self.words
    }

    /// For a chore that takes nothing, or nothing more.
    pub(crate) fn none_left(self) -> Result {
        match self.rest()?.first() {
            Some(word) => Err(format!("this chore does not know what to do with `{word}`").into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &str) -> Arguments {
        Arguments::new(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_and_values_may_stand_anywhere() {
        let mut given = arguments("a --jobs 3 --json b --timeout=5");
        assert_eq!(given.value::<usize>("--jobs").unwrap(), Some(3));
        assert_eq!(given.value::<u64>("--timeout").unwrap(), Some(5));
        assert!(given.flag("--json"));
        assert!(!given.flag("--json"));
        assert_eq!(given.rest().unwrap(), ["a", "b"]);
    }

    #[test]
    fn what_no_one_takes_is_an_error() {
        assert_eq!(
            arguments("--jbos 3").rest().unwrap_err().to_string(),
            "this chore has no flag `--jbos`"
        );
        assert_eq!(
            arguments("--jobs").value::<usize>("--jobs").unwrap_err().to_string(),
            "`--jobs` wants a value"
        );
        assert_eq!(
            arguments("--jobs many").value::<usize>("--jobs").unwrap_err().to_string(),
            "`many` is no value for `--jobs`"
        );
        assert!(arguments("more").none_left().is_err());
    }
}
