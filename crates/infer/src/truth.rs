//! Truth: how tests and comparisons come out, as far as that is known.

use clew_graph::Literal;

use crate::engine::{Engine, OUTSIDE};
use crate::fact::Condition;
use crate::value::{AbstractObject, Id, PointsToSet};
use crate::world::{Trait, WellKnown, World};

impl<W: World> Engine<'_, W> {
    /// How a test comes out, if that is known.
    pub(crate) fn truth(&mut self, of: &PointsToSet) -> Option<bool> {
        let mut truth = None;
        self.protocol((OUTSIDE, 1), of, &["__bool__", "__len__"], &[]);
        for id in of.iter() {
            let one = self.truth_of(id)?;
            if truth.is_some_and(|truth| truth != one) {
                return None;
            }
            truth = Some(one);
        }
        truth
    }

    pub(crate) fn truth_of(&mut self, id: Id) -> Option<bool> {
        match self.heap.thing(id).clone() {
            AbstractObject::Constant(value) => truth_of_constant(&value?),
            AbstractObject::Bound { .. } => Some(true),
            AbstractObject::Global(address) => {
                self.world.kind(address).is_definition().then_some(true)
            }
            AbstractObject::Parameter { live, .. } => {
                if let Some(value) = self.literal(id) {
                    return truth_of_constant(&value);
                }
                let class = self.class(id)?;
                let definition = self.world.kind(live).is_definition();
                (definition || self.world.class_is(class, Trait::AlwaysTrue)).then_some(true)
            }
            AbstractObject::Allocation { class: Some(class), .. } => {
                self.world.class_is(class, Trait::AlwaysTrue).then_some(true)
            }
            _ => None,
        }
    }

    /// A number, text, truth value or `None` that is passed or spelled.
    pub(crate) fn literal(&mut self, id: Id) -> Option<Literal> {
        match self.heap.thing(id).clone() {
            AbstractObject::Constant(value) => value,
            AbstractObject::Parameter { root, path, live } => {
                let value = self.world.constant(live)?;
                match value {
                    Literal::None | Literal::Bool(_) => {
                        self.note(root, &path, Condition::Is(live));
                    }
                    _ if self.coarse => return None,
                    _ => self.note(root, &path, Condition::Equals(value.clone())),
                }
                Some(value)
            }
            _ => None,
        }
    }

    /// Whether a thing is `None`, if that is known.
    pub(crate) fn is_none(&mut self, id: Id) -> Option<bool> {
        match self.heap.thing(id) {
            AbstractObject::Constant(Some(Literal::None)) => Some(true),
            AbstractObject::Constant(None)
            | AbstractObject::Allocation { class: None, .. }
            | AbstractObject::ReachableFrom(_)
            | AbstractObject::ReachableFromGlobal(_)
            | AbstractObject::Merged { .. }
            | AbstractObject::Anything => None,
            AbstractObject::Parameter { .. } => {
                Some(self.class(id)? == self.world.well_known(WellKnown::NoneType))
            }
            _ => Some(false),
        }
    }

    pub(crate) fn same(&mut self, left: &PointsToSet, right: &PointsToSet) -> Option<bool> {
        let mut same = None;
        for one in left.iter() {
            for other in right.iter() {
                let outcome = self.same_one(one, other)?;
                if same.is_some_and(|same| same != outcome) {
                    return None;
                }
                same = Some(outcome);
            }
        }
        same
    }

    pub(crate) fn same_one(&mut self, one: Id, other: Id) -> Option<bool> {
        for (this, that) in [(one, other), (other, one)] {
            match self.heap.thing(that).clone() {
                AbstractObject::Constant(Some(Literal::None)) => return self.is_none(this),
                AbstractObject::Constant(Some(Literal::Bool(value))) => {
                    return match self.literal(this) {
                        Some(known) => Some(known == Literal::Bool(value)),
                        None => self.is_none(this).filter(|none| *none).map(|_| false),
                    };
                }
                _ => {}
            }
        }
        match (self.heap.thing(one).clone(), self.heap.thing(other).clone()) {
            (AbstractObject::Global(one), AbstractObject::Global(other)) => Some(one == other),
            (AbstractObject::Parameter { root, path, live }, AbstractObject::Global(shared))
            | (AbstractObject::Global(shared), AbstractObject::Parameter { root, path, live }) => {
                let condition =
                    if live == shared { Condition::Is(shared) } else { Condition::IsNot(shared) };
                self.note(root, &path, condition);
                Some(live == shared)
            }
            (AbstractObject::Allocation { .. }, AbstractObject::Global(_))
            | (AbstractObject::Global(_), AbstractObject::Allocation { .. }) => None,
            _ => None,
        }
    }

    pub(crate) fn equal(&mut self, left: &PointsToSet, right: &PointsToSet) -> Option<bool> {
        let mut equal = None;
        for one in left.iter() {
            for other in right.iter() {
                let (one, other) = (self.literal(one)?, self.literal(other)?);
                let outcome = one.equals(&other)?;
                if equal.is_some_and(|equal| equal != outcome) {
                    return None;
                }
                equal = Some(outcome);
            }
        }
        equal
    }
}

pub(crate) fn truth_of_constant(value: &Literal) -> Option<bool> {
    match value {
        Literal::None => Some(false),
        Literal::Bool(value) => Some(*value),
        Literal::Int(number) => Some(*number != 0),
        Literal::Str(text) => Some(!text.is_empty()),
        _ => None,
    }
}
