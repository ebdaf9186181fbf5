//! Mention: what a statement's tokens name, in whatever expression or body of it they stand.

use ruff_python_ast::token::TokenKind;

use crate::evaluated::{Spelling, names_in};
use crate::token::Token;
use crate::{Range, StatementId, Unit};

/// What names contain by which a value is made into text: functions, methods, formats.
const TEXT_MAKERS: [&str; 16] = [
    "str", "repr", "format", "print", "ascii", "html", "latex", "markdown", "info", "log", "debug",
    "warn", "write", "dump", "display", "save",
];

impl Unit {
    /// Whether a statement names an attribute, whoever's it is.
    pub fn mentions_attribute(&self, id: StatementId, name: &str) -> bool {
        self.tokens_in(self.statement(id).range).windows(2).any(|pair| {
            pair[0].kind == TokenKind::Dot
                && pair[1].kind == TokenKind::Name
                && pair[1].range.of(&self.text) == name
        })
    }

    /// The names in the texts that a statement spells.
    pub fn names_in_texts(&self, id: StatementId) -> Vec<String> {
        let tokens = self.tokens_in(self.statement(id).range).iter();
        let texts = tokens
            .filter(|token| matches!(token.kind, TokenKind::String | TokenKind::FStringMiddle));
        texts.flat_map(|text| names_in(text.range.of(&self.text), Spelling::Plain)).collect()
    }

    /// Whether a statement may make text of a value: by an f-string, by `%`, or by something that is
    /// named for it. Of those that do, some by other names are missed; not all that are found do.
    pub fn may_make_text(&self, id: StatementId) -> bool {
        self.tokens_in(self.statement(id).range).iter().any(|token| match token.kind {
            TokenKind::FStringStart | TokenKind::TStringStart => true,
            TokenKind::Percent | TokenKind::PercentEqual => true,
            TokenKind::Name => is_text_maker(token.range.of(&self.text)),
            // `getattr(frame, "to_string")`, `frame.agg("to_string")`
            TokenKind::String => {
                let text = token.range.of(&self.text).trim_matches(['"', '\'']);
                text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                    && is_text_maker(text)
            }
            _ => false,
        })
    }

    /// Hands out the names that stand in a stretch of the text, and the words of the strings there.
    pub fn words_in(&self, range: Range, hand_out: &mut dyn FnMut(&str)) {
        for token in self.tokens_in(range) {
            let text = token.range.of(&self.text);
            match token.kind {
                TokenKind::Name => hand_out(text),
                TokenKind::String | TokenKind::FStringMiddle => {
                    hand_out(text.trim_matches(['"', '\'']));
                    text.split(|sign: char| !sign.is_alphanumeric() && sign != '_')
                        .for_each(&mut *hand_out);
                }
                _ => {}
            }
        }
    }

    /// Whether a `yield` stands in a stretch of the text.
    pub fn yields_in(&self, range: Range) -> bool {
        self.tokens_in(range).iter().any(|token| token.kind == TokenKind::Yield)
    }

    /// How often a stretch of the text says `await` or `async`.
    pub fn awaits_in(&self, range: Range) -> usize {
        let waits = |token: &&Token| matches!(token.kind, TokenKind::Await | TokenKind::Async);
        self.tokens_in(range).iter().filter(waits).count()
    }

    pub(crate) fn tokens_in(&self, range: Range) -> &[Token] {
        let place = |offset| self.tokens.partition_point(|token| token.range.start < offset);
        &self.tokens[place(range.start)..place(range.end)]
    }
}

fn is_text_maker(name: &str) -> bool {
    name.starts_with("to_") || TEXT_MAKERS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use crate::{StatementId, parse};

    #[track_caller]
    fn check_text(text: &str, makes_text: bool) {
        let unit = parse(text).unwrap();
        assert_eq!(unit.may_make_text(StatementId::new(0)), makes_text, "{text}");
    }

    #[test]
    fn text_is_made_by_what_is_named_for_it() {
        check_text("print(x)", true);
        check_text("x.to_html()", true);
        check_text("logging.info(x)", true);
        check_text("x.astype(str)", true);
        check_text("getattr(x, 'to_string')()", true);
        check_text("y = x.sum()", false);
    }

    #[test]
    fn text_is_made_by_formats_of_every_kind() {
        check_text("a = f'{x}'", true);
        check_text("a = rF'''{x}'''", true);
        check_text("a = '%s' % x", true);
        check_text("a %= x", true);
        check_text("a = '{}'.format(x)", true);
    }

    #[test]
    fn prose_in_strings_and_comments_makes_no_text() {
        check_text("a = 'a street in 100% of cases'  # print", false);
    }

    #[test]
    fn text_may_be_made_anywhere_in_a_body() {
        check_text("for x in y:\n    def f():\n        return repr(x)\n", true);
        check_text("for x in y:\n    pass\nprint(x)\n", false);
    }

    #[test]
    fn an_attribute_is_mentioned_where_it_is_read() {
        let mentions = |text: &str| {
            let unit = parse(text).unwrap();
            unit.mentions_attribute(StatementId::new(0), "number")
        };
        assert!(mentions("n = plt.gcf().number"));
        assert!(mentions("a = [f'{figure . number}' for figure in figures]"));
        assert!(!mentions("n = figure.numbers + number  # .number"));
        assert!(!mentions("n = 'figure.number'"));
    }
}
