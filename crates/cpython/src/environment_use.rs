//! Environment use: whether the code of a package reads environment variables.
//!
//! What code in C reads nobody hears of. So a call that no rule speaks of is taken to read the environment where its
//! package has modules in C and any code of it names what gives access to the environment. Where it is not heard either
//! what code in Python reads, the latter is enough.

use std::sync::atomic::{AtomicBool, Ordering};

use clew_heap::code::names_of;
use clew_heap::{AddressSet, Lent, Quiet};
use rustc_hash::FxHashMap;

/// How many code objects are looked at before a package is taken to mention anything.
const MOST: usize = 20_000;

static HEARD: AtomicBool = AtomicBool::new(false);

/// Whether it is heard which variables code in Python reads.
pub(crate) fn is_heard() -> bool {
    HEARD.load(Ordering::Relaxed)
}

/// From now on it is heard, or no more.
pub(crate) fn set_heard(heard: bool) {
    HEARD.store(heard, Ordering::Relaxed);
}

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
        let in_python = is_heard() && !is_partly_in_c(modules, package);
        let found = !in_python && mentions(modules, package);
        self.packages.insert(package.to_owned(), (count, found));
        found
    }
}

fn is_of_package(name: &str, package: &str) -> bool {
    name.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a module of a package, or of one behind it, is written in C.
fn is_partly_in_c(modules: Lent<'_>, package: &str) -> bool {
    let is_in_c = |module: Lent<'_>| {
        let file = module.module_variables().and_then(|variables| variables.item("__file__"));
        let is_text = |file: &str| file.ends_with(".py") || file.ends_with(".pyc");
        file.is_some_and(|file| !file.is_none() && !file.as_str().is_some_and(is_text))
    };
    modules.pairs().any(|(name, module)| {
        let name = name.as_str().unwrap_or_default();
        is_of_package(name.trim_start_matches('_'), package.trim_start_matches('_'))
            && is_in_c(module)
    })
}

fn mentions(modules: Lent<'_>, package: &str) -> bool {
    let mut open = Vec::new();
    for (name, module) in modules.pairs() {
        if name.as_str().is_some_and(|name| is_of_package(name, package))
            && let Some(variables) = module.module_variables()
        {
            push_codes(variables, package, &mut open);
        }
    }
    let mut seen: AddressSet = AddressSet::default();
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
