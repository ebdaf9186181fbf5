//! Compare: whether two runs of a program did the same, chance aside.

use std::collections::BTreeMap;

use crate::process::Outcome;

/// What the comparison of a run with a run by plain Python found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// In what they differ, with the first difference.
    pub(crate) differences: Vec<String>,
    /// In what two runs by plain Python differ as well, so that nothing can be said.
    pub(crate) unsteady: Vec<String>,
}

/// Compares a run with one by plain Python. Where they differ, `again` runs plain Python once
/// more: what differs between its own two runs (times, random numbers) is compared but for words
/// that begin with a digit, and where even that differs, not at all.
pub(crate) fn compare<E>(
    plain: &Outcome,
    other: &Outcome,
    again: impl FnOnce() -> Result<Outcome, E>,
) -> Result<Comparison, E> {
    let (plain, other) = (aspects(plain), aspects(other));
    let suspects = differing(&plain, &other, mask_chance);
    let mut comparison = Comparison::default();
    if suspects.is_empty() {
        return Ok(comparison);
    }
    let again = aspects(&again()?);
    let varying = differing(&plain, &again, mask_chance);
    let unsteady = differing(&plain, &again, mask_numbers);
    let masked = differing(&plain, &other, mask_numbers);
    for aspect in suspects {
        if unsteady.contains(&aspect) {
            comparison.unsteady.push(aspect);
        } else if !varying.contains(&aspect) || masked.contains(&aspect) {
            let difference = first_difference(plain.get(&aspect), other.get(&aspect));
            comparison.differences.push(format!("{aspect}{difference}"));
        }
    }
    Ok(comparison)
}

/// What can be told of a run, each under its name.
fn aspects(outcome: &Outcome) -> BTreeMap<String, Vec<u8>> {
    let exit = match outcome.exit {
        Some(status) => status.to_string(),
        None => "stopped, as its time was up".to_owned(),
    };
    let mut aspects = BTreeMap::from([
        ("exit".to_owned(), exit.into_bytes()),
        ("stdout".to_owned(), outcome.stdout.clone()),
        ("stderr".to_owned(), outcome.stderr.clone()),
    ]);
    for (name, bytes) in &outcome.files {
        aspects.insert(format!("file {name}"), bytes.clone());
    }
    aspects
}

fn differing(
    one: &BTreeMap<String, Vec<u8>>,
    other: &BTreeMap<String, Vec<u8>>,
    mask: fn(&[u8]) -> Vec<u8>,
) -> Vec<String> {
    let same = |name: &String| match (one.get(name), other.get(name)) {
        (Some(one), Some(other)) => one == other || mask(one) == mask(other),
        (one, other) => one == other,
    };
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    names.into_iter().filter(|name| !same(name)).cloned().collect()
}

/// Writes every address, such as `0x7f3a5c2d1e80`, and every time that was taken, such as `0.009s`,
/// in one way. Shorter numbers may mean something.
fn mask_chance(text: &[u8]) -> Vec<u8> {
    const LEAST_DIGITS: usize = 6;
    mask(text, |word| {
        if let Some(digits) = word.strip_prefix(b"0x") {
            let address = digits.len() >= LEAST_DIGITS && digits.iter().all(u8::is_ascii_hexdigit);
            return address.then_some(b"0x..." as &[u8]);
        }
        let seconds = word.strip_suffix(b"s")?;
        let (whole, part) = seconds.split_at(seconds.iter().position(|&byte| byte == b'.')?);
        let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
        (digits(whole) && digits(&part[1..])).then_some(b"...s")
    })
}

/// Writes every word that begins with a digit in one way, without its sign, that of its exponent
/// and the blanks that line such words up.
fn mask_numbers(text: &[u8]) -> Vec<u8> {
    let of_number = |at: usize| {
        let before = at.checked_sub(1).map_or(b' ', |before| text[before]);
        let after = text.get(at + 1).copied().unwrap_or(b' ');
        after.is_ascii_digit() && (!before.is_ascii_alphanumeric() || matches!(before, b'e' | b'E'))
    };
    let bytes = text.iter().copied().enumerate();
    let unsigned: Vec<u8> = bytes
        .filter(|&(at, byte)| !(matches!(byte, b'-' | b'+') && of_number(at)))
        .map(|(_, byte)| byte)
        .collect();
    let mut masked = mask(&unsigned, |word| word.first()?.is_ascii_digit().then_some(b"0"));
    masked.retain(|&byte| byte != b' ');
    masked
}

/// Puts other words in the place of those that `replace` has one for. A word is a stretch of
/// letters, digits, underscores and points.
fn mask(text: &[u8], replace: impl Fn(&[u8]) -> Option<&'static [u8]>) -> Vec<u8> {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let words = text.chunk_by(|one, other| in_word(one) == in_word(other));
    let masked: Vec<&[u8]> = words.map(|word| replace(word).unwrap_or(word)).collect();
    masked.concat()
}

/// The first line in which two texts differ, for a person to see what is wrong.
fn first_difference(plain: Option<&Vec<u8>>, other: Option<&Vec<u8>>) -> String {
    let (plain, other) = match (plain, other) {
        (Some(plain), Some(other)) => (plain, other),
        (Some(_), None) => return " is missing".to_owned(),
        _ => return " should not be there".to_owned(),
    };
    let (Ok(plain), Ok(other)) = (std::str::from_utf8(plain), std::str::from_utf8(other)) else {
        return ", which is not text".to_owned();
    };
    let (mut plain, mut other) = (plain.split_inclusive('\n'), other.split_inclusive('\n'));
    let mut line = 1;
    loop {
        match (plain.next(), other.next()) {
            (Some(plain), Some(other)) if plain == other => line += 1,
            (plain, other) => {
                let shown = |text: Option<&str>| {
                    text.map_or("nothing".to_owned(), |text| format!("{text:?}"))
                };
                return format!(
                    ", line {line}: plain Python has {} and clew {}",
                    shown(plain),
                    shown(other)
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
