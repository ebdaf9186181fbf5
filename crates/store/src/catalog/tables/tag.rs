//! Tag: words for versions of artifacts, a row each.

use diesel::prelude::*;

use super::narrow;
use crate::catalog::schema::{artifact, tag};
use crate::catalog::{Connection, Failure};

/// Has a word stand for a version, and for no other of that name; `false` where there is no such version.
pub(crate) fn set(
    connection: &mut Connection,
    name: &str,
    word: &str,
    version: u32,
) -> Result<bool, Failure> {
    let version = i64::from(version);
    let is_there: Option<i64> = artifact::table
        .find((name, version))
        .select(artifact::version)
        .first(connection)
        .optional()?;
    if is_there.is_none() {
        return Ok(false);
    }
    remove(connection, name, word)?;
    diesel::insert_into(tag::table)
        .values((tag::name.eq(name), tag::word.eq(word), tag::version.eq(version)))
        .execute(connection)?;
    Ok(true)
}

/// Takes a word away; `false` where it stood for nothing.
pub(crate) fn remove(connection: &mut Connection, name: &str, word: &str) -> Result<bool, Failure> {
    Ok(diesel::delete(tag::table.find((name, word))).execute(connection)? > 0)
}

/// Takes the words of a version away.
pub(crate) fn forget(connection: &mut Connection, name: &str, version: i64) -> Result<(), Failure> {
    diesel::delete(tag::table.filter(tag::name.eq(name)).filter(tag::version.eq(version)))
        .execute(connection)?;
    Ok(())
}

/// Gives the words of a name to another.
pub(crate) fn rename(connection: &mut Connection, from: &str, to: &str) -> Result<(), Failure> {
    diesel::update(tag::table.filter(tag::name.eq(from)))
        .set(tag::name.eq(to))
        .execute(connection)?;
    Ok(())
}

/// Every word: the artifact's name, the word and the version, in order.
pub(crate) fn all(connection: &mut Connection) -> Result<Vec<(String, String, u32)>, Failure> {
    let rows: Vec<(String, String, i64)> = tag::table
        .order((tag::name, tag::version, tag::word))
        .select((tag::name, tag::word, tag::version))
        .load(connection)?;
    rows.into_iter()
        .map(|(name, word, version)| Ok((name, word, narrow(version, "version")?)))
        .collect()
}
