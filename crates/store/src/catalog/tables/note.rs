//! Note: what was lost or is unknown of a session, a row each.

use diesel::dsl::max;
use diesel::prelude::*;

use crate::catalog::schema::note;
use crate::catalog::{Connection, Failure};

/// Adds a note.
pub(crate) fn insert(
    connection: &mut Connection,
    session: i64,
    seq: i64,
    text: &str,
) -> Result<(), Failure> {
    diesel::insert_into(note::table)
        .values((note::session.eq(session), note::seq.eq(seq), note::text.eq(text)))
        .execute(connection)?;
    Ok(())
}

/// The place of the next note of a session.
pub(crate) fn next_seq(connection: &mut Connection, session: i64) -> Result<i64, Failure> {
    let last: Option<i64> =
        note::table.filter(note::session.eq(session)).select(max(note::seq)).first(connection)?;
    Ok(last.map_or(0, |last| last + 1))
}

/// A session's notes, in the order in which they came.
pub(crate) fn all(connection: &mut Connection, session: i64) -> Result<Vec<String>, Failure> {
    Ok(note::table
        .filter(note::session.eq(session))
        .order(note::seq)
        .select(note::text)
        .load(connection)?)
}
