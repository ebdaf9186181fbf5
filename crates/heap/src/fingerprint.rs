//! Fingerprint: a digest of what a value holds, the same in every process.
//!
//! Numbers, texts and containers are digested by content. NumPy arrays by dtype, shape and bytes,
//! pandas' objects by labels and columns, other objects by what they give to be copied
//! (`__reduce_ex__`, as `pickle` and `copy` do), functions and classes of the program by what they
//! are made of. What content does not distinguish (files, locks, generators) has no fingerprint.
#![allow(unsafe_code, reason = "lends values to be asked for their class")]

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyCode, PyComplex, PyDict, PyFloat, PyFrozenSet, PyFunction,
    PyInt, PyList, PyModule, PySet, PyString, PyTuple, PyType,
};
use rustc_hash::FxHashMap;

use crate::lent::Lent;

/// A digest in hexadecimal, or the reason why there is none.
pub type Fingerprint = Result<String, String>;

/// The fingerprint of a value.
pub fn fingerprint(value: &Bound<'_, PyAny>) -> Fingerprint {
    within(value, None).0
}

/// The fingerprint of a value of the built-in types, NumPy's or pandas', where it takes no more than some
/// steps: one for each part, and one for 64 bytes; and how many it took. Runs none of the program's code.
pub fn cheap_fingerprint(value: &Bound<'_, PyAny>, steps: usize) -> (Fingerprint, usize) {
    within(value, Some(steps))
}

fn within(value: &Bound<'_, PyAny>, steps: Option<usize>) -> (Fingerprint, usize) {
    let mut digester = Digester {
        known: FxHashMap::default(),
        open: Vec::new(),
        kept: Vec::new(),
        left: steps.unwrap_or(usize::MAX),
        bounded: steps.is_some(),
    };
    let made = match digester.digest(value) {
        Ok(digest) => Ok(blake3::Hash::from(digest).to_hex().to_string()),
        // To look at the error lets other threads run.
        Err(_) if steps.is_some() => Err("the value is large, or no plain one".to_owned()),
        Err(error) => Err(error.value(value.py()).to_string()),
    };
    (made, steps.unwrap_or(usize::MAX) - digester.left)
}

type Digest = [u8; 32];

/// How deep values may nest.
const MAX_DEPTH: usize = 400;

struct Digester<'py> {
    known: FxHashMap<usize, Digest>,
    open: Vec<usize>,
    // Objects made on the way are kept, so that no address comes twice.
    kept: Vec<Bound<'py, PyAny>>,
    // How many more steps may be spent.
    left: usize,
    bounded: bool,
}

impl<'py> Digester<'py> {
    fn digest(&mut self, value: &Bound<'py, PyAny>) -> PyResult<Digest> {
        let mut hasher = blake3::Hasher::new();
        self.spend(1)?;
        if self.atom(value, &mut hasher)? {
            return Ok(hasher.finalize().into());
        }
        let address = value.as_ptr() as usize;
        if let Some(digest) = self.known.get(&address) {
            return Ok(*digest);
        }
        if let Some(depth) = self.open.iter().rev().position(|&open| open == address) {
            hasher.update(b"cycle").update(&depth.to_le_bytes());
            return Ok(hasher.finalize().into());
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(PyTypeError::new_err("the value is nested too deep"));
        }
        self.open.push(address);
        let outcome = self.compound(value, &mut hasher);
        self.open.pop();
        outcome?;
        let digest: Digest = hasher.finalize().into();
        self.kept.push(value.clone());
        self.known.insert(address, digest);
        Ok(digest)
    }

    fn spend(&mut self, steps: usize) -> PyResult<()> {
        let left = self.left.checked_sub(steps);
        self.left = left.ok_or_else(|| PyTypeError::new_err("the value is large"))?;
        Ok(())
    }

    fn atom(&mut self, value: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<bool> {
        if value.is_none() {
            hasher.update(b"none");
        } else if let Ok(flag) = value.cast_exact::<PyBool>() {
            hasher.update(if flag.is_true() { b"true" } else { b"false" });
        } else if let Ok(text) = value.cast_exact::<PyString>() {
            hasher.update(b"str");
            self.spend(text.len()? / 64)?;
            match text.to_str() {
                Ok(text) => hasher.update(text.as_bytes()),
                Err(_) => hasher.update(value.repr()?.to_string_lossy().as_bytes()),
            };
        } else if let Ok(float) = value.cast_exact::<PyFloat>() {
            hasher.update(b"float").update(&bits(float.value()));
        } else if value.cast_exact::<PyInt>().is_ok() {
            hasher.update(b"int");
            match value.extract::<i64>() {
                Ok(number) => hasher.update(&number.to_le_bytes()),
                Err(_) => {
                    let digits: String = value.call_method1("__format__", ("x",))?.extract()?;
                    hasher.update(digits.as_bytes())
                }
            };
        } else if let Ok(bytes) = value.cast_exact::<PyBytes>() {
            self.spend(bytes.as_bytes().len() / 64)?;
            hasher.update(b"bytes").update(bytes.as_bytes());
        } else if let Ok(number) = value.cast_exact::<PyComplex>() {
            hasher.update(b"complex").update(&bits(number.real())).update(&bits(number.imag()));
        } else if value.is(value.py().Ellipsis()) || value.is(value.py().NotImplemented()) {
            hasher.update(value.repr()?.to_string_lossy().as_bytes());
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn compound(&mut self, value: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        if let Ok(list) = value.cast_exact::<PyList>() {
            hasher.update(b"list");
            return self.items(list.iter(), hasher);
        }
        if let Ok(tuple) = value.cast_exact::<PyTuple>() {
            hasher.update(b"tuple");
            return self.items(tuple.iter(), hasher);
        }
        if let Ok(dict) = value.cast_exact::<PyDict>() {
            // The names that Python provides come with code that was run in a dictionary, and are none of its content.
            if dict.is(dict.py().import("builtins")?.dict()) {
                hasher.update(b"module").update(b"builtins");
                return Ok(());
            }
            hasher.update(b"dict");
            return self.pairs(dict, hasher);
        }
        if let Ok(set) = value.cast_exact::<PySet>() {
            hasher.update(b"set");
            return self.unordered(set.iter(), hasher);
        }
        if let Ok(set) = value.cast_exact::<PyFrozenSet>() {
            hasher.update(b"frozenset");
            return self.unordered(set.iter(), hasher);
        }
        if let Ok(bytes) = value.cast_exact::<PyByteArray>() {
            hasher.update(b"bytearray").update(&bytes.to_vec());
            return Ok(());
        }
        if let Ok(module) = value.cast::<PyModule>() {
            hasher.update(b"module").update(module.name()?.to_string_lossy().as_bytes());
            return Ok(());
        }
        if let Ok(function) = value.cast_exact::<PyFunction>() {
            return self.function(function.as_any(), hasher);
        }
        if self.bounded {
            self.spend(cost(value)?)?;
        }
        if let Ok(class) = value.cast::<PyType>() {
            return self.class(class, hasher);
        }
        let class = value.get_type();
        let module = class.module().map(|name| name.to_string()).unwrap_or_default();
        let name = class.qualname().map(|name| name.to_string()).unwrap_or_default();
        hasher.update(module.as_bytes()).update(b".").update(name.as_bytes());
        let package = module.split('.').next().unwrap_or_default();
        match (package, name.as_str()) {
            ("numpy", "ndarray" | "memmap" | "matrix" | "recarray") => self.array(value, hasher),
            ("pandas", "DataFrame") => self.frame(value, hasher),
            ("pandas", "Series") => {
                self.part(value, "name", hasher)?;
                self.part(value, "index", hasher)?;
                self.column(value, hasher)
            }
            ("pandas", name) if name.ends_with("Index") => {
                self.part(value, "names", hasher)?;
                self.column(value, hasher)
            }
            ("builtins", "method" | "builtin_function_or_method") => self.method(value, hasher),
            ("matplotlib", _) if value.hasattr("savefig")? => Self::figure(value, hasher),
            ("matplotlib", _) if value.hasattr("get_under")? => self.colormap(value, hasher),
            // Who is called when something changes is nothing that anybody sees.
            ("matplotlib", "CallbackRegistry") => Ok(()),
            _ if class.hasattr("findobj")? && class.hasattr("get_figure")? => {
                self.artist(value, hasher)
            }
            ("numpy" | "random", "RandomState" | "Random") if self.open.len() > 1 => {
                self.generator(value, hasher)
            }
            _ => self.reduced(value, hasher),
        }
    }

    fn part(
        &mut self,
        value: &Bound<'py, PyAny>,
        name: &str,
        hasher: &mut blake3::Hasher,
    ) -> PyResult<()> {
        let part = value.getattr(name)?;
        let digest = self.digest(&part)?;
        self.kept.push(part);
        hasher.update(&digest);
        Ok(())
    }

    fn items(
        &mut self,
        items: impl Iterator<Item = Bound<'py, PyAny>>,
        hasher: &mut blake3::Hasher,
    ) -> PyResult<()> {
        let mut count: u64 = 0;
        for item in items {
            hasher.update(&self.digest(&item)?);
            count += 1;
        }
        hasher.update(&count.to_le_bytes());
        Ok(())
    }

    fn pairs(&mut self, dict: &Bound<'py, PyDict>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        for (key, value) in dict.iter() {
            hasher.update(&self.digest(&key)?);
            hasher.update(&self.digest(&value)?);
        }
        hasher.update(&(dict.len() as u64).to_le_bytes());
        Ok(())
    }

    fn unordered(
        &mut self,
        items: impl Iterator<Item = Bound<'py, PyAny>>,
        hasher: &mut blake3::Hasher,
    ) -> PyResult<()> {
        let mut digests = items.map(|item| self.digest(&item)).collect::<PyResult<Vec<_>>>()?;
        digests.sort_unstable();
        for digest in digests {
            hasher.update(&digest);
        }
        Ok(())
    }

    fn array(&mut self, array: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        let dtype = array.getattr("dtype")?;
        hasher.update(dtype.str()?.to_string_lossy().as_bytes());
        hasher.update(array.getattr("shape")?.str()?.to_string_lossy().as_bytes());
        if dtype.getattr("hasobject")?.is_truthy()? {
            let list = array.call_method0("ravel")?.call_method0("tolist")?;
            let digest = self.digest(&list)?;
            self.kept.push(list);
            hasher.update(&digest);
            return Ok(());
        }
        let bytes = array.call_method0("tobytes")?;
        hasher.update(bytes.cast::<PyBytes>()?.as_bytes());
        Ok(())
    }

    fn frame(&mut self, frame: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        self.part(frame, "columns", hasher)?;
        self.part(frame, "index", hasher)?;
        let width: usize = frame.getattr("shape")?.get_item(1)?.extract()?;
        let by_position = frame.getattr("iloc")?;
        let all = pyo3::types::PySlice::full(frame.py());
        for at in 0..width {
            let column = by_position.get_item((&all, at))?;
            self.column(&column, hasher)?;
        }
        Ok(())
    }

    /// The values of a series or index, by dtype and content.
    fn column(&mut self, column: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        hasher.update(column.getattr("dtype")?.str()?.to_string_lossy().as_bytes());
        let values = column.call_method0("to_numpy")?;
        let digest = self.digest(&values)?;
        self.kept.push(values);
        hasher.update(&digest);
        Ok(())
    }

    /// A figure is what it shows.
    fn figure(figure: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        let py = figure.py();
        let buffer = py.import("io")?.getattr("BytesIO")?.call0()?;
        let options = PyDict::new(py);
        options.set_item("format", "rgba")?;
        figure.call_method("savefig", (&buffer,), Some(&options))?;
        let bytes = buffer.call_method0("getvalue")?;
        hasher.update(bytes.cast::<PyBytes>()?.as_bytes());
        Ok(())
    }

    /// What stands in a figure is a place in it: the figure shows how it looks.
    fn artist(&mut self, artist: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        let mut figure = artist.getattr("figure")?;
        // A figure in a figure is drawn with that.
        while !figure.is_none() && !figure.hasattr("savefig")? {
            figure = figure.getattr("figure")?;
        }
        if figure.is_none() {
            return Err(PyTypeError::new_err("it is in no figure that could show it"));
        }
        hasher.update(&self.digest(&figure)?);
        let all = figure.call_method0("findobj")?;
        let place = all.try_iter()?.position(|other| other.is_ok_and(|other| other.is(artist)));
        hasher.update(&place.map_or(u64::MAX, |place| place as u64).to_le_bytes());
        Ok(())
    }

    /// A colormap is the colours that it gives; which of them it has worked out already is not.
    fn colormap(&mut self, map: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        let map = map.call_method0("copy")?;
        let count: i64 = map.getattr("N")?.extract()?;
        let range: Vec<i64> = (-1..=count).collect();
        let colours = map.call1((map.py().import("numpy")?.call_method1("array", (range,))?,))?;
        let digest = self.digest(&colours)?;
        self.kept.push(colours);
        hasher.update(&digest);
        Ok(())
    }

    fn function(
        &mut self,
        function: &Bound<'py, PyAny>,
        hasher: &mut blake3::Hasher,
    ) -> PyResult<()> {
        hasher.update(b"function");
        self.part(function, "__qualname__", hasher)?;
        let module: String = function.getattr("__module__")?.extract().unwrap_or_default();
        if module != "__main__" {
            hasher.update(module.as_bytes());
            return Ok(());
        }
        self.code(&function.getattr("__code__")?, hasher)?;
        self.part(function, "__defaults__", hasher)?;
        self.part(function, "__kwdefaults__", hasher)?;
        let closure = function.getattr("__closure__")?;
        if !closure.is_none() {
            for cell in closure.try_iter()? {
                match cell?.getattr("cell_contents") {
                    Ok(value) => {
                        let digest = self.digest(&value)?;
                        hasher.update(&digest);
                    }
                    Err(_) => {
                        hasher.update(b"empty");
                    }
                }
            }
        }
        Ok(())
    }

    /// A code object by its names and constants: its instructions and its lines differ with what
    /// stands around the function, and where clew is listening.
    fn code(&mut self, code: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        for part in ["co_name", "co_names", "co_varnames", "co_freevars", "co_argcount"] {
            self.part(code, part, hasher)?;
        }
        for constant in code.getattr("co_consts")?.try_iter()? {
            let constant = constant?;
            if constant.is_instance_of::<PyCode>() {
                self.code(&constant, hasher)?;
            } else if constant.get_type().name()? != "probe" {
                let digest = self.digest(&constant)?;
                hasher.update(&digest);
            }
        }
        Ok(())
    }

    fn class(&mut self, class: &Bound<'py, PyType>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        let module = class.module().map(|name| name.to_string()).unwrap_or_default();
        hasher.update(b"class").update(module.as_bytes()).update(b".");
        hasher.update(class.qualname()?.to_string_lossy().as_bytes());
        if module != "__main__" {
            return Ok(());
        }
        let members = class.getattr("__dict__")?;
        // A method that was set later stands where another run has it first.
        let pairs = members.call_method0("items")?;
        let mut pairs: Vec<(String, Bound<'py, PyAny>)> =
            pairs.try_iter()?.map(|pair| pair?.extract()).collect::<PyResult<_>>()?;
        pairs.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        for (name, value) in pairs {
            if matches!(
                name.as_str(),
                "__dict__"
                    | "__weakref__"
                    | "__doc__"
                    | "__firstlineno__"
                    | "__slotnames__"
                    | "__static_attributes__"
                    | "__abstractmethods__"
                    | "_abc_impl"
            ) {
                continue;
            }
            hasher.update(name.as_bytes());
            let kind = value.get_type().name()?.to_string();
            match kind.as_str() {
                "staticmethod" | "classmethod" => {
                    hasher.update(kind.as_bytes());
                    self.part(&value, "__func__", hasher)?;
                }
                "property" => {
                    hasher.update(b"property");
                    self.part(&value, "fget", hasher)?;
                    self.part(&value, "fset", hasher)?;
                }
                "member_descriptor" | "getset_descriptor" | "cached_property" => {
                    hasher.update(kind.as_bytes());
                }
                _ => {
                    let digest = self.digest(&value)?;
                    hasher.update(&digest);
                }
            }
        }
        Ok(())
    }

    /// A method by its object, but one of an object that a library's module keeps for all, which is used
    /// like a function of that module (`from random import gauss`), by its name.
    fn method(&mut self, value: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        match kept_by_its_library(&value.getattr("__self__")?) {
            Some(named) => {
                hasher.update(named.as_bytes()).update(b".");
                self.part(value, "__name__", hasher)
            }
            None => self.reduced(value, hasher),
        }
    }

    /// A generator that a value leads to, as SciPy's distributions do: the one that all draw from is part of
    /// the world and not of the value.
    fn generator(
        &mut self,
        value: &Bound<'py, PyAny>,
        hasher: &mut blake3::Hasher,
    ) -> PyResult<()> {
        match kept_by_its_library(value) {
            Some(named) => {
                hasher.update(named.as_bytes());
                Ok(())
            }
            None => self.reduced(value, hasher),
        }
    }

    /// Everything else, by what it gives to be copied.
    fn reduced(&mut self, value: &Bound<'py, PyAny>, hasher: &mut blake3::Hasher) -> PyResult<()> {
        let py = value.py();
        let table = py.import("copyreg")?.getattr("dispatch_table")?.cast_into::<PyDict>()?;
        let reduced = match table.get_item(value.get_type())? {
            Some(reducer) => reducer.call1((value,))?,
            None => value.call_method1("__reduce_ex__", (4,))?,
        };
        if let Ok(name) = reduced.cast_exact::<PyString>() {
            hasher.update(b"global").update(name.to_str()?.as_bytes());
            return Ok(());
        }
        let parts = reduced.cast_into::<PyTuple>()?;
        for (at, part) in parts.iter().enumerate() {
            if part.is_none() {
                hasher.update(b"nothing");
            } else if at == 2
                && let Ok(state) = part.cast_exact::<PyDict>()
            {
                // What a cached property has computed already is no part of the value.
                let class = value.get_type();
                let mut kept = 0;
                for (key, item) in state.iter() {
                    if let Ok(name) = key.cast::<PyString>()
                        && (is_computed(&class, name) || is_memo(&class, name, &item))
                    {
                        continue;
                    }
                    hasher.update(&self.digest(&key)?);
                    hasher.update(&self.digest(&item)?);
                    kept += 1;
                }
                if kept == 0 {
                    hasher.update(b"nothing");
                }
            } else if at >= 3 {
                let items = py.import("builtins")?.getattr("list")?.call1((part,))?;
                let digest = self.digest(&items)?;
                self.kept.push(items);
                hasher.update(&digest);
            } else {
                let digest = self.digest(&part)?;
                self.kept.push(part);
                hasher.update(&digest);
            }
        }
        Ok(())
    }
}

/// The classes of NumPy's scalars, without their sizes.
const NUMPY_SCALARS: [&str; 10] = [
    "int",
    "uint",
    "float",
    "complex",
    "longdouble",
    "clongdouble",
    "bool",
    "bool_",
    "datetime",
    "timedelta",
];

/// How many steps an array or a frame takes; what else there is may run the program's code.
fn cost(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    // SAFETY: the reference keeps the value alive, and reading names from its class runs no code, not even
    // that of a metaclass.
    let object = unsafe { Lent::of(value) };
    let (module, name) = object.class_name();
    let package = module.split('.').next().unwrap_or_default();
    // Of a library's class no more is looked at than what it is called.
    if package == "builtins" && object.as_class().is_some_and(|class| !class.is_of_program()) {
        return Ok(1);
    }
    match (package, name.as_str()) {
        ("numpy", "ndarray") => Ok(value.getattr("nbytes")?.extract::<usize>()? / 64),
        ("pandas", "DataFrame") => {
            let (rows, width): (usize, usize) = value.getattr("shape")?.extract()?;
            Ok(rows * width / 8 + width * 100)
        }
        ("pandas", name) if name == "Series" || name.ends_with("Index") => Ok(value.len()? / 8),
        // The names of an index's levels.
        ("pandas", "FrozenList") => value.len(),
        ("pandas", "Timestamp" | "Timedelta") | ("datetime" | "decimal", _) => Ok(8),
        ("numpy", name)
            if NUMPY_SCALARS.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit())) =>
        {
            Ok(8)
        }
        _ => Err(PyTypeError::new_err("the value is no plain one")),
    }
}

/// Under which name the module of an object's class keeps that object, where the module is a library's.
fn kept_by_its_library(object: &Bound<'_, PyAny>) -> Option<String> {
    // SAFETY: the reference keeps the object alive, and reading names from its class and from a module runs
    // no code.
    let object = unsafe { Lent::of(object) };
    if object.is_module() || object.is_class() {
        return None;
    }
    let (module, _) = object.class_name();
    let library = object.quiet().module(&module).filter(|library| !library.is_own_module())?;
    let mut variables = library.module_variables().filter(|_| module != "__main__")?.pairs();
    let (name, _) = variables.find(|&(_, value)| value == object)?;
    Some(format!("{module}.{}", name.text()?))
}

/// Whether an attribute is there only because somebody asked: the value of a cached property, or what a
/// sparse array has found out about its own order.
fn is_computed(class: &Bound<'_, PyType>, name: &Bound<'_, PyString>) -> bool {
    if let Ok(attribute) = class.getattr(name) {
        return attribute.get_type().name().is_ok_and(|name| name == "cached_property");
    }
    let (Ok(module), Ok(name)) = (class.module(), name.to_str()) else { return false };
    module
        .to_str()
        .is_ok_and(|module| name.starts_with("_has_") && module.starts_with("scipy.sparse"))
}

/// Whether an attribute is where a library's object keeps what it was asked for already: a private
/// dictionary that is named as a cache. In an object that is a cache itself it is the content, and of what
/// the program's own classes keep nobody knows whether it can be made again.
fn is_memo(class: &Bound<'_, PyType>, name: &Bound<'_, PyString>, item: &Bound<'_, PyAny>) -> bool {
    let named = name.to_str().is_ok_and(|name| name.starts_with('_') && name.ends_with("cache"));
    if !named || item.cast_exact::<PyDict>().is_err() {
        return false;
    }
    // SAFETY: the reference keeps the class alive, and reading its name runs no code.
    let class = unsafe { Lent::of(class.as_any()) };
    let Some((module, name)) = class.as_class().map(|class| class.name()) else { return false };
    let is_cache = [&module, &name].iter().any(|name| name.to_lowercase().contains("cache"));
    let is_own = class.quiet().module(&module).is_none_or(Lent::is_own_module);
    !is_cache && !is_own && module != "__main__"
}

/// A float's bits, all NaNs alike.
fn bits(number: f64) -> [u8; 8] {
    if number.is_nan() { f64::NAN.to_le_bytes() } else { number.to_le_bytes() }
}
