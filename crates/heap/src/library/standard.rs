//! Standard library: containers, iterators, paths and files of Python's own modules.
#![allow(unsafe_code, reason = "asks live objects for their text")]

use std::path::PathBuf;

use pyo3::ffi;

use crate::address::{Address, AddressSet};
use crate::callee::Callee;
use crate::exception::Pending;
use crate::instance::{Attributes, attributes};
use crate::lent::{Class, Lent, Owned, Quiet};
use crate::traversal::traverse;
use crate::walk::{End, Walk};

/// The text of a path object, an open file's name or another thing that stands for a path.
pub fn path_text(value: Lent<'_>) -> Option<String> {
    let (module, name) = value.class_name();
    // Only classes of the standard library are asked, whose methods touch nothing.
    let given = match module.split('.').next() {
        // SAFETY: the object is alive, and the reference new.
        Some("pathlib") if name.contains("Path") => unsafe {
            Owned::new(ffi::PyObject_Str(value.as_ptr()))
        },
        Some("_io") => value.get(c"name"),
        _ => None,
    };
    given?.lend().text()
}

/// Whether an iterator is one of Python's own that calls what it holds with the elements of what it goes
/// through: `map`, `filter` and those of `itertools`.
pub fn calls_with_elements(iterator: Lent<'_>) -> bool {
    let (module, name) = iterator.class_name();
    module == "itertools" || (module == "builtins" && matches!(name.as_str(), "filter" | "map"))
}

/// What the method that makes a `defaultdict`'s values is bound to; `None` where it is none.
pub fn factory_of(value: Lent<'_>) -> Option<Lent<'_>> {
    let factory = value.member(c"default_factory").filter(|factory| !factory.is_function())?;
    match factory.class_name().1 == "method-wrapper" {
        true => factory.member(c"__self__"),
        false => Callee::of(factory).receiver,
    }
}

/// Whether a value is a `collections.defaultdict`.
pub fn is_defaultdict(value: Lent<'_>) -> bool {
    !value.is_exact_dict() && value.is_dict() && value.is_a("collections", "defaultdict")
}

/// Whether a value is a `warnings.catch_warnings`.
pub fn catches_warnings(value: Lent<'_>) -> bool {
    let (module, name) = value.class_name();
    name == "catch_warnings" && matches!(module.as_str(), "warnings" | "_py_warnings")
}

/// Whether a value is `os.environ`.
pub fn is_environ(value: Lent<'_>) -> bool {
    value.is_a("os", "_Environ")
}

/// The files open for writing that are reached from values, with their paths: as the object that
/// holds the descriptor, as the streams around that, and as the value itself where it is no
/// container.
pub fn open_files(
    quiet: Quiet<'_>,
    roots: &[Lent<'_>],
    boundary: &AddressSet,
) -> Vec<(Address, String)> {
    const BUDGET: usize = 10_000;
    const STREAM_BUDGET: usize = 64;
    // The call may have raised, and what it raised is not ours to touch.
    let _pending = Pending::aside(quiet);
    let mut found = Vec::new();
    for &root in roots {
        let mut streams = Vec::new();
        let mut walk = Walk { boundary, budget: BUDGET, definitions: false };
        walk.run(root, &mut AddressSet::default(), &mut |object| {
            if name_of_file_class(object.class()).is_some() {
                streams.push(object);
            }
            true
        });
        if !streams.is_empty() && is_plain_instance(root) && !streams.contains(&root) {
            streams.push(root);
        }
        for stream in streams {
            let mut walk = Walk { boundary, budget: STREAM_BUDGET, definitions: false };
            walk.run(stream, &mut AddressSet::default(), &mut |object| {
                let is_file = name_of_file_class(object.class()).as_deref() == Some("FileIO");
                let path = if is_file { path_of_open(object) } else { None };
                let go_on = path.is_none();
                found.extend(path.map(|path| (stream.address(), path)));
                go_on
            });
        }
    }
    found
}

/// The streams that what is written to one goes on to, where it is one that has others below it: those of `io`, `gzip` and their
/// like.
pub fn streams_below(stream: Lent<'_>) -> Vec<Lent<'_>> {
    const MOST: usize = 16;
    let mut found = Vec::new();
    let mut next = 0;
    if !has_streams_below(stream) {
        return found;
    }
    traverse_streams(stream, &mut found);
    while next < found.len() && found.len() < MOST {
        if has_streams_below(found[next]) {
            traverse_streams(found[next], &mut found);
        }
        next += 1;
    }
    found
}

fn traverse_streams<'a>(stream: Lent<'a>, found: &mut Vec<Lent<'a>>) {
    let mut add = |held: Lent<'a>| {
        let is_stream = held.class().name().0 == "_io" || has_streams_below(held);
        if is_stream && !found.contains(&held) {
            found.push(held);
        }
        true
    };
    if let Attributes::Dictionary(attributes) = attributes(stream) {
        attributes.pairs().for_each(|(_, held)| {
            add(held);
        });
    }
    traverse(stream, add);
}

/// Whether what is written to an object may go on to another stream.
fn has_streams_below(object: Lent<'_>) -> bool {
    let class = object.class();
    let name = class.c_name().to_bytes();
    if name.starts_with(b"_io.") {
        return !is_in_memory(object) && name != b"_io.FileIO";
    }
    class.is_heap_type()
        && matches!(
            class.name().0.as_str(),
            "gzip"
                | "bz2"
                | "lzma"
                | "zipfile"
                | "tarfile"
                | "codecs"
                | "_compression"
                | "compression._common._streams"
                | "tempfile"
                | "matplotlib.backends.backend_pdf"
        )
}

/// Whether it is a stream that has what was written to it in memory.
pub fn is_in_memory(stream: Lent<'_>) -> bool {
    matches!(stream.class().c_name().to_bytes(), b"_io.BytesIO" | b"_io.StringIO")
}

/// The path of the file that a value reads and writes: of the only open one that it leads to, whatever for. `None`
/// where there are several or none, and where it is no longer sure what its name stands for.
pub fn file_of(value: Lent<'_>, boundary: &AddressSet) -> Option<PathBuf> {
    const BUDGET: usize = 300;
    let _pending = Pending::aside(value.quiet());
    let mut files = Vec::new();
    let mut walk = Walk { boundary, budget: BUDGET, definitions: false };
    let end = walk.run(value, &mut AddressSet::default(), &mut |object| {
        if name_of_file_class(object.class()).as_deref() == Some("FileIO") {
            files.push(object);
        }
        files.len() < 2
    });
    let [file] = files[..] else { return None };
    if end != End::Complete || file.get(c"closed")?.lend().is_true() {
        return None;
    }
    let named = std::path::absolute(file.get(c"name")?.lend().text()?).ok()?;
    // SAFETY: a class of C is asked, whose object is alive and open.
    let descriptor = unsafe { ffi::PyObject_AsFileDescriptor(file.as_ptr()) };
    let open = path_of_descriptor(i64::from(descriptor))?;
    // The folder may be another one than when it was opened, and the file too.
    (named.canonicalize().ok()?.to_str()? == open).then_some(named)
}

/// The name of a class of Python's for open files.
fn name_of_file_class(class: Class<'_>) -> Option<String> {
    let (module, name) = class.name();
    (module == "_io").then_some(name)
}

/// Whether a value is an instance of a class, rather than a container or a module.
fn is_plain_instance(value: Lent<'_>) -> bool {
    value.class().is_heap_type() && !value.is_class() && !value.is_module()
}

/// The path of a `FileIO` that is open for writing.
fn path_of_open(file: Lent<'_>) -> Option<String> {
    let is_closed = file.get(c"closed")?.lend().is_true();
    let mode = file.get(c"mode")?.lend().text();
    let name = file.get(c"name")?;
    let name = name.lend().text().or_else(|| path_of_descriptor(name.lend().integer()?));
    let is_writable = mode.is_some_and(|mode| mode.contains(['w', 'a', 'x', '+']));
    name.filter(|_| !is_closed && is_writable)
}

/// The path behind an open descriptor; `None` where there is none any more.
fn path_of_descriptor(descriptor: i64) -> Option<String> {
    let path = std::fs::read_link(format!("/proc/self/fd/{descriptor}")).ok()?;
    (path.is_absolute() && path.exists()).then(|| path.to_string_lossy().into_owned())
}
