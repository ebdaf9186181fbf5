//! Shared memory: arrays that objects of C libraries keep, as `pyarrow.array(a)` does, to read their memory.
//!
//! What such an object keeps cannot be asked for. That somebody out of sight keeps an array is seen all the same:
//! more references to it are held than those have that are seen to hold it.

use clew_heap::numpy::{is_array, memory_holders};
use clew_heap::references::References;
use clew_heap::walk::Walk;
use clew_heap::{Address, AddressMap, AddressSet, Lent, Quiet, kind};
use rustc_hash::FxHashSet;

use super::link::{Link, LinkSource};
use super::outcome::Ended;
use super::state::Recorder;
use super::write_through::{is_known, package_of_class};

/// How many objects are looked at for those of C in a value.
const MOST_OF_VALUE: usize = 200;
/// How many objects are looked at for arrays in what a statement reads.
const MOST_READ: usize = 2_000;
/// How many objects are looked at for those that hold an array.
const MOST_HOLDERS: usize = 50_000;

impl Recorder {
    /// Links the variables that a statement bound or changed, where objects of C libraries are in their values, with
    /// the arrays that it read and that somebody out of sight keeps.
    pub(super) fn link_memory(&mut self, quiet: Quiet<'_>, ended: &Ended<'_>) {
        let variables = self.variables(quiet);
        let bound = ended.bound.iter().map(|bound| &bound.name);
        let names = bound.chain(ended.changed.iter().map(|changed| &changed.name));
        let mut sealed: Vec<(&String, Lent<'_>, Vec<Address>)> = Vec::new();
        for name in names {
            let Some(value) = variables.item(name) else { continue };
            let known = |(_, other, _): &(&String, Lent<'_>, Vec<Address>)| *other == value;
            if !kind::is_mutable(value) || value.is_definition() || sealed.iter().any(known) {
                continue;
            }
            let found = self.sealed_within(value);
            if !found.is_empty() {
                sealed.push((name, value, found));
            }
        }
        if sealed.is_empty() {
            return;
        }
        let kept = self.kept_out_of_sight(quiet, ended);
        let links: Vec<Link> = sealed
            .into_iter()
            .map(|(name, value, proxies)| {
                let sources = kept.iter().filter(|&&(_, object)| object != value.address());
                let sources = sources.map(|(name, object)| LinkSource {
                    name: name.clone(),
                    value: *object,
                    object: *object,
                    kept: true,
                });
                Link {
                    name: name.clone(),
                    value: value.address(),
                    proxies,
                    sources: sources.collect(),
                }
            })
            .collect();
        for link in links.into_iter().filter(|link| !link.sources.is_empty()) {
            self.add_link(link);
        }
    }

    /// The objects that a value leads to whose class was made by C code of a library of which it is not known what
    /// its objects hold.
    fn sealed_within(&self, value: Lent<'_>) -> Vec<Address> {
        let mut found = Vec::new();
        let mut walk = Walk { boundary: &self.boundary, budget: MOST_OF_VALUE, definitions: false };
        walk.run(value, &mut AddressSet::default(), &mut |object| {
            found.extend(is_sealed(object).then(|| object.address()));
            true
        });
        found
    }

    /// The arrays, and the objects whose memory they look at, that a statement reads and that more references are
    /// held to than are seen, and those that objects of C keep which it reads; each with the variable that leads
    /// there.
    fn kept_out_of_sight(
        &self,
        quiet: Quiet<'_>,
        ended: &Ended<'_>,
    ) -> FxHashSet<(String, Address)> {
        let variables = self.variables(quiet);
        let names = ended.reads.iter().map(|read| &read.name).chain(&self.at_hand.read);
        let mut roots: AddressMap<Lent<'_>> = AddressMap::default();
        let mut lenders: Vec<(String, Lent<'_>)> = Vec::new();
        // Many links have the same sources.
        let mut found: FxHashSet<(String, Address)> = FxHashSet::default();
        let mut seen = AddressSet::default();
        let keeps = |link: &&Link| link.sources.iter().any(|source| source.kept);
        let links: Vec<&Link> = self.objects.links.iter().filter(keeps).collect();
        for name in names {
            let Some(value) = variables.item(name).filter(|value| !value.is_definition()) else {
                continue;
            };
            roots.insert(value.address(), value);
            let mut walk = Walk { boundary: &self.boundary, budget: MOST_READ, definitions: false };
            walk.run(value, &mut seen, &mut |object| {
                if lends_memory(object) {
                    lenders.push((name.clone(), object));
                }
                // What is made of an object that keeps an array may keep it too.
                let of_kept = links.iter().filter(|l| l.proxies.contains(&object.address()));
                found.extend(of_kept.flat_map(|link| {
                    let kept = link.sources.iter().filter(|source| source.kept);
                    kept.map(|source| (source.name.clone(), source.object))
                }));
                true
            });
        }
        if lenders.is_empty() {
            return found;
        }
        // Most are held by nobody but the values that led to them.
        let read = roots.into_values();
        let walk = Walk { boundary: &self.boundary, budget: MOST_READ, definitions: false };
        let lenders = self.held_more_often(lenders, read, walk);
        let walk = Walk { boundary: &self.boundary, budget: MOST_HOLDERS, definitions: true };
        // What holds an array too was mostly made not long ago.
        let all: Vec<Lent<'_>> = variables.pairs().map(|(_, value)| value).collect();
        for (name, lender) in self.held_more_often(lenders, all.into_iter().rev(), walk) {
            let holders = memory_holders(lender);
            found.extend(holders.map(|holder| (name.clone(), holder.address())));
        }
        found
    }

    /// Those of some objects to which more references are held than by variables with these values and by the objects
    /// that these lead to.
    fn held_more_often<'a>(
        &self,
        lenders: Vec<(String, Lent<'a>)>,
        values: impl Iterator<Item = Lent<'a>>,
        mut walk: Walk<'_>,
    ) -> Vec<(String, Lent<'a>)> {
        let mut found = References::to(lenders.iter().map(|&(_, lender)| lender));
        let mut seen = AddressSet::default();
        for value in values {
            if found.all_found() {
                break;
            }
            found.bound(value);
            walk.run_counting(value, &mut seen, &mut found);
        }
        lenders.into_iter().filter(|&(_, lender)| found.has_more(lender)).collect()
    }

    /// A variable whose C objects keep arrays was bound to something else: another variable that leads to these
    /// objects stands for them from now on.
    pub(super) fn follow_kept(&mut self, quiet: Quiet<'_>) {
        let variables = self.variables(quiet);
        let is_bound = |link: &Link| {
            variables.item(&link.name).is_some_and(|value| value.address() == link.value)
        };
        let mut moved = Vec::new();
        for (at, link) in self.objects.links.iter().enumerate() {
            if is_bound(link) || !link.sources.iter().any(|source| source.kept) {
                continue;
            }
            let mut seen = AddressSet::default();
            let mut walk =
                Walk { boundary: &self.boundary, budget: MOST_HOLDERS, definitions: false };
            let leads = variables.pairs().find(|&(_, value)| {
                let mut hit = false;
                walk.run(value, &mut seen, &mut |object| {
                    hit = link.proxies.contains(&object.address());
                    !hit
                });
                hit
            });
            if let Some((name, value)) = leads
                && let Some(name) = name.text()
            {
                moved.push((at, name, value.address()));
            }
        }
        for (at, name, value) in moved {
            let link = &mut self.objects.links[at];
            (link.name, link.value) = (name, value);
        }
    }
}

/// Whether an object was made by C code of a library of which it is not known what its objects hold.
fn is_sealed(object: Lent<'_>) -> bool {
    let class = object.class();
    if !kind::is_mutable(object) || object.is_module() || is_array(object) {
        return false;
    }
    let of_library = match class.is_heap_type() {
        true => !class.is_made_by_statement(),
        // Python's own have no module in their names.
        false => class.c_name().to_bytes().contains(&b'.'),
    };
    // What those of pandas hold is seen.
    let is_known = |package: &str| package == "pandas" || is_known(object.quiet(), package);
    of_library && !object.is_definition() && !is_known(&package_of_class(object))
}

/// Whether others may read the memory of an object, and that changes.
fn lends_memory(object: Lent<'_>) -> bool {
    is_array(object) || object.class().lends_memory() && kind::changes_in_place(object)
}
