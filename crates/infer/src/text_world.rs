//! Text world: a world made of program text alone, to ask about calls without an interpreter.
//!
//! The text of a module is gone through once: its functions, classes and variables become objects, and
//! what its statements call is run as far as that takes names, attributes, displays and calls. What is
//! beyond that, such as the outcome of arithmetic, becomes an object of which no more is known. The rules
//! are clew's own.

use std::collections::BTreeMap;
use std::rc::Rc;

use clew_effects::{CallFacts, Catalog, Class, Effects};
use clew_graph::Literal;
use clew_syntax::Summaries;
use clew_syntax::summary::Summary;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::answer::Inferred;
use crate::fact::Holder;
use crate::question::{Finding, Question};
use crate::world::{
    Address, Callee, DescriptorPart, ObjectKind, Shape, Source, Trait, Version, WellKnown, World,
};

/// The classes and functions of Python that a text may use.
mod builtins;
/// Statements and expressions that are run to make objects.
mod run;

/// What no module is called in the text: the module that the text is.
const LIBRARY: &str = "library";

/// A module made of text, and the objects in it.
pub struct TextWorld {
    /// The object at address 1 and those after it.
    objects: Vec<Object>,
    /// Classes that are not written in Python, by name.
    classes: FxHashMap<&'static str, Address>,
    builtins: Address,
    modules: Address,
    /// The variables of the text's module.
    variables: Address,
    summaries: Summaries,
    /// Variables that functions bind anew.
    rebound: FxHashSet<String>,
    /// Cells, by the variables of a function on the way and a name of them.
    cells: FxHashMap<(Address, Rc<str>), Address>,
    catalog: Catalog,
}

/// Why a text is not understood.
pub type Refusal = String;

struct Object {
    class: Address,
    /// What an instance holds by name.
    own: BTreeMap<Rc<str>, Address>,
    content: Content,
}

enum Content {
    Plain,
    Constant(Literal),
    /// Of a list, tuple or set.
    Items(Vec<Address>),
    /// Of a dictionary whose keys are texts.
    Entries(BTreeMap<Rc<str>, Address>),
    Function(Rc<Function>),
    Native {
        module: &'static str,
        name: &'static str,
        owner: Option<Address>,
    },
    Class(ClassParts),
    Module {
        variables: Address,
    },
    Descriptor {
        kind: ObjectKind,
        parts: [Option<Address>; 4],
    },
    /// A variable of a function that made functions within it.
    Cell {
        variables: Address,
        name: Rc<str>,
    },
    Bound {
        function: Address,
        receiver: Address,
    },
}

struct ClassParts {
    name: Rc<str>,
    /// Whether it is of the text.
    dynamic: bool,
    /// It and its bases, in the order in which they are searched.
    order: Vec<Address>,
}

struct Function {
    name: Rc<str>,
    summary: Option<Rc<Summary>>,
    /// The parameters of a method that `dataclasses` would write.
    generated: Option<Vec<String>>,
    code: Address,
    free: Vec<(Rc<str>, Address)>,
    defaults: Vec<Address>,
    keyword_defaults: BTreeMap<Rc<str>, Address>,
    /// Its body, and the line of the module on which that begins.
    body: (String, u32),
    /// The variables of the functions around it, from the outside in.
    around: Vec<Address>,
}

impl TextWorld {
    /// Reads the text of a module.
    ///
    /// # Errors
    ///
    /// Where the text is no Python, or uses at the level of the module what is not understood.
    pub fn new(library: &str) -> Result<Self, Refusal> {
        let summaries = Summaries::read(library).map_err(|error| error.to_string())?;
        let rebound = library
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("global "))
            .flat_map(|names| names.split(','))
            .map(|name| name.trim().to_owned())
            .collect();
        let mut world = Self {
            objects: Vec::new(),
            classes: FxHashMap::default(),
            builtins: 0,
            modules: 0,
            variables: 0,
            summaries,
            rebound,
            cells: FxHashMap::default(),
            catalog: Catalog::builtin(),
        };
        world.make_builtins();
        let library_module = world.make_module(LIBRARY);
        world.variables = world.variables(library_module);
        world.run_module(library)?;
        Ok(world)
    }

    /// What a call does that is written as the program would write it; `None` where that cannot be said.
    ///
    /// # Errors
    ///
    /// Where it is no call, or one of something that the text does not hold.
    pub fn infer(&mut self, call: &str) -> Result<Option<Inferred>, Refusal> {
        Ok(self.find(call, false)?.inferred)
    }

    /// The same as lines; arguments go by their positions and by their names with `=`.
    ///
    /// # Errors
    ///
    /// As for [`Self::infer`].
    pub fn describe(&mut self, call: &str) -> Result<String, Refusal> {
        let parts = self.call_parts(call)?;
        let finding = self.ask(&parts, false);
        let positional = parts.roots.len() - 1 - parts.keywords.len();
        let names: Vec<String> = (0..positional)
            .map(|at| at.to_string())
            .chain(parts.keywords.iter().map(|name| format!("{name}=")))
            .collect();
        Ok(match finding.inferred {
            Some(inferred) => inferred.describe(&names).join("; "),
            None => "not followed".to_owned(),
        })
    }

    /// All that is found out about a call; `coarse` as in [`Question`].
    ///
    /// # Errors
    ///
    /// As for [`Self::infer`].
    pub fn find(&mut self, call: &str, coarse: bool) -> Result<Finding, Refusal> {
        let parts = self.call_parts(call)?;
        Ok(self.ask(&parts, coarse))
    }

    /// Whether all facts of a finding hold for another call of the same callable.
    ///
    /// # Errors
    ///
    /// As for [`Self::infer`].
    pub fn holds(&mut self, finding: &Finding, call: &str) -> Result<bool, Refusal> {
        let parts = self.call_parts(call)?;
        Ok(finding.facts.iter().all(|fact| fact.holds(self, &parts.roots)))
    }

    fn ask(&mut self, parts: &CallParts, coarse: bool) -> Finding {
        let CallParts { callable, roots, keywords } = parts;
        let most_steps = usize::MAX;
        Question { callable: *callable, roots, keywords, coarse, most_steps }.ask(self)
    }

    fn object(&self, address: Address) -> &Object {
        &self.objects[address - 1]
    }

    fn object_mut(&mut self, address: Address) -> &mut Object {
        &mut self.objects[address - 1]
    }

    fn add(&mut self, class: Address, content: Content) -> Address {
        self.objects.push(Object { class, own: BTreeMap::new(), content });
        self.objects.len()
    }

    /// A class of Python's own.
    fn builtin(&self, name: &str) -> Address {
        *self.classes.get(name).unwrap_or_else(|| panic!("no class {name} is built in"))
    }

    fn entries(&self, dictionary: Address) -> Option<&BTreeMap<Rc<str>, Address>> {
        match &self.object(dictionary).content {
            Content::Entries(entries) => Some(entries),
            _ => None,
        }
    }

    fn function(&self, address: Address) -> Option<&Rc<Function>> {
        match &self.object(address).content {
            Content::Function(function) => Some(function),
            _ => None,
        }
    }

    fn class_parts(&self, class: Address) -> Option<&ClassParts> {
        match &self.object(class).content {
            Content::Class(parts) => Some(parts),
            _ => None,
        }
    }

    fn order(&self, class: Address) -> &[Address] {
        self.class_parts(class).map_or(&[], |parts| &parts.order)
    }

    /// The names of a class and its bases that rules may speak of, for a method or a call of it.
    fn ruled_classes(&self, class: Address) -> Vec<Rc<str>> {
        let order = self.order(class).iter().filter_map(|&base| self.class_parts(base));
        order.filter(|parts| !parts.dynamic).map(|parts| Rc::clone(&parts.name)).collect()
    }
}

/// A call with its values.
struct CallParts {
    callable: Address,
    roots: Vec<Address>,
    keywords: Vec<Rc<str>>,
}

impl World for TextWorld {
    fn well_known(&self, which: WellKnown) -> Address {
        self.builtin(match which {
            WellKnown::Modules => return self.modules,
            WellKnown::Builtins => return self.builtins,
            WellKnown::Object => "object",
            WellKnown::Type => "type",
            WellKnown::NoneType => "NoneType",
            WellKnown::Bool => "bool",
            WellKnown::Int => "int",
            WellKnown::Str => "str",
            WellKnown::Tuple => "tuple",
            WellKnown::List => "list",
            WellKnown::Set => "set",
            WellKnown::Dict => "dict",
            WellKnown::Generator => "generator",
            WellKnown::Function => "function",
            WellKnown::Method => "method",
            WellKnown::BaseException => "BaseException",
            WellKnown::Exception => "Exception",
        })
    }

    fn class_of(&self, object: Address) -> Address {
        self.object(object).class
    }

    fn kind(&self, object: Address) -> ObjectKind {
        match &self.object(object).content {
            Content::Function(_) => ObjectKind::Function,
            Content::Native { owner: Some(_), .. } => ObjectKind::NativeMethod,
            Content::Native { owner: None, .. } => ObjectKind::NativeFunction,
            Content::Class(_) => ObjectKind::Class,
            Content::Module { .. } => ObjectKind::Module,
            Content::Descriptor { kind, .. } => *kind,
            _ => ObjectKind::Value,
        }
    }

    fn constant(&self, object: Address) -> Option<Literal> {
        match &self.object(object).content {
            Content::Constant(constant) => Some(constant.clone()),
            _ => None,
        }
    }

    fn is_mutable(&self, object: Address) -> bool {
        let class = self.object(object).class;
        !["NoneType", "bool", "int", "float", "str", "bytes", "range"]
            .iter()
            .any(|&atom| class == self.builtin(atom))
    }

    fn changes_in_place(&self, object: Address) -> bool {
        let class = self.object(object).class;
        let fixed = ["tuple", "frozenset"].iter().any(|&name| class == self.builtin(name));
        self.is_mutable(object) && !fixed && !self.kind(object).is_definition()
    }

    fn is_reported(&self, _object: Address) -> bool {
        false
    }

    fn is_iterator(&self, object: Address) -> bool {
        let class = self.class_of(object);
        self.lookup(class, "__next__").is_some()
    }

    fn own(&self, object: Address, name: &str) -> Option<Address> {
        match &self.object(object).content {
            Content::Bound { function, receiver } => match name {
                "__func__" => Some(*function),
                "__self__" => Some(*receiver),
                _ => None,
            },
            _ => self.object(object).own.get(name).copied(),
        }
    }

    fn part(&self, descriptor: Address, part: DescriptorPart) -> Option<Address> {
        match &self.object(descriptor).content {
            Content::Descriptor { parts, .. } => parts[part as usize],
            _ => None,
        }
    }

    fn tuple_items(&self, object: Address) -> Option<Vec<Address>> {
        match &self.object(object).content {
            Content::Items(items) if self.class_of(object) == self.builtin("tuple") => {
                Some(items.clone())
            }
            _ => None,
        }
    }

    fn inside(&self, object: Address) -> Vec<Version> {
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        let mut open: Vec<Address> =
            Some(object).filter(|&object| object != 0).into_iter().collect();
        while let Some(object) = open.pop() {
            if !seen.insert(object) || self.kind(object).is_definition() {
                continue;
            }
            let class = self.class_of(object);
            if self.class_is(class, Trait::Dynamic) && !found.contains(&(class, 1)) {
                found.push((class, 1));
            }
            open.extend(self.object(object).own.values());
            match &self.object(object).content {
                Content::Items(items) => open.extend(items),
                Content::Entries(entries) => open.extend(entries.values()),
                _ => {}
            }
        }
        found.sort_unstable();
        found
    }

    fn binding(&self, function: Address) -> Option<(Address, Address)> {
        matches!(self.kind(function), ObjectKind::NativeFunction).then_some((function, 0))
    }

    fn digest_of_text(&self, text: &str) -> u64 {
        text.bytes().fold(5381_u64, |digest, byte| digest.wrapping_mul(33) ^ u64::from(byte))
    }

    fn class_is(&self, class: Address, which: Trait) -> bool {
        let is_named = |name: &str| self.class_parts(class).is_some_and(|it| &*it.name == name);
        let dynamic = self.class_parts(class).is_some_and(|parts| parts.dynamic);
        let holds = |name: &str| self.lookup(class, name).is_some();
        let container =
            || builtins::CONTAINERS.iter().any(|name| self.is_subclass(class, self.builtin(name)));
        match which {
            Trait::Dynamic | Trait::Followed => dynamic,
            Trait::Container => container(),
            Trait::Filled => {
                !dynamic
                    || container()
                    || ["__getitem__", "__setitem__", "__delitem__"].into_iter().any(holds)
            }
            Trait::AlwaysTrue => !holds("__bool__") && !holds("__len__"),
            Trait::CalledInPython => {
                let call = self.lookup(class, "__call__");
                call.is_some_and(|call| self.kind(call) == ObjectKind::Function)
            }
            Trait::InheritsBuiltinCode => true,
            Trait::Descriptor => holds("__get__"),
            Trait::Partial => is_named("partial"),
            Trait::LruCache => is_named("_lru_cache_wrapper"),
            Trait::MakesFunctions | Trait::CachedProperty | Trait::OfNumpy => false,
        }
    }

    fn version(&self, _class: Address) -> u32 {
        1
    }

    fn is_version(&self, _class: Address, known: u32) -> bool {
        known == 1
    }

    fn lookup(&self, class: Address, name: &str) -> Option<Address> {
        self.order(class).iter().find_map(|&base| self.object(base).own.get(name).copied())
    }

    fn lookup_after(&self, class: Address, base: Address, name: &str) -> Option<Address> {
        let mut order = self.order(class).iter();
        order.find(|&&class| class == base)?;
        order.find_map(|&base| self.object(base).own.get(name).copied())
    }

    fn is_subclass(&self, class: Address, base: Address) -> bool {
        self.order(class).contains(&base)
    }

    fn held(&self, holder: &Holder) -> Option<Address> {
        match holder {
            Holder::Entry(dictionary, name) => self.entries(*dictionary)?.get(name).copied(),
            Holder::Cell(function, at) => {
                let (_, cell) = self.function(*function)?.free.get(*at)?;
                match &self.object(*cell).content {
                    Content::Cell { variables, name } => {
                        self.entries(*variables)?.get(name).copied()
                    }
                    _ => None,
                }
            }
            Holder::Code(function) => self.function(*function).map(|function| function.code),
            Holder::Globals(_) => Some(self.variables),
            Holder::Default(function, at) => {
                self.function(*function)?.defaults.iter().rev().nth(*at).copied()
            }
            Holder::KeywordDefault(function, name) => {
                self.function(*function)?.keyword_defaults.get(name).copied()
            }
            Holder::Attribute(object, name) => self.own(*object, name),
            Holder::Object(object) => Some(*object),
        }
    }

    fn variables(&self, module: Address) -> Address {
        match self.object(module).content {
            Content::Module { variables } => variables,
            _ => 0,
        }
    }

    fn package(&self, _function: Address) -> Option<String> {
        Some(LIBRARY.to_owned())
    }

    fn free_variable(&self, function: Address, name: &str) -> Option<usize> {
        self.function(function)?.free.iter().position(|(known, _)| &**known == name)
    }

    fn cell(&self, function: Address, at: usize) -> Option<Address> {
        self.function(function)?.free.get(at).map(|(_, cell)| *cell)
    }

    fn closure_size(&self, function: Address) -> usize {
        self.function(function).map_or(0, |function| function.free.len())
    }

    fn names_used(&self, function: Address) -> Vec<String> {
        let summary = self.function(function).and_then(|function| function.summary.as_ref());
        summary.map(|summary| run::names_used(summary)).unwrap_or_default()
    }

    fn callee(&self, callable: Address) -> Callee {
        let plain = |shape, receiver| Callee {
            callable,
            function: callable,
            receiver,
            shape,
            is_of_program: false,
        };
        match &self.object(callable).content {
            Content::Bound { function, receiver } => {
                let inner = self.callee(*function);
                Callee { callable, receiver: Some(*receiver), ..inner }
            }
            Content::Function(_) => plain(Shape::Function, None),
            Content::Native { owner: Some(_), .. } => plain(Shape::Descriptor, None),
            Content::Native { owner: None, .. } => plain(Shape::Builtin, None),
            Content::Class(_) => plain(Shape::Class, None),
            _ => plain(Shape::Other, Some(callable)),
        }
    }

    fn name(&self, callable: Address) -> String {
        match &self.object(callable).content {
            Content::Function(function) => function.name.to_string(),
            Content::Native { name, .. } => (*name).to_owned(),
            Content::Class(parts) => parts.name.to_string(),
            _ => String::new(),
        }
    }

    fn module(&self, callable: Address) -> Option<String> {
        match &self.object(callable).content {
            Content::Native { module, .. } => Some((*module).to_owned()),
            Content::Class(parts) if !parts.dynamic => Some("builtins".to_owned()),
            _ => Some(LIBRARY.to_owned()),
        }
    }

    fn owner(&self, method: Address) -> Option<Address> {
        match &self.object(method).content {
            Content::Native { owner, .. } => *owner,
            _ => None,
        }
    }

    fn source(&mut self, function: Address) -> Source {
        let Some(function) = self.function(function) else { return Source::Unknown };
        match (&function.summary, &function.generated) {
            (_, Some(names)) => Source::Generated(names.clone()),
            (Some(summary), None) if summary.unknown.is_none() => Source::Known(Rc::clone(summary)),
            _ => Source::Unknown,
        }
    }

    fn is_rebound(&mut self, _function: Address, name: &str) -> bool {
        self.rebound.contains(name)
    }

    fn rule(
        &mut self,
        callable: Address,
        class: Option<Address>,
        unbound: Option<Address>,
        facts: &dyn CallFacts,
    ) -> Option<Effects> {
        let callee = self.callee(callable);
        let name = self.name(callee.function);
        if callee.shape == Shape::Class {
            let classes = self.ruled_classes(callee.function);
            let is_first = self.class_parts(callee.function).is_some_and(|parts| !parts.dynamic);
            let classes: Vec<(&str, &str)> = classes.iter().map(|it| ("builtins", &**it)).collect();
            return is_first.then(|| self.catalog.constructor(&classes, facts)).flatten();
        }
        if callee.shape == Shape::Function {
            return None;
        }
        if let Content::Native { module, name, owner: None } = &self.object(callee.function).content
        {
            return self.catalog.function(&[(module, name)], facts);
        }
        let method = |class: Address| self.ruled_classes(class);
        if let Some(class) = class {
            let names = method(class);
            let classes: Vec<Class<'_>> =
                names.iter().map(|it| Class::new("builtins", it)).collect();
            return self.catalog.method(&classes, &name, facts);
        }
        let names = method(unbound?);
        let classes: Vec<Class<'_>> = names.iter().map(|it| Class::new("builtins", it)).collect();
        self.catalog.unbound_method(&classes, &name, facts)
    }

    fn method_anywhere(&mut self, name: &str, facts: &dyn CallFacts) -> Option<Effects> {
        self.catalog.method_anywhere(["builtins", "collections", "numpy", "pandas"], name, facts)
    }
}
