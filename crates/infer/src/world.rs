//! World: what inference asks of objects and classes.
//!
//! Inference goes through the text of functions; what a name in that text leads to is for a [`World`] to
//! say. One is the live interpreter, another is made of text alone. Objects and classes are numbers here
//! that only the world understands, so the same engine works on either.
//!
//! No question runs any of the program's code.

use std::rc::Rc;

use clew_effects::{CallFacts, Effects};
use clew_graph::Literal;
use clew_syntax::summary::Summary;

pub use crate::address::{Address, Version};
use crate::fact::Holder;

/// Objects and classes that can be asked what they are and what they hold.
pub trait World {
    /// An object or class that every world has.
    fn well_known(&self, which: WellKnown) -> Address;

    /// The class of an object.
    fn class_of(&self, object: Address) -> Address;

    /// What an object is used for.
    fn kind(&self, object: Address) -> ObjectKind;

    /// The constant that an object is, where text can spell it.
    fn constant(&self, object: Address) -> Option<Literal>;

    /// Whether a change of an object could be seen by anybody.
    fn is_mutable(&self, object: Address) -> bool;

    /// Whether `+=` may change an object in place.
    fn changes_in_place(&self, object: Address) -> bool;

    /// Whether changes of an object are reported by other means, so that inference need not say them.
    fn is_reported(&self, object: Address) -> bool;

    /// Whether an object is an iterator, which moves on as it is used.
    fn is_iterator(&self, object: Address) -> bool;

    /// What an instance itself holds under a name.
    fn own(&self, object: Address, name: &str) -> Option<Address>;

    /// What a descriptor is made of; what is `None` there counts as nothing.
    fn part(&self, descriptor: Address, part: DescriptorPart) -> Option<Address>;

    /// The items of an object that is a tuple itself.
    fn tuple_items(&self, object: Address) -> Option<Vec<Address>>;

    /// The classes, written in Python, of the first few objects that can be reached from one through
    /// containers and attributes, in order.
    fn inside(&self, object: Address) -> Vec<Version>;

    /// Where the definition of a function that is not written in Python stands, and what it is bound to.
    fn binding(&self, function: Address) -> Option<(Address, Address)>;

    /// A digest of a text, for answers that must not hold it.
    fn digest_of_text(&self, text: &str) -> u64;

    /// Whether a class has a trait.
    fn class_is(&self, class: Address, which: Trait) -> bool;

    /// The number by which a class is known until it or a base of it is changed.
    fn version(&self, class: Address) -> u32;

    /// Whether a class is still the one that it was when it had this number.
    fn is_version(&self, class: Address, known: u32) -> bool;

    /// What a class or a base of it holds under a name, not bound.
    fn lookup(&self, class: Address, name: &str) -> Option<Address>;

    /// The same, of the bases alone that come after one of them: what `super()` finds.
    fn lookup_after(&self, class: Address, base: Address, name: &str) -> Option<Address>;

    /// Whether a class is another one or derived from it.
    fn is_subclass(&self, class: Address, base: Address) -> bool;

    /// What is held in a place. Facts or the engine have made sure that the holder is there.
    fn held(&self, holder: &Holder) -> Option<Address>;

    /// The variables of a module.
    fn variables(&self, module: Address) -> Address;

    /// The package from which a function's relative imports are counted.
    fn package(&self, function: Address) -> Option<String>;

    /// The place in a function's closure of the cell of a free variable.
    fn free_variable(&self, function: Address, name: &str) -> Option<usize>;

    /// A cell of a function's closure.
    fn cell(&self, function: Address, at: usize) -> Option<Address>;

    /// How many cells a function's closure has.
    fn closure_size(&self, function: Address) -> usize;

    /// The names that a function's code refers to as globals or attributes; of one that has texts evaluated,
    /// all that its module has.
    fn names_used(&self, function: Address) -> Vec<String>;

    /// Takes a callable apart.
    fn callee(&self, callable: Address) -> Callee;

    /// The last part of a callable's name.
    fn name(&self, callable: Address) -> String;

    /// The module that a callable says it is from.
    fn module(&self, callable: Address) -> Option<String>;

    /// The class that a method belongs to that is not written in Python.
    fn owner(&self, method: Address) -> Option<Address>;

    /// What the text of a function says of it.
    fn source(&mut self, function: Address) -> Source;

    /// Whether functions of a function's module bind a variable of it anew.
    fn is_rebound(&mut self, function: Address, name: &str) -> bool;

    /// What a rule says of a call: of a method of this class, or of a method of C of that class which
    /// the first argument is of.
    fn rule(
        &mut self,
        callable: Address,
        class: Option<Address>,
        unbound: Option<Address>,
        facts: &dyn CallFacts,
    ) -> Option<Effects>;

    /// What all classes that rules speak of do in a method of that name; `None` where there is none.
    fn method_anywhere(&mut self, name: &str, facts: &dyn CallFacts) -> Option<Effects>;
}

/// Objects and classes that every world has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WellKnown {
    /// `sys.modules`.
    Modules,
    /// The dictionary of builtins.
    Builtins,
    /// `object`
    Object,
    /// `type`
    Type,
    /// The class of `None`.
    NoneType,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `str`
    Str,
    /// `tuple`
    Tuple,
    /// `list`
    List,
    /// `set`
    Set,
    /// `dict`
    Dict,
    /// The class of generators.
    Generator,
    /// The class of functions written in Python.
    Function,
    /// The class of bound methods.
    Method,
    /// `BaseException`
    BaseException,
    /// `Exception`
    Exception,
}

/// What an object is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A class.
    Class,
    /// A module.
    Module,
    /// A function written in Python.
    Function,
    /// A function that is not.
    NativeFunction,
    /// A method of a class that is not written in Python, not bound.
    NativeMethod,
    /// `staticmethod`
    StaticMethod,
    /// `classmethod`
    ClassMethod,
    /// `property`, or what is derived from it.
    Property,
    /// What gives a slot of an instance (`__slots__`).
    Member,
    /// An attribute that code of no Python gives.
    NativeAttribute,
    /// Anything else.
    Value,
}

impl ObjectKind {
    /// Whether it is made to be called, or a module.
    #[inline]
    pub fn is_definition(self) -> bool {
        matches!(
            self,
            Self::Class | Self::Module | Self::Function | Self::NativeFunction | Self::NativeMethod
        )
    }
}

/// What classes may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trait {
    /// It was made while the program ran, as by a class statement.
    Dynamic,
    /// It is written in Python by the program or a library that no rules speak of.
    Followed,
    /// It is or is derived from a built-in container: what instances hold is apart from them.
    Container,
    /// Its instances hold items apart from their attributes.
    Filled,
    /// Its instances are true whatever they hold.
    AlwaysTrue,
    /// Code in Python runs when an instance is called or got as an attribute.
    CalledInPython,
    /// It inherits no code but Python's and that of built-in types.
    InheritsBuiltinCode,
    /// Instances decide what they give when they are got as an attribute.
    Descriptor,
    /// Its instances are functions of another make than Python's.
    MakesFunctions,
    /// `functools.partial`
    Partial,
    /// What `functools.lru_cache` makes.
    LruCache,
    /// `functools.cached_property`
    CachedProperty,
    /// It is one of numpy's.
    OfNumpy,
}

/// What descriptors are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DescriptorPart {
    /// `fget` of a property.
    Getter,
    /// `fset` of a property.
    Setter,
    /// `fdel` of a property.
    Deleter,
    /// `__func__` of a static method or class method.
    Function,
}

/// A callable taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Callee {
    /// The callable itself.
    pub callable: Address,
    /// The function inside; the callable itself where it is not bound.
    pub function: Address,
    /// What it is bound to.
    pub receiver: Option<Address>,
    /// What kind of callable it is.
    pub shape: Shape,
    /// Whether its code is the program's, of which is known by other means what it does.
    pub is_of_program: bool,
}

/// What kind of callable it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A function written in Python.
    Function,
    /// A function or bound method that is not.
    Builtin,
    /// A method of a class that is not written in Python, not bound.
    Descriptor,
    /// A class.
    Class,
    /// Something else with a `__call__`.
    Other,
}

/// What the text of a function says of it.
#[derive(Clone, Debug)]
pub enum Source {
    /// This is what its body does.
    Known(Rc<Summary>),
    /// A library made it of text: a method that keeps what these parameters are given.
    Generated(Vec<String>),
    /// Its text is not to be had.
    Unknown,
}
