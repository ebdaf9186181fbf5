//! File watch: what the system says of files in the folders that a program works in (inotify), whoever
//! opens them and in which language.
//!
//! What C code opens raises no audit event, and what is opened late is opened by somebody who was never
//! given a path. Elsewhere than on Linux nothing is said.
#![allow(unsafe_code, reason = "asks the system about files and descriptors")]

#[cfg(target_os = "linux")]
use std::ffi::OsStr;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

/// What became of a file since it was last asked after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileUse {
    /// Whether its content was read, or it was opened and nothing was written to it.
    pub(crate) read: bool,
    /// Whether it was written, made, or put there.
    pub(crate) written: bool,
    /// Whether nothing is left of what was there.
    pub(crate) anew: bool,
    /// Whether it was taken away.
    pub(crate) removed: bool,
    /// Whether it is a folder that was made.
    pub(crate) folder: bool,
    /// How often it was opened and not closed again.
    pub(crate) held: i32,
}

/// The folders that are watched.
#[derive(Debug, Default)]
pub(crate) struct FileWatch {
    #[cfg(target_os = "linux")]
    descriptor: Option<std::os::fd::OwnedFd>,
    folders: FxHashMap<i32, Folder>,
}

/// A folder that is watched.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// What the program has named in it, where it is everybody's: what others do there is none of the program's doing,
    /// and the system does not say who it was.
    named: Option<FxHashSet<OsString>>,
}

impl FileWatch {
    /// Watches the files of a folder as well.
    pub(crate) fn watch(&mut self, folder: &Path) {
        if let Some(known) = self.folders.values_mut().find(|known| known.path == folder) {
            known.named = None;
            return;
        }
        self.add_new(folder, None);
    }

    /// Watches the files of the folder that a path stands in; where that is everybody's, those that are called as
    /// the path says.
    pub(crate) fn watch_beside(&mut self, path: &Path) {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
        if let Some(known) = self.folders.values_mut().find(|known| known.path == folder) {
            if let Some(named) = &mut known.named {
                named.insert(name.to_owned());
            }
            return;
        }
        let named = is_everybodys(folder).then(|| FxHashSet::from_iter([name.to_owned()]));
        self.add_new(folder, named);
    }

    fn add_new(&mut self, folder: &Path, named: Option<FxHashSet<OsString>>) {
        /// How many folders are watched.
        const MOST: usize = 64;
        if self.folders.len() < MOST && is_of_interest(folder) {
            self.add(folder, named);
        }
    }
}

impl Folder {
    /// Whether what is called so is of interest: it was named, or is made beside what was, as the parts of a database
    /// are.
    #[cfg(target_os = "linux")]
    fn names(&self, name: &OsStr) -> bool {
        let Some(named) = &self.named else { return true };
        let made_beside = |known: &OsString| {
            let known = known.as_encoded_bytes();
            let stem = known.split(|&byte| byte == b'.').next().unwrap_or_default();
            let rest = name.as_encoded_bytes().strip_prefix(stem).filter(|_| !stem.is_empty());
            rest.is_some_and(|rest| rest.first().is_none_or(|byte| !byte.is_ascii_alphanumeric()))
        };
        named.contains(name) || named.iter().any(made_beside)
    }
}

/// Whether anybody may put files into a folder, and nobody take away those of others, as with `/tmp`.
fn is_everybodys(folder: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        const STICKY_AND_OPEN: u32 = 0o1002;
        let mode = folder.metadata().map_or(0, |found| found.permissions().mode());
        mode & STICKY_AND_OPEN == STICKY_AND_OPEN
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        false
    }
}

/// Whether what happens in a folder can matter: not among installed packages or devices.
fn is_of_interest(folder: &Path) -> bool {
    let apart = ["/dev", "/proc", "/sys"].iter().any(|other| folder.starts_with(other));
    let installed = |part: &std::ffi::OsStr| {
        part == "site-packages" || part == "__pycache__" || part == ".clew"
    };
    !apart && folder.is_absolute() && !folder.components().any(|part| installed(part.as_os_str()))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::ffi::{CStr, CString, OsStr, OsString};
    use std::mem::size_of;
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};

    use rustc_hash::FxHashSet;

    use super::{FileUse, FileWatch, Folder};

    const EVENTS: u32 = libc::IN_OPEN
        | libc::IN_ACCESS
        | libc::IN_MODIFY
        | libc::IN_CREATE
        | libc::IN_CLOSE
        | libc::IN_MOVED_FROM
        | libc::IN_MOVED_TO
        | libc::IN_DELETE
        | libc::IN_ONLYDIR;

    impl FileWatch {
        pub(super) fn add(&mut self, folder: &Path, named: Option<FxHashSet<OsString>>) {
            if self.descriptor.is_none() {
                self.descriptor = out_of_the_way();
            }
            let Some(descriptor) = &self.descriptor else { return };
            let Ok(name) = CString::new(folder.as_os_str().as_bytes()) else { return };
            // SAFETY: the name ends with a zero and lives until the call returns.
            let watch =
                unsafe { libc::inotify_add_watch(descriptor.as_raw_fd(), name.as_ptr(), EVENTS) };
            if watch >= 0 {
                self.folders.insert(watch, Folder { path: folder.to_path_buf(), named });
            }
        }

        /// What became of files since this was last asked, in order of their paths.
        pub(crate) fn look(&mut self) -> BTreeMap<PathBuf, FileUse> {
            let mut uses = BTreeMap::new();
            self.read(&mut uses);
            // What was put into a folder before it was watched was made with it.
            let made: Vec<PathBuf> =
                uses.iter().filter(|(_, used)| used.folder).map(|(path, _)| path.clone()).collect();
            for folder in made {
                self.watch(&folder);
                for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                    let made = FileUse { written: true, anew: true, held: 1, ..FileUse::default() };
                    uses.insert(entry.path(), made);
                }
            }
            uses
        }

        fn read(&mut self, uses: &mut BTreeMap<PathBuf, FileUse>) {
            const SIZE: usize = 64 * 1024;
            let Some(descriptor) = self.descriptor.as_ref().map(OwnedFd::as_raw_fd) else {
                return;
            };
            let mut waiting: libc::c_int = 0;
            // SAFETY: the system fills in the number.
            let asked = unsafe { libc::ioctl(descriptor, libc::FIONREAD, &raw mut waiting) };
            if asked < 0 || waiting == 0 {
                return;
            }
            let mut buffer = vec![0_u8; SIZE];
            loop {
                // SAFETY: the buffer is as long as is said.
                let length =
                    unsafe { libc::read(descriptor, buffer.as_mut_ptr().cast(), buffer.len()) };
                match usize::try_from(length) {
                    Ok(length) if length > 0 => self.gather(&buffer[..length], uses),
                    _ => return,
                }
            }
        }

        fn gather(&self, mut events: &[u8], uses: &mut BTreeMap<PathBuf, FileUse>) {
            const HEAD: usize = size_of::<libc::inotify_event>();
            while events.len() >= HEAD {
                // SAFETY: the system wrote an event here, in its own layout; it need not be aligned.
                let event =
                    unsafe { events.as_ptr().cast::<libc::inotify_event>().read_unaligned() };
                let (name, rest) = events[HEAD..].split_at(event.len as usize);
                events = rest;
                let folder = event.mask & libc::IN_ISDIR != 0;
                let of_interest = !folder || event.mask & libc::IN_CREATE != 0;
                let name = CStr::from_bytes_until_nul(name).unwrap_or_default();
                if let Some(within) = self.folders.get(&event.wd)
                    && !name.is_empty()
                    && of_interest
                    && within.names(OsStr::from_bytes(name.to_bytes()))
                {
                    let path = within.path.join(OsStr::from_bytes(name.to_bytes()));
                    if is_unnamed(name.to_bytes()) && path.symlink_metadata().is_err() {
                        continue;
                    }
                    let used: &mut FileUse = uses.entry(path).or_default();
                    used.folder |= folder;
                    used.note(event.mask);
                }
            }
        }
    }

    /// Whether the system may call a file so that has no name in its folder (`O_TMPFILE`), so that only who
    /// made it can see it; in a folder such as `/tmp` that is most often another program.
    fn is_unnamed(name: &[u8]) -> bool {
        let number = name.strip_prefix(b"#").unwrap_or_default();
        !number.is_empty() && number.iter().all(u8::is_ascii_digit)
    }

    /// A descriptor with a number so high that the program's own files get those that they would.
    fn out_of_the_way() -> Option<OwnedFd> {
        const HIGH: libc::c_int = 500;
        // SAFETY: makes descriptors that are nobody else's, and closes the one that is not kept.
        unsafe {
            let made = libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC);
            if made < 0 {
                return None;
            }
            let high = libc::fcntl(made, libc::F_DUPFD_CLOEXEC, HIGH);
            if high < 0 {
                return Some(OwnedFd::from_raw_fd(made));
            }
            libc::close(made);
            Some(OwnedFd::from_raw_fd(high))
        }
    }

    impl FileUse {
        /// One more event of a file.
        fn note(&mut self, mask: u32) {
            let has = |event: u32| mask & event != 0;
            if has(libc::IN_OPEN) {
                self.held += 1;
                // Unless it turns out to be written only.
                self.read |= !self.written;
            }
            if has(libc::IN_CLOSE) {
                self.held -= 1;
            }
            if has(libc::IN_ACCESS) {
                self.read |= !self.anew;
            }
            if has(libc::IN_CREATE | libc::IN_MOVED_TO) {
                self.written = true;
                self.anew = true;
                self.removed = false;
            }
            if has(libc::IN_MODIFY) {
                // What is cut off before anybody has opened it was opened to be written anew.
                if !self.written && !self.read {
                    self.anew = true;
                }
                self.written = true;
            }
            if has(libc::IN_DELETE | libc::IN_MOVED_FROM) {
                self.removed = true;
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl FileWatch {
    fn add(&mut self, _folder: &Path, _named: Option<FxHashSet<OsString>>) {}

    /// What became of files since this was last asked, in order of their paths.
    pub(crate) fn look(&mut self) -> std::collections::BTreeMap<PathBuf, FileUse> {
        std::collections::BTreeMap::new()
    }
}

/// Whether this process holds a file open so that it can write to it.
pub(crate) fn is_held_for_writing(path: &Path) -> bool {
    let Ok(descriptors) = std::fs::read_dir("/proc/self/fd") else { return false };
    descriptors.flatten().any(|entry| {
        std::fs::read_link(entry.path()).is_ok_and(|found| found == path) && is_writable(&entry)
    })
}

fn is_writable(entry: &std::fs::DirEntry) -> bool {
    let number = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
    number.is_some_and(|number| {
        // SAFETY: asks the system about a number, whatever it stands for.
        let flags = unsafe { libc::fcntl(number, libc::F_GETFL) };
        flags >= 0 && flags & libc::O_ACCMODE != libc::O_RDONLY
    })
}
