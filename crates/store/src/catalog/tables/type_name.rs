//! Type name: the names of types, each once, since most values are of a few types.

use diesel::prelude::*;

use super::counter;
use crate::catalog::schema::type_name;
use crate::catalog::{Connection, Failure};

/// The key of a type's name, which is added where it is not there yet.
pub(crate) fn key_or_insert(connection: &mut Connection, name: &str) -> Result<i64, Failure> {
    let found = type_name::table
        .filter(type_name::name.eq(name))
        .select(type_name::key)
        .first(connection)
        .optional()?;
    if let Some(key) = found {
        return Ok(key);
    }
    let key = counter::take(connection, "type_name")?;
    diesel::insert_into(type_name::table)
        .values((type_name::key.eq(key), type_name::name.eq(name)))
        .execute(connection)?;
    Ok(key)
}
