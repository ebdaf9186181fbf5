//! Audit: what CPython's audit events (PEP 578) say of files, the environment, processes and
//! connections, whoever's code it is that touches them.
//!
//! An audit hook cannot be removed, so ours returns at once while nothing is recorded, in
//! forks of the process and while the recorder itself is at work. It runs no Python code, raises
//! nothing and refuses nothing.
#![allow(unsafe_code, reason = "a hook that CPython calls, with live objects, under the GIL")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use clew_effects::ExternalState;
use clew_heap::library::standard::path_text;
use clew_heap::session_code::{is_session_function, session_code};
use clew_heap::{Lent, Owned, Quiet};
use clew_probe::forget_variables;
use pyo3::ffi;

use crate::asker::Asker;
use crate::forked;
use crate::paths::normal_path;
use crate::recorder;
use crate::session_files;
use crate::touch::{How, Touch};
use crate::unfollowed;
use crate::unknown_call;

type Hook = unsafe extern "C" fn(*const c_char, *mut ffi::PyObject, *mut c_void) -> c_int;

// Part of CPython's C API from 3.8 on, and not declared by pyo3.
unsafe extern "C" {
    fn PySys_AddAuditHook(hook: Hook, data: *mut c_void) -> c_int;
}

static INSTALL: Once = Once::new();
/// Whether this process records a program.
static LISTENING: AtomicBool = AtomicBool::new(false);
/// Whether it does, and no cell runs at this moment.
static BETWEEN: AtomicBool = AtomicBool::new(false);
/// The interpreter that the program runs in; others are not ours to look into.
static INTERPRETER: AtomicUsize = AtomicUsize::new(0);

/// Begins or ceases to listen. The GIL is held.
pub(crate) fn listen(on: bool) {
    if on {
        INSTALL.call_once(install);
        // SAFETY: asks for an address, with the GIL held.
        INTERPRETER.store(unsafe { ffi::PyInterpreterState_Get() } as usize, Ordering::Relaxed);
        unknown_call::forget();
    }
    LISTENING.store(on, Ordering::Relaxed);
}

/// Begins or ceases to listen for what runs between cells.
pub(crate) fn listen_between(on: bool) {
    BETWEEN.store(on, Ordering::Relaxed);
}

fn install() {
    unsafe extern "C" fn forked() {
        LISTENING.store(false, Ordering::Relaxed);
        forked::note();
        BETWEEN.store(false, Ordering::Relaxed);
        forget_variables();
    }
    unsafe extern "C" fn forks() {
        forked::note_child();
    }
    // SAFETY: the hook has the signature that CPython asks for and lives as long as the process. A
    // hook that is there already may refuse ours with an exception, which then is no one's. What is
    // done in a fork is safe there.
    unsafe {
        libc::pthread_atfork(None, Some(forks), Some(forked));
        if PySys_AddAuditHook(hook, std::ptr::null_mut()) < 0 {
            ffi::PyErr_Clear();
        }
    }
}

unsafe extern "C" fn hook(
    event: *const c_char,
    arguments: *mut ffi::PyObject,
    _data: *mut c_void,
) -> c_int {
    let (listening, between) = (LISTENING.load(Ordering::Relaxed), BETWEEN.load(Ordering::Relaxed));
    if !(listening || between) || !recorder::is_free() {
        return 0;
    }
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: CPython calls a hook with the GIL of the interpreter held, the event's name and a
        // tuple, or null where that could not be made.
        let (event, interpreter, arguments) =
            unsafe { (CStr::from_ptr(event), ffi::PyInterpreterState_Get(), Lent::new(arguments)) };
        if interpreter as usize == INTERPRETER.load(Ordering::Relaxed)
            && let Some(arguments) = arguments
        {
            let given = EventArguments(arguments);
            match event.to_bytes() {
                event if listening => on_event(event, given),
                b"exec" => given.get(0).into_iter().for_each(between_cells),
                b"object.__setattr__" => attribute_set(given),
                _ => {}
            }
        }
    }));
    0
}

/// The arguments of an event.
#[derive(Clone, Copy)]
struct EventArguments<'a>(Lent<'a>);

impl<'a> EventArguments<'a> {
    fn get(self, at: usize) -> Option<Lent<'a>> {
        self.0.items().nth(at)
    }

    fn number(self, at: usize) -> Option<i64> {
        self.get(at).and_then(Lent::integer)
    }

    fn text(self, at: usize) -> Option<String> {
        self.get(at).and_then(spelled)
    }

    /// The path at a position, in the folder whose descriptor stands at another one.
    fn path(self, at: usize, folder: Option<usize>) -> Option<Named> {
        let value = self.get(at)?;
        let folder = folder.and_then(|at| self.number(at)).filter(|&number| number >= 0);
        if let Some(descriptor) = value.integer() {
            return of_descriptor(descriptor).map(|path| Named { path, relative: false });
        }
        if value.is_none() {
            return named(".");
        }
        let text = spelled(value)?;
        match folder {
            Some(folder) if !text.starts_with('/') => {
                let path = of_descriptor(folder)?.join(text);
                Some(Named { path, relative: false })
            }
            _ => named(&text),
        }
    }
}

/// The program goes on in another folder.
fn goes_to(folder: Option<Named>) {
    let anew = folder.as_ref().is_some_and(|folder| !folder.relative);
    if let Some(folder) = &folder {
        recorder::on_event(|recorder| recorder.watch_folder(&folder.path));
    }
    reads(folder);
    report([Touch::always(ExternalState::Cwd, None, How::Writes { anew })]);
}

/// What is done about an event. Which ones there are and what they carry: the table in Python's documentation.
fn on_event(event: &[u8], given: EventArguments<'_>) {
    match event {
        b"open" => opened(given),
        b"sys.addaudithook" => recorder::hook_added(),
        // Where modules are looked for is of no interest: what is found is opened.
        b"glob.glob/2" | b"pathlib.Path.glob" | b"pathlib.Path.rglob" => globs(event, given),
        b"os.listdir" | b"os.scandir"
            if recorder::files_written()
                && !within_imports(given.0.quiet())
                && !(recorder::is_globbing() && within_glob(given.0.quiet())) =>
        {
            reads(given.path(0, None));
        }
        b"os.getxattr" | b"os.listxattr" => reads(given.path(0, None)),
        b"os.remove" | b"os.rmdir" | b"shutil.rmtree" => clears(given.path(0, Some(1))),
        b"os.mkdir" => {
            // Of a folder that is there already nothing changes.
            let path = given.path(0, Some(2)).filter(|named| !is_there(&named.path));
            writes(path, false);
        }
        b"os.rename" => renames(given),
        b"os.link" | b"os.symlink" => links(given, event == b"os.symlink"),
        b"ctypes.dlopen" => recorder::on_event(recorder::Recorder::loads_library),
        b"os.chmod" | b"os.chown" => {
            let folder = if event == b"os.chmod" { 2 } else { 3 };
            writes(given.path(0, Some(folder)), false);
        }
        b"os.truncate" | b"os.utime" | b"os.setxattr" | b"os.removexattr" | b"os.chflags" => {
            writes(given.path(0, None), false);
        }
        b"os.chdir" => goes_to(given.path(0, None)),
        b"exec" => module_begins(given),
        b"object.__setattr__" => attribute_set(given),
        // A module that is run for the first time may look at anything.
        b"import"
            if recorder::environment_written()
                && given
                    .text(0)
                    .is_some_and(|name| is_package_of_others(given.0.quiet(), &name)) =>
        {
            recorder::on_event(recorder::Recorder::imports);
        }
        b"os.putenv" => {
            if let (Some(name), Some(value)) = (given.text(0), given.text(1)) {
                let before = std::env::var(&name).ok();
                let same = before.as_ref() == Some(&value);
                recorder::on_event(|recorder| recorder.variable_set(name, before.is_none(), same));
            }
        }
        b"os.unsetenv" => {
            if let Some(name) = given.text(0) {
                recorder::on_event(|recorder| recorder.variable_taken_away(name));
            }
        }
        // Who asks for a function's code runs it in a way of its own: compiled, or from bytes elsewhere.
        b"object.__getattr__" if given.get(1).and_then(Lent::as_str) == Some("__code__") => {
            if let Some(function) = given.get(0).filter(|&function| is_session_function(function)) {
                recorder::on_event(|recorder| recorder.shows_code(function));
                if runs_otherwise(given.0.quiet()) {
                    recorder::on_event(|recorder| recorder.looked_into(function));
                }
            }
        }
        // What is mapped so that it can be written changes the file without anybody's saying so.
        b"mmap.__new__" if matches!(given.number(2), Some(0 | 2)) => {
            if let Some(path) = given.number(0).and_then(of_descriptor) {
                recorder::on_event(|recorder| recorder.maps(&path));
            }
        }
        _ => reaches_out(event, given),
    }
}

/// What is done about an event of processes, connections and databases.
fn reaches_out(event: &[u8], given: EventArguments<'_>) {
    match event {
        b"subprocess.Popen" | b"os.system" | b"os.exec" | b"os.posix_spawn" | b"os.spawn"
        | b"pty.spawn" => {
            if event == b"os.exec" {
                recorder::on_event(|recorder| recorder.keep_all());
            }
            // Another program may do anything, as the rules for `subprocess` say.
            let environment = Touch::unless_known(ExternalState::Environment, None, How::Reads);
            let streams = How::Writes { anew: false };
            let streams = Touch::unless_known(ExternalState::StandardStreams, None, streams);
            report(
                both(|how| Touch::unless_known(ExternalState::FileSystem, None, how))
                    .into_iter()
                    .chain([environment, streams])
                    .chain(both(|how| Touch::unless_known(ExternalState::Process, None, how))),
            );
        }
        b"urllib.Request" => {
            let part = given.text(0);
            report(both(|how| Touch::unless_known(ExternalState::Network, part.clone(), how)));
        }
        b"socket.connect" | b"socket.bind" | b"socket.sendto" | b"socket.sendmsg" => {
            if let Some(part) = given.get(1).and_then(host_and_port) {
                report(both(|how| {
                    Touch::unless_known(ExternalState::Network, Some(part.clone()), how)
                }));
            }
        }
        b"sqlite3.connect" => {
            let part = given.text(0).filter(|name| name != ":memory:");
            recorder::on_event(|recorder| recorder.connects_to(part.clone()));
            // What was there before may have been removed.
            if part.is_some() && recorder::files_written() {
                reads(given.path(0, None));
            }
            if let Some(part) = part {
                report(both(|how| Touch::unless_known(ExternalState::Db, Some(part.clone()), how)));
            }
        }
        b"sqlite3.connect/handle" => {
            if let Some(connection) = given.get(0) {
                recorder::on_event(|recorder| recorder.connected(connection));
            }
        }
        _ => {}
    }
}

/// A module begins to be run; the program's own main module is none that was imported.
fn module_begins(given: EventArguments<'_>) {
    let Some(code) = given.get(0).filter(|code| !session_code().contains(&code.address())) else {
        return;
    };
    unfollowed::ran(code);
    recorder::on_event(|recorder| recorder.import_goes_on(code.quiet()));
}

/// An attribute of C's is set of which CPython tells: a function is given other code.
fn attribute_set(given: EventArguments<'_>) {
    if given.get(1).and_then(Lent::as_str) == Some("__code__") {
        given.get(0).into_iter().for_each(recorder::code_replaced);
    }
}

/// Something is run between cells. A module's own code knows none of the program's variables.
fn between_cells(code: Lent<'_>) {
    let file = code.get(c"co_filename").and_then(|file| file.lend().text());
    if file.is_some_and(|file| file.starts_with('<')) {
        recorder::runs_between(code);
    }
}

/// Whether a name is that of a whole package that does not come with Python.
fn is_package_of_others(quiet: Quiet<'_>, name: &str) -> bool {
    !name.contains('.')
        && quiet.sys(c"stdlib_module_names").and_then(|own| own.set_contains(name)) == Some(false)
}

/// A file is opened: `(path, mode, flags)`, with no mode where `os.open` does it.
fn opened(given: EventArguments<'_>) {
    // A file that is opened by its descriptor was opened by its path before.
    if given.number(0).is_some() {
        return;
    }
    let flags = given.number(2).unwrap_or(0) as c_int;
    let has = |flag: c_int| flags & flag == flag && flag != 0;
    let mode = given.get(1).and_then(Lent::text).unwrap_or_default();
    let access = flags & libc::O_ACCMODE;
    let writable = mode.contains(['w', 'a', 'x', '+']) || access != libc::O_RDONLY;
    let Some(file) = given.path(0, None).filter(|named| is_of_interest(&named.path)) else {
        return;
    };
    if !writable {
        session_files::read(&normal_path(&file.path));
        if recorder::files_written() {
            reads(Some(file));
        }
        return;
    }
    // The importer writes what it compiled, and looks at it again.
    if within_imports(given.0.quiet()) || is_unnamed(flags) {
        return;
    }
    let truncates = mode.contains('w') || has(libc::O_TRUNC);
    let excludes = mode.contains('x') || has(libc::O_EXCL);
    let updates = mode.contains('+') || access == libc::O_RDWR;
    let there = is_there(&file.path);
    if excludes && there {
        reads(Some(file));
    } else if truncates {
        // Opening may still fail, and then what is there stays.
        let anew = !there || !file.path.is_dir() && may_write(&file.path);
        writes(Some(file), anew);
    } else {
        // That nothing is there depends on who removed it.
        if excludes || updates {
            reads(Some(file.clone()));
        }
        writes(Some(file), false);
    }
}

/// Whether a file without a name is made in a folder (`O_TMPFILE`), which nobody else can see.
fn is_unnamed(flags: c_int) -> bool {
    #[cfg(target_os = "linux")]
    return flags & libc::O_TMPFILE == libc::O_TMPFILE;
    #[cfg(not(target_os = "linux"))]
    {
        let _ = flags;
        false
    }
}

fn removes(path: Option<Named>) {
    let Some(path) = path.filter(|named| is_there(&named.path)) else { return };
    reads(Some(path.clone()));
    writes(Some(path), false);
}

/// Files are looked for by a pattern.
fn globs(event: &[u8], given: EventArguments<'_>) {
    if !recorder::files_written() {
        return;
    }
    let of_path = event != b"glob.glob/2";
    let (folder, pattern) = if of_path { (0, 1) } else { (2, 0) };
    let folder = given.get(folder).and_then(spelled).unwrap_or_default();
    let Some(pattern) = given.text(pattern) else { return };
    let nested = if event == b"pathlib.Path.rglob" { "**" } else { "" };
    let path = Path::new(&folder).join(nested).join(pattern);
    if let Some(named) = path.to_str().and_then(named) {
        if named.relative {
            report([Touch::always(ExternalState::Cwd, None, How::Reads)]);
        }
        recorder::on_event(|recorder| recorder.globs(&named.path));
    }
}

/// Whether it is the code that looks for files by patterns that runs.
fn within_glob(quiet: Quiet<'_>) -> bool {
    Asker::now(quiet).is_some_and(|asker| asker.looks_by_pattern())
}

/// A file or folder is to be removed. Where nothing is there nothing changes; but who makes it afterwards would find
/// it there when the program runs again.
fn clears(path: Option<Named>) {
    match path {
        Some(named) if !is_there(&named.path) => {
            recorder::on_event(|recorder| recorder.make_room(&named.path));
        }
        path => removes(path),
    }
}

fn renames(given: EventArguments<'_>) {
    let (from, to) = (given.path(0, Some(2)), given.path(1, Some(3)));
    let Some(from) = from.filter(|named| is_there(&named.path)) else { return };
    let folder = from.path.is_dir();
    removes(Some(from));
    writes(to, !folder);
}

/// A file gets another name.
fn links(given: EventArguments<'_>, symbolic: bool) {
    if symbolic {
        recorder::on_event(recorder::Recorder::links_symbolically);
    } else if let (Some(from), Some(to)) = (given.path(0, None), given.path(1, None)) {
        let (from, to) = (normal_path(&from.path), normal_path(&to.path));
        recorder::on_event(|recorder| recorder.links(&from, &to));
    }
    reads(given.path(0, None));
    writes(given.path(1, None), false);
}

/// A path, without `.` and `..`, and whether the current directory is part of it.
#[derive(Clone, Debug)]
struct Named {
    path: PathBuf,
    relative: bool,
}

fn named(text: &str) -> Option<Named> {
    let relative = !text.starts_with('/');
    let path =
        if relative { std::env::current_dir().ok()?.join(text) } else { PathBuf::from(text) };
    Some(Named { path, relative })
}

/// The path behind an open descriptor.
fn of_descriptor(descriptor: i64) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{descriptor}")).ok().filter(|path| path.is_absolute())
}

/// Whether what happens to a file can matter to anyone: not to devices, nor to what is compiled
/// from modules.
fn is_of_interest(path: &Path) -> bool {
    let device = ["/dev", "/proc", "/sys"].iter().any(|folder| path.starts_with(folder));
    (!device || path.starts_with("/dev/shm"))
        && !path.components().any(|part| part.as_os_str() == "__pycache__")
}

/// Whether there is something under that name, be it a link that leads nowhere.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn may_write(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else { return false };
    // SAFETY: the path ends with a zero and lives until the call returns.
    unsafe { libc::access(path.as_ptr(), libc::W_OK) == 0 }
}

fn reads(path: Option<Named>) {
    touch_file(path, How::Reads);
}

fn writes(path: Option<Named>, anew: bool) {
    if let Some(named) = path.as_ref().filter(|named| is_of_interest(&named.path)) {
        session_files::write(&normal_path(&named.path));
    }
    touch_file(path, How::Writes { anew });
}

fn touch_file(named: Option<Named>, how: How) {
    let Some(named) = named.filter(|named| is_of_interest(&named.path)) else { return };
    let part = normal_path(&named.path);
    let cwd = named.relative.then(|| Touch::always(ExternalState::Cwd, None, How::Reads));
    report([Touch::always(ExternalState::FileSystem, Some(part), how)].into_iter().chain(cwd));
}

fn both(touch: impl Fn(How) -> Touch) -> [Touch; 2] {
    [touch(How::Reads), touch(How::Writes { anew: false })]
}

fn report(touches: impl IntoIterator<Item = Touch>) {
    let unknown = unknown_call::is_under_way();
    // Where no call is under way that nothing is known about, rules have said all there is.
    let touches: Vec<Touch> = touches.into_iter().filter(|touch| touch.always || unknown).collect();
    if !touches.is_empty() {
        recorder::on_event(|recorder| recorder.touch(touches));
    }
}

/// Whether the code that runs asks for a function's code for more than its parameters and flags, as
/// Python's own modules do.
fn runs_otherwise(quiet: Quiet<'_>) -> bool {
    Asker::now(quiet).is_none_or(|asker| {
        let inspects = asker.is_of_standard_library(quiet) && !asker.is_named("getclosurevars");
        !asker.is_of_program() && !inspects
    })
}

/// Whether Python's own importing is at work, judged by the frame that runs.
fn within_imports(_quiet: Quiet<'_>) -> bool {
    // SAFETY: the GIL is held; the frame is borrowed and its code object a new reference.
    let code = unsafe {
        let frame = ffi::PyEval_GetFrame();
        if frame.is_null() {
            return false;
        }
        Owned::new(ffi::PyFrame_GetCode(frame).cast())
    };
    let file = code.and_then(|code| code.lend().get(c"co_filename"));
    file.as_ref().and_then(|file| file.lend().as_str()).is_some_and(|file| {
        ["<frozen importlib", "<frozen zipimport"].iter().any(|own| file.starts_with(own))
            || file.contains("/importlib/")
    })
}

/// The text of a string, of bytes or of a path object.
fn spelled(value: Lent<'_>) -> Option<String> {
    match value.bytes() {
        Some(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        None => value.text().or_else(|| path_text(value)),
    }
}

/// The address of a connection over the internet; those within a machine have a path instead.
fn host_and_port(address: Lent<'_>) -> Option<String> {
    let mut parts = Some(address).filter(|address| address.is_tuple())?.items();
    let host = spelled(parts.next()?)?;
    let port = parts.next()?.integer()?;
    Some(format!("{host}:{port}"))
}
