//! Report: how names, times and errors are worded.

use std::fmt;
use std::io::Write;

use clew_graph::Timestamp;

/// Prints to standard output. A pipe that is closed (`clew slice x | head`) is no fault of anybody's.
pub(crate) fn say(text: fmt::Arguments<'_>, end: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_fmt(text).and_then(|()| out.write_all(end.as_bytes()));
}

/// ` Did you mean …?` for names that are almost the same; nothing where there are none.
pub(crate) fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut close: Vec<(f64, &str)> = known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|&(closeness, _)| closeness > 0.8)
        .collect();
    close.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    close.dedup_by(|left, right| left.1 == right.1);
    let names: Vec<String> = close.iter().take(3).map(|(_, known)| format!("`{known}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!("; did you mean {}?", names.join(" or ")),
    }
}

/// A moment as `2026-11-22 14:05:09`, in UTC.
pub(crate) fn moment(timestamp: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(timestamp.0)
        .map(|moment| moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_else(|_| timestamp.0.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered_the_nearest_first() {
        let known = ["model", "models", "table"];
        assert_eq!(near("modl", known.into_iter()), "; did you mean `model` or `models`?");
        assert_eq!(near("zzz", known.into_iter()), "");
    }

    #[test]
    fn moments_are_told_in_utc() {
        assert_eq!(moment(Timestamp(0)), "1970-01-01 00:00:00");
    }
}
