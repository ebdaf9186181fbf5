//! Source: one row per text of a session.

use clew_graph::{Source, SourceId, SourceLocation};
use diesel::prelude::*;

use super::narrow;
use crate::catalog::schema::source;
use crate::catalog::{Connection, Failure};

#[derive(Queryable, Selectable)]
#[diesel(table_name = source)]
struct Row {
    id: i64,
    location_kind: String,
    location: Option<String>,
    text: String,
}

#[derive(Insertable)]
#[diesel(table_name = source, treat_none_as_default_value = false)]
struct NewRow<'a> {
    session: i64,
    id: i64,
    location_kind: &'static str,
    location: Option<String>,
    text: &'a str,
}

/// Adds a text. One that is there already stays.
pub(crate) fn insert(
    connection: &mut Connection,
    session: i64,
    source: &Source,
) -> Result<(), Failure> {
    let (location_kind, location) = match &source.location {
        SourceLocation::File(path) => ("file", Some(path.clone())),
        SourceLocation::Cell(count) => ("cell", Some(count.to_string())),
        SourceLocation::Text => ("text", None),
    };
    let id = i64::from(source.id.index());
    diesel::insert_into(source::table)
        .values(NewRow { session, id, location_kind, location, text: &source.text })
        .on_conflict((source::session, source::id))
        .do_nothing()
        .execute(connection)?;
    Ok(())
}

/// A session's texts, in order.
pub(crate) fn all(connection: &mut Connection, session: i64) -> Result<Vec<Source>, Failure> {
    let rows: Vec<Row> = source::table
        .filter(source::session.eq(session))
        .order(source::id)
        .select(Row::as_select())
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Source, Failure> {
    let location = match (row.location_kind.as_str(), row.location) {
        ("file", Some(path)) => SourceLocation::File(path),
        ("cell", Some(count)) => SourceLocation::Cell(
            count.parse().map_err(|_| Failure::Unreadable(format!("cell number `{count}`")))?,
        ),
        ("text", None) => SourceLocation::Text,
        (kind, _) => return Err(Failure::Unreadable(format!("source kind `{kind}`"))),
    };
    Ok(Source { id: SourceId::new(narrow(row.id, "source number")?), location, text: row.text })
}
