//! Catalog: every rule at hand, found by whom it is about.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::annotation::{
    self, AnnotationError, Condition, Effect, Pattern, Rule, Subject, Summary,
};
use crate::call::Unbound;
use crate::resolve::{Entry, Precision, Rank, resolve};
use crate::{CallFacts, Claim, Effects, Origin};

mod builtin;

/// Every rule at hand: clew's own and the user's.
///
/// clew's own are kept as text and read when something of their package is first asked for, so
/// that a catalog costs nothing to make.
///
/// Callees and classes are named by module and dotted name, as in [`Self::targets`]. Where the
/// host knows one object by several names, it passes them all.
#[derive(Debug, Default)]
pub struct Catalog {
    packages: BTreeMap<&'static str, Package>,
    users: Vec<Arc<Rules>>,
}

#[derive(Debug)]
struct Package {
    texts: &'static [(&'static str, &'static str)],
    rules: OnceLock<Rules>,
}

/// What rules name, for the host to find among live objects.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleTarget {
    /// The module that holds it.
    pub module: String,
    /// Its name in that module, dotted where it is an attribute of an attribute; for a pattern,
    /// the pattern.
    pub name: String,
    /// What it is.
    pub kind: RuleTargetKind,
}

/// What a [`RuleTarget`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleTargetKind {
    /// Something that is called by itself: a function, a bound method that a module offers, also
    /// a class that is called like a function.
    Function,
    /// A class, for its constructor and its instances' methods.
    Class,
    /// Every callable of the module that is neither class nor module and whose name matches, as
    /// [`RuleTarget::matches`] tells. An object that is also an exact target is not meant.
    FunctionPattern,
}

/// A class of a receiver, and how the method that is called looks from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Class<'a> {
    /// The module, as in the class's [`RuleTarget`].
    pub module: &'a str,
    /// The name, as in the class's [`RuleTarget`].
    pub name: &'a str,
    /// Whether the class has a method of that name, of its own or from a base. A rule about all
    /// methods of a class, or those that fit a pattern, says nothing of what only a subclass has.
    pub has_method: bool,
}

impl<'a> Class<'a> {
    /// A class that has the method.
    pub fn new(module: &'a str, name: &'a str) -> Self {
        Self { module, name, has_method: true }
    }
}

impl RuleTarget {
    /// Whether a name is this target's, or fits its pattern. A pattern leaves out names that begin
    /// with an underscore unless it begins with one itself.
    pub fn matches(&self, name: &str) -> bool {
        match self.kind {
            RuleTargetKind::FunctionPattern => Pattern::new(&self.name).matches_name(name),
            RuleTargetKind::Function | RuleTargetKind::Class => self.name == name,
        }
    }
}

impl fmt::Display for RuleTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.module, self.name)
    }
}

impl Catalog {
    /// clew's own rules.
    pub fn builtin() -> Self {
        let packages = builtin::PACKAGES
            .iter()
            .map(|&(package, texts)| (package, Package { texts, rules: OnceLock::new() }))
            .collect();
        Self { packages, users: Vec::new() }
    }

    /// No rules at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Every package that clew's own rules speak of, named as it is imported, in alphabetical
    /// order, with how much they say about it.
    pub fn builtin_summaries() -> Vec<(&'static str, Summary)> {
        let summary = |texts: &[(&str, &str)]| {
            let mut summary = Summary::default();
            for (file, text) in texts {
                // A file of ours that does not parse fails a test.
                if let Ok(file) = annotation::read(file, text) {
                    summary.add(&file);
                }
            }
            summary
        };
        builtin::PACKAGES.iter().map(|&(package, texts)| (package, summary(texts))).collect()
    }

    /// The texts of clew's own rules.
    pub fn builtin_texts() -> impl Iterator<Item = &'static str> {
        builtin::PACKAGES.iter().flat_map(|(_, texts)| texts.iter().map(|&(_, text)| text))
    }

    /// Forgets clew's own rules about a package.
    pub fn remove(&mut self, package: &str) {
        self.packages.remove(package);
    }

    /// Adds a file of the user's own rules, which come before clew's and before those added
    /// earlier; `file` names it in errors.
    ///
    /// # Errors
    /// When the text is no annotation file; the catalog is then unchanged.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), AnnotationError> {
        let mut rules = Rules::default();
        rules.insert(annotation::read(file, text).map_err(|mut errors| errors.swap_remove(0))?);
        self.users.push(Arc::new(rules));
        Ok(())
    }

    /// The packages that rules speak of, named as they are imported, in alphabetical order.
    pub fn packages(&self) -> Vec<&str> {
        let users = self.users.iter().flat_map(|rules| rules.modules.keys());
        let mut names: Vec<&str> =
            self.packages.keys().copied().chain(users.map(|module| package_of(module))).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether rules speak of a package.
    pub fn has_package(&self, package: &str) -> bool {
        let mut users = self.users.iter().flat_map(|rules| rules.modules.keys());
        self.packages.contains_key(package) || users.any(|module| package_of(module) == package)
    }

    /// Everything that the rules of a package name, in alphabetical order.
    pub fn targets(&self, package: &str) -> Vec<RuleTarget> {
        let mut targets = Vec::new();
        for (_, rules) in self.layers(package) {
            for (module, found) in &rules.modules {
                if package_of(module) == package {
                    found.targets(module, &mut targets);
                }
            }
        }
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// What clew's own rules about a package claim, as they stand in their files.
    pub fn claims(&self, package: &str) -> Vec<Claim> {
        let texts = self.packages.get(package).map_or(&[][..], |package| package.texts);
        let files = texts.iter().filter_map(|(file, text)| annotation::read(file, text).ok());
        files.flat_map(Claim::all).collect()
    }

    /// What a call of a function does; `None` where no rule is about it. A function that a
    /// pattern found goes by its module and its own name.
    pub fn function(&self, names: &[(&str, &str)], call: &dyn CallFacts) -> Option<Effects> {
        let mut candidates = Vec::new();
        self.collect_functions(names, &mut candidates);
        resolve(&candidates, call)
    }

    /// What a call of a method does; `None` where no rule is about it. `classes` are the
    /// receiver's annotated classes in method resolution order; for a class method, those of the
    /// class itself. An object that is called is asked for `__call__`.
    ///
    /// A rule that names a method speaks of overriding methods in subclasses too. A host that
    /// finds one in code that it can see through had better look there.
    pub fn method(
        &self,
        classes: &[Class<'_>],
        method: &str,
        call: &dyn CallFacts,
    ) -> Option<Effects> {
        let mut candidates = Vec::new();
        for (distance, class) in classes.iter().enumerate() {
            let by_name_only = !class.has_method || named_one_by_one(method);
            self.visit_class(class.module, class.name, &mut |users, file, rules| {
                let rank = |precision| Rank { users, precision, distance: Reverse(distance), file };
                let mut collect = |precision, entries: &'_ mut dyn Iterator<Item = _>| {
                    candidates.extend(entries.map(|entry| (rank(precision), entry)));
                };
                collect(Precision::Name, &mut rules.methods.get(method).into_iter().flatten());
                if by_name_only {
                    return;
                }
                let fitting = rules.method_patterns.iter();
                let fitting = fitting.filter(|(pattern, _)| pattern.matches_name(method));
                collect(Precision::Pattern, &mut fitting.map(|(_, entry)| entry));
                collect(Precision::Class, &mut rules.all_methods.iter());
            });
        }
        resolve(&candidates, call)
    }

    /// What a call of a method does whose receiver's class is not known: all that the classes of
    /// some packages that have a rule about exactly that name say together; `None` where there is
    /// none.
    pub fn method_anywhere<'a>(
        &self,
        packages: impl IntoIterator<Item = &'a str>,
        method: &str,
        call: &dyn CallFacts,
    ) -> Option<Effects> {
        let mut all: Option<Effects> = None;
        let rank = Rank { users: false, precision: Precision::Name, distance: Reverse(0), file: 0 };
        let mut add = |rules: &Rules| {
            for entries in rules.by_method().get(method).into_iter().flatten() {
                let candidates: Vec<_> = entries.iter().map(|entry| (rank, entry)).collect();
                if let Some(effects) = resolve(&candidates, call) {
                    match &mut all {
                        Some(all) => all.join(effects),
                        None => all = Some(effects),
                    }
                }
            }
        };
        for package in packages {
            if let Some(package) = self.packages.get(package) {
                add(package.rules());
            }
        }
        for rules in &self.users {
            add(rules);
        }
        all
    }

    /// What a call of a method through its class does, as in `list.append(a, 1)`: the receiver is
    /// the first argument, in the call and in the answer.
    pub fn unbound_method(
        &self,
        classes: &[Class<'_>],
        method: &str,
        call: &dyn CallFacts,
    ) -> Option<Effects> {
        Some(self.method(classes, method, &Unbound(call))?.unbound())
    }

    /// What calling a class does; `None` where no rule is about it. `classes` are the annotated
    /// classes among it and its bases, in method resolution order.
    pub fn constructor(&self, classes: &[(&str, &str)], call: &dyn CallFacts) -> Option<Effects> {
        let mut candidates = Vec::new();
        for (distance, &(module, class)) in classes.iter().enumerate() {
            self.visit_class(module, class, &mut |users, file, rules| {
                let rank =
                    Rank { users, precision: Precision::Name, distance: Reverse(distance), file };
                candidates.extend(rules.init.iter().map(|entry| (rank, entry)));
            });
        }
        // Rules may call a class a function, as `map` is.
        if let Some(class) = classes.get(..1) {
            self.collect_functions(class, &mut candidates);
        }
        resolve(&candidates, call)
    }

    /// Whether instances of a class never change themselves. What they refer to may, and so may
    /// instances of subclasses.
    pub fn is_immutable(&self, module: &str, class: &str) -> bool {
        let mut immutable = false;
        self.visit_class(module, class, &mut |_, _, rules| immutable |= rules.immutable);
        immutable
    }

    fn collect_functions<'a>(
        &'a self,
        names: &[(&str, &str)],
        candidates: &mut Vec<(Rank, &'a Entry)>,
    ) {
        for &(module, name) in names {
            for (file, rules) in self.layers(package_of(module)) {
                let Some(rules) = rules.modules.get(module) else { continue };
                let rank = |precision| Rank {
                    users: file.is_some(),
                    precision,
                    distance: Reverse(0),
                    file: file.unwrap_or(0),
                };
                for entry in rules.functions.get(name).into_iter().flatten() {
                    candidates.push((rank(Precision::Name), entry));
                }
                for (pattern, entry) in &rules.function_patterns {
                    // What is written in a class is none of the module's functions.
                    if !name.contains('.') && pattern.matches_name(name) {
                        candidates.push((rank(Precision::Pattern), entry));
                    }
                }
            }
        }
    }

    fn visit_class<'a>(
        &'a self,
        module: &str,
        class: &str,
        visit: &mut dyn FnMut(bool, usize, &'a ClassRules),
    ) {
        for (file, rules) in self.layers(package_of(module)) {
            if let Some(class) =
                rules.modules.get(module).and_then(|found| found.classes.get(class))
            {
                visit(file.is_some(), file.unwrap_or(0), class);
            }
        }
    }

    /// The rules that may speak of a package: clew's, and each of the user's files by number.
    fn layers(&self, package: &str) -> impl Iterator<Item = (Option<usize>, &Rules)> {
        let own = self.packages.get(package).map(|package| (None, package.rules()));
        own.into_iter()
            .chain(self.users.iter().enumerate().map(|(file, rules)| (Some(file), rules.as_ref())))
    }
}

impl Package {
    fn rules(&self) -> &Rules {
        self.rules.get_or_init(|| {
            let mut rules = Rules::default();
            for (file, text) in self.texts {
                // A file of ours that does not parse fails a test, so this loses nothing; a
                // user's program must not fail for it.
                if let Ok(file) = annotation::read(file, text) {
                    rules.insert(file);
                }
            }
            rules
        })
    }
}

/// Rules by module, and in a module by name.
#[derive(Debug, Default)]
struct Rules {
    modules: FxHashMap<String, ModuleRules>,
    /// What classes say of a method of that name, made when it is first asked for. What several of
    /// them say in the same rule is there once.
    by_method: OnceLock<FxHashMap<String, Vec<Vec<Entry>>>>,
}

#[derive(Debug, Default)]
struct ModuleRules {
    functions: FxHashMap<String, Vec<Entry>>,
    function_patterns: Vec<(Pattern, Entry)>,
    classes: FxHashMap<String, ClassRules>,
}

#[derive(Debug, Default)]
struct ClassRules {
    methods: FxHashMap<String, Vec<Entry>>,
    method_patterns: Vec<(Pattern, Entry)>,
    all_methods: Vec<Entry>,
    init: Vec<Entry>,
    immutable: bool,
}

impl Rules {
    fn by_method(&self) -> &FxHashMap<String, Vec<Vec<Entry>>> {
        self.by_method.get_or_init(|| {
            let mut all: FxHashMap<String, Vec<Vec<Entry>>> = FxHashMap::default();
            for class in self.modules.values().flat_map(|module| module.classes.values()) {
                for (method, entries) in &class.methods {
                    let known = all.entry(method.clone()).or_default();
                    let same = |other: &Vec<Entry>| {
                        other.len() == entries.len()
                            && other.iter().zip(entries).all(|(one, other)| {
                                one.origin.file == other.origin.file
                                    && one.origin.line == other.origin.line
                            })
                    };
                    if !known.iter().any(same) {
                        known.push(entries.clone());
                    }
                }
            }
            all
        })
    }

    fn insert(&mut self, file: annotation::File) {
        let name: Arc<str> = file.name.into();
        for entry in file.modules {
            let releases = entry.releases.map(Arc::new);
            for module in &entry.modules {
                let rules = self.modules.entry(module.clone()).or_default();
                for class in &entry.immutable {
                    rules.classes.entry(class.clone()).or_default().immutable = true;
                }
            }
            for Rule { line, subject, conditions, releases: own, effects } in entry.rules {
                let own = own.map(Arc::new);
                let conditions: Arc<[Condition]> = conditions.into();
                let effects: Arc<[Effect]> = effects.into();
                for module in &entry.modules {
                    let entry = Entry {
                        origin: Origin { file: Arc::clone(&name), line },
                        package: package_of(module).into(),
                        releases: [releases.clone(), own.clone()],
                        conditions: conditions.clone(),
                        effects: effects.clone(),
                    };
                    self.modules.entry(module.clone()).or_default().insert(&subject, &entry);
                }
            }
        }
    }
}

impl ModuleRules {
    fn insert(&mut self, subject: &Subject, entry: &Entry) {
        let mut on_classes = |classes: &[String], insert: &dyn Fn(&mut ClassRules)| {
            for class in classes {
                insert(self.classes.entry(class.clone()).or_default());
            }
        };
        match subject {
            Subject::Functions(names) => {
                for name in names {
                    self.functions.entry(name.clone()).or_default().push(entry.clone());
                }
            }
            Subject::FunctionPattern(pattern) => {
                self.function_patterns.push((pattern.clone(), entry.clone()));
            }
            Subject::Methods { classes, methods } => on_classes(classes, &|class| {
                for method in methods {
                    class.methods.entry(method.clone()).or_default().push(entry.clone());
                }
            }),
            Subject::MethodPattern { classes, pattern } => on_classes(classes, &|class| {
                class.method_patterns.push((pattern.clone(), entry.clone()));
            }),
            Subject::AllMethods { classes } => {
                on_classes(classes, &|class| class.all_methods.push(entry.clone()));
            }
            Subject::Init { classes } => {
                on_classes(classes, &|class| class.init.push(entry.clone()));
            }
        }
    }

    fn targets(&self, module: &str, targets: &mut Vec<RuleTarget>) {
        let target = |name: &str, kind| RuleTarget {
            module: module.to_owned(),
            name: name.to_owned(),
            kind,
        };
        targets.extend(self.functions.keys().map(|name| target(name, RuleTargetKind::Function)));
        targets.extend(self.classes.keys().map(|name| target(name, RuleTargetKind::Class)));
        targets.extend(
            self.function_patterns
                .iter()
                .map(|(pattern, _)| target(&pattern.to_string(), RuleTargetKind::FunctionPattern)),
        );
    }
}

/// The name under which a module's package is imported.
fn package_of(module: &str) -> &str {
    module.split_once('.').map_or(module, |(package, _)| package)
}

/// Whether only a rule that names the method speaks of it: private methods, and those that Python
/// calls in order to change the receiver, such as `__setitem__` and `__iadd__`.
fn named_one_by_one(method: &str) -> bool {
    match method.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")) {
        None => method.starts_with('_'),
        Some(word) => matches!(
            word,
            "setitem"
                | "delitem"
                | "setattr"
                | "delattr"
                | "set"
                | "delete"
                | "setstate"
                | "init"
                | "next"
                | "anext"
                | "enter"
                | "exit"
                | "aenter"
                | "aexit"
                | "iadd"
                | "isub"
                | "imul"
                | "imatmul"
                | "itruediv"
                | "ifloordiv"
                | "imod"
                | "ipow"
                | "ilshift"
                | "irshift"
                | "iand"
                | "ixor"
                | "ior"
        ),
    }
}

#[cfg(test)]
mod tests;
