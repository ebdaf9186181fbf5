//! Paths: files that a call is given the name of, and whether they changed while it ran.
//!
//! What C opens by itself raises no audit event. So of a call that no rule speaks of, the files that it
//! is given by name are looked at before and after.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use clew_heap::Lent;
use clew_heap::library::standard::path_text;

/// A file that a call was given the name of.
pub(crate) struct GivenPath {
    /// Its path, absolute and without `.` and `..`.
    pub(crate) path: String,
    before: Option<Look>,
}

/// What distinguishes one state of a file from another without reading it.
#[derive(PartialEq, Eq)]
struct Look {
    device_and_number: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl GivenPath {
    /// The files that a value names: itself, in a text in which it is quoted, or as one of the values that
    /// it holds.
    pub(crate) fn within(value: Lent<'_>) -> Vec<Self> {
        /// Longer ones are data.
        const MOST: usize = 32;
        /// Texts that are longer are none that anybody wrote.
        const LONGEST: usize = 20_000;
        if value.pairs_count().max(value.items().len()) > MOST {
            return Vec::new();
        }
        if let Some(text) = value.as_str().filter(|text| text.contains(['\'', '"'])) {
            let quoted = |quote: char| text.split(quote).skip(1).step_by(2);
            let short = text.len() <= LONGEST;
            let parts = quoted('\'').chain(quoted('"')).filter(|_| short);
            return parts.filter_map(|part| Self::named(part.to_owned())).collect();
        }
        let items = value.items().chain(value.pairs().map(|(_, item)| item));
        Self::of(value).into_iter().chain(items.filter_map(Self::of)).collect()
    }

    /// The file that a value names, if it may be the name of one.
    fn of(value: Lent<'_>) -> Option<Self> {
        Self::named(value.text().or_else(|| path_text(value))?)
    }

    fn named(text: String) -> Option<Self> {
        /// No path that anybody writes down is longer.
        const LONGEST: usize = 512;
        let may_be_path = text.len() <= LONGEST
            && text.contains(['/', '.'])
            && !text.contains(['\n', '\0'])
            && !text.contains("://");
        if !may_be_path {
            return None;
        }
        let here = std::env::current_dir().ok()?;
        let path = normal_path(&here.join(text));
        let before = look(&path);
        Some(Self { path, before })
    }

    /// Whether there was such a file.
    pub(crate) fn was_there(&self) -> bool {
        self.before.is_some()
    }

    /// Whether it is another file by now, or no longer what it was.
    pub(crate) fn changed(&self) -> bool {
        look(&self.path) != self.before
    }
}

fn look(path: &str) -> Option<Look> {
    let found = Path::new(path).metadata().ok()?;
    Some(Look {
        device_and_number: (found.dev(), found.ino()),
        size: found.size(),
        modified: (found.mtime(), found.mtime_nsec()),
        changed: (found.ctime(), found.ctime_nsec()),
    })
}

/// A path without `.` and `..`, so that the same file has the same name.
pub(crate) fn normal_path(path: &std::path::Path) -> String {
    let mut parts: Vec<std::path::Component<'_>> = Vec::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.iter().collect::<std::path::PathBuf>().to_string_lossy().into_owned()
}
