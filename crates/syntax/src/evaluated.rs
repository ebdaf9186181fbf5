//! Evaluated: variables named in a text that a library evaluates: `frame.query("a > @least")`.

/// Which names in a text that a library evaluates are variables of its caller's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spelling {
    /// Those after an `@`: `a > @least`.
    Marked,
    /// All.
    Plain,
    /// In a text with a `~`, those that are called, indexed or have attributes: the others are most
    /// often columns.
    Formula,
}

/// The names in a text that may be variables of whoever hands it to a library.
pub fn names_in(text: &str, spelling: Spelling) -> Vec<String> {
    if spelling == Spelling::Formula && !text.contains('~') {
        return Vec::new();
    }
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let before = rest[..start].chars().next_back();
        let name = &rest[start..];
        let (name, after) = name.split_at(name.find(|it| !is_part(it)).unwrap_or(name.len()));
        let is_variable = match spelling {
            Spelling::Marked => before == Some('@'),
            Spelling::Plain => before != Some('.'),
            Spelling::Formula => before != Some('.') && after.starts_with(['(', '.', '[']),
        };
        if is_variable && !name.starts_with(|it: char| it.is_ascii_digit()) {
            names.push(name.to_owned());
        }
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Spelling, names_in};

    fn check(text: &str, spelling: Spelling, names: &[&str]) {
        assert_eq!(names_in(text, spelling), names);
    }

    #[test]
    fn only_marked_names_are_variables_of_the_caller_in_a_query() {
        check("a > @least and b in @kinds.all", Spelling::Marked, &["least", "kinds"]);
    }

    #[test]
    fn every_name_is_one_in_what_is_evaluated_but_attributes() {
        check("x + frame.y * 2", Spelling::Plain, &["x", "frame"]);
    }

    #[test]
    fn columns_are_none_in_a_formula() {
        check("y ~ np.log(x) + scaled(z) + w", Spelling::Formula, &["np", "scaled"]);
        check("not(a) formula", Spelling::Formula, &[]);
    }
}
