//! Store files: SQLite's descriptors and mappings, in a process whose program may do anything with them.
//!
//! A program may close descriptors that it never opened (`os.closerange`) and get their numbers for files of
//! its own; what SQLite writes then would land there. So whatever SQLite does with a descriptor is refused
//! where that leads to another file than it did when SQLite opened it. And a file that somebody cuts short
//! while SQLite has it mapped (the index of its log) makes the system send SIGBUS, which ends a program; here
//! SQLite finds zeros instead.
//!
//! Once either has happened nothing that SQLite does succeeds, until it has closed all that it has open: of
//! what it believes to hold, locks above all, nobody knows what is left.
//!
//! This replaces what SQLite calls of the system in our copy of it, and in no other of the process.

#![allow(unsafe_code, reason = "SQLite takes C functions, and signals are handled in C")]

use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Once, OnceLock};

use libc::{mode_t, off_t, siginfo_t, size_t, ssize_t};
use libsqlite3_sys::{sqlite3_initialize, sqlite3_vfs, sqlite3_vfs_find};

/// A C function of whatever kind, as SQLite takes it.
type Call = Option<unsafe extern "C" fn()>;

/// Guards what SQLite does with the files of stores, from the next one that it opens on.
pub fn guard_store_files() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: SQLite is initialised, its default file system lives as long as the process, and each
        // function has the type of the one that it replaces, as `aSyscall` in `sqlite3.c` has it.
        unsafe {
            sqlite3_initialize();
            let vfs = sqlite3_vfs_find(std::ptr::null());
            if vfs.is_null() {
                return;
            }
            for (name, call) in replacements() {
                replace(vfs, name, call);
            }
            hear_bus_errors();
        }
    });
}

/// # Safety
/// `vfs` is a file system of SQLite's, and `call` of the type of what it replaces.
unsafe fn replace(vfs: *mut sqlite3_vfs, name: &std::ffi::CStr, call: *const ()) {
    // SAFETY: by the contract; any function pointer may be stored as another.
    unsafe {
        if let Some(set) = (*vfs).xSetSystemCall {
            let call: Call = std::mem::transmute::<*const (), Call>(call);
            // A name that this SQLite does not know is left alone.
            set(vfs, name.as_ptr(), call);
        }
    }
}

fn replacements() -> [(&'static std::ffi::CStr, *const ()); 13] {
    [
        (c"open", open as *const ()),
        (c"close", close as *const ()),
        (c"fstat", fstat as *const ()),
        (c"ftruncate", ftruncate as *const ()),
        (c"fcntl", fcntl as *const ()),
        (c"read", read as *const ()),
        (c"pread", pread as *const ()),
        (c"pread64", pread as *const ()),
        (c"write", write as *const ()),
        (c"pwrite", pwrite as *const ()),
        (c"pwrite64", pwrite as *const ()),
        (c"mmap", mmap as *const ()),
        (c"munmap", munmap as *const ()),
    ]
}

/// What SQLite has opened, by the number of the descriptor; all zeros where that is not SQLite's. Numbers
/// beyond the table are not guarded: no program comes as far by chance.
struct Descriptor {
    device: AtomicU64,
    number: AtomicU64,
}

const MOST: usize = 4096;
static OPENED: [Descriptor; MOST] =
    [const { Descriptor { device: AtomicU64::new(0), number: AtomicU64::new(0) } }; MOST];

/// Whether a descriptor was lost or a mapped file cut short.
static BROKEN: AtomicBool = AtomicBool::new(false);
/// How many descriptors SQLite has open.
static OPEN: AtomicUsize = AtomicUsize::new(0);

fn opened(descriptor: c_int) -> Option<&'static Descriptor> {
    OPENED.get(usize::try_from(descriptor).ok()?)
}

fn identity(descriptor: c_int) -> Option<(u64, u64)> {
    let mut known = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `fstat` writes to the room that it is given, and all of it where it succeeds.
    let known = unsafe {
        if libc::fstat(descriptor, known.as_mut_ptr()) != 0 {
            return None;
        }
        known.assume_init()
    };
    Some((known.st_dev, known.st_ino))
}

/// Whether a descriptor leads to what it led to when SQLite opened it.
fn is_own(descriptor: c_int) -> bool {
    let Some(opened) = opened(descriptor) else { return true };
    let then = (opened.device.load(Ordering::Acquire), opened.number.load(Ordering::Acquire));
    then != (0, 0) && identity(descriptor) == Some(then)
}

/// Whether SQLite may use a descriptor; says why not as the system does.
fn may_use(descriptor: c_int) -> bool {
    if !BROKEN.load(Ordering::Acquire) {
        if is_own(descriptor) {
            return true;
        }
        BROKEN.store(true, Ordering::Release);
    }
    // SAFETY: the place of this thread's `errno` is always there.
    unsafe { *libc::__errno_location() = libc::EIO };
    false
}

unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    // SAFETY: SQLite's own arguments, handed on.
    let descriptor = unsafe { libc::open(path, flags, mode as mode_t) };
    if let Some((opened, (device, number))) = opened(descriptor).zip(identity(descriptor)) {
        opened.device.store(device, Ordering::Release);
        // A number that the program closed for SQLite is counted already.
        if opened.number.swap(number, Ordering::AcqRel) == 0 {
            OPEN.fetch_add(1, Ordering::AcqRel);
        }
    }
    descriptor
}

unsafe extern "C" fn close(descriptor: c_int) -> c_int {
    let own = is_own(descriptor);
    if let Some(opened) = opened(descriptor) {
        opened.device.store(0, Ordering::Release);
        let was_open = opened.number.swap(0, Ordering::AcqRel) != 0;
        if was_open && OPEN.fetch_sub(1, Ordering::AcqRel) == 1 {
            BROKEN.store(false, Ordering::Release);
        }
    }
    // SAFETY: the descriptor is SQLite's own; another's is left open.
    if own { unsafe { libc::close(descriptor) } } else { 0 }
}

unsafe extern "C" fn fstat(descriptor: c_int, to: *mut libc::stat) -> c_int {
    // SAFETY: SQLite's own arguments, handed on.
    if may_use(descriptor) { unsafe { libc::fstat(descriptor, to) } } else { -1 }
}

unsafe extern "C" fn ftruncate(descriptor: c_int, length: off_t) -> c_int {
    // SAFETY: SQLite's own arguments, handed on.
    if may_use(descriptor) { unsafe { libc::ftruncate(descriptor, length) } } else { -1 }
}

/// In C it takes as many arguments as it likes; SQLite gives it three, the last a number or a place.
///
/// A lock that cannot be had is waited for, and one on a lost descriptor can never be had. So it is
/// granted: nothing is read or written under it.
unsafe extern "C" fn fcntl(descriptor: c_int, command: c_int, argument: *mut c_void) -> c_int {
    // SAFETY: SQLite's own arguments, handed on.
    if may_use(descriptor) { unsafe { libc::fcntl(descriptor, command, argument) } } else { 0 }
}

unsafe extern "C" fn read(descriptor: c_int, to: *mut c_void, count: size_t) -> ssize_t {
    // SAFETY: SQLite's own arguments, handed on.
    if may_use(descriptor) { unsafe { libc::read(descriptor, to, count) } } else { -1 }
}

unsafe extern "C" fn pread(
    descriptor: c_int,
    to: *mut c_void,
    count: size_t,
    at: off_t,
) -> ssize_t {
    // SAFETY: SQLite's own arguments, handed on.
    if may_use(descriptor) { unsafe { libc::pread(descriptor, to, count, at) } } else { -1 }
}

unsafe extern "C" fn write(descriptor: c_int, from: *const c_void, count: size_t) -> ssize_t {
    // SAFETY: SQLite's own arguments, handed on.
    if may_use(descriptor) { unsafe { libc::write(descriptor, from, count) } } else { -1 }
}

unsafe extern "C" fn pwrite(
    descriptor: c_int,
    from: *const c_void,
    count: size_t,
    at: off_t,
) -> ssize_t {
    // SAFETY: SQLite's own arguments, handed on.
    if may_use(descriptor) { unsafe { libc::pwrite(descriptor, from, count, at) } } else { -1 }
}

/// What SQLite has mapped: where it begins and ends. Few connections are open at a time.
struct Mapping {
    begin: AtomicUsize,
    end: AtomicUsize,
}

static MAPPINGS: [Mapping; 256] =
    [const { Mapping { begin: AtomicUsize::new(0), end: AtomicUsize::new(0) } }; 256];

unsafe extern "C" fn mmap(
    address: *mut c_void,
    length: size_t,
    protection: c_int,
    flags: c_int,
    descriptor: c_int,
    at: off_t,
) -> *mut c_void {
    if !may_use(descriptor) {
        return libc::MAP_FAILED;
    }
    // SAFETY: SQLite's own arguments, handed on.
    let mapped = unsafe { libc::mmap(address, length, protection, flags, descriptor, at) };
    if mapped != libc::MAP_FAILED {
        let begin = mapped as usize;
        let is_taken = |mapping: &&Mapping| {
            let taken =
                mapping.begin.compare_exchange(0, begin, Ordering::AcqRel, Ordering::Acquire);
            taken.is_ok()
        };
        // Without a free place the mapping is not guarded.
        if let Some(mapping) = MAPPINGS.iter().find(is_taken) {
            mapping.end.store(begin + length, Ordering::Release);
        }
    }
    mapped
}

unsafe extern "C" fn munmap(address: *mut c_void, length: size_t) -> c_int {
    let is_it = |mapping: &&Mapping| mapping.begin.load(Ordering::Acquire) == address as usize;
    if let Some(mapping) = MAPPINGS.iter().find(is_it) {
        mapping.end.store(0, Ordering::Release);
        mapping.begin.store(0, Ordering::Release);
    }
    // SAFETY: SQLite's own arguments, handed on.
    unsafe { libc::munmap(address, length) }
}

/// What was done about SIGBUS before us.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();
static PAGE: AtomicUsize = AtomicUsize::new(4096);

/// # Safety
/// Called once.
unsafe fn hear_bus_errors() {
    // SAFETY: a `sigaction` of zeros is one without flags; the handler has the type that `SA_SIGINFO` asks for
    // and does what a handler may: it reads atomics and calls the system.
    unsafe {
        let page = libc::sysconf(libc::_SC_PAGESIZE);
        PAGE.store(usize::try_from(page).unwrap_or(4096), Ordering::Release);
        let mut before: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(libc::SIGBUS, std::ptr::null(), &mut before) != 0
            || BEFORE.set(before).is_err()
        {
            return;
        }
        let mut action: libc::sigaction = std::mem::zeroed();
        let handler: unsafe extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = on_bus_error;
        action.sa_sigaction = handler as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut());
    }
}

unsafe extern "C" fn on_bus_error(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
    // SAFETY: the system hands a handler what it asked for. What is mapped anew is a page of SQLite's own
    // mapping, whose file has no such page any more.
    unsafe {
        let (address, page) = ((*info).si_addr() as usize, PAGE.load(Ordering::Acquire));
        let ours = (*info).si_code > 0
            && MAPPINGS.iter().any(|mapping| {
                let (begin, end) =
                    (mapping.begin.load(Ordering::Acquire), mapping.end.load(Ordering::Acquire));
                begin != 0 && (begin..end).contains(&address)
            });
        if ours {
            BROKEN.store(true, Ordering::Release);
            let zeros = libc::mmap(
                (address & !(page - 1)) as *mut c_void,
                page,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
                -1,
                0,
            );
            if zeros != libc::MAP_FAILED {
                return;
            }
        }
        // It is the program's: what happens again happens as it would have.
        if let Some(before) = BEFORE.get() {
            libc::sigaction(signal, before, std::ptr::null_mut());
        }
        if (*info).si_code <= 0 {
            libc::raise(signal);
        }
    }
}
