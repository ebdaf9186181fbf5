//! Environment use: whether the code of a package reads environment variables.
//!
//! No audit event is raised when a variable is read. So a call that no rule speaks of is taken to read the
//! environment where any code of its package names what gives access to it.

use clew_heap::code::names_of;
use clew_heap::{Address, Lent, Quiet};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many code objects are looked at before a package is taken to mention anything.
const MOST: usize = 20_000;

/// What was found of each package.
#[derive(Default)]
pub(crate) struct EnvironmentUse {
    /// By package: how many modules there were when it was looked at.
    packages: FxHashMap<String, (usize, bool)>,
}

impl EnvironmentUse {
    /// Whether a function of a package that is imported, or a method of a class of its, names what
    /// gives access to the environment.
    pub(crate) fn environment(&mut self, quiet: Quiet<'_>, package: &str) -> bool {
        let Some(modules) = quiet.modules() else { return true };
        let count = modules.pairs_count();
        if let Some(&(looked_at, found)) = self.packages.get(package)
            && (found || looked_at == count)
        {
            return found;
        }
        let found = mentions(modules, package);
        self.packages.insert(package.to_owned(), (count, found));
        found
    }
}

fn mentions(modules: Lent<'_>, package: &str) -> bool {
    let is_of_package = |name: &str| {
        name.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut open = Vec::new();
    for (name, module) in modules.pairs() {
        if name.as_str().is_some_and(is_of_package)
            && let Some(variables) = module.module_variables()
        {
            push_codes(variables, package, &mut open);
        }
    }
    let mut seen: FxHashSet<Address> = FxHashSet::default();
    while let Some(code) = open.pop() {
        if !seen.insert(code.address()) {
            continue;
        }
        if seen.len() > MOST {
            return true;
        }
        let Some((names, nested)) = names_of(code) else { continue };
        if names.into_iter().filter_map(Lent::as_str).any(is_access) {
            return true;
        }
        open.extend(nested);
    }
    false
}

/// Adds the code of the functions and of the classes' methods in a dictionary.
fn push_codes<'a>(dictionary: Lent<'a>, package: &str, codes: &mut Vec<Lent<'a>>) {
    let mut open = vec![(dictionary, true)];
    while let Some((dictionary, is_module)) = open.pop() {
        for (_, value) in dictionary.pairs() {
            if let Some(code) = value.function_code() {
                codes.push(code);
            } else if let Some(class) = value.as_class().filter(|_| is_module)
                && class.name().0.split('.').next() == Some(package)
            {
                open.extend(class.dictionary().map(|held| (held, false)));
            }
        }
    }
}

fn is_access(name: &str) -> bool {
    matches!(name, "environ" | "environb" | "getenv" | "getenvb" | "expandvars")
}
