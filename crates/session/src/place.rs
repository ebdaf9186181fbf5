//! Place: where the store of a run is.

use std::path::Path;

use clew_graph::os_text;

use crate::configuration::{Configuration, SetBy, Setting, folders_above, is_own};

/// The folder that holds the store of a project that names no other.
pub const DEFAULT_STORE: &str = ".clew";

/// Where the store is: what the command names, else what `CLEW_STORE` or the project's file names, else the
/// nearest `.clew` that is a store, in the current folder or above it, else `.clew` in the current folder. A
/// relative folder is made absolute, so that a program that changes its directory keeps its store. It is an
/// [OS text](clew_graph::os_text), as is what is given.
///
/// A store above counts where it is this user's and lies below the home folder and below all folders that
/// everybody may write to.
pub fn store_place(
    named: Option<&str>,
    settings: &Configuration,
    current: &Path,
) -> (String, SetBy) {
    let (place, origin) = match (named, settings.get("store")) {
        (Some(named), _) => (named.to_owned(), SetBy::Flag("--store")),
        (None, Some((Setting::Path(place), origin))) => (place.clone(), origin.clone()),
        _ => {
            let here = current.join(DEFAULT_STORE);
            let found = folders_above(current).find(|folder| holds_a_store(folder));
            let place = found.map_or(here, |folder| folder.join(DEFAULT_STORE));
            let origin = match found {
                Some(folder) if folder != current => SetBy::Found,
                _ => SetBy::Default,
            };
            (os_text::to_text(place.as_os_str()), origin)
        }
    };
    if place.contains("://") {
        return (place, origin);
    }
    (os_text::to_text(current.join(os_text::from_text(&place)).as_os_str()), origin)
}

fn holds_a_store(folder: &Path) -> bool {
    let place = folder.join(DEFAULT_STORE);
    place.join("catalog.db").is_file() && is_own(&place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_found_from_the_folders_below_it() {
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("a/b");
        std::fs::create_dir_all(&within).unwrap();
        let place = |from: &Path| {
            let (place, origin) = store_place(None, &Configuration::default(), from);
            let place = place.replace(&folder.path().display().to_string(), "~");
            format!("{place} ({origin})")
        };
        assert_eq!(place(&within), "~/a/b/.clew (default)");
        // A folder of that name that is no store is passed over.
        std::fs::create_dir_all(folder.path().join("a/.clew")).unwrap();
        std::fs::create_dir_all(folder.path().join(".clew")).unwrap();
        std::fs::write(folder.path().join(".clew/catalog.db"), "").unwrap();
        assert_eq!(place(&within), "~/.clew (found above the current folder)");
        assert_eq!(place(folder.path()), "~/.clew (default)");
        std::fs::create_dir_all(within.join(".clew")).unwrap();
        std::fs::write(within.join(".clew/catalog.db"), "").unwrap();
        assert_eq!(place(&within), "~/a/b/.clew (default)");
    }

    #[cfg(unix)]
    #[test]
    fn no_store_is_taken_from_where_all_may_write() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("a");
        std::fs::create_dir_all(&within).unwrap();
        std::fs::create_dir_all(folder.path().join(".clew")).unwrap();
        std::fs::write(folder.path().join(".clew/catalog.db"), "").unwrap();
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let (_, origin) = store_place(None, &Configuration::default(), &within);
        assert_eq!(origin, SetBy::Default);
    }
}
