//! Step: what one step of a function does.

use clew_syntax::summary::{Comparison, Item, Make, Slot, Step, StepKind};

use crate::engine::Engine;
use crate::fact::Holder;
use crate::value::{AbstractObject, Field, PointsToSet, Site};
use crate::world::{WellKnown, World};

impl<W: World> Engine<'_, W> {
    /// Does one step, and says what its value may be.
    pub(crate) fn step(&mut self, site: Site, step: &Step) -> PointsToSet {
        let at = site.0 as usize;
        match &step.kind {
            StepKind::Copy(slot) => self.slot(site, *slot),
            StepKind::Constant(value) => self.constant(value.clone()),
            StepKind::Make(make, items) => self.make(site, *make, items),
            StepKind::Global(name) => self.global(at, name),
            StepKind::Free(name) => match self.free(at, name) {
                Some(value) => value,
                None => self.anything(),
            },
            StepKind::Import(name) => {
                let modules = self.world.well_known(WellKnown::Modules);
                self.held_outside(Holder::Entry(modules, name.as_str().into()))
            }
            StepKind::ImportFrom(module, level, name) => {
                self.import_from(at, module.as_deref(), *level, name)
            }
            StepKind::Attribute(of, name) => {
                let of = self.slot(site, *of);
                self.attribute(site, &of, name)
            }
            StepKind::Item(of, index) => {
                let (of, index) = (self.slot(site, *of), self.slot(site, *index));
                self.item(site, &of, &index)
            }
            StepKind::Iterate(of) => {
                let of = self.slot(site, *of);
                self.iterate(site, &of)
            }
            StepKind::Unpack(of, position) => {
                let of = self.slot(site, *of);
                self.unpack(site, &of, *position)
            }
            StepKind::Enter(of) => {
                let of = self.slot(site, *of);
                self.manage(site, &of)
            }
            StepKind::Set(of, name, value) => {
                let (of, value) = (self.slot(site, *of), self.slot(site, *value));
                self.set(site, &of, name.as_deref(), &value);
                value
            }
            StepKind::Delete(of, name) => {
                let of = self.slot(site, *of);
                self.delete(site, &of, name.as_deref());
                PointsToSet::default()
            }
            StepKind::Augment(of, value) => {
                let (of, value) = (self.slot(site, *of), self.slot(site, *value));
                self.augment(site, &of, &value)
            }
            StepKind::Operator(operands, shares, name) => {
                let value = self.operator(site, operands, *shares);
                self.operate(site, operands, name, value)
            }
            StepKind::Compare(comparison, left, right) => {
                let (left, right) = (self.slot(site, *left), self.slot(site, *right));
                self.compare(site, *comparison, (&left, &right))
            }
            StepKind::Not(slot) => {
                let of = self.slot(site, *slot);
                if of.is_empty() {
                    return of;
                }
                let truth = self.truth(&of).map(|truth| !truth);
                self.outcome(truth)
            }
            StepKind::Call(callee, arguments) => self.call(site, callee, arguments),
            StepKind::Nested => {
                let kind = self.world.well_known(WellKnown::Function);
                self.made(Some(kind), site)
            }
            StepKind::Return(_)
            | StepKind::Yield(_)
            | StepKind::BindGlobal(..)
            | StepKind::BindFree(..)
            | StepKind::Caught => self.flow(site, &step.kind),
            StepKind::Anything => self.anything(),
        }
    }

    /// A comparison whose outcome may be known.
    fn compare(
        &mut self,
        site: Site,
        comparison: Comparison,
        (left, right): (&PointsToSet, &PointsToSet),
    ) -> PointsToSet {
        if left.is_empty() || right.is_empty() {
            return PointsToSet::default();
        }
        if let Comparison::Equal | Comparison::NotEqual = comparison {
            let names = ["__eq__", "__ne__"];
            self.protocol(site, left, &names, std::slice::from_ref(right));
            self.protocol(site, right, &names, std::slice::from_ref(left));
        }
        let outcome = match comparison {
            Comparison::Is => self.same(left, right),
            Comparison::IsNot => self.same(left, right).map(|same| !same),
            Comparison::Equal => self.equal(left, right),
            Comparison::NotEqual => self.equal(left, right).map(|equal| !equal),
        };
        self.outcome(outcome)
    }

    /// What leaves a function, or comes into it from elsewhere.
    fn flow(&mut self, site: Site, kind: &StepKind) -> PointsToSet {
        let at = site.0 as usize;
        match kind {
            StepKind::Return(slot) => {
                let value = self.slot(site, *slot);
                if self.frames[at].out.join(&value) {
                    self.wake_callers(at);
                }
                value
            }
            StepKind::Yield(slot) => {
                let value = self.slot(site, *slot);
                if self.frames[at].yielded.join(&value) {
                    self.wake_callers(at);
                }
                value
            }
            StepKind::BindGlobal(name, value) => {
                let globals = self.globals(at);
                let kept = self.heap.id(AbstractObject::ReachableFromGlobal(globals));
                let value = self.slot(site, *value);
                self.heap.hold(kept, Field::Attribute(name.as_str().into()), &value);
                self.writes_named.insert((globals, name.as_str().into()));
                PointsToSet::default()
            }
            StepKind::BindFree(name, value) => {
                let function = self.frames[at].function;
                let place = self.world.free_variable(function, name);
                if let Some(cell) = place.and_then(|place| self.world.cell(function, place)) {
                    let kept = self.heap.id(AbstractObject::ReachableFromGlobal(cell));
                    let value = self.slot(site, *value);
                    self.heap.hold(kept, Field::Somewhere, &value);
                }
                let function = self.heap.id(AbstractObject::Global(self.frames[at].function));
                self.heap.change(function);
                PointsToSet::default()
            }
            StepKind::Caught => {
                let caught = self.made(Some(self.world.well_known(WellKnown::Exception)), site);
                let anything = self.anything();
                for id in caught.iter() {
                    self.heap.hold(id, Field::Somewhere, &anything);
                }
                caught
            }
            _ => PointsToSet::default(),
        }
    }

    fn make(&mut self, site: Site, make: Make, items: &[Item]) -> PointsToSet {
        let class = match make {
            Make::Tuple => self.world.well_known(WellKnown::Tuple),
            Make::List => self.world.well_known(WellKnown::List),
            Make::Set => self.world.well_known(WellKnown::Set),
            Make::Dict => self.world.well_known(WellKnown::Dict),
            Make::Generator => self.world.well_known(WellKnown::Generator),
            Make::Text => {
                for item in items {
                    let value = self.slot(site, item.value);
                    self.protocol(site, &value, &["__format__", "__str__"], &[]);
                }
                return self.unknown_constant();
            }
            Make::Slice => return self.unknown_constant(),
        };
        let made = self.heap.id(AbstractObject::Allocation { class: Some(class), at: site });
        let mut spread = false;
        for (position, item) in items.iter().enumerate() {
            let value = self.slot(site, item.value);
            spread |= item.star;
            match (make, &item.key) {
                (Make::Tuple, _) if !spread => {
                    self.heap.hold(made, Field::Position(position as u32), &value);
                }
                (_, Some(key)) if !item.star => {
                    self.heap.hold(made, Field::Key(key.as_str().into()), &value);
                }
                (Make::Dict, None) if item.star => {
                    let mut held = PointsToSet::default();
                    for id in value.iter() {
                        held.join(&self.heap.held(id));
                    }
                    self.heap.hold(made, Field::Somewhere, &held);
                }
                _ => self.heap.hold(made, Field::Somewhere, &value),
            }
        }
        if make == Make::Tuple && !spread {
            self.heap.set_length(made, items.len());
        }
        PointsToSet::one(made)
    }

    fn augment(&mut self, site: Site, of: &PointsToSet, value: &PointsToSet) -> PointsToSet {
        let mut after = PointsToSet::default();
        let mut held = PointsToSet::default();
        let own = self.protocol(site, of, &IN_PLACE, std::slice::from_ref(value));
        after.join(&own);
        for id in value.iter() {
            held.join(&self.heap.held(id));
        }
        for id in of.iter() {
            let fixed = match *self.heap.thing(id) {
                AbstractObject::Constant(_) => true,
                AbstractObject::Parameter { live, .. } => {
                    let mutable = self.world.changes_in_place(live);
                    self.class(id);
                    !mutable && self.heap.held(id).is_empty()
                }
                _ => false,
            };
            if fixed {
                let made = self.made(None, site);
                let mut all = self.heap.held(id);
                all.join(&held);
                for id in made.iter() {
                    self.heap.hold(id, Field::Somewhere, &all);
                }
                after.join(&made);
            } else {
                self.heap.change(id);
                self.heap.hold(id, Field::Somewhere, &held);
                self.heap.forget_length(id);
                after.add(id);
            }
        }
        after
    }

    /// Runs what classes written in Python do for an operator.
    fn operate(
        &mut self,
        site: Site,
        operands: &[Slot],
        name: &str,
        made: PointsToSet,
    ) -> PointsToSet {
        let mut made = made;
        let names = [format!("__{name}__"), format!("__r{name}__")];
        let operands: Vec<PointsToSet> =
            operands.iter().map(|&slot| self.slot(site, slot)).collect();
        match &operands[..] {
            [left, right] => {
                for (of, other) in [(left, right), (right, left)] {
                    let given = std::slice::from_ref(other);
                    let [name, reflected] = &names;
                    made.join(&self.protocol(site, of, &[name, reflected], given));
                }
            }
            [of] => {
                made.join(&self.protocol(site, of, &[&names[0]], &[]));
            }
            _ => {}
        }
        made
    }

    fn operator(&mut self, site: Site, operands: &[Slot], shares: bool) -> PointsToSet {
        let operands: Vec<PointsToSet> =
            operands.iter().map(|&slot| self.slot(site, slot)).collect();
        let plain = operands
            .iter()
            .flat_map(PointsToSet::iter)
            .all(|id| matches!(self.heap.thing(id), AbstractObject::Constant(_)));
        if plain {
            return self.unknown_constant();
        }
        let made = self.made(None, site);
        if shares {
            let mut held = PointsToSet::default();
            for id in operands.iter().flat_map(PointsToSet::iter) {
                held.join(&self.heap.held(id));
            }
            for id in made.iter() {
                self.heap.hold(id, Field::Somewhere, &held);
            }
        }
        made
    }
}
/// What an operator that assigns may run.
const IN_PLACE: [&str; 26] = [
    "__iadd__",
    "__isub__",
    "__imul__",
    "__imatmul__",
    "__itruediv__",
    "__ifloordiv__",
    "__imod__",
    "__ipow__",
    "__ilshift__",
    "__irshift__",
    "__iand__",
    "__ior__",
    "__ixor__",
    "__add__",
    "__sub__",
    "__mul__",
    "__matmul__",
    "__truediv__",
    "__floordiv__",
    "__mod__",
    "__pow__",
    "__lshift__",
    "__rshift__",
    "__and__",
    "__or__",
    "__xor__",
];
