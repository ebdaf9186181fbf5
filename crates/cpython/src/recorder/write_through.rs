//! Write-through: stores that reach further than the object that they name, and C objects that stand for the
//! one that they were taken from.

use std::rc::Rc;

use clew_effects::Confidence;
use clew_heap::callable_name::top_level;
use clew_heap::numpy::is_array;
use clew_heap::setter::Setter;
use clew_heap::walk::{End, Walk};
use clew_heap::{Address, AddressSet, Lent, Quiet, kind};
use clew_probe::ProgramPoint;
use rustc_hash::FxHashSet;

use super::link::{Link, LinkSource};
use super::outcome::Ended;
use super::state::Recorder;
use super::statement::Cause;

/// How many links are kept, the latest.
const MOST_LINKS: usize = 512;

impl Recorder {
    /// Marks what code of a library may write to when it sets an attribute or item of a value.
    pub(super) fn store_through(
        &mut self,
        value: Lent<'_>,
        attribute: Option<Lent<'_>>,
        by: &Cause,
    ) {
        match value.setter(attribute) {
            Setter::Own | Setter::Session => return,
            Setter::Library(function) => {
                let given = if attribute.is_some() { 1 } else { 2 };
                if self.follow_setter(value, function, given, by) {
                    return;
                }
            }
            Setter::Unknown => {}
        }
        self.may_change_modules(value.quiet());
        let by = Cause { by: Rc::clone(&by.by), confidence: Confidence::Assumed };
        self.change_proxy(value);
        self.change_behind(value, &by);
    }

    /// Marks all that a value reaches as changed; in one part of a statement each object once, where those are many.
    fn change_behind(&mut self, value: Lent<'_>, by: &Cause) {
        const BUDGET: usize = 200_000;
        /// Of a few another time others may be at the same addresses.
        const FEW: usize = 32;
        let (mut found, mut visited) = (Vec::new(), Vec::new());
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let seen = self.at_hand.behind.entry(ProgramPoint::current()).or_default();
        let end = walk.run(value, seen, &mut |object| {
            if visited.len() <= FEW {
                visited.push(object.address());
            }
            if kind::changes_in_place(object) && !object.is_module() {
                found.push(object);
            }
            true
        });
        if visited.len() <= FEW {
            visited.iter().for_each(|address| {
                seen.remove(address);
            });
        }
        for object in found {
            self.change(object, by);
        }
        if end == End::OverBudget {
            self.change_everything(by);
        }
    }

    /// Notes that a C object was changed that may stand for the one that it was taken from.
    pub(super) fn change_proxy(&mut self, value: Lent<'_>) {
        if let Some(package) = package_of_proxy(value) {
            self.at_hand.proxies.entry(value.address()).or_insert(package);
        }
    }

    /// Marks what C objects that were changed stand for, and those that stand for what was changed.
    pub(super) fn spread_through(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        if self.objects.links.is_empty() && self.at_hand.proxies.is_empty() {
            return;
        }
        self.follow_kept(quiet);
        let variables = self.variables(quiet);
        let bound = |name: &str| variables.item(name).map_or(0, Lent::address);
        self.objects.links.retain_mut(|link| {
            link.sources.retain(|source| source.kept || bound(&source.name) == source.value);
            bound(&link.name) == link.value && !link.sources.is_empty()
        });
        let by = Cause::new("a change of what it stands for", Confidence::Assumed);
        let links = std::mem::take(&mut self.objects.links);
        loop {
            let before = self.at_hand.changed.len();
            for link in &links {
                let changed = |address: &Address| self.at_hand.changed.contains_key(address);
                let from = link.proxies.iter().copied().find(changed);
                let to = link.sources.iter().map(|source| source.object).find(changed);
                if let Some(from) = from {
                    for source in &link.sources {
                        self.mark_with(source.object, from, &by);
                    }
                } else if let Some(to) = to {
                    for &proxy in &link.proxies {
                        self.mark_with(proxy, to, &by);
                    }
                }
            }
            if self.at_hand.changed.len() == before {
                break;
            }
        }
        let linked: AddressSet =
            links.iter().flat_map(|link| link.proxies.iter().copied()).collect();
        self.objects.links = links;
        self.change_sources_of_orphans(quiet, ended, &linked, &by);
    }

    /// Marks what a statement reads where it changed a C object of the same package that no other variable
    /// leads to.
    fn change_sources_of_orphans(
        &mut self,
        quiet: Quiet<'_>,
        ended: &Ended<'_>,
        linked: &AddressSet,
        by: &Cause,
    ) {
        const BUDGET: usize = 200_000;
        let mut orphans = std::mem::take(&mut self.at_hand.proxies);
        orphans.retain(|address, _| !linked.contains(address));
        if orphans.is_empty() {
            return;
        }
        let mut seen = AddressSet::default();
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        for (name, value) in self.variables(quiet).pairs() {
            let anew = |name: &str| ended.access.binds.iter().any(|bind| bind.name == name);
            if name.as_str().is_some_and(anew) {
                continue;
            }
            walk.run(value, &mut seen, &mut |_| true);
        }
        orphans.retain(|address, _| !seen.contains(address));
        let packages: FxHashSet<&String> = orphans.values().collect();
        for package in packages {
            for source in self.sources(quiet, ended, package) {
                for (&orphan, from) in &orphans {
                    if from == package {
                        self.mark_with(source.object, orphan, by);
                    }
                }
            }
        }
    }

    /// Marks an object as changed wherever another one was.
    fn mark_with(&mut self, address: Address, other: Address, by: &Cause) {
        self.at_hand.changed.entry(address).or_insert_with(|| by.clone());
        self.loop_trace.mark_where_marked(address, other);
    }

    /// Links the variables that a statement bound to C objects with what it read of the same package.
    pub(super) fn link_bound(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        const BUDGET: usize = 200;
        for bound in &ended.bound {
            let Some(value) = self.variables(quiet).item(&bound.name) else { continue };
            if value.is_class() || value.is_function() || value.is_module() {
                continue;
            }
            let mut proxies = Vec::new();
            let mut packages = FxHashSet::default();
            let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
            walk.run(value, &mut AddressSet::default(), &mut |object| {
                if let Some(package) = package_of_proxy(object) {
                    proxies.push(object.address());
                    packages.insert(package);
                }
                true
            });
            if proxies.is_empty() {
                continue;
            }
            let mut sources = Vec::new();
            for package in &packages {
                sources.extend(self.sources(quiet, ended, package));
            }
            let (name, value) = (bound.name.clone(), value.address());
            sources.retain(|source| source.value != value && !proxies.contains(&source.object));
            if sources.is_empty() {
                continue;
            }
            self.add_link(Link { name, value, proxies, sources });
        }
    }

    pub(super) fn add_link(&mut self, link: Link) {
        if self.objects.links.len() >= MOST_LINKS {
            self.objects.links.remove(0);
        }
        self.objects.links.push(link);
    }

    /// The objects of a package's classes that the variables lead to which a statement reads.
    fn sources(&self, quiet: Quiet<'_>, ended: &Ended<'_>, package: &str) -> Vec<LinkSource> {
        const BUDGET: usize = 2_000;
        let is_of = |object: Lent<'_>, package: &str| match package_of_class(object) {
            own if package.is_empty() => !is_known(quiet, &own),
            own => own == package,
        };
        let mut sources = Vec::new();
        let mut seen = AddressSet::default();
        let names = ended.reads.iter().map(|read| &read.name).chain(&self.at_hand.read);
        for name in names {
            let Some(value) = self.variables(quiet).item(name) else { continue };
            if value.is_class() || value.is_function() || value.is_module() {
                continue;
            }
            let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
            walk.run(value, &mut seen, &mut |object| {
                if kind::changes_in_place(object) && !object.is_module() && is_of(object, package) {
                    let (name, value) = (name.clone(), value.address());
                    sources.push(LinkSource { name, value, object: object.address(), kept: false });
                }
                true
            });
        }
        sources
    }
}

/// The package of an object of C of which nobody can tell what it holds, or of one whose items are kept in
/// such an object; `None` for others, and for values that are compared by what they are.
fn package_of_proxy(object: Lent<'_>) -> Option<String> {
    let class = object.class();
    let opaque = kind::is_opaque(object) && !object.is_module();
    let is_proxy = match opaque {
        true => !class.is_value(),
        false => class.is_heap_type() && class.has_item_setter() && !is_array(object),
    };
    if !is_proxy {
        return None;
    }
    let package = package_of_class(object);
    // What those of pandas hold is seen.
    let known = package == "pandas" || is_known(object.quiet(), &package);
    let hides = || opaque || keeps_items_in_c(object, &package);
    (!known && hides()).then_some(package)
}

/// The top-level package of an object's class; nothing for one of C that does not say where it is from.
pub(super) fn package_of_class(object: Lent<'_>) -> String {
    let (module, name) = object.class_name();
    let is_builtin = || object.quiet().in_module("builtins", &name).is_some();
    if module == "builtins" && kind::is_opaque(object) && name != "PyCapsule" && !is_builtin() {
        return String::new();
    }
    top_level(&module)
}

/// Whether of the objects of a package it is known what they hold, or reported when they change.
pub(super) fn is_known(quiet: Quiet<'_>, package: &str) -> bool {
    matches!(package, "__main__" | "numpy") || quiet.is_of_language(package)
}

/// Whether an object holds one of its own package of a class that C code made: what that holds is not all seen.
fn keeps_items_in_c(object: Lent<'_>, package: &str) -> bool {
    const BUDGET: usize = 32;
    let boundary = AddressSet::default();
    let mut walk = Walk { boundary: &boundary, budget: BUDGET, definitions: false };
    let end = walk.run(object, &mut AddressSet::default(), &mut |held| {
        held == object
            || held.is_module()
            || is_array(held)
            || held.class().is_made_by_statement()
            || package_of_class(held) != package
    });
    end == End::Stopped
}
