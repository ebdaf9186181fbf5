//! Execution: one row per time that a session's nodes were run.

use clew_graph::{Execution, ExecutionId, SessionId, Timestamp};
use diesel::prelude::*;

use super::counter;
use crate::catalog::schema::execution;
use crate::catalog::{Connection, Failure};

/// Adds an execution. One that is there already stays.
pub(crate) fn insert(
    connection: &mut Connection,
    session: i64,
    execution: &Execution,
) -> Result<(), Failure> {
    match find(connection, execution.id) {
        Err(Failure::UnknownExecution(_)) => {}
        found => return found.map(drop),
    }
    let key = counter::take(connection, "execution")?;
    diesel::insert_into(execution::table)
        .values((
            execution::key.eq(key),
            execution::id.eq(execution.id.to_string()),
            execution::session.eq(session),
            execution::created.eq(execution.created.0),
        ))
        .execute(connection)?;
    Ok(())
}

/// The key of an execution, and when it began.
pub(crate) fn find(
    connection: &mut Connection,
    id: ExecutionId,
) -> Result<(i64, Timestamp), Failure> {
    let row: Option<(i64, i64)> = execution::table
        .filter(execution::id.eq(id.to_string()))
        .select((execution::key, execution::created))
        .first(connection)
        .optional()?;
    row.map(|(key, created)| (key, Timestamp(created))).ok_or(Failure::UnknownExecution(id))
}

/// A session's executions, in the order in which they were recorded.
pub(crate) fn all(
    connection: &mut Connection,
    session: i64,
    session_id: SessionId,
) -> Result<Vec<Execution>, Failure> {
    let rows: Vec<(String, i64)> = execution::table
        .filter(execution::session.eq(session))
        .order(execution::key)
        .select((execution::id, execution::created))
        .load(connection)?;
    rows.into_iter()
        .map(|(id, created)| {
            Ok(Execution { id: read_id(&id)?, session: session_id, created: Timestamp(created) })
        })
        .collect()
}

/// An id as it stands in a row.
pub(super) fn read_id(text: &str) -> Result<ExecutionId, Failure> {
    text.parse().map_err(|_| Failure::Unreadable(format!("execution id `{text}`")))
}
