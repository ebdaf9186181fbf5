//! Variable: one row per variable of a session, as it was last seen.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{AT_ONCE, Together, optional_node_id};
use crate::Variable;
use crate::catalog::schema::variable;
use crate::catalog::{Connection, Failure};

// It owns what is in it, as a statement must that is prepared once.
#[derive(Insertable)]
#[diesel(table_name = variable, treat_none_as_default_value = false)]
struct NewRow {
    session: i64,
    name: String,
    seq: i64,
    node: Option<i64>,
    refused: Option<String>,
    type_name: Option<String>,
    fingerprint: Option<String>,
}

/// Adds variables of which it is known that they are new, with their places.
pub(crate) fn insert<'a>(
    connection: &mut Connection,
    session: i64,
    new: impl IntoIterator<Item = (i64, &'a Variable)>,
) -> Result<(), Failure> {
    for rows in Together::of(rows(session, new)) {
        let to = diesel::insert_into(variable::table);
        match rows {
            Together::Full(rows) => to.values(rows).execute(connection)?,
            Together::Rest(rows) => to.values(rows).execute(connection)?,
        };
    }
    Ok(())
}

/// Adds variables, or replaces what was known of them; they then keep the places that they have. None may
/// come twice.
pub(crate) fn upsert<'a>(
    connection: &mut Connection,
    session: i64,
    seen: impl IntoIterator<Item = (i64, &'a Variable)>,
) -> Result<(), Failure> {
    let rows: Vec<NewRow> = rows(session, seen).collect();
    for rows in rows.chunks(AT_ONCE) {
        diesel::insert_into(variable::table)
            .values(rows)
            .on_conflict((variable::session, variable::name))
            .do_update()
            .set((
                variable::node.eq(excluded(variable::node)),
                variable::refused.eq(excluded(variable::refused)),
                variable::type_name.eq(excluded(variable::type_name)),
                variable::fingerprint.eq(excluded(variable::fingerprint)),
            ))
            .execute(connection)?;
    }
    Ok(())
}

fn rows<'a>(
    session: i64,
    seen: impl IntoIterator<Item = (i64, &'a Variable)>,
) -> impl Iterator<Item = NewRow> {
    seen.into_iter().map(move |(seq, variable)| NewRow {
        session,
        name: variable.name.clone(),
        seq,
        node: variable.node.map(|node| i64::from(node.index())),
        refused: variable.refused.clone(),
        type_name: variable.type_name.clone(),
        fingerprint: variable.fingerprint.clone(),
    })
}

/// The place of the next variable that is new to a session.
pub(crate) fn next_seq(connection: &mut Connection, session: i64) -> Result<i64, Failure> {
    let last: Option<i64> = variable::table
        .filter(variable::session.eq(session))
        .select(max(variable::seq))
        .first(connection)?;
    Ok(last.map_or(0, |last| last + 1))
}

/// A session's variables, in the order in which they were first seen.
pub(crate) fn all(connection: &mut Connection, session: i64) -> Result<Vec<Variable>, Failure> {
    type Row = (String, Option<i64>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = variable::table
        .filter(variable::session.eq(session))
        .order((variable::seq, variable::name))
        .select((
            variable::name,
            variable::node,
            variable::refused,
            variable::type_name,
            variable::fingerprint,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(name, node, refused, type_name, fingerprint)| {
            Ok(Variable { name, node: optional_node_id(node)?, refused, type_name, fingerprint })
        })
        .collect()
}
