//! Package: what an imported package says of itself, and what a module holds by name.

use clew_heap::{Lent, Quiet};

/// `package.__version__`, if the package is imported and says so with a string.
pub(crate) fn version_of(quiet: Quiet<'_>, package: &str) -> Option<String> {
    find(quiet, package, "__version__")?.text()
}

/// Finds `module.name` by dictionaries alone: no import, no `__getattr__`, no descriptor runs.
pub(crate) fn find<'a>(quiet: Quiet<'a>, module: &str, name: &str) -> Option<Lent<'a>> {
    name.split('.').try_fold(quiet.modules()?.item(module)?, |object, part| {
        match object.as_class() {
            Some(class) => class.lookup(part),
            None => object.module_variables()?.item(part),
        }
    })
}
