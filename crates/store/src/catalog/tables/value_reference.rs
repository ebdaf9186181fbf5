//! Value reference: how many artifacts name a value.

use diesel::prelude::*;

use crate::catalog::schema::value_reference;
use crate::catalog::{Connection, Failure};

/// One more artifact names the value.
pub(crate) fn add(connection: &mut Connection, address: &str) -> Result<(), Failure> {
    diesel::insert_into(value_reference::table)
        .values((value_reference::address.eq(address), value_reference::count.eq(1)))
        .on_conflict(value_reference::address)
        .do_update()
        .set(value_reference::count.eq(value_reference::count + 1))
        .execute(connection)?;
    Ok(())
}

/// One artifact less names the value.
pub(crate) fn remove(connection: &mut Connection, address: &str) -> Result<(), Failure> {
    diesel::update(value_reference::table.find(address))
        .set(value_reference::count.eq(value_reference::count - 1))
        .execute(connection)?;
    Ok(())
}

/// The values that artifacts named once, and none does now.
pub(crate) fn unnamed(connection: &mut Connection) -> Result<Vec<String>, Failure> {
    Ok(value_reference::table
        .filter(value_reference::count.le(0))
        .order(value_reference::address)
        .select(value_reference::address)
        .load(connection)?)
}

/// Whether an artifact names the value.
pub(crate) fn is_named(connection: &mut Connection, address: &str) -> Result<bool, Failure> {
    let count: Option<i64> = value_reference::table
        .find(address)
        .select(value_reference::count)
        .first(connection)
        .optional()?;
    Ok(count.is_some_and(|count| count > 0))
}

/// Forgets a value whose bytes are gone.
pub(crate) fn forget(connection: &mut Connection, address: &str) -> Result<(), Failure> {
    diesel::delete(value_reference::table.find(address)).execute(connection)?;
    Ok(())
}
