//! Counter: numbers that are given once.

use diesel::prelude::*;

use crate::catalog::schema::counter;
use crate::catalog::{Connection, Failure};

/// The next number of a row of numbers, from 0 on. It is given once, to one process, also when
/// what it was given to is gone.
pub(crate) fn take(connection: &mut Connection, name: &str) -> Result<i64, Failure> {
    let next: i64 = diesel::insert_into(counter::table)
        .values((counter::name.eq(name), counter::next.eq(1)))
        .on_conflict(counter::name)
        .do_update()
        .set(counter::next.eq(counter::next + 1))
        .returning(counter::next)
        .get_result(connection)?;
    Ok(next - 1)
}

/// Has a row of numbers go on behind those that another has given.
pub(crate) fn go_on_behind(
    connection: &mut Connection,
    name: &str,
    other: &str,
) -> Result<(), Failure> {
    let next_of = |connection: &mut Connection, name: &str| -> Result<i64, Failure> {
        let next: Option<i64> =
            counter::table.find(name).select(counter::next).first(connection).optional()?;
        Ok(next.unwrap_or(0))
    };
    let next = next_of(connection, name)?.max(next_of(connection, other)?);
    diesel::insert_into(counter::table)
        .values((counter::name.eq(name), counter::next.eq(next)))
        .on_conflict(counter::name)
        .do_update()
        .set(counter::next.eq(next))
        .execute(connection)?;
    Ok(())
}
