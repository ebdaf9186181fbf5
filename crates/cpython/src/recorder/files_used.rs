//! Files used: what the statement at hand did to files, as the system tells it, and which values stand
//! for files that C code keeps open.

use std::path::{Path, PathBuf};

use clew_effects::{ExternalState, StateKey};
use clew_heap::arguments::CallArguments;
use clew_heap::library::standard::open_files;
use clew_heap::numpy::is_array;
use clew_heap::walk::Walk;
use clew_heap::{AddressSet, Lent, kind};

use super::state::Recorder;
use crate::file_watch::is_held_for_writing;
use crate::paths::normal_path;

impl Recorder {
    /// Notes what became of files in the folders that are watched, where nobody has reported it already;
    /// gives those that were opened and not closed again.
    pub(super) fn note_files_used(&mut self, leaving: bool) -> Vec<PathBuf> {
        let mut held = Vec::new();
        for (path, used) in self.outside.files.look() {
            let key = StateKey::part(ExternalState::FileSystem, normal_path(&path));
            let seen = |how| self.at_hand.states_seen.contains(&(key.clone(), how));
            let (read, own) = (seen(None), seen(Some(true)));
            let reported = own || seen(Some(false));
            if (used.read || used.removed) && !read && !own && self.outside.written.shows_in(&key) {
                self.reads_state(key.clone());
            }
            // What a context manager writes out when it is left was put into it by whoever reported so.
            let put = leaving && self.objects.handles.values().any(|known| *known == key);
            if (used.written || used.removed) && !reported && !put {
                self.writes_state((key, used.anew && !used.removed));
            }
            if used.held > 0 {
                held.push(path);
            }
        }
        held
    }

    /// What a call's result stands for: a file that the call opened so that it can be written, and that is
    /// still open.
    pub(super) fn held_open(&self, opened: &[PathBuf]) -> Option<StateKey> {
        let path = opened.iter().find(|path| is_held_for_writing(path))?;
        Some(StateKey::part(ExternalState::FileSystem, normal_path(path)))
    }

    /// What the result of a method stands for whose receiver stands for a file: the same, where it is of
    /// the same library and no mere data.
    pub(super) fn inherited_handle(
        &self,
        receiver: Lent<'_>,
        result: Lent<'_>,
    ) -> Option<StateKey> {
        let key = self.objects.handles.get(&receiver.address())?;
        let package = |value: Lent<'_>| {
            let module = value.class_name().0;
            module.split('.').next().unwrap_or_default().to_owned()
        };
        let related = kind::changes_in_place(result)
            && !result.is_builtin_container()
            && !is_array(result)
            && package(result) != "builtins"
            && package(result) == package(receiver);
        (related && key.state == ExternalState::FileSystem).then(|| key.clone())
    }

    /// Remembers which file a stream goes to that is open for writing.
    pub(super) fn adopt_stream(&mut self, stream: Lent<'_>) {
        let file = open_files(stream.quiet(), &[stream], &self.boundary).into_iter().next();
        if let Some((_, path)) = file {
            let here = std::env::current_dir().unwrap_or_default();
            let key = StateKey::part(ExternalState::FileSystem, normal_path(&here.join(path)));
            self.objects.handles.insert(stream.address(), key);
            clew_probe::forget_reports();
        }
    }

    /// What an object of C stands for that a call made of a file which is open for writing: the file.
    pub(super) fn wrapped_handle(
        &self,
        call: &CallArguments,
        result: Lent<'_>,
    ) -> Option<StateKey> {
        if self.objects.handles.is_empty() || !kind::is_opaque(result) {
            return None;
        }
        call.lent().find_map(|value| {
            let key = self.objects.handles.get(&value.address())?;
            let is_file = key.state == ExternalState::FileSystem;
            let is_open = || !open_files(value.quiet(), &[value], &self.boundary).is_empty();
            (is_file && is_open()).then(|| key.clone())
        })
    }

    /// The open file that something goes into that is stored to a value: the value stands for it, or leads to
    /// what does.
    pub(super) fn file_behind(&self, value: Lent<'_>) -> Option<StateKey> {
        const BUDGET: usize = 300;
        if self.objects.handles.is_empty()
            || value.is_builtin_container()
            || is_array(value)
            || value.is_plain_instance()
        {
            return None;
        }
        let mut found = None;
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        walk.run(value, &mut AddressSet::default(), &mut |object| {
            let key = self.objects.handles.get(&object.address());
            found = key.filter(|key| key.state == ExternalState::FileSystem).cloned();
            found.is_none()
        });
        found
    }

    /// The variables that the statement at hand bound to a mapping of a file stand for the file.
    pub(super) fn note_mapped<'a>(&mut self, bound: impl IntoIterator<Item = Lent<'a>>) {
        let key = self.at_hand.mapped.take();
        // Which of several is which nobody says.
        let Some(key) = key.filter(|_| self.at_hand.mapped_files.len() == 1) else { return };
        for value in bound.into_iter().filter(|value| value.is_a("mmap", "mmap")) {
            self.objects.handles.insert(value.address(), key.clone());
            clew_probe::forget_reports();
        }
    }

    /// A file is mapped into memory so that it changes with it; what comes of the call stands for it.
    pub(crate) fn maps(&mut self, path: &Path) {
        let key = StateKey::part(ExternalState::FileSystem, normal_path(path));
        for files in [&mut self.at_hand.mapped_files, &mut self.outside.mapped_files] {
            if !files.contains(&key) {
                files.push(key.clone());
            }
        }
        self.at_hand.mapped = Some(key);
    }

    /// A mapping of a file is changed, if a value is one: the file changes with it. Of one that was made within a call
    /// or in this statement, where another may have lain, it is not known which file it is of.
    pub(super) fn change_mapped(&mut self, value: Lent<'_>) {
        if self.outside.mapped_files.is_empty() || value.class().c_name() != c"mmap.mmap" {
            return;
        }
        let known = self.objects.handles.contains_key(&value.address());
        let files = match known {
            true => &self.at_hand.mapped_files,
            false => &self.outside.mapped_files,
        };
        for key in files.clone() {
            self.writes_state((key, false));
        }
    }

    /// Watches the folder that a path stands in.
    pub(crate) fn watch_folder_of(&mut self, path: &str) {
        self.outside.files.watch_beside(Path::new(path));
    }

    /// Watches the folder that the program works in from now on.
    pub(crate) fn watch_folder(&mut self, folder: &Path) {
        self.outside.files.watch(folder);
    }
}
