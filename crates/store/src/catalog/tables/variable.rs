//! Variable: one row per variable of a session, as it was last seen.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{AT_ONCE, optional_node_id};
use crate::Variable;
use crate::catalog::schema::variable;
use crate::catalog::{Connection, Failure};

#[derive(Insertable)]
#[diesel(table_name = variable, treat_none_as_default_value = false)]
struct NewRow<'a> {
    session: i64,
    name: &'a str,
    seq: i64,
    node: Option<i64>,
    refused: Option<&'a str>,
    type_name: Option<&'a str>,
    fingerprint: Option<&'a str>,
}

/// Adds variables, or replaces what was known of them; they then keep their places. None may come
/// twice. Those that are new are placed from `seq` on.
pub(crate) fn insert(
    connection: &mut Connection,
    session: i64,
    seq: i64,
    seen: &[Variable],
) -> Result<(), Failure> {
    let rows: Vec<NewRow<'_>> = (seq..)
        .zip(seen)
        .map(|(seq, variable)| NewRow {
            session,
            name: &variable.name,
            seq,
            node: variable.node.map(|node| i64::from(node.index())),
            refused: variable.refused.as_deref(),
            type_name: variable.type_name.as_deref(),
            fingerprint: variable.fingerprint.as_deref(),
        })
        .collect();
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
