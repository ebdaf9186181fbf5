//! Session: one row per program that was run.

use clew_graph::{Session, SessionId, Timestamp};
use diesel::prelude::*;

use super::counter;
use crate::catalog::encoding::NODE_ENCODING;
use crate::catalog::schema::{
    certificate, execution, file, file_content, node, node_value, note, session, source, variable,
};
use crate::catalog::{Connection, Failure};
use crate::{StoreError, StoredSession};

/// How many sessions an error about an ambiguous id names.
const MATCHES_NAMED: i64 = 4;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = session, treat_none_as_default_value = false)]
struct Row {
    key: i64,
    id: String,
    kind: String,
    python_version: String,
    created: i64,
    working_directory: String,
    arguments: String,
    node_encoding: i64,
    finished: Option<i64>,
    exit_status: Option<String>,
}

/// The key of a session, which is added where it is not there yet.
pub(crate) fn key_or_insert(
    connection: &mut Connection,
    session: &Session,
) -> Result<i64, Failure> {
    match key(connection, session.id) {
        Err(Failure::UnknownSession(_)) => insert(connection, session),
        found => found,
    }
}

fn insert(connection: &mut Connection, session: &Session) -> Result<i64, Failure> {
    let key = counter::take(connection, "session")?;
    let row = Row {
        key,
        id: session.id.to_string(),
        kind: session.kind.word().to_owned(),
        python_version: session.python_version.clone(),
        created: session.created.0,
        working_directory: session.working_directory.clone(),
        arguments: serde_json::to_string(&session.arguments)
            .map_err(|error| Failure::Other(error.into()))?,
        node_encoding: NODE_ENCODING,
        finished: None,
        exit_status: None,
    };
    diesel::insert_into(session::table).values(row).execute(connection)?;
    Ok(key)
}

/// The key of a session that is there.
pub(crate) fn key(connection: &mut Connection, id: SessionId) -> Result<i64, Failure> {
    session::table
        .filter(session::id.eq(id.to_string()))
        .select(session::key)
        .first(connection)
        .optional()?
        .ok_or_else(|| Failure::UnknownSession(id.to_string()))
}

/// The key of a session whose nodes this clew can read.
pub(crate) fn readable_key(connection: &mut Connection, id: SessionId) -> Result<i64, Failure> {
    let key = key(connection, id)?;
    let encoding: i64 =
        session::table.find(key).select(session::node_encoding).first(connection)?;
    if encoding > NODE_ENCODING {
        return Err(Failure::Newer(format!("the nodes of session {id} have form {encoding}")));
    }
    Ok(key)
}

/// Notes when and how a session ended.
pub(crate) fn finish(
    connection: &mut Connection,
    key: i64,
    finished: Timestamp,
    exit_status: &str,
) -> Result<(), Failure> {
    diesel::update(session::table.find(key))
        .set((session::finished.eq(finished.0), session::exit_status.eq(exit_status)))
        .execute(connection)?;
    Ok(())
}

/// Changes nothing, but makes the transaction one that is written out.
pub(crate) fn touch(connection: &mut Connection, key: i64) -> Result<(), Failure> {
    diesel::update(session::table.find(key))
        .set(session::node_encoding.eq(session::node_encoding))
        .execute(connection)?;
    Ok(())
}

/// Every session, latest first.
pub(crate) fn all(connection: &mut Connection) -> Result<Vec<StoredSession>, Failure> {
    let rows: Vec<Row> = session::table
        .order((session::created.desc(), session::key.desc()))
        .select(Row::as_select())
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// The session that began last.
pub(crate) fn latest(connection: &mut Connection) -> Result<Option<StoredSession>, Failure> {
    session::table
        .order((session::created.desc(), session::key.desc()))
        .select(Row::as_select())
        .first(connection)
        .optional()?
        .map(read)
        .transpose()
}

/// The session that began last, of those that have a text.
pub(crate) fn latest_with_text(
    connection: &mut Connection,
) -> Result<Option<StoredSession>, Failure> {
    session::table
        .inner_join(source::table.on(source::session.eq(session::key)))
        .order((session::created.desc(), session::key.desc()))
        .select(Row::as_select())
        .first(connection)
        .optional()?
        .map(read)
        .transpose()
}

/// The one session with this id, or with an id that begins like this.
pub(crate) fn find(connection: &mut Connection, given: &str) -> Result<StoredSession, Failure> {
    let beginning = match given.parse::<SessionId>() {
        Ok(id) => id.to_string(),
        Err(_) => given.to_ascii_lowercase(),
    };
    // Nothing else occurs in an id, and some of the rest would mean something to `LIKE`.
    let possible = !beginning.is_empty()
        && beginning.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if !possible {
        return Err(Failure::UnknownSession(given.to_owned()));
    }
    let rows: Vec<Row> = session::table
        .filter(session::id.like(format!("{beginning}%")))
        .order((session::created.desc(), session::key.desc()))
        .limit(MATCHES_NAMED)
        .select(Row::as_select())
        .load(connection)?;
    let mut matches = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    match (matches.pop(), matches.is_empty()) {
        (None, _) => Err(Failure::UnknownSession(given.to_owned())),
        (Some(only), true) => Ok(only),
        (Some(last), false) => Err(StoreError::AmbiguousSession {
            given: given.to_owned(),
            matches: matches.iter().chain([&last]).map(|stored| stored.session.id).collect(),
        }
        .into()),
    }
}

/// Deletes a session and all that is kept of it. Its artifacts have to be gone.
pub(crate) fn delete(connection: &mut Connection, id: SessionId) -> Result<(), Failure> {
    let key = key(connection, id)?;
    let executions = execution::table.filter(execution::session.eq(key)).select(execution::key);
    diesel::delete(node_value::table.filter(node_value::execution.eq_any(executions)))
        .execute(connection)?;
    diesel::delete(execution::table.filter(execution::session.eq(key))).execute(connection)?;
    diesel::delete(node::table.filter(node::session.eq(key))).execute(connection)?;
    diesel::delete(source::table.filter(source::session.eq(key))).execute(connection)?;
    diesel::delete(variable::table.filter(variable::session.eq(key))).execute(connection)?;
    diesel::delete(certificate::table.filter(certificate::session.eq(key))).execute(connection)?;
    diesel::delete(note::table.filter(note::session.eq(key))).execute(connection)?;
    diesel::delete(file::table.filter(file::session.eq(key))).execute(connection)?;
    let named =
        file::table.filter(file::digest.is_not_null()).select(file::digest.assume_not_null());
    diesel::delete(file_content::table.filter(file_content::digest.ne_all(named)))
        .execute(connection)?;
    diesel::delete(session::table.find(key)).execute(connection)?;
    Ok(())
}

/// An id as it stands in a row.
pub(super) fn read_id(text: &str) -> Result<SessionId, Failure> {
    text.parse().map_err(|_| Failure::Unreadable(format!("session id `{text}`")))
}

fn read(row: Row) -> Result<StoredSession, Failure> {
    Ok(StoredSession {
        session: Session {
            id: read_id(&row.id)?,
            kind: row
                .kind
                .parse()
                .map_err(|_| Failure::Unreadable(format!("session kind `{}`", row.kind)))?,
            python_version: row.python_version,
            created: Timestamp(row.created),
            working_directory: row.working_directory,
            arguments: serde_json::from_str(&row.arguments)
                .map_err(|_| Failure::Unreadable(format!("the arguments of session {}", row.id)))?,
        },
        finished: row.finished.map(Timestamp),
        exit_status: row.exit_status,
    })
}
