//! Module shadowing: modules of the program's folder that have the names of some of the standard library's.
//!
//! What clew itself imported before the program began must not stand in their way: `import collections`
//! beside a `collections.py` gives that one, in plain Python.

use std::path::Path;

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// What every interpreter has imported by itself before it looks for a program.
const STARTED_WITH: [&str; 32] = [
    "__main__",
    "_abc",
    "_codecs",
    "_collections_abc",
    "_distutils_hack",
    "_frozen_importlib",
    "_frozen_importlib_external",
    "_imp",
    "_io",
    "_signal",
    "_sitebuiltins",
    "_stat",
    "_thread",
    "_warnings",
    "_weakref",
    "abc",
    "builtins",
    // Whoever shadows it cannot ask for anything of clew's either.
    "clew",
    "codecs",
    "encodings",
    "genericpath",
    "io",
    "marshal",
    "ntpath",
    "os",
    "posix",
    "posixpath",
    "site",
    "stat",
    "sys",
    "time",
    "zipimport",
];

/// Where a folder has modules that an import would find instead of those that are there already, forgets
/// all that no interpreter begins with: others of them may have imported what is shadowed.
///
/// # Errors
/// When `sys.modules` is not what it has to be.
pub fn forget_shadowed(py: Python<'_>, folder: &Path) -> PyResult<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let sys = py.import("sys")?;
    let modules = sys.getattr("modules")?.cast_into::<PyDict>()?;
    let built_in: Vec<String> = sys.getattr("builtin_module_names")?.extract()?;
    let mut names: Vec<String> =
        modules.keys().iter().filter_map(|name| name.extract().ok()).collect();
    names.retain(|name| {
        let top = name.split('.').next().unwrap_or(name);
        !STARTED_WITH.contains(&top) && !built_in.iter().any(|name| name == top)
    });
    let is_shadowed = |name: &String| {
        folder.join(name).with_extension("py").is_file()
            || folder.join(name).join("__init__.py").is_file()
    };
    if !names.iter().any(|name| !name.contains('.') && is_shadowed(name)) {
        return Ok(());
    }
    for name in names {
        // Who imported it goes on with it.
        if let Some(module) = modules.get_item(&name)? {
            std::mem::forget(module.unbind());
        }
        modules.del_item(name)?;
    }
    Ok(())
}
