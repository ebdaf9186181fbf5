//! Redaction: what looks like a secret is masked before it is kept.
//!
//! A mask has the length of what it hides, so that every place in a text stays where it was.

use std::borrow::Cow;
use std::sync::LazyLock;

use clew_graph::SessionId;
use clew_store::{SessionFile, Store};
use clew_syntax::named_texts;
use regex_lite::Regex;

/// What stands in the place of each byte of a secret.
const MASK: char = '*';

/// Secrets that show by their form; what is hidden is the group, where there is one.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Amazon, GitHub, GitLab, Slack, Google, Stripe, OpenAI and Anthropic, Hugging Face, PyPI, npm.
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        r"\bgh[pousr]_[0-9A-Za-z]{36,}",
        r"\bgithub_pat_[0-9A-Za-z_]{22,}",
        r"\bglpat-[0-9A-Za-z_-]{20,}",
        r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}",
        r"\bAIza[0-9A-Za-z_-]{35}",
        r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}",
        r"\bsk-[0-9A-Za-z_-]{20,}",
        r"\bhf_[0-9A-Za-z]{30,}",
        r"\bpypi-[0-9A-Za-z_-]{50,}",
        r"\bnpm_[0-9A-Za-z]{36}",
        // JSON Web Tokens (RFC 7519), and what an `Authorization` header bears (RFC 6750, RFC 7617).
        r"\beyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]*",
        r"\b(?:Bearer|Basic)\s+([0-9A-Za-z._~+/-]{8,}=*)",
        // Private keys (RFC 7468), and passwords in addresses (RFC 3986).
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]*)",
        r"://[^/\s:@]*:([^@/\s]+)@",
    ]
    .iter()
    .map(|form| Regex::new(form).expect("it is tested that each form is one"))
    .collect()
});

/// Settings by name within data: `password = …`, `"api_key": …`.
static SETTING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"([A-Za-z][A-Za-z0-9_-]*)["']?[ \t]*[:=][ \t]*["']?([^\s"']+)"#)
        .expect("it is tested that this is a pattern")
});

/// What a session's note of a redacted line begins with.
const NOTE: &str = "kept without what looks like a secret: ";

/// A text in which what looks like a secret is masked, and the lines that were changed, as they are now.
pub(crate) fn text(text: &str) -> (Cow<'_, str>, Vec<String>) {
    let mut secrets = Vec::new();
    for found in named_texts(text) {
        let (start, end) = (found.range.start as usize, found.range.end as usize);
        let words = &text[start..end];
        if found.name.is_some_and(|name| is_secret(name, words)) {
            secrets.push((start, end));
        } else {
            secrets.extend(of_form(words).map(|(from, to)| (start + from, start + to)));
        }
    }
    let Some(&(first, _)) = secrets.first() else { return (Cow::Borrowed(text), Vec::new()) };
    let masked = mask(text, &secrets);
    let mut changed = Vec::new();
    let lines = text[first..].lines().count() + text[..first].lines().count();
    for (before, after) in text.lines().zip(masked.lines()).take(lines) {
        if before != after && !changed.iter().any(|known| known == after.trim()) {
            changed.push(after.trim().to_owned());
        }
    }
    (Cow::Owned(masked), changed)
}

/// Masks what looks like a secret in the arguments of a program.
pub(crate) fn arguments(arguments: &mut [String]) {
    let mut option: Option<String> = None;
    for word in arguments {
        let given = option.take();
        let (name, start) = match word.split_once('=') {
            Some((name, _)) => (Some(name.to_owned()), name.len() + 1),
            None => (given, 0),
        };
        let end = word.len();
        let secrets: Vec<_> = match name {
            Some(name) if is_secret(&name, &word[start..]) => vec![(start, end)],
            _ => of_form(word).collect(),
        };
        if secrets.is_empty() && word.starts_with('-') && start == 0 {
            option = Some(word.clone());
        }
        *word = mask(word, &secrets);
    }
}

/// Keeps of a session's files no content with what looks like a secret. That it was there is kept, with a
/// digest.
pub(crate) fn files(files: &mut [SessionFile]) {
    for file in files {
        let Some(content) = &file.content else { continue };
        let content = String::from_utf8_lossy(content);
        let is_module = file.path.ends_with(".py") || file.path.ends_with(".pyw");
        let has_secret = match is_module {
            true => !text(&content).1.is_empty(),
            false => {
                of_form(&content).next().is_some()
                    || SETTING.captures_iter(&content).any(|found| is_secret(&found[1], &found[2]))
            }
        };
        if has_secret {
            file.content = None;
        }
    }
}

/// What a session's notes keep of a line that was changed.
pub(crate) fn note(line: &str) -> String {
    format!("{NOTE}{line}")
}

/// The lines of a session that were kept without what looks like a secret, as they are now: code that holds
/// one does not run as it did.
pub fn redacted_lines(store: &Store, session: SessionId) -> Vec<String> {
    let notes = store.notes(session).unwrap_or_default();
    notes.iter().filter_map(|note| note.strip_prefix(NOTE)).map(str::to_owned).collect()
}

/// Whether a string of this name looks like a secret.
fn is_secret(name: &str, words: &str) -> bool {
    let parts = words_of(name);
    let last = parts.last().map_or("", String::as_str);
    let before = parts.len().checked_sub(2).map_or("", |at| parts[at].as_str());
    let is_password = matches!(
        last,
        "password"
            | "passwd"
            | "passphrase"
            | "passcode"
            | "pwd"
            | "pass"
            | "secret"
            | "credential"
            | "credentials"
    );
    let is_key = matches!(last, "token" | "apikey" | "secretkey" | "accesskey" | "authkey")
        || last == "key"
            && matches!(before, "api" | "access" | "private" | "secret" | "auth" | "account");
    // Tokens and keys are long; what is short and called so is a word of another kind.
    const SHORTEST_KEY: usize = 12;
    !words.is_empty()
        && words.chars().any(|sign| sign != MASK)
        && (is_password || is_key && words.len() >= SHORTEST_KEY)
}

/// The words that a name is made of, in small letters.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for sign in name.chars() {
        let begins = !sign.is_alphanumeric() || (sign.is_uppercase() && before.is_lowercase());
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| sign.is_alphanumeric()) {
            word.extend(sign.to_lowercase());
        }
        before = sign;
    }
    words
}

/// Where secrets are that show by their form.
fn of_form(words: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    FORMS.iter().flat_map(move |form| {
        form.captures_iter(words).filter_map(|found| {
            let secret = found.get(1).or_else(|| found.get(0))?;
            (!secret.is_empty()).then(|| (secret.start(), secret.end()))
        })
    })
}

fn mask(text: &str, secrets: &[(usize, usize)]) -> String {
    let is_within = |at: usize| secrets.iter().any(|&(start, end)| (start..end).contains(&at));
    text.char_indices()
        .flat_map(|(at, sign)| {
            let hidden = is_within(at) && !matches!(sign, '\n' | '\r');
            let (sign, times) = if hidden { (MASK, sign.len_utf8()) } else { (sign, 1) };
            std::iter::repeat_n(sign, times)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(program: &str, expected: Expect) {
        let (masked, lines) = text(program);
        assert_eq!(masked.len(), program.len(), "every place stays where it was");
        for line in &lines {
            assert!(masked.contains(line.as_str()));
        }
        expected.assert_eq(masked.trim_start());
    }

    fn check_arguments(words: &str, expected: &str) {
        let mut words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        arguments(&mut words);
        assert_eq!(words.join(" "), expected);
    }

    #[test]
    fn every_form_is_a_pattern() {
        assert!(!FORMS.is_empty() && SETTING.is_match("a = b"));
    }

    #[test]
    fn secrets_are_masked_by_their_names() {
        check(
            r#"
password = "hunter2"
client = login("ada", dbPassword='π2', timeout=3)
config = {"api_key": "0123456789abcdef", "name": "ada"}
os.environ["AWS_SECRET_ACCESS_KEY"] = """wJalr
XUtnFEMI"""
secret = f"{prefix}-rest"
"#,
            expect![[r#"
                password = "*******"
                client = login("ada", dbPassword='***', timeout=3)
                config = {"api_key": "****************", "name": "ada"}
                os.environ["AWS_SECRET_ACCESS_KEY"] = """*****
                ********"""
                secret = f"{prefix}*****"
            "#]],
        );
    }

    #[test]
    fn secrets_are_masked_by_their_form_and_in_comments() {
        check(
            r#"
engine = connect("postgresql://ada:hunter2@localhost/db")  # sk-abcdefghijklmnopqrstuv
headers = {"Authorization": "Bearer abcdefgh12345678"}
"#,
            expect![[r#"
                engine = connect("postgresql://ada:*******@localhost/db")  # *************************
                headers = {"Authorization": "Bearer ****************"}
            "#]],
        );
    }

    #[test]
    fn what_is_only_called_alike_stays() {
        let program = "
tokenizer = 'bert-base'; token_pattern = r'[a-z]+'; pad_token = '<pad>'
key = 'name'; sort_key = 'a long name of a column'; password = ''
frame.merge(other, on='password', key='an ordinary name'); url = 'https://a.b/c:d@e'
";
        assert_eq!(text(program), (Cow::Borrowed(program), Vec::new()));
    }

    #[test]
    fn secrets_among_arguments_are_masked() {
        check_arguments("a.py --password hunter2 --user ada", "a.py --password ******* --user ada");
        check_arguments("a.py --api-key=0123456789ab -v", "a.py --api-key=************ -v");
        check_arguments("a.py https://ada:hunter2@host/x", "a.py https://ada:*******@host/x");
        check_arguments("a.py --token x", "a.py --token x");
    }

    #[test]
    fn files_with_secrets_are_kept_without_content() {
        let file = |path: &str, content: &str| SessionFile {
            path: path.to_owned(),
            role: clew_store::FileRole::Imported,
            size: None,
            modified: None,
            digest: None,
            content: Some(content.as_bytes().to_vec()),
        };
        let mut all = [
            file("/a/settings.py", "PASSWORD = 'hunter2'\n"),
            file("/a/.env", "DB_PASSWORD=hunter2\n"),
            file("/a/b.json", "{\"secret\": \"hunter2\"}"),
            file("/a/helpers.py", "def password(): return 1\n"),
            file("/a/c.csv", "password,token\n1,2\n"),
        ];
        files(&mut all);
        let kept: Vec<&str> =
            all.iter().filter(|file| file.content.is_some()).map(|file| &*file.path).collect();
        assert_eq!(kept, ["/a/helpers.py", "/a/c.csv"]);
    }
}
