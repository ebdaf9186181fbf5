//! Finding: what was found out about a callable, a row each.

use diesel::prelude::*;

use super::counter;
use crate::catalog::schema::finding;
use crate::catalog::{Connection, Failure};
use crate::record::Finding;

/// How many are kept. They can be found out again, so the oldest ones go.
const MOST: i64 = 4_000;
/// How many of them about the same.
const MOST_ABOUT: i64 = 12;

/// Adds a finding; one that is there counts as new again.
pub(crate) fn insert(connection: &mut Connection, new: &Finding) -> Result<(), Failure> {
    insert_at_most(connection, new, (MOST, MOST_ABOUT))
}

fn insert_at_most(
    connection: &mut Connection,
    new: &Finding,
    (most, most_about): (i64, i64),
) -> Result<(), Failure> {
    let key = counter::take(connection, "finding")?;
    diesel::insert_into(finding::table)
        .values((
            finding::key.eq(key),
            finding::about.eq(&new.about),
            finding::digest.eq(blake3::hash(&new.content).to_hex().as_str()),
            finding::content.eq(&new.content),
        ))
        .on_conflict((finding::about, finding::digest))
        .do_update()
        .set(finding::key.eq(key))
        .execute(connection)?;
    let oldest: Option<i64> = finding::table
        .filter(finding::about.eq(&new.about))
        .order(finding::key.desc())
        .offset(most_about)
        .select(finding::key)
        .first(connection)
        .optional()?;
    if let Some(oldest) = oldest {
        let about = finding::table.filter(finding::about.eq(&new.about));
        diesel::delete(about.filter(finding::key.le(oldest))).execute(connection)?;
    }
    diesel::delete(finding::table.filter(finding::key.le(key - most))).execute(connection)?;
    Ok(())
}

/// What was found out about all whose name begins in one way, in the order in which it was, with the names.
pub(crate) fn beginning(
    connection: &mut Connection,
    beginning: &str,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    // No text is behind this one that begins so.
    let behind = format!("{beginning}{}", char::MAX);
    Ok(finding::table
        .filter(finding::about.ge(beginning))
        .filter(finding::about.lt(behind))
        .order(finding::key)
        .select((finding::about, finding::content))
        .load(connection)?)
}

/// What was found out about something, in the order in which it was.
pub(crate) fn all(connection: &mut Connection, about: &str) -> Result<Vec<Vec<u8>>, Failure> {
    Ok(finding::table
        .filter(finding::about.eq(about))
        .order(finding::key)
        .select(finding::content)
        .load(connection)?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::catalog::Catalog;
    use crate::patience::Patience;

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        assert_eq!(kept_of([b"a", b"b", b"c", b"d"], (2, 9)), [b"c", b"d"]);
        assert_eq!(kept_of([b"a", b"b", b"c", b"d"], (9, 3)), [b"b", b"c", b"d"]);
        assert_eq!(kept_of([b"a", b"b", b"c", b"a"], (9, 2)), [b"c", b"a"]);
    }

    fn kept_of(found: [&[u8; 1]; 4], most: (i64, i64)) -> Vec<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let patience = Patience::of(Duration::from_secs(1));
        let mut catalog = Catalog::open(&folder.path().join("catalog.db"), &patience).unwrap();
        let kept = catalog.write(|connection| {
            for content in found {
                let new = Finding { about: "f".to_owned(), content: content.to_vec() };
                insert_at_most(connection, &new, most)?;
            }
            all(connection, "f")
        });
        kept.unwrap()
    }
}
