//! Place: where the store of a run is.

use std::path::Path;

use clew_graph::os_text;

/// The folder that holds the store of a project that names no other.
pub const DEFAULT_STORE: &str = ".clew";

/// Where the store is: what the command names, else what `CLEW_STORE` names, else `.clew` in the
/// current folder. A relative folder is made absolute, so that a program that changes its
/// directory keeps its store. It is an [OS text](clew_graph::os_text), as is what is given.
pub fn store_place(named: Option<&str>, environment: Option<&str>, current: &Path) -> String {
    let place = named.or(environment.filter(|place| !place.is_empty())).unwrap_or(DEFAULT_STORE);
    if place.contains("://") {
        return place.to_owned();
    }
    os_text::to_text(current.join(os_text::from_text(place)).as_os_str())
}
