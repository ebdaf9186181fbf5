//! Tables: the queries of each table of the catalog.

pub(crate) mod artifact;
pub(crate) mod certificate;
pub(crate) mod counter;
pub(crate) mod execution;
pub(crate) mod file;
pub(crate) mod finding;
pub(crate) mod node;
pub(crate) mod node_value;
pub(crate) mod note;
pub(crate) mod session;
pub(crate) mod source;
pub(crate) mod tag;
pub(crate) mod type_name;
pub(crate) mod value_reference;
pub(crate) mod variable;

use clew_graph::NodeId;

use super::Failure;

/// How many rows one statement adds. Preparing it costs as much as adding a few rows, and servers
/// are far away; but SQLite takes no more than 32,766 values.
const AT_ONCE: usize = 64;

/// Rows as they are added: so many at once that the statement has the same text each time and is prepared
/// once, and those that are left.
enum Together<T> {
    Full(Box<[T; AT_ONCE]>),
    Rest(Vec<T>),
}

impl<T> Together<T> {
    fn of(rows: impl IntoIterator<Item = T>) -> impl Iterator<Item = Self> {
        let mut rows = rows.into_iter();
        std::iter::from_fn(move || {
            let some: Vec<T> = rows.by_ref().take(AT_ONCE).collect();
            match some.try_into() {
                Ok(full) => Some(Self::Full(full)),
                Err(rest) if rest.is_empty() => None,
                Err(rest) => Some(Self::Rest(rest)),
            }
        })
    }
}

/// A number that was 32 bits wide when it was written. Postgres' `INTEGER` has no room for the
/// upper half, hence the wider columns.
fn narrow(number: i64, what: &str) -> Result<u32, Failure> {
    u32::try_from(number).map_err(|_| Failure::Unreadable(format!("{what} {number}")))
}

fn node_id(number: i64) -> Result<NodeId, Failure> {
    narrow(number, "node number").map(NodeId::new)
}

fn optional_node_id(number: Option<i64>) -> Result<Option<NodeId>, Failure> {
    number.map(node_id).transpose()
}
