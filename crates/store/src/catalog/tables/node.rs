//! Node: one row per step.

use clew_graph::{Graph, NewNode, Node, NodeId, SessionId, SourceId, Span};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::{Together, narrow, node_id, optional_node_id};
use crate::catalog::encoding::{decode, encode};
use crate::catalog::schema::node;
use crate::catalog::{Connection, Failure};

#[derive(Insertable)]
#[diesel(table_name = node, treat_none_as_default_value = false)]
struct NewRow {
    session: i64,
    id: i64,
    kind: &'static str,
    data: Vec<u8>,
    source: Option<i64>,
    span_start: Option<i64>,
    span_end: Option<i64>,
    control: Option<i64>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = node)]
struct Row {
    id: i64,
    data: Vec<u8>,
    source: Option<i64>,
    span_start: Option<i64>,
    span_end: Option<i64>,
    control: Option<i64>,
}

/// Adds steps.
pub(crate) fn insert(
    connection: &mut Connection,
    session: i64,
    session_id: SessionId,
    nodes: &[Node],
) -> Result<(), Failure> {
    let rows = nodes
        .iter()
        .map(|node| {
            Ok(NewRow {
                session,
                id: i64::from(node.id.index()),
                kind: node.kind.word(),
                data: encode(&node.kind).map_err(|error| Failure::Other(error.into()))?,
                source: node.span.map(|span| i64::from(span.source.index())),
                span_start: node.span.map(|span| i64::from(span.start)),
                span_end: node.span.map(|span| i64::from(span.end)),
                control: node.control.map(|control| i64::from(control.index())),
            })
        })
        .collect::<Result<Vec<NewRow>, Failure>>()?;
    for rows in Together::of(rows) {
        let to = diesel::insert_into(node::table);
        let outcome = match rows {
            Together::Full(rows) => to.values(rows).execute(connection),
            Together::Rest(rows) => to.values(rows).execute(connection),
        };
        match outcome {
            Ok(_) => {}
            Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                return Err(Failure::NodesTaken(session_id));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A session's steps.
pub(crate) fn graph(connection: &mut Connection, session: i64) -> Result<Graph, Failure> {
    let rows: Vec<Row> = node::table
        .filter(node::session.eq(session))
        .order(node::id)
        .select(Row::as_select())
        .load(connection)?;
    let mut graph = Graph::new();
    for row in rows {
        let id = node_id(row.id)?;
        let next = NodeId::new(graph.len() as u32);
        if id != next {
            return Err(Failure::Unreadable(format!("node {id} in the place of {next}")));
        }
        let kind = match decode(&row.data) {
            Ok(kind) => kind,
            Err(problem) => return Err(unreadable(connection, session, id, &problem)?),
        };
        let control = optional_node_id(row.control)?;
        let node = NewNode { span: span(&row)?, control, kind };
        if let Err(problem) = graph.insert(node) {
            return Err(Failure::Unreadable(problem.to_string()));
        }
    }
    Ok(graph)
}

fn span(row: &Row) -> Result<Option<Span>, Failure> {
    let (Some(source), Some(start), Some(end)) = (row.source, row.span_start, row.span_end) else {
        return Ok(None);
    };
    Ok(Some(Span {
        source: SourceId::new(narrow(source, "source number")?),
        start: narrow(start, "offset")?,
        end: narrow(end, "offset")?,
    }))
}

/// Says which kind of node it is that cannot be read: a newer clew may have kinds that we lack.
fn unreadable(
    connection: &mut Connection,
    session: i64,
    id: NodeId,
    problem: &postcard::Error,
) -> Result<Failure, Failure> {
    let kind: String =
        node::table.find((session, i64::from(id.index()))).select(node::kind).first(connection)?;
    Ok(Failure::Unreadable(format!("node {id} of kind `{kind}` ({problem})")))
}
