//! Room made: statements that would remove a file or folder, and found none. Run again, where the program has made it
//! meanwhile, they are needed by who makes it.

use std::path::Path;

use clew_effects::{ExternalState, StateKey};
use clew_heap::Lent;
use clew_heap::Quiet;
use clew_heap::library::standard::path_text;
use clew_syntax::{Statement, StatementKind, Suite, Unit};

use super::outcome::Ended;
use super::state::Recorder;
use crate::paths::normal_path;

/// How many items of a value are taken for paths.
const MOST: usize = 64;

impl Recorder {
    /// Something is to be removed that is not there.
    pub(crate) fn make_room(&mut self, path: &Path) {
        let key = StateKey::part(ExternalState::FileSystem, normal_path(path));
        self.writes_state((key, false));
    }

    /// Notes the paths that a statement asks about and would have removed, as its text says, had anything been there:
    /// asking raises no event.
    pub(super) fn note_room_made(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        let (unit, statement) = (ended.unit, ended.statement);
        if !would_remove(unit, statement) {
            return;
        }
        let variables = self.variables(quiet);
        let mut paths: Vec<String> = Vec::new();
        for read in statement.whole.reads.iter().chain(&ended.reads) {
            let Some(value) = variables.item(&read.name) else { continue };
            paths.extend(text_of(value));
            if value.is_builtin_container() {
                paths.extend(value.items().take(MOST).filter_map(text_of));
            }
        }
        paths.extend(texts_in(statement.range.of(unit.text())).map(str::to_owned));
        let here = std::env::current_dir().unwrap_or_default();
        for path in paths.iter().filter(|path| !path.is_empty()) {
            let path = here.join(path);
            if path.symlink_metadata().is_err() {
                self.at_hand.makes_room |= ended.header_only;
                self.make_room(&path);
            }
        }
    }
}

/// Whether a statement is a branch that does nothing but remove something, or another whose expression would.
fn would_remove(unit: &Unit, statement: &Statement) -> bool {
    let text = statement.range.of(unit.text());
    let is_plain = match statement.kind {
        StatementKind::If | StatementKind::Elif | StatementKind::For => {
            let body = statement.suite(Suite::Body).map(|body| &body.statements[..]);
            body.unwrap_or_default().iter().all(|&id| {
                let inner = unit.statement(id);
                inner.suites.is_empty() || would_remove(unit, inner)
            })
        }
        _ => statement.suites.is_empty(),
    };
    is_plain && removes(text)
}

/// Whether a text calls what removes files and folders.
fn removes(text: &str) -> bool {
    const CALLS: [&str; 5] = ["rmtree(", "unlink(", "rmdir(", "os.remove(", "removedirs("];
    CALLS.iter().any(|call| text.contains(call)) || text.trim_start().starts_with("remove(")
}

/// The text that a value is, or the path that it stands for.
fn text_of(value: Lent<'_>) -> Option<String> {
    value.text().or_else(|| path_text(value))
}

/// What stands in quotes in a text, as far as it is on one line.
fn texts_in(text: &str) -> impl Iterator<Item = &str> {
    let quoted = |quote: char| text.split(quote).skip(1).step_by(2);
    quoted('\'').chain(quoted('"')).filter(|text| !text.contains('\n'))
}
