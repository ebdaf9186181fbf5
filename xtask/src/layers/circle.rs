//! Circle: files of a crate that use each other, which they must not.
//!
//! A crate is a folder of rooms, and so is every module with files of its own in it: `x.rs` and `x/`
//! are one room as seen from outside. The rooms of one folder may use each other in one direction
//! only. The folder's own file, its face, is not counted among them: it names them all, and they may
//! use what it defines. A name that a face only hands on counts as what it stands for, so no circle
//! hides behind `use crate::Name`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::room::House;

/// That a file names something of another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The path as it is written.
    pub(crate) path: String,
}

/// The rooms of each folder, and which of them each of them uses, with an arrow that shows it.
type Rooms<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a Arrow>>;

/// How deep names may be handed on from module to module.
const HANDED_ON: usize = 16;

/// What a name stands for.
#[derive(Clone, Copy)]
enum Meaning {
    Module(usize),
    ItemOf(usize),
}

impl House {
    /// Every arrow from one file to another.
    pub(crate) fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = BTreeMap::new();
        for (place, module) in self.modules.iter().enumerate() {
            for path in &module.paths {
                let Some(Meaning::Module(to) | Meaning::ItemOf(to)) = self.meaning(place, path, 0)
                else {
                    continue;
                };
                let (from, to) = (module.file, self.modules[to].file);
                if from != to {
                    arrows.entry((from, to)).or_insert_with(|| path.join("::"));
                }
            }
        }
        arrows.into_iter().map(|((from, to), path)| Arrow { from, to, path }).collect()
    }

    /// A line for each circle of rooms.
    pub(crate) fn circles(&self) -> Vec<String> {
        let arrows = self.arrows();
        let mut circles = Vec::new();
        for (folder, rooms) in self.folders(&arrows) {
            for circle in shortest_circles(&rooms) {
                let mut line = match folder.join("::") {
                    folder if folder.is_empty() => String::new(),
                    folder => format!("in {folder}: "),
                };
                let last = circle[circle.len() - 1].0;
                line.push_str(last);
                let mut shown = Vec::new();
                for (room, arrow) in circle {
                    line.push_str(" → ");
                    line.push_str(room);
                    shown.push(format!("{} names {}", self.files[arrow.from].place, arrow.path));
                }
                circles.push(format!("{line} ({})", shown.join(", ")));
            }
        }
        circles
    }

    /// How many rooms of the crate stand on each other at most, and the arrow over most floors with
    /// their number. A room's floor is right above the highest one that it uses.
    pub(crate) fn farthest(&self) -> (usize, Option<(String, String, usize)>) {
        let arrows = self.arrows();
        let folders = self.folders(&arrows);
        let Some(rooms) = folders.get(&[][..]) else { return (1, None) };
        let mut floors = BTreeMap::new();
        for room in rooms.keys() {
            floor(room, rooms, &mut floors, &mut BTreeSet::new());
        }
        let mut farthest = None;
        for (room, uses) in rooms {
            for used in uses.keys() {
                let over = floors[room].saturating_sub(floors[used]);
                if farthest.as_ref().is_none_or(|&(_, _, most)| over > most) {
                    farthest = Some(((*room).to_owned(), (*used).to_owned(), over));
                }
            }
        }
        (floors.values().max().map_or(0, |highest| highest + 1), farthest)
    }

    /// The arrows between rooms of the same folder.
    fn folders<'a>(&'a self, arrows: &'a [Arrow]) -> BTreeMap<&'a [String], Rooms<'a>> {
        let mut folders: BTreeMap<&[String], Rooms<'_>> = BTreeMap::new();
        for file in &self.files {
            if let Some((room, folder)) = file.path.split_last() {
                folders.entry(folder).or_default().entry(room).or_default();
            }
        }
        for arrow in arrows {
            let (from, to) = (&self.files[arrow.from].path, &self.files[arrow.to].path);
            let common = from.iter().zip(to).take_while(|(from, to)| from == to).count();
            // One of them is the face of a folder that the other lies in.
            if common == from.len() || common == to.len() {
                continue;
            }
            let rooms = folders.entry(&from[..common]).or_default();
            rooms.entry(&from[common]).or_default().entry(&to[common]).or_insert(arrow);
        }
        folders
    }

    /// What a path that a module names stands for; `None` where that is nothing of this crate's, or
    /// of the module's own.
    fn meaning(&self, module: usize, path: &[String], depth: usize) -> Option<Meaning> {
        if depth > HANDED_ON {
            return None;
        }
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => 0,
            "self" => module,
            "super" => self.modules[module].parent?,
            name => match self.named(module, name, depth)? {
                Meaning::Module(module) => module,
                Meaning::ItemOf(module) => return Some(Meaning::ItemOf(module)),
            },
        };
        while let Some((name, further)) = rest.split_first() {
            rest = further;
            at = match name.as_str() {
                "super" => self.modules[at].parent?,
                name => match self.named(at, name, depth) {
                    Some(Meaning::Module(module)) => module,
                    Some(meaning) => return Some(meaning),
                    None => return Some(Meaning::ItemOf(at)),
                },
            };
        }
        Some(Meaning::Module(at))
    }

    /// What a name stands for in a module, where that is a module or is brought in.
    fn named(&self, module: usize, name: &str, depth: usize) -> Option<Meaning> {
        let it = self.modules.get(module)?;
        if let Some(&child) = it.children.get(name) {
            return Some(Meaning::Module(child));
        }
        if it.items.contains(name) {
            return None;
        }
        if let Some(path) = it.imports.get(name) {
            // `use name;` of another crate's would stand for itself.
            return if path.len() == 1 && path[0] == name {
                None
            } else {
                self.meaning(module, path, depth + 1)
            };
        }
        it.globs.iter().find_map(|path| {
            let Meaning::Module(from) = self.meaning(module, path, depth + 1)? else { return None };
            if self.modules[from].items.contains(name) {
                return Some(Meaning::ItemOf(from));
            }
            (depth < HANDED_ON && from != module).then(|| self.named(from, name, depth + 1))?
        })
    }
}

/// The shortest circle through each room that is in one, each circle once.
fn shortest_circles<'a>(rooms: &Rooms<'a>) -> Vec<Vec<(&'a str, &'a Arrow)>> {
    let mut found = BTreeSet::new();
    let mut circles = Vec::new();
    for &start in rooms.keys() {
        let Some(circle) = shortest_circle(rooms, start) else { continue };
        let members: BTreeSet<&str> = circle.iter().map(|&(room, _)| room).collect();
        if found.insert(members) {
            circles.push(circle);
        }
    }
    circles
}

/// The shortest way from a room back to it: the rooms that it leads to, each with its arrow.
fn shortest_circle<'a>(rooms: &Rooms<'a>, start: &'a str) -> Option<Vec<(&'a str, &'a Arrow)>> {
    let mut came: BTreeMap<&str, (&str, &Arrow)> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(room) = waiting.pop_front() {
        for (&next, &arrow) in rooms.get(room).into_iter().flatten() {
            if came.contains_key(next) {
                continue;
            }
            came.insert(next, (room, arrow));
            if next != start {
                waiting.push_back(next);
                continue;
            }
            let mut circle = Vec::new();
            let mut room = start;
            loop {
                let (before, arrow) = came[room];
                circle.push((room, arrow));
                room = before;
                if room == start {
                    break;
                }
            }
            circle.reverse();
            return Some(circle);
        }
    }
    None
}

fn floor<'a>(
    room: &'a str,
    rooms: &Rooms<'a>,
    floors: &mut BTreeMap<&'a str, usize>,
    open: &mut BTreeSet<&'a str>,
) -> usize {
    if let Some(&floor) = floors.get(room) {
        return floor;
    }
    // In a circle there is no floor.
    if !open.insert(room) {
        return 0;
    }
    let uses = rooms.get(room).into_iter().flat_map(|uses| uses.keys());
    let below = uses.map(|used| floor(used, rooms, floors, open) + 1).max();
    let floor = below.unwrap_or(0);
    floors.insert(room, floor);
    floor
}

#[cfg(test)]
mod tests;
