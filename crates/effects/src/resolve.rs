//! Resolve: of the rules about a callee, those that count for a call.
//!
//! Rules without conditions compete, and the most specific wins: one of the user's files before
//! clew's own; the exact name before a pattern before a whole class; a class before its bases; a
//! later file of the user before an earlier one. Rules that win together are joined.
//!
//! Rules with conditions do not compete. Each whose conditions hold adds what it says to the
//! winner, except that clew's own are silent where an unconditional rule of the user won.

use std::cmp::Reverse;
use std::sync::Arc;

use clew_graph::Literal;

use crate::annotation::{
    ArgumentPointer, Condition, Effect, On, PartName, StatePointer, Test, Value,
};
use crate::release::Releases;
use crate::{CallFacts, Change, Effects, ExternalState, Key, KnownValue, Origin, Place, Resource};

/// How closely a rule names a callee; the greater wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pub(crate) users: bool,
    pub(crate) precision: Precision,
    /// How far up among the receiver's classes the rule's class stands.
    pub(crate) distance: Reverse<usize>,
    /// Among the user's files, which.
    pub(crate) file: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Precision {
    Class,
    Pattern,
    Name,
}

/// One rule as seen from one callee.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Where the rule stands.
    pub(crate) origin: Origin,
    /// The package whose version counts.
    pub(crate) package: Arc<str>,
    /// The ranges of versions of the rule and of its module; both have to hold.
    pub(crate) releases: [Option<Arc<Releases>>; 2],
    pub(crate) conditions: Arc<[Condition]>,
    pub(crate) effects: Arc<[Effect]>,
}

/// What the rules about a callee say of a call; `None` where there are none.
pub(crate) fn resolve(candidates: &[(Rank, &Entry)], call: &dyn CallFacts) -> Option<Effects> {
    let in_range: Vec<&(Rank, &Entry)> =
        candidates.iter().filter(|(_, entry)| applies_to_version(entry, call)).collect();
    let winner = in_range
        .iter()
        .filter(|(_, entry)| entry.conditions.is_empty())
        .map(|(rank, _)| *rank)
        .max();
    let users_won = winner.is_some_and(|rank| rank.users);

    let mut effects = Effects::pure();
    let mut answered = false;
    for (rank, entry) in in_range {
        if entry.conditions.is_empty() {
            if Some(*rank) != winner {
                continue;
            }
        } else if users_won && !rank.users {
            continue;
        } else {
            effects.varies |= entry.conditions.iter().any(|condition| may_vary(condition, call));
            let asks_receiver = |on: &On| matches!(on, On::Attribute(_));
            effects.by_receiver |= entry.conditions.iter().any(|one| asks_receiver(&one.on));
            if !entry.conditions.iter().all(|condition| holds(condition, call)) {
                continue;
            }
        }
        answered = true;
        call.answered_by(&entry.origin);
        for effect in entry.effects.iter() {
            apply(effect, call, &mut effects);
        }
    }
    // A relative path means what it means in the current directory.
    if effects.touches(&ExternalState::FileSystem) {
        effects.add(Change::Reads(Resource::whole(ExternalState::Cwd)));
    }
    match (answered, effects.varies) {
        (true, _) => Some(effects),
        // Another call from the same site may find a rule.
        (false, true) => {
            Some(Effects { varies: true, by_receiver: effects.by_receiver, ..Effects::assumed() })
        }
        (false, false) => None,
    }
}

fn applies_to_version(entry: &Entry, call: &dyn CallFacts) -> bool {
    entry.releases.iter().flatten().all(|releases| {
        call.version(&entry.package).is_none_or(|version| releases.contains(&version))
    })
}

/// Whether a condition holds, or may hold because a value is not known.
fn holds(condition: &Condition, call: &dyn CallFacts) -> bool {
    let given = match &condition.on {
        On::Attribute(name) => call.attribute(name),
        On::Argument(argument) => match place_of(argument, call) {
            Some(Place::Positional(index)) => Some(call.positional_value(index as usize)),
            Some(Place::Keyword(name)) => call.keyword(&name),
            Some(_) => Some(KnownValue::Unknown),
            None => None,
        },
    };
    let Some(value) = given.or_else(|| condition.default.clone().map(KnownValue::Literal)) else {
        return false;
    };
    match &condition.test {
        Test::Given => true,
        Test::Is(values) => values.iter().any(|other| value.equals(other).unwrap_or(true)),
        Test::IsNot(values) => !values.iter().any(|other| value.equals(other).unwrap_or(false)),
        Test::Matches(patterns) | Test::MatchesNot(patterns) => match &value {
            KnownValue::Literal(Literal::Str(text)) => {
                let wanted = matches!(condition.test, Test::Matches(_));
                patterns.iter().any(|pattern| pattern.matches(text)) == wanted
            }
            KnownValue::Object | KnownValue::Unknown => true,
            _ => matches!(condition.test, Test::MatchesNot(_)),
        },
    }
}

/// Whether a condition may hold for one call and not for another of the same shape.
fn may_vary(condition: &Condition, call: &dyn CallFacts) -> bool {
    match &condition.on {
        On::Attribute(_) => true,
        On::Argument(argument) => place_of(argument, call).is_some(),
    }
}

fn apply(effect: &Effect, call: &dyn CallFacts, effects: &mut Effects) {
    match effect {
        Effect::Mutates(value, depth) => {
            if let Some(place) = place(value, call) {
                effects.add(Change::Mutates { place, depth: *depth });
            }
        }
        Effect::Consumes(value) => {
            if let Some(place) = place(value, call) {
                effects.add(Change::Consumes(place));
            }
        }
        Effect::Views { values, external } => {
            let places: Vec<Place> = values.iter().filter_map(|value| place(value, call)).collect();
            for state in external {
                for place in &places {
                    let resource = resource(state, call);
                    effects.add(Change::Handle { place: place.clone(), resource });
                }
            }
            if places.len() > 1 || places.iter().any(stands_for_several) {
                effects.add(Change::Views(places));
            }
        }
        Effect::Reads(state) => effects.add(Change::Reads(resource(state, call))),
        Effect::Writes(state) => effects.add(Change::Writes(resource(state, call))),
    }
}

fn stands_for_several(place: &Place) -> bool {
    matches!(place, Place::AllPositional | Place::AllArguments)
}

fn place(value: &Value, call: &dyn CallFacts) -> Option<Place> {
    match value {
        Value::Argument(argument) => place_of(argument, call),
        Value::AllPositional => Some(Place::AllPositional),
        Value::AllArguments => Some(Place::AllArguments),
        Value::Receiver => Some(Place::Receiver),
        Value::Result => Some(Place::Result),
    }
}

/// Where a call passes an argument; `None` where it does not.
fn place_of(argument: &ArgumentPointer, call: &dyn CallFacts) -> Option<Place> {
    if let Some(position) = argument.position
        && (position as usize) < call.positional()
    {
        return Some(Place::Positional(position));
    }
    match &argument.keyword {
        Some(name) => call.keyword(name).map(|_| Place::Keyword(name.clone())),
        // The rule does not say by which keyword the argument can be passed: it may be any.
        None if call.keywords() > 0 => Some(Place::AllArguments),
        None => None,
    }
}

fn resource(state: &StatePointer, call: &dyn CallFacts) -> Resource {
    let key = state.keys.iter().find_map(|key| match key {
        PartName::Name(name) => Some(Key::Name(name.clone())),
        PartName::Value(value) => match place(value, call)? {
            place if stands_for_several(&place) => None,
            place => Some(Key::Place(place)),
        },
    });
    Resource { state: state.state.clone(), key }
}
