//! Builtins: the classes and functions of Python that a text may use.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{ClassParts, Content, TextWorld};
use crate::world::Address;
use clew_graph::Literal;

/// Classes whose instances hold what they hold apart from themselves.
pub(super) const CONTAINERS: [&str; 8] =
    ["list", "tuple", "dict", "set", "frozenset", "generator", "range", "str"];

/// Each class with its base and its methods.
const CLASSES: &[(&str, &str, &str)] = &[
    (
        "object",
        "",
        "__init__ __new__ __setattr__ __delattr__ __getattribute__ __repr__ __str__ __eq__ __ne__ \
         __hash__ __format__ __reduce__ __init_subclass__ __sizeof__ __dir__ __lt__ __le__ __gt__ __ge__",
    ),
    ("type", "object", "__call__ mro"),
    ("NoneType", "object", "__bool__"),
    ("int", "object", "__bool__ __add__ __int__ __index__ bit_length to_bytes"),
    ("bool", "int", ""),
    ("float", "object", "__bool__ __add__ is_integer hex"),
    (
        "str",
        "object",
        "__len__ __iter__ __getitem__ __contains__ upper lower strip split join replace format \
         startswith endswith find encode title",
    ),
    ("bytes", "object", "__len__ __iter__ __getitem__ decode"),
    ("range", "object", "__len__ __iter__ __getitem__"),
    ("tuple", "object", "__len__ __iter__ __getitem__ __contains__ count index"),
    (
        "list",
        "object",
        "__len__ __iter__ __getitem__ __setitem__ __delitem__ __contains__ __iadd__ append extend \
         insert remove pop clear index count sort reverse copy",
    ),
    (
        "dict",
        "object",
        "__len__ __iter__ __getitem__ __setitem__ __delitem__ __contains__ get keys values items pop \
         popitem setdefault update clear copy fromkeys",
    ),
    (
        "set",
        "object",
        "__len__ __iter__ __contains__ add remove discard pop clear update union intersection \
         difference copy issubset issuperset",
    ),
    ("frozenset", "object", "__len__ __iter__ __contains__ union intersection difference copy"),
    ("generator", "object", "__iter__ __next__ send throw close"),
    ("map", "object", "__iter__ __next__"),
    ("zip", "object", "__iter__ __next__"),
    ("filter", "object", "__iter__ __next__"),
    ("enumerate", "object", "__iter__ __next__"),
    ("reversed", "object", "__iter__ __next__"),
    ("list_iterator", "object", "__iter__ __next__"),
    ("function", "object", "__call__ __get__"),
    ("builtin_function_or_method", "object", "__call__"),
    ("method_descriptor", "object", "__call__ __get__"),
    ("method", "object", "__call__ __get__"),
    ("property", "object", "__get__ __set__ getter setter deleter"),
    ("staticmethod", "object", "__get__"),
    ("classmethod", "object", "__get__"),
    ("module", "object", ""),
    ("cell", "object", ""),
    ("code", "object", ""),
    ("partial", "object", "__call__"),
    ("_lru_cache_wrapper", "object", "__call__"),
    ("BaseException", "object", "with_traceback add_note"),
    ("Exception", "BaseException", ""),
    ("ValueError", "Exception", ""),
    ("TypeError", "Exception", ""),
    ("KeyError", "Exception", ""),
    ("AttributeError", "Exception", ""),
    ("StopIteration", "Exception", ""),
];

const FUNCTIONS: &str = "len isinstance hasattr getattr setattr print sorted sum max min abs repr hash id \
     callable iter next any all format ord chr vars issubclass round divmod";

/// Modules that a text may import, and what these hold.
const MODULES: &[(&str, &str)] = &[
    ("copy", "copy deepcopy"),
    ("functools", "wraps lru_cache"),
    ("dataclasses", "dataclass field"),
    ("math", "sqrt floor"),
];

impl TextWorld {
    pub(super) fn make_builtins(&mut self) {
        for (name, base, _) in CLASSES {
            let address = self.objects.len() + 1;
            let mut order = vec![address];
            if let Some(&base) = self.classes.get(base) {
                order.extend_from_slice(self.order(base));
            }
            let parts = ClassParts { name: Rc::from(*name), dynamic: false, order };
            // `type` is the second.
            let made = self.add(2, Content::Class(parts));
            self.classes.insert(name, made);
        }
        let method = self.builtin("method_descriptor");
        for (name, _, methods) in CLASSES {
            let class = self.builtin(name);
            for name in methods.split_whitespace() {
                let content = Content::Native { module: "builtins", name, owner: Some(class) };
                let made = self.add(method, content);
                self.object_mut(class).own.insert(Rc::from(name), made);
            }
        }
        let mut builtins = BTreeMap::new();
        for (name, ..) in CLASSES {
            if !matches!(
                *name,
                "partial" | "_lru_cache_wrapper" | "NoneType" | "function" | "module"
            ) {
                builtins.insert(Rc::from(*name), self.builtin(name));
            }
        }
        for name in FUNCTIONS.split_whitespace() {
            builtins.insert(Rc::from(name), self.make_native("builtins", name));
        }
        for (name, value) in [
            ("None", Literal::None),
            ("True", Literal::Bool(true)),
            ("False", Literal::Bool(false)),
        ] {
            let made = self.make_constant(value);
            builtins.insert(Rc::from(name), made);
        }
        let dict = self.builtin("dict");
        self.builtins = self.add(dict, Content::Entries(builtins));
        self.modules = self.add(dict, Content::Entries(BTreeMap::new()));
        for (module, names) in MODULES {
            let made = self.make_module(module);
            for name in names.split_whitespace() {
                let native = self.make_native(module, name);
                self.bind_variable(self.module_variables(made), name, native);
            }
        }
        let functools = self.imported("functools");
        let partial = self.builtin("partial");
        self.bind_variable(self.module_variables(functools), "partial", partial);
    }

    fn make_native(&mut self, module: &'static str, name: &'static str) -> Address {
        let class = self.builtin("builtin_function_or_method");
        self.add(class, Content::Native { module, name, owner: None })
    }

    pub(super) fn make_constant(&mut self, value: Literal) -> Address {
        let class = self.builtin(match value {
            Literal::None => "NoneType",
            Literal::Bool(_) => "bool",
            Literal::Int(_) => "int",
            Literal::Str(_) => "str",
            _ => return self.make_unknown(),
        });
        self.add(class, Content::Constant(value))
    }

    /// A number of which nothing is known.
    pub(super) fn make_unknown(&mut self) -> Address {
        let class = self.builtin("float");
        self.add(class, Content::Plain)
    }

    /// A module that can be imported, with no variables yet.
    pub(super) fn make_module(&mut self, name: &str) -> Address {
        let (dict, module) = (self.builtin("dict"), self.builtin("module"));
        let variables = self.add(dict, Content::Entries(BTreeMap::new()));
        let made = self.add(module, Content::Module { variables });
        self.bind_variable(self.modules, name, made);
        made
    }

    pub(super) fn module_variables(&self, module: Address) -> Address {
        crate::world::World::variables(self, module)
    }

    /// A module, made where there was none.
    pub(super) fn imported(&mut self, name: &str) -> Address {
        let known = self.entries(self.modules).and_then(|modules| modules.get(name)).copied();
        known.unwrap_or_else(|| self.make_module(name))
    }

    pub(super) fn bind_variable(&mut self, variables: Address, name: &str, value: Address) {
        if let Content::Entries(entries) = &mut self.object_mut(variables).content {
            entries.insert(Rc::from(name), value);
        }
    }
}
