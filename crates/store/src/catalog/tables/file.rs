//! File: the files that sessions had to do with, a row each, and what was in them.

use clew_graph::{SessionId, Timestamp};
use diesel::prelude::*;

use super::session;
use crate::catalog::schema::{file, file_content};
use crate::catalog::{Connection, Failure};
use crate::record::SessionFile;

/// Adds a file; what was known of it in this session goes.
pub(crate) fn insert(
    connection: &mut Connection,
    session: i64,
    new: &SessionFile,
) -> Result<(), Failure> {
    let columns = (
        file::role.eq(new.role.word()),
        file::size.eq(new.size.and_then(|size| i64::try_from(size).ok())),
        file::modified.eq(new.modified.map(|at| at.0)),
        file::digest.eq(&new.digest),
    );
    diesel::insert_into(file::table)
        .values((file::session.eq(session), file::path.eq(&new.path), columns))
        .on_conflict((file::session, file::path))
        .do_update()
        .set(columns)
        .execute(connection)?;
    if let (Some(digest), Some(content)) = (&new.digest, &new.content) {
        diesel::insert_into(file_content::table)
            .values((file_content::digest.eq(digest), file_content::content.eq(content)))
            .on_conflict_do_nothing()
            .execute(connection)?;
    }
    Ok(())
}

/// A session's files, by path.
pub(crate) fn all(connection: &mut Connection, id: SessionId) -> Result<Vec<SessionFile>, Failure> {
    type Row = (String, String, Option<i64>, Option<i64>, Option<String>, Option<Vec<u8>>);
    let session = session::key(connection, id)?;
    let rows: Vec<Row> = file::table
        .left_join(file_content::table.on(file::digest.eq(file_content::digest.nullable())))
        .filter(file::session.eq(session))
        .order(file::path)
        .select((
            file::path,
            file::role,
            file::size,
            file::modified,
            file::digest,
            file_content::content.nullable(),
        ))
        .load(connection)?;
    rows.into_iter()
        .map(|(path, role, size, modified, digest, content)| {
            let unreadable = || Failure::Unreadable(format!("role `{role}` of a file"));
            Ok(SessionFile {
                path,
                role: role.parse().map_err(|_| unreadable())?,
                size: size.and_then(|size| u64::try_from(size).ok()),
                modified: modified.map(Timestamp),
                digest,
                content,
            })
        })
        .collect()
}
