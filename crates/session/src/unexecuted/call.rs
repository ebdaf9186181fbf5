//! Call: what a call that is not made may do, by what rules say of it.

use std::path::{Component, Path};

use clew_effects::{
    CallShape, Catalog, Class, Depth, Effects, ExternalState, Key, KnownValue, Landing, Place,
    Resource, RuleTargetKind, StateKey,
};
use clew_graph::Literal;

use super::made;
use super::outside::matters;
use super::scene::Scene;
use super::value::{Nature, TextValue};

/// What is passed.
#[derive(Clone, Default)]
pub(super) struct Passed {
    pub(super) receiver: TextValue,
    pub(super) positional: Vec<TextValue>,
    pub(super) keyword: Vec<(Option<String>, TextValue)>,
}

impl Passed {
    pub(super) fn all(&self) -> impl Iterator<Item = &TextValue> {
        let keyword = self.keyword.iter().map(|(_, value)| value);
        self.positional.iter().chain(keyword).chain([&self.receiver])
    }

    pub(super) fn shape(&self) -> CallShape {
        let mut shape = CallShape::default().unknown_receiver();
        let known = |value: &TextValue| match &value.known {
            Nature::Literal(literal) => KnownValue::Literal(literal.clone()),
            _ => KnownValue::Unknown,
        };
        for value in &self.positional {
            shape = shape.argument(known(value));
        }
        for (name, value) in &self.keyword {
            if let Some(name) = name {
                shape = shape.keyword(name.as_str(), known(value));
            }
        }
        shape
    }
}

impl Scene<'_> {
    /// What a call of what a dotted name stands for does; `None` where no rule is about it.
    pub(super) fn of_path(&self, path: &str, shape: &CallShape) -> Option<Effects> {
        splits(path).find_map(|(module, name)| {
            let is_exact = is_exact(self.catalog, module, name);
            // A pattern speaks of functions, and what begins so is a class by convention.
            if !is_exact && name.starts_with(char::is_uppercase) {
                return None;
            }
            self.catalog.constructor(&[(module, name)], shape)
        })
    }

    /// What a call of a method does; `None` where no rule is about it.
    pub(super) fn of_method(
        &self,
        receiver: &TextValue,
        name: &str,
        shape: &CallShape,
    ) -> Option<Effects> {
        let of_class =
            |module, class| self.catalog.method(&[Class::new(module, class)], name, shape);
        match &receiver.known {
            Nature::Instance(module, class) => of_class(module, class),
            Nature::Literal(Literal::Str(_)) => of_class("builtins", "str"),
            Nature::Made(package) => made::of_method(self.catalog, package, name, shape),
            _ => None,
        }
    }

    /// What may happen where nothing is known of a method: all that can happen to what it is given, and
    /// what rules say of any method of that name.
    pub(super) fn of_unknown(&self, method: Option<&str>, shape: &CallShape) -> Effects {
        let mut effects = Effects::assumed();
        let packages = self.packages.iter().map(String::as_str);
        let known = method.and_then(|name| self.catalog.method_anywhere(packages, name, shape));
        if let Some(known) = known {
            effects.join(known);
        }
        effects
    }

    /// Does to the values of a call what its effects say; gives its result.
    pub(super) fn land(&mut self, effects: &Effects, passed: &Passed) -> TextValue {
        let mut landed = TextLanding { scene: self, passed, result: TextValue::default() };
        effects.land(&mut landed);
        landed.result
    }
}

/// The ways to take a dotted name apart into a module and a name in it, the longest module first.
pub(super) fn splits(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut dots: Vec<usize> = path.match_indices('.').map(|(at, _)| at).collect();
    dots.reverse();
    dots.into_iter().map(|at| (&path[..at], &path[at + 1..]))
}

fn is_exact(catalog: &Catalog, module: &str, name: &str) -> bool {
    let package = module.split('.').next().unwrap_or(module);
    catalog.targets(package).iter().any(|target| {
        target.kind != RuleTargetKind::FunctionPattern
            && target.module == module
            && target.name == name
    })
}

struct TextLanding<'s, 'c> {
    scene: &'s mut Scene<'c>,
    passed: &'s Passed,
    result: TextValue,
}

impl TextLanding<'_, '_> {
    fn keys(&self, resource: &Resource) -> Vec<StateKey> {
        if let Some(Key::Place(place)) = &resource.key {
            let handles = self.at(place).into_iter().flat_map(|value| value.handles);
            let own: Vec<StateKey> =
                handles.filter(|handle| handle.state == resource.state).collect();
            if !own.is_empty() {
                return own;
            }
        }
        vec![self.key(resource)]
    }

    fn key(&self, resource: &Resource) -> StateKey {
        resource.resolve(|place| {
            let [TextValue { known: Nature::Literal(Literal::Str(part)), .. }] =
                &self.at(place)[..]
            else {
                return None;
            };
            match resource.state {
                ExternalState::FileSystem => plain_path(part),
                _ => Some(part.clone()),
            }
        })
    }
}

/// A path below the current folder, spelt in one way; another may be any file.
pub(super) fn plain_path(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_str()?),
            _ => return None,
        }
    }
    Some(parts.join("/")).filter(|path| !path.is_empty())
}

impl Landing for TextLanding<'_, '_> {
    type Values = Vec<TextValue>;

    fn receiver(&self) -> Vec<TextValue> {
        vec![self.passed.receiver.clone()]
    }

    fn positional(&self, at: usize) -> Vec<TextValue> {
        self.passed.positional.get(at).cloned().into_iter().collect()
    }

    fn keyword(&self, name: &str) -> Vec<TextValue> {
        let passed = self.passed.keyword.iter();
        // What `**` spreads out may be passed by any.
        let named = passed.filter(|(known, _)| known.as_deref().is_none_or(|known| known == name));
        named.map(|(_, value)| value.clone()).collect()
    }

    fn all_positional(&self) -> Vec<TextValue> {
        self.passed.positional.clone()
    }

    fn all_arguments(&self) -> Vec<TextValue> {
        let keyword = self.passed.keyword.iter().map(|(_, value)| value);
        self.passed.positional.iter().chain(keyword).cloned().collect()
    }

    fn result(&self) -> Vec<TextValue> {
        vec![self.result.clone()]
    }

    fn mutate(&mut self, values: Vec<TextValue>, _: Depth) {
        for value in &values {
            self.scene.mutate(value);
        }
    }

    fn consume(&mut self, values: Vec<TextValue>) {
        for value in &values {
            self.scene.consume(value);
        }
    }

    fn view(&mut self, places: &[Place]) {
        let mut all = TextValue::default();
        for place in places {
            for value in self.at(place) {
                if !value.is_fixed() && !matches!(value.known, Nature::Module(_)) {
                    all.add(&value);
                }
            }
        }
        if places.contains(&Place::Result) {
            self.result.add(&all);
        }
        if places.iter().filter(|&place| *place != Place::Result).count() > 1 {
            self.scene.link(all.shares);
        }
    }

    fn handle(&mut self, place: &Place, resource: &Resource) {
        if !matters(&resource.state) {
            return;
        }
        let key = self.key(resource);
        self.scene.step.states_read.insert(key.clone());
        self.scene.step.states_written.insert(key.clone());
        if *place == Place::Result {
            self.result.handles.insert(key);
            return;
        }
        for name in self.at(place).into_iter().flat_map(|value| value.shares) {
            if let Some(value) = self.scene.variables.get_mut(&name) {
                value.shown_in.insert(key.clone());
            }
        }
    }

    fn read(&mut self, resource: &Resource) {
        if matters(&resource.state) {
            let keys = self.keys(resource);
            self.scene.step.states_read.extend(keys);
        }
    }

    fn write(&mut self, resource: &Resource) {
        if matters(&resource.state) {
            let keys = self.keys(resource);
            self.scene.step.states_written.extend(keys);
        }
    }
}
