//! Node value: one row per node and execution.

use clew_graph::{ExecutionId, NodeValue, Timestamp};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{AT_ONCE, Together, execution, node_id};
use crate::catalog::schema::{node_value, type_name};
use crate::catalog::{Connection, Failure};

// It owns what is in it, as a statement must that is prepared once.
#[derive(Insertable)]
#[diesel(table_name = node_value, treat_none_as_default_value = false)]
struct NewRow {
    execution: i64,
    node: i64,
    began: i64,
    took: i64,
    type_key: Option<i64>,
    fingerprint: Option<String>,
}

/// What the row of a value needs of other tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    /// The execution's key, and when it began.
    pub(crate) execution: (i64, Timestamp),
    /// The type's key.
    pub(crate) type_name: Option<i64>,
}

/// Adds what is known of values of which it is known that nothing was.
pub(crate) fn insert<'a>(
    connection: &mut Connection,
    values: impl IntoIterator<Item = (Keys, &'a NodeValue)>,
) -> Result<(), Failure> {
    for rows in Together::of(values.into_iter().map(|(keys, value)| row(keys, value))) {
        let to = diesel::insert_into(node_value::table);
        match rows {
            Together::Full(rows) => to.values(rows).execute(connection)?,
            Together::Rest(rows) => to.values(rows).execute(connection)?,
        };
    }
    Ok(())
}

/// The last node of an execution of whose value something is known.
pub(crate) fn last(connection: &mut Connection, execution: i64) -> Result<Option<i64>, Failure> {
    Ok(node_value::table
        .filter(node_value::execution.eq(execution))
        .select(max(node_value::node))
        .first(connection)?)
}

/// Adds what is known of values, or replaces what was. No value may come twice.
pub(crate) fn upsert<'a>(
    connection: &mut Connection,
    values: impl IntoIterator<Item = (Keys, &'a NodeValue)>,
) -> Result<(), Failure> {
    let rows: Vec<NewRow> = values.into_iter().map(|(keys, value)| row(keys, value)).collect();
    for rows in rows.chunks(AT_ONCE) {
        diesel::insert_into(node_value::table)
            .values(rows)
            .on_conflict((node_value::execution, node_value::node))
            .do_update()
            .set((
                node_value::began.eq(excluded(node_value::began)),
                node_value::took.eq(excluded(node_value::took)),
                node_value::type_key.eq(excluded(node_value::type_key)),
                node_value::fingerprint.eq(excluded(node_value::fingerprint)),
            ))
            .execute(connection)?;
    }
    Ok(())
}

fn row(keys: Keys, value: &NodeValue) -> NewRow {
    let (execution, created) = keys.execution;
    NewRow {
        execution,
        node: i64::from(value.node.index()),
        // Small numbers take fewer bytes than moments do.
        began: value.start.0.wrapping_sub(created.0),
        took: value.end.0.wrapping_sub(value.start.0),
        type_key: keys.type_name,
        fingerprint: value.fingerprint.clone(),
    }
}

/// What is known of the values of an execution, in the order of the nodes.
pub(crate) fn all(connection: &mut Connection, id: ExecutionId) -> Result<Vec<NodeValue>, Failure> {
    type Row = (i64, i64, i64, Option<String>, Option<String>);
    let (key, created) = execution::find(connection, id)?;
    let rows: Vec<Row> = node_value::table
        .left_join(type_name::table)
        .filter(node_value::execution.eq(key))
        .order(node_value::node)
        .select((
            node_value::node,
            node_value::began,
            node_value::took,
            type_name::name.nullable(),
            node_value::fingerprint,
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(node, began, took, type_name, fingerprint)| {
            let start = created.0.wrapping_add(began);
            Ok(NodeValue {
                execution: id,
                node: node_id(node)?,
                start: Timestamp(start),
                end: Timestamp(start.wrapping_add(took)),
                type_name,
                fingerprint,
            })
        })
        .collect()
}
