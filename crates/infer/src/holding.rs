//! Holding: whether what an answer hangs on still holds.

use std::rc::Rc;

use clew_graph::Literal;

use crate::fact::{Condition, Fact};
use crate::world::{Address, ObjectKind, Trait, World};

/// The value that a path of attributes leads to from one that is passed; 0 where it is not there.
pub fn find<W: World>(world: &W, roots: &[Address], root: usize, path: &[Rc<str>]) -> Address {
    let mut value = roots.get(root).copied().unwrap_or(0);
    for name in path {
        if value == 0 {
            break;
        }
        value = world.own(value, name).unwrap_or(0);
    }
    value
}

impl Condition {
    /// That something is of a class that stays as it is.
    pub(crate) fn of_class<W: World>(world: &W, class: Address) -> Self {
        Self::Class((class, world.version(class)))
    }

    /// What an answer hangs on that looked at an object.
    pub(crate) fn of<W: World>(world: &W, object: Option<Address>, coarse: bool) -> Self {
        let Some(object) = object else { return Self::Is(0) };
        match world.constant(object) {
            Some(Literal::None | Literal::Bool(_)) => Self::Is(object),
            Some(value) if !coarse => Self::Equals(value),
            Some(_) => Self::Kind(world.class_of(object)),
            None if !world.is_mutable(object) && !world.kind(object).is_definition() => {
                Self::Kind(world.class_of(object))
            }
            None => Self::Is(object),
        }
    }

    /// Whether it holds of a value, or of there being none.
    pub fn holds<W: World>(&self, world: &W, value: Address) -> bool {
        if value == 0 {
            return matches!(self, Self::Absent | Self::Is(0));
        }
        match self {
            Self::Kind(class) => world.class_of(value) == *class,
            Self::Class((class, known)) => {
                let kind = world.class_of(value);
                kind == *class && world.is_version(kind, *known)
            }
            Self::Version((class, known)) => value == *class && world.is_version(value, *known),
            Self::Is(address) => value == *address,
            Self::IsNot(address) => value != *address,
            Self::Bound(definition, receiver) => {
                world.kind(value) == ObjectKind::NativeFunction
                    && world.binding(value) == Some((*definition, *receiver))
            }
            Self::Equals(constant) => world.constant(value).as_ref() == Some(constant),
            Self::Conceals(digest) => matches!(
                world.constant(value),
                Some(Literal::Str(text)) if world.digest_of_text(&text) == *digest
            ),
            Self::Fixed => !world.class_is(world.class_of(value), Trait::Dynamic),
            Self::Inside(classes) => world.inside(value)[..] == classes[..],
            Self::Present => true,
            Self::Absent => false,
        }
    }
}

impl Fact {
    /// Whether it holds for a call with this receiver, or 0, and these arguments.
    pub fn holds<W: World>(&self, world: &W, roots: &[Address]) -> bool {
        let root = |at: &u32| roots.get(*at as usize).copied();
        match self {
            Self::Passed { root, path, condition } => {
                condition.holds(world, find(world, roots, *root as usize, path))
            }
            Self::Held(holder, condition) => {
                condition.holds(world, world.held(holder).unwrap_or(0))
            }
            Self::Same(one, other) => root(one) == root(other),
            Self::Distinct(one, other) => root(one) != root(other),
        }
    }
}
