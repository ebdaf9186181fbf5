//! Artifact: one row per version of a value that the user kept.

use clew_graph::{Artifact, NodeId, Timestamp};
use diesel::prelude::*;

use super::{counter, execution, narrow, optional_node_id, session, tag, value_reference};
use crate::catalog::schema::{artifact, execution as execution_table, session as session_table};
use crate::catalog::{Connection, Failure};
use crate::{NewArtifact, Version};

#[derive(Insertable)]
#[diesel(table_name = artifact, treat_none_as_default_value = false)]
struct NewRow<'a> {
    name: &'a str,
    version: i64,
    session: i64,
    execution: i64,
    node: Option<i64>,
    created: i64,
    type_name: &'a str,
    fingerprint: Option<&'a str>,
    value: Option<&'a str>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = artifact)]
struct Row {
    name: String,
    version: i64,
    #[diesel(select_expression = session_table::id)]
    session: String,
    #[diesel(select_expression = execution_table::id)]
    execution: String,
    node: Option<i64>,
    created: i64,
    type_name: String,
    fingerprint: Option<String>,
    value: Option<String>,
    saved_as: Option<String>,
}

/// Adds an artifact under the next version of its name.
pub(crate) fn insert(connection: &mut Connection, new: &NewArtifact) -> Result<Artifact, Failure> {
    let session = session::key(connection, new.session)?;
    let (execution, _) = execution::find(connection, new.execution)?;
    let version = counter::take(connection, &format!("artifact/{}", new.name))?;
    let value = new.value.map(|address| address.to_string());
    if let Some(address) = &value {
        value_reference::add(connection, address)?;
    }
    diesel::insert_into(artifact::table)
        .values(NewRow {
            name: &new.name,
            version,
            session,
            execution,
            node: new.node.map(|node| i64::from(node.index())),
            created: new.created.0,
            type_name: &new.type_name,
            fingerprint: new.fingerprint.as_deref(),
            value: value.as_deref(),
        })
        .execute(connection)?;
    Ok(Artifact {
        name: new.name.clone(),
        version: narrow(version, "version")?,
        session: new.session,
        execution: new.execution,
        node: new.node,
        created: new.created,
        type_name: new.type_name.clone(),
        fingerprint: new.fingerprint.clone(),
        value,
        saved_as: new.name.clone(),
    })
}

/// Names the step that an artifact's value is. One that was deleted meanwhile is passed over.
pub(crate) fn set_node(
    connection: &mut Connection,
    name: &str,
    version: u32,
    node: NodeId,
) -> Result<(), Failure> {
    let which = artifact::table
        .filter(artifact::name.eq(name))
        .filter(artifact::version.eq(i64::from(version)));
    diesel::update(which)
        .set(artifact::node.eq(Some(i64::from(node.index()))))
        .execute(connection)?;
    Ok(())
}

/// The artifact of this name and version, or the one with the highest version.
pub(crate) fn find(
    connection: &mut Connection,
    name: &str,
    version: Option<u32>,
) -> Result<Option<Artifact>, Failure> {
    let mut query = artifact::table
        .inner_join(session_table::table)
        .inner_join(execution_table::table)
        .filter(artifact::name.eq(name))
        .order(artifact::version.desc())
        .select(Row::as_select())
        .into_boxed();
    if let Some(version) = version {
        query = query.filter(artifact::version.eq(i64::from(version)));
    }
    query.first(connection).optional()?.map(read).transpose()
}

/// Every artifact, by name and version.
pub(crate) fn all(connection: &mut Connection) -> Result<Vec<Artifact>, Failure> {
    let rows: Vec<Row> = artifact::table
        .inner_join(session_table::table)
        .inner_join(execution_table::table)
        .order((artifact::name, artifact::version))
        .select(Row::as_select())
        .load(connection)?;
    rows.into_iter().map(read).collect()
}

/// Every name that an artifact has, in order.
pub(crate) fn names(connection: &mut Connection) -> Result<Vec<String>, Failure> {
    Ok(artifact::table.select(artifact::name).distinct().order(artifact::name).load(connection)?)
}

/// Deletes artifacts; the versions that were deleted.
pub(crate) fn delete(
    connection: &mut Connection,
    name: &str,
    which: Version,
) -> Result<Vec<u32>, Failure> {
    let rows: Vec<(i64, Option<String>)> = artifact::table
        .filter(artifact::name.eq(name))
        .order(artifact::version)
        .select((artifact::version, artifact::value))
        .load(connection)?;
    let last = rows.last().map(|&(version, _)| version);
    let mut deleted = Vec::new();
    for (version, value) in rows {
        let chosen = match which {
            Version::Number(number) => version == i64::from(number),
            Version::Latest => Some(version) == last,
            Version::All => true,
        };
        if !chosen {
            continue;
        }
        diesel::delete(artifact::table.find((name, version))).execute(connection)?;
        tag::forget(connection, name, version)?;
        if let Some(address) = value {
            value_reference::remove(connection, &address)?;
        }
        deleted.push(narrow(version, "version")?);
    }
    Ok(deleted)
}

/// Gives every version of a name another name; how many they are, or none where the other has some.
pub(crate) fn rename(
    connection: &mut Connection,
    from: &str,
    to: &str,
) -> Result<Option<usize>, Failure> {
    let taken: i64 =
        artifact::table.filter(artifact::name.eq(to)).count().get_result(connection)?;
    if taken > 0 {
        return Ok(None);
    }
    let of_it = artifact::table.filter(artifact::name.eq(from));
    diesel::update(of_it.filter(artifact::saved_as.is_null()))
        .set(artifact::saved_as.eq(artifact::name.nullable()))
        .execute(connection)?;
    let renamed = diesel::update(artifact::table.filter(artifact::name.eq(from)))
        .set(artifact::name.eq(to))
        .execute(connection)?;
    if renamed > 0 {
        tag::rename(connection, from, to)?;
        counter::go_on_behind(connection, &format!("artifact/{to}"), &format!("artifact/{from}"))?;
    }
    Ok(Some(renamed))
}

/// How many artifacts a session saved.
pub(crate) fn count_of(connection: &mut Connection, session: i64) -> Result<usize, Failure> {
    let count: i64 =
        artifact::table.filter(artifact::session.eq(session)).count().get_result(connection)?;
    Ok(usize::try_from(count).unwrap_or(0))
}

fn read(row: Row) -> Result<Artifact, Failure> {
    Ok(Artifact {
        saved_as: row.saved_as.unwrap_or_else(|| row.name.clone()),
        name: row.name,
        version: narrow(row.version, "version")?,
        session: session::read_id(&row.session)?,
        execution: execution::read_id(&row.execution)?,
        node: optional_node_id(row.node)?,
        created: Timestamp(row.created),
        type_name: row.type_name,
        fingerprint: row.fingerprint,
        value: row.value,
    })
}
