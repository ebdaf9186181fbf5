//! Effect: what a call changes, and how that is known.

use std::fmt;

use clew_graph::Confidence;

use crate::{ExternalState, Place, Resource};

/// What a call changes, shares and depends on beyond its arguments.
///
/// What is not listed does not happen: a call without changes leaves everything as it was, and
/// its result shares nothing that can change with anything else. What functions among the
/// arguments do when they are called is theirs and not listed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// What happens, without repetition, in the order in which the rules list it.
    pub changes: Vec<Change>,
    /// How it is known.
    pub confidence: Confidence,
    /// Whether another call of the same shape (as many positional arguments, the same keywords)
    /// could have other effects because of the values that it passes. Then the answer holds for
    /// one call and not for its call site.
    pub varies: bool,
    /// Whether an attribute of the receiver has a part in that.
    pub by_receiver: bool,
}

/// One thing that a call does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// It changes a value.
    Mutates {
        /// Which.
        place: Place,
        /// How far the change goes.
        depth: Depth,
    },
    /// It iterates over or reads through a value: an iterator, generator or open file moves
    /// forward, and so do those that it takes from; anything else stays as it is.
    Consumes(Place),
    /// Afterwards these values may share state: a change of one may be seen through the others,
    /// because they are the same, contain each other or look at the same memory. A host that can
    /// see into the values keeps what is really so.
    Views(Vec<Place>),
    /// Afterwards a change of the value is a change of the resource too, as for an open file.
    Handle {
        /// The value.
        place: Place,
        /// What it stands for.
        resource: Resource,
    },
    /// It depends on a resource.
    Reads(Resource),
    /// It changes a resource.
    Writes(Resource),
}

/// How far a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Depth {
    /// The value itself, with the memory that is its own: which items or attributes it has, but
    /// nothing inside those.
    Shallow,
    /// The value and everything that can be reached from it.
    Deep,
}

impl Effects {
    /// A call that an annotation says changes nothing.
    pub fn pure() -> Self {
        Self::annotated(Vec::new())
    }

    /// What an annotation says.
    pub fn annotated(changes: Vec<Change>) -> Self {
        Self { changes, confidence: Confidence::Annotated, varies: false, by_receiver: false }
    }

    /// A call of which nothing is known: it changes its receiver and its arguments as deeply as
    /// can be, and its result shares state with all of them.
    pub fn assumed() -> Self {
        let deep = |place| Change::Mutates { place, depth: Depth::Deep };
        Self {
            changes: vec![
                deep(Place::Receiver),
                deep(Place::AllArguments),
                Change::Views(vec![Place::Result, Place::Receiver, Place::AllArguments]),
            ],
            confidence: Confidence::Assumed,
            varies: false,
            by_receiver: false,
        }
    }

    /// Whether it changes nothing: no value and no resource. It may still read.
    pub fn is_pure(&self) -> bool {
        !self.changes.iter().any(|change| {
            matches!(change, Change::Mutates { .. } | Change::Consumes(_) | Change::Writes(_))
        })
    }

    /// Whether it changes a value for certain. Iterating over one does not count.
    pub fn mutates(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::Mutates { .. }))
    }

    /// Whether it depends on an external state, by what a rule says.
    pub fn reads(&self, state: &ExternalState) -> bool {
        let is_read =
            |change: &Change| matches!(change, Change::Reads(read) if read.state == *state);
        self.changes.iter().any(is_read)
    }

    /// How far it changes its receiver, if it does.
    pub fn receiver_change(&self) -> Option<Depth> {
        self.changes.iter().find_map(|change| match change {
            Change::Mutates { place: Place::Receiver, depth } => Some(*depth),
            _ => None,
        })
    }

    /// Whether it does nothing but change its receiver, and that only on the surface. What it views
    /// does not count.
    pub fn changes_receiver_only(&self) -> bool {
        let others = self.changes.iter().any(|change| match change {
            Change::Mutates { place, depth } => {
                *place != Place::Receiver || *depth != Depth::Shallow
            }
            _ => !matches!(change, Change::Views(_)),
        });
        !others && self.receiver_change().is_some()
    }

    /// Whether it changes a value other than its receiver.
    pub fn changes_what_it_is_given(&self) -> bool {
        let given = |change: &Change| matches!(change, Change::Mutates { place, .. } if *place != Place::Receiver);
        self.changes.iter().any(given)
    }

    /// The same effects where the receiver is nobody's business: it is new, or an instance stands
    /// for its class.
    pub fn without_receiver(mut self) -> Self {
        self.changes.retain(|change| {
            !matches!(
                change,
                Change::Mutates { place: Place::Receiver, .. }
                    | Change::Handle { place: Place::Receiver, .. }
            )
        });
        self
    }

    /// Whether it reads or changes some of a state.
    pub fn touches(&self, state: &ExternalState) -> bool {
        self.changes.iter().any(|change| match change {
            Change::Reads(resource)
            | Change::Writes(resource)
            | Change::Handle { resource, .. } => resource.state == *state,
            Change::Mutates { .. } | Change::Consumes(_) | Change::Views(_) => false,
        })
    }

    /// Adds a change unless it is there already. Of two changes of a value the deeper stays.
    pub fn add(&mut self, change: Change) {
        if let Change::Mutates { place, depth } = &change {
            for known in &mut self.changes {
                if let Change::Mutates { place: known, depth: known_depth } = known
                    && known == place
                {
                    *known_depth = (*known_depth).max(*depth);
                    return;
                }
            }
        }
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// What both say together, known as well as the worse known of the two.
    pub fn join(&mut self, other: Self) {
        for change in other.changes {
            self.add(change);
        }
        self.confidence = self.confidence.max(other.confidence);
        self.varies |= other.varies;
        self.by_receiver |= other.by_receiver;
    }

    /// The same effects when the receiver is written as the first argument: of
    /// `list.append(a, 1)` where these are those of `a.append(1)`.
    pub fn unbound(self) -> Self {
        let changes = self
            .changes
            .into_iter()
            .map(|change| match change {
                Change::Mutates { place, depth } => {
                    Change::Mutates { place: place.unbound(), depth }
                }
                Change::Consumes(place) => Change::Consumes(place.unbound()),
                Change::Views(places) => {
                    Change::Views(places.into_iter().map(Place::unbound).collect())
                }
                Change::Handle { place, resource } => {
                    Change::Handle { place: place.unbound(), resource: resource.unbound() }
                }
                Change::Reads(resource) => Change::Reads(resource.unbound()),
                Change::Writes(resource) => Change::Writes(resource.unbound()),
            })
            .collect();
        Self { changes, ..self }
    }
}

impl fmt::Display for Effects {
    /// One phrase per change, joined by semicolons; `pure` where there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return f.write_str("pure");
        }
        for (index, change) in self.changes.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{change}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mutates { place, depth: Depth::Deep } => write!(f, "mutates {place}"),
            Self::Mutates { place, depth: Depth::Shallow } => write!(f, "mutates {place} shallow"),
            Self::Consumes(place) => write!(f, "consumes {place}"),
            Self::Views(places) => {
                f.write_str("views")?;
                for (index, place) in places.iter().enumerate() {
                    write!(f, "{}{place}", if index == 0 { " " } else { ", " })?;
                }
                Ok(())
            }
            Self::Handle { place, resource } => write!(f, "{place} handles {resource}"),
            Self::Reads(resource) => write!(f, "reads {resource}"),
            Self::Writes(resource) => write!(f, "writes {resource}"),
        }
    }
}
