//! Named text: the strings and comments of a program, and what its strings are called.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, ParseOptions};

use crate::Range;
use crate::range::range_of;
use crate::token::Token;

/// A part of a program that is text: within the quotes of a string, or a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedText<'t> {
    /// Where it stands.
    pub range: Range,
    /// What the string is called where it stands: the variable, attribute or argument that it is given to
    /// or compared with, or the key that it belongs to.
    pub name: Option<&'t str>,
}

/// The strings and comments of a program, in order. Of one that is not Python, those that are found.
pub fn named_texts(text: &str) -> Vec<NamedText<'_>> {
    let parsed = ruff_python_parser::parse_unchecked(text, ParseOptions::from(Mode::Module));
    let tokens: Vec<Token> = parsed
        .tokens()
        .iter()
        .filter(|token| token.kind() != TokenKind::NonLogicalNewline)
        .map(|token| Token { kind: token.kind(), range: range_of(token) })
        .collect();
    let names = Names { text, tokens: &tokens };
    let mut found = Vec::new();
    // The names of the strings with expressions in them that are open.
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Comment => found.push(NamedText { range: token.range, name: None }),
            TokenKind::String => {
                let range = within_quotes(text, token.range);
                found.push(NamedText { range, name: names.before(at) });
            }
            TokenKind::FStringStart | TokenKind::TStringStart => open.push(names.before(at)),
            TokenKind::FStringMiddle | TokenKind::TStringMiddle => {
                let name = open.last().copied().flatten();
                found.push(NamedText { range: token.range, name });
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => drop(open.pop()),
            _ => {}
        }
    }
    found
}

/// What is in a string, without its prefix and quotes.
fn within_quotes(text: &str, range: Range) -> Range {
    let whole = &text[range.start as usize..range.end as usize];
    let prefix = whole.find(['"', '\'']).unwrap_or(0);
    let quoted = &whole[prefix..];
    let is_triple =
        quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''"));
    let quotes = if is_triple { 3 } else { 1.min(quoted.len() / 2) };
    Range::new(range.start + (prefix + quotes) as u32, range.end - quotes as u32)
}

/// What strings are called, by the tokens before them.
struct Names<'t, 'a> {
    text: &'t str,
    tokens: &'a [Token],
}

impl<'t> Names<'t, '_> {
    fn kind(&self, at: usize) -> Option<TokenKind> {
        Some(self.tokens.get(at)?.kind)
    }

    fn before(&self, string: usize) -> Option<&'t str> {
        let mut at = string.checked_sub(1)?;
        // Brackets around it, and strings that it is joined to.
        while matches!(self.kind(at), Some(TokenKind::Lpar | TokenKind::String))
            && !self.is_call(at)
        {
            at = at.checked_sub(1)?;
        }
        match self.kind(at)? {
            TokenKind::Equal => self.target(at),
            TokenKind::EqEqual | TokenKind::NotEqual | TokenKind::ColonEqual => self.ended_by(at),
            // The value of a key, or what follows a name that is given as a string.
            TokenKind::Colon | TokenKind::Comma => {
                let key = *self.tokens.get(at.checked_sub(1)?)?;
                (key.kind == TokenKind::String)
                    .then(|| self.words(within_quotes(self.text, key.range)))
            }
            _ => None,
        }
    }

    /// What stands before a `=`: with an annotation, what that belongs to.
    fn target(&self, equal: usize) -> Option<&'t str> {
        let line = self.tokens[..equal]
            .iter()
            .rposition(|token| {
                matches!(
                    token.kind,
                    TokenKind::Newline
                        | TokenKind::Indent
                        | TokenKind::Dedent
                        | TokenKind::Semi
                        | TokenKind::Comment
                        | TokenKind::Lpar
                        | TokenKind::Comma
                )
            })
            .map_or(0, |before| before + 1);
        let colon = (line..equal).find(|&at| self.kind(at) == Some(TokenKind::Colon));
        colon.and_then(|colon| self.ended_by(colon)).or_else(|| self.ended_by(equal))
    }

    /// The name or the key that ends before a token.
    fn ended_by(&self, at: usize) -> Option<&'t str> {
        let last = self.tokens.get(at.checked_sub(1)?)?;
        match last.kind {
            TokenKind::Rsqb => {
                let key = self.tokens.get(at.checked_sub(2)?)?;
                (key.kind == TokenKind::String)
                    .then(|| self.words(within_quotes(self.text, key.range)))
            }
            kind if kind == TokenKind::Name || kind.is_soft_keyword() => {
                Some(self.words(last.range))
            }
            _ => None,
        }
    }

    /// Whether a bracket opens a call.
    fn is_call(&self, at: usize) -> bool {
        self.kind(at) == Some(TokenKind::Lpar)
            && at.checked_sub(1).and_then(|before| self.kind(before)).is_some_and(|before| {
                matches!(before, TokenKind::Name | TokenKind::Rpar | TokenKind::Rsqb)
            })
    }

    fn words(&self, range: Range) -> &'t str {
        &self.text[range.start as usize..range.end as usize]
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let found = named_texts(text);
        let lines = found.iter().map(|found| {
            let words = &text[found.range.start as usize..found.range.end as usize];
            format!("{}: {words}\n", found.name.unwrap_or("-"))
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn a_string_is_called_by_what_it_is_given_to() {
        check(
            r#"
password = "a"  # b
self.token: str = ("c"
    'd')
os.environ["KEY"] = rb'''e'''
login(user, password="f", **{"key": "g"})
os.environ.setdefault("KEY", "h")
if password == "i" or (secret := "j"):
    pass
def f(token="k", *, key: str = "l"): ...
"#,
            expect![[r#"
                password: a
                -: # b
                token: c
                token: d
                -: KEY
                KEY: e
                password: f
                -: key
                key: g
                -: KEY
                KEY: h
                password: i
                secret: j
                token: k
                key: l
            "#]],
        );
    }

    #[test]
    fn a_string_within_an_expression_is_not_called_so() {
        check(
            "password = read('a')\nkey = x['b']\ntoken = '' or None\n",
            expect![[r#"
                -: a
                -: b
                token: 
            "#]],
        );
    }

    #[test]
    fn parts_of_a_string_with_expressions_are_called_like_the_whole() {
        check(
            "url = f\"a{b['c']}d\"\n",
            expect![[r#"
                url: a
                -: c
                url: d
            "#]],
        );
    }
}
