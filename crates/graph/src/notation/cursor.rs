//! Cursor: a place in a line, and what can be read from there on.

use super::quote;
use super::{TextProblem, quote::is_word_char};
use crate::{NodeId, SourceId, Span};

/// What reading gives, or what is wrong with the line.
pub(crate) type Reading<T> = Result<T, TextProblem>;

/// A place in a line. A copy of it is a bookmark.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'t> {
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(line: &'t str) -> Self {
        Self { rest: line.trim() }
    }

    /// Moves over a sign if it stands here.
    pub(crate) fn eat(&mut self, sign: &str) -> bool {
        self.rest.strip_prefix(sign).map(|rest| self.move_to(rest)).is_some()
    }

    /// Moves over a word if it stands here as a whole.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        self.peek_word() == word && self.eat(word)
    }

    /// Moves over a sign that has to stand here.
    pub(crate) fn expect(&mut self, sign: &str, expected: &'static str) -> Reading<()> {
        if self.eat(sign) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// Moves over a word that has to stand here.
    pub(crate) fn expect_word(&mut self, word: &str, expected: &'static str) -> Reading<()> {
        if self.eat_word(word) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// The word that stands here; empty if none does.
    pub(crate) fn peek_word(&self) -> &'t str {
        let end = self.rest.find(|c| !is_word_char(c)).unwrap_or(self.rest.len());
        &self.rest[..end]
    }

    /// Reads a word and says what it means.
    pub(crate) fn word<T>(
        &mut self,
        expected: &'static str,
        meaning: impl FnOnce(&str) -> Option<T>,
    ) -> Reading<T> {
        let word = self.peek_word();
        let value = meaning(word).ok_or_else(|| self.unexpected(expected))?;
        self.move_to(&self.rest[word.len()..]);
        Ok(value)
    }

    /// Reads everything up to the next space.
    pub(crate) fn token<T>(
        &mut self,
        expected: &'static str,
        meaning: impl FnOnce(&str) -> Option<T>,
    ) -> Reading<T> {
        let token = self.peek_token();
        let value = meaning(token).ok_or_else(|| self.unexpected(expected))?;
        self.move_to(&self.rest[token.len()..]);
        Ok(value)
    }

    /// Reads a name, in quotes or not.
    pub(crate) fn name(&mut self) -> Reading<String> {
        if let Some(text) = self.string()? {
            return Ok(text);
        }
        self.word("a name", |word| (!word.is_empty()).then(|| word.to_owned()))
    }

    /// Reads a quoted text if one stands here.
    pub(crate) fn string(&mut self) -> Reading<Option<String>> {
        let Some(rest) = self.rest.strip_prefix('"') else { return Ok(None) };
        let Some((text, rest)) = quote::unquote(rest) else { return Err(self.bad_quote()) };
        self.move_to(rest);
        Ok(Some(text))
    }

    /// Reads a quoted byte string if one stands here.
    pub(crate) fn bytes(&mut self) -> Reading<Option<Vec<u8>>> {
        let Some(rest) = self.rest.strip_prefix("b\"") else { return Ok(None) };
        let Some((bytes, rest)) = quote::unquote_bytes(rest) else { return Err(self.bad_quote()) };
        self.move_to(rest);
        Ok(Some(bytes))
    }

    /// Reads a node's id.
    pub(crate) fn node(&mut self) -> Reading<NodeId> {
        self.word("a node", |word| Some(NodeId::new(word.strip_prefix('n')?.parse().ok()?)))
    }

    /// Reads a list that opens here, with a comma between items.
    pub(crate) fn list<T>(
        &mut self,
        [open, close]: [&str; 2],
        mut item: impl FnMut(&mut Self) -> Reading<T>,
    ) -> Reading<Vec<T>> {
        self.expect(open, "a list")?;
        let mut items = Vec::new();
        if self.eat(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.eat(close) {
                return Ok(items);
            }
            self.expect(",", "`,` or the end of the list")?;
        }
    }

    /// Reads a list in braces that a word announces; without the word it is empty.
    pub(crate) fn braced<T>(
        &mut self,
        word: &str,
        item: impl FnMut(&mut Self) -> Reading<T>,
    ) -> Reading<Vec<T>> {
        if self.eat_word(word) { self.list(["{", "}"], item) } else { Ok(Vec::new()) }
    }

    /// Reads a span if one stands here.
    pub(crate) fn span(&mut self) -> Reading<Option<Span>> {
        if !self.rest.starts_with('@') {
            return Ok(None);
        }
        self.token("a span such as `@s0:4-9`", |token| {
            let (source, range) = token.strip_prefix("@s")?.split_once(':')?;
            let (start, end) = range.split_once('-')?;
            Some(Some(Span {
                source: SourceId::new(source.parse().ok()?),
                start: start.parse().ok()?,
                end: end.parse().ok()?,
            }))
        })
    }

    /// Makes sure that nothing is left.
    pub(crate) fn end(&self) -> Reading<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.unexpected("the end of the line")) }
    }

    fn move_to(&mut self, rest: &'t str) {
        self.rest = rest.trim_start();
    }

    fn peek_token(&self) -> &'t str {
        self.rest.split(char::is_whitespace).next().unwrap_or_default()
    }

    /// The problem that something else has to stand here.
    pub(crate) fn unexpected(&self, expected: &'static str) -> TextProblem {
        let word = match self.peek_word() {
            "" => self.peek_token(),
            word => word,
        };
        let found = match word {
            "" => "the end of the line".to_owned(),
            word => format!("`{word}`"),
        };
        TextProblem::Unexpected { expected, found }
    }

    fn bad_quote(&self) -> TextProblem {
        TextProblem::Quote(self.rest.to_owned())
    }
}
