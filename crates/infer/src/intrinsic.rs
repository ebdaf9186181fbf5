//! Intrinsic: functions of the language whose outcome decides where a function goes.

use clew_graph::Literal;

use crate::arguments::Arguments;
use crate::engine::Engine;
use crate::value::{Field, Id, PointsToSet, Site};
use crate::world::{Callee, Shape, WellKnown, World};

impl<W: World> Engine<'_, W> {
    /// The few functions of the language whose outcome decides where a function goes.
    pub(crate) fn intrinsic(
        &mut self,
        site: Site,
        callee: &Callee,
        receiver: Option<Id>,
        arguments: &Arguments,
    ) -> Option<PointsToSet> {
        let function = callee.function;
        let first = arguments.positional.first();
        if callee.shape == Shape::Class {
            if function == self.world.well_known(WellKnown::Type) && arguments.positional.len() == 1
            {
                let mut found = PointsToSet::default();
                for id in first?.iter() {
                    match self.class(id) {
                        Some(class) => found.join(&self.shared(class)),
                        None => found.join(&self.anything()),
                    };
                }
                return Some(found);
            }
            return None;
        }
        if callee.shape != Shape::Builtin || receiver.is_some() {
            if callee.shape == Shape::Function && self.world.name(function) == "deepcopy" {
                let module = self.world.module(function);
                if module.as_deref() == Some("copy") {
                    return Some(self.made(None, site));
                }
            }
            return None;
        }
        if self.world.module(function).as_deref() != Some("builtins") {
            return None;
        }
        match self.world.name(function).as_str() {
            "isinstance" => {
                let classes = arguments.positional.get(1)?.clone();
                let outcome = self.is_instance(first?, &classes);
                Some(self.outcome(outcome))
            }
            "hasattr" => {
                let name = self.text(arguments.positional.get(1)?)?;
                let outcome = self.has_attribute(first?, &name);
                Some(self.outcome(outcome))
            }
            "getattr" => {
                let Some(name) = self.text(arguments.positional.get(1)?) else {
                    let mut found = first?.clone();
                    for id in first?.iter() {
                        found.join(&self.heap.held(id));
                    }
                    found.join(&self.anything());
                    return Some(found);
                };
                let mut found = PointsToSet::default();
                if self.has_attribute(first?, &name) != Some(false) {
                    found.join(&self.attribute(site, first?, &name));
                }
                if let Some(otherwise) = arguments.positional.get(2)
                    && self.has_attribute(first?, &name) != Some(true)
                {
                    found.join(otherwise);
                }
                Some(found)
            }
            "setattr" => {
                let value = arguments.positional.get(2)?.clone();
                let name = self.text(arguments.positional.get(1)?);
                match name {
                    Some(name) => self.set(site, first?, Some(&name), &value),
                    None => {
                        for id in first?.iter() {
                            self.heap.hold(id, Field::Somewhere, &value);
                            self.heap.change(id);
                        }
                    }
                }
                Some(self.constant(Literal::None))
            }
            "callable" | "len" | "id" | "hash" | "ord" | "chr" | "abs" | "repr" => {
                let runs: &[&str] = match self.world.name(function).as_str() {
                    "len" => &["__len__"],
                    "hash" => &["__hash__"],
                    "abs" => &["__abs__"],
                    "repr" => &["__repr__"],
                    _ => &[],
                };
                self.protocol(site, first?, runs, &[]);
                Some(self.unknown_constant())
            }
            _ => None,
        }
    }

    /// What a call gives that copies, at least the outermost container.
    pub(crate) fn copied(
        &mut self,
        site: Site,
        callee: &Callee,
        receiver: Option<Id>,
        (of, arguments): (&PointsToSet, &Arguments),
        value: PointsToSet,
    ) -> PointsToSet {
        let class = match callee.shape {
            Shape::Class => Some(callee.function),
            _ if self.world.name(callee.function) == "sorted" => {
                Some(self.world.well_known(WellKnown::List))
            }
            _ => match receiver.or_else(|| of.only()) {
                Some(id) => self.class(id),
                None => None,
            },
        };
        let made = match class {
            Some(_) => self.made(class, site),
            None => value,
        };
        self.keep(&made, of);
        for keyword in &arguments.keyword {
            for id in made.iter() {
                self.heap.hold(id, Field::Somewhere, &keyword.value);
            }
        }
        made
    }

    pub(crate) fn text(&mut self, of: &PointsToSet) -> Option<String> {
        match self.literal(of.only()?)? {
            Literal::Str(text) => Some(text),
            _ => None,
        }
    }
}
