//! Parsing: a text as a [`Unit`].

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions};

use crate::dismantle::dismantle;
use crate::range::range_of;
use crate::token::Token;
use crate::unit::Unit;
use crate::unit::build::build;

#[cfg(test)]
mod tests;

/// How many brackets Python lets stand open at once, and how many levels of indentation.
const BRACKETS: usize = 200;
const INDENTATION: usize = 100;

/// Reads a text as Python: the whole of a script, or a cell. The grammar is that of the newest
/// Python the parser knows. Line ends may be of any kind; a byte order mark is to be taken off.
///
/// # Errors
///
/// Where the text is no Python. What only Python's compiler refuses (`return` at module level)
/// is let through.
pub fn parse(text: &str) -> Result<Unit, ParseError> {
    if u32::try_from(text.len()).is_err() {
        return Err(ParseError::new("the text is longer than 4 GiB", 0));
    }
    refuse_deep_brackets(text)?;
    let parsed = ruff_python_parser::parse_unchecked(text, ParseOptions::from(Mode::Module));
    let error = parsed
        .errors()
        .first()
        .map(|error| ParseError::new(error.error.to_string(), error.location.start().to_u32()));
    let tokens: Vec<Token> = parsed
        .tokens()
        .iter()
        .map(|token| Token { kind: token.kind(), range: range_of(token) })
        .collect();
    let Some(parsed) = parsed.try_into_module() else {
        return Err(ParseError::new("not a module", 0));
    };
    let body = parsed.into_syntax().body;
    let result = match error.or_else(|| deep_indentation(&tokens)) {
        Some(error) => Err(error),
        None => Ok(build(text, tokens, &body)),
    };
    dismantle(body.into_iter().collect());
    result
}

/// Why a text is no Python.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What is wrong, in the parser's words.
    pub message: String,
    /// The byte where it shows.
    pub offset: u32,
}

impl ParseError {
    pub(crate) fn new(message: impl Into<String>, offset: u32) -> Self {
        Self { message: message.into(), offset }
    }
}

/// Refuses what Python refuses, before the parser has to recurse into it.
pub(crate) fn refuse_deep_brackets(text: &str) -> Result<(), ParseError> {
    // Brackets in strings and comments count too here, so this only says when to look closer.
    let mut open = 0_usize;
    let deep = text.bytes().position(|byte| {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > BRACKETS
    });
    let Some(deep) = deep else { return Ok(()) };
    let mut lexer = ruff_python_parser::lexer::lex(text, Mode::Module);
    let mut open = 0_usize;
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return Ok(()),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            _ => {}
        }
        if open > BRACKETS {
            let offset = u32::try_from(deep).unwrap_or(u32::MAX);
            return Err(ParseError::new("too many nested parentheses", offset));
        }
    }
}

fn deep_indentation(tokens: &[Token]) -> Option<ParseError> {
    let mut level = 0_usize;
    for token in tokens {
        match token.kind {
            TokenKind::Indent => level += 1,
            TokenKind::Dedent => level = level.saturating_sub(1),
            _ => {}
        }
        if level >= INDENTATION {
            return Some(ParseError::new("too many levels of indentation", token.range.start));
        }
    }
    None
}
