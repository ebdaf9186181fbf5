//! Bind: what a call passes, and which parameter gets it.

use std::rc::Rc;

use clew_graph::Literal;
use clew_syntax::summary::{Argument, By, Parameters};

use crate::arguments::{Arguments, Keyword};
use crate::engine::Engine;
use crate::fact::Holder;
use crate::value::{AbstractObject, Field, PointsToSet, Site};
use crate::world::{Address, WellKnown, World};

impl<W: World> Engine<'_, W> {
    pub(crate) fn spread(&mut self, site: Site, arguments: &[Argument]) -> Arguments {
        let mut all = Arguments::default();
        for argument in arguments {
            let value = self.slot(site, argument.value);
            match &argument.by {
                By::Position if all.more.is_empty() => all.positional.push(value),
                By::Position => {
                    all.more.join(&value);
                }
                By::Keyword(name) => {
                    let name = Rc::from(name.as_str());
                    all.keyword.push(Keyword { name, value, certain: true });
                }
                By::Star => {
                    let exact = value.only().filter(|_| all.more.is_empty()).and_then(|id| {
                        let length = self.heap.length(id)?;
                        Some((0..length as u32).map(move |at| (id, Field::Position(at))))
                    });
                    match exact {
                        Some(fields) => {
                            for (id, field) in fields {
                                let value = self.heap.field(id, &field).cloned();
                                all.positional.push(value.unwrap_or_default());
                            }
                        }
                        None => {
                            for id in value.iter() {
                                if matches!(self.heap.thing(id), AbstractObject::Merged { .. }) {
                                    all.more.add(id);
                                } else {
                                    all.more.join(&self.heap.held(id));
                                    let own = self.protocol(
                                        site,
                                        &PointsToSet::one(id),
                                        &["__iter__"],
                                        &[],
                                    );
                                    for iterator in own.iter() {
                                        all.more.join(&self.heap.held(iterator));
                                    }
                                }
                            }
                        }
                    }
                }
                By::DoubleStar => {
                    for id in value.iter() {
                        if matches!(self.heap.thing(id), AbstractObject::Merged { .. }) {
                            all.more_keyword.add(id);
                            continue;
                        }
                        if !matches!(self.heap.thing(id), AbstractObject::Allocation { .. }) {
                            all.more_keyword.join(&self.heap.held(id));
                            continue;
                        }
                        for (field, value) in self.heap.fields(id).to_vec() {
                            match field {
                                Field::Key(name) => {
                                    all.keyword.push(Keyword { name, value, certain: false });
                                }
                                _ => {
                                    all.more_keyword.join(&value);
                                }
                            }
                        }
                    }
                }
            }
        }
        all
    }

    /// The values of a function's parameters but those that take the rest, and what distinguishes one such
    /// call from another.
    pub(crate) fn bind(
        &mut self,
        function: Address,
        parameters: &Parameters,
        arguments: &Arguments,
    ) -> (Vec<PointsToSet>, Vec<PointsToSet>) {
        let count = parameters.positional.len();
        let given = arguments.positional.len();
        let mut values = Vec::with_capacity(count + parameters.keyword_only.len());
        for (at, name) in parameters.positional.iter().enumerate() {
            if let Some(value) = arguments.positional.get(at) {
                values.push(value.clone());
                continue;
            }
            let default = Holder::Default(function, count - 1 - at);
            let by_keyword = at >= parameters.positional_only;
            values.push(self.parameter(name, by_keyword, true, default, arguments));
        }
        for name in &parameters.keyword_only {
            let default = Holder::KeywordDefault(function, name.as_str().into());
            values.push(self.parameter(name, true, false, default, arguments));
        }
        let mut key = values.clone();
        key.extend(arguments.positional.iter().skip(count.min(given)).cloned());
        key.push(arguments.more.clone());
        key.push(arguments.more_keyword.clone());
        for keyword in &arguments.keyword {
            let name = self.constant(Literal::Str(keyword.name.to_string()));
            key.push(name);
            key.push(keyword.value.clone());
        }
        (values, key)
    }

    /// What a parameter gets that no argument is passed to by position.
    pub(crate) fn parameter(
        &mut self,
        name: &str,
        by_keyword: bool,
        by_position: bool,
        default: Holder,
        arguments: &Arguments,
    ) -> PointsToSet {
        let mut value = PointsToSet::default();
        if by_keyword && let Some(keyword) = arguments.get(name) {
            value.join(&keyword.value);
            if keyword.certain {
                return value;
            }
        }
        if by_position {
            value.join(&arguments.more);
        }
        if by_keyword {
            value.join(&arguments.more_keyword);
        }
        if self.pin(default.clone()).is_some() {
            value.join(&self.held_outside(default));
        }
        if value.is_empty() {
            value = self.anything();
        }
        value
    }

    /// Adds what takes the rest of the arguments, which belongs to the frame.
    pub(crate) fn gather(
        &mut self,
        at: usize,
        mut values: Vec<PointsToSet>,
        parameters: &Parameters,
        arguments: &Arguments,
    ) -> Vec<PointsToSet> {
        if parameters.star.is_some() {
            let kind = self.world.well_known(WellKnown::Tuple);
            let rest =
                AbstractObject::Allocation { class: Some(kind), at: (at as u32, u32::MAX - 1) };
            let rest = self.heap.id(rest);
            let extra = arguments.positional.iter().skip(parameters.positional.len());
            let extra: Vec<&PointsToSet> = extra.collect();
            let exact = arguments.more.is_empty()
                && self.heap.length(rest).is_none_or(|length| length == extra.len());
            for (position, value) in extra.iter().enumerate() {
                self.heap.hold(rest, Field::Position(position as u32), value);
            }
            self.heap.hold(rest, Field::Somewhere, &arguments.more);
            if exact && self.heap.field(rest, &Field::Somewhere).is_none() {
                self.heap.set_length(rest, extra.len());
            } else {
                self.heap.forget_length(rest);
            }
            values.push(PointsToSet::one(rest));
        }
        if parameters.double_star.is_some() {
            let kind = self.world.well_known(WellKnown::Dict);
            let rest =
                AbstractObject::Allocation { class: Some(kind), at: (at as u32, u32::MAX - 2) };
            let rest = self.heap.id(rest);
            let taken = |name: &str| {
                parameters.positional.iter().skip(parameters.positional_only).any(|it| it == name)
                    || parameters.keyword_only.iter().any(|it| it == name)
            };
            for keyword in arguments.keyword.iter().filter(|keyword| !taken(&keyword.name)) {
                self.heap.hold(rest, Field::Key(Rc::clone(&keyword.name)), &keyword.value);
            }
            self.heap.hold(rest, Field::Somewhere, &arguments.more_keyword);
            values.push(PointsToSet::one(rest));
        }
        values
    }
}
