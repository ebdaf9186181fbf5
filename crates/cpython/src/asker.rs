//! Asker: whose code it is that runs.
#![allow(unsafe_code, reason = "looks at the frame that runs, under the GIL")]

use clew_heap::session_code::session_code;
use clew_heap::{Address, Lent, Owned, Quiet};
use pyo3::ffi;

/// The Python code that runs.
pub(crate) struct Asker {
    code: Owned,
    /// The top level of its module's name.
    package: String,
}

impl Asker {
    /// The code of the frame that runs, if there is one.
    pub(crate) fn now(_quiet: Quiet<'_>) -> Option<Self> {
        // SAFETY: the GIL is held; the frame and its globals are borrowed and its code object a new
        // reference.
        unsafe {
            let frame = ffi::PyEval_GetFrame();
            if frame.is_null() {
                return None;
            }
            let code = Owned::new(ffi::PyFrame_GetCode(frame).cast())?;
            let name = Lent::new(ffi::PyEval_GetGlobals())?.item("__name__");
            let name = name.and_then(Lent::text).unwrap_or_default();
            let package = name.split('.').next().unwrap_or_default().to_owned();
            Some(Self { code, package })
        }
    }

    /// Whether it is the program's own.
    pub(crate) fn is_of_program(&self) -> bool {
        session_code().contains(&self.code.lend().address())
    }

    /// Whether it is of a module that comes with Python.
    pub(crate) fn is_of_standard_library(&self, quiet: Quiet<'_>) -> bool {
        quiet.sys(c"stdlib_module_names").and_then(|own| own.set_contains(&self.package))
            == Some(true)
    }

    /// Whether it spells a name such as `__name__`, which is then what it wants of the variables. The
    /// program's module spells what all its statements do.
    pub(crate) fn wants_special_names(&self) -> bool {
        let constants = self.code.lend().get(c"co_consts");
        let mut texts =
            constants.iter().flat_map(|all| all.lend().items()).filter_map(Lent::as_str);
        let any = texts.any(|text| text.starts_with("__") && text.ends_with("__"));
        any && !(self.is_of_program() && self.is_named("<module>"))
    }

    /// Whether it is of those that look for files by patterns.
    pub(crate) fn looks_by_pattern(&self) -> bool {
        matches!(self.package.as_str(), "glob" | "pathlib")
            && !self.is_named("iterdir")
            && !self.is_named("walk")
    }

    /// Whether it is of a function of this name.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let own = self.code.lend().get(c"co_name");
        own.as_ref().and_then(|own| own.lend().as_str()) == Some(name)
    }
}

/// What the call is given that the program made and that has come to the code that runs.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// The texts among it; of the program's own code those that it spells.
    pub(crate) texts: Vec<String>,
}

impl Given {
    /// Looks at the frames from the one that runs to that of the program's.
    pub(crate) fn to_call(_quiet: Quiet<'_>) -> Self {
        let mut given = Self::default();
        // SAFETY: the GIL is held; the frame that runs is borrowed, and those behind it new references.
        unsafe {
            let mut frame = Owned::new(ffi::Py_XNewRef(ffi::PyEval_GetFrame().cast()));
            let mut called: Option<Owned> = None;
            while let Some(now) = frame {
                let pointer = now.as_ptr().cast::<ffi::PyFrameObject>();
                let code = Owned::new(ffi::PyFrame_GetCode(pointer).cast());
                if let Some(code) =
                    code.filter(|code| session_code().contains(&code.lend().address()))
                {
                    given.take_from_program(&code, called);
                    break;
                }
                frame = Owned::new(ffi::PyFrame_GetBack(pointer).cast());
                called = Some(now);
            }
        }
        given
    }

    /// The program's code calls a library's function, whose frame is `called`, or one of C.
    fn take_from_program(&mut self, code: &Owned, called: Option<Owned>) {
        let defaults = called.as_ref().map(defaults_of).unwrap_or_default();
        for name in called.as_ref().map(parameters_of).unwrap_or_default() {
            let locals = called.as_ref().and_then(|called| called.lend().get(c"f_locals"));
            if let Some(value) = locals.as_ref().and_then(|locals| locals.lend().item(&name))
                && !defaults.contains(&value.address())
            {
                self.take(value, 2);
            }
        }
        let name = code.lend().get(c"co_name");
        let of_module = name.is_none_or(|name| name.lend().as_str() == Some("<module>"));
        if self.texts.is_empty() && !of_module {
            let constants = code.lend().get(c"co_consts");
            for constant in constants.iter().flat_map(|constants| constants.lend().items()) {
                self.take(constant, 1);
            }
        }
    }

    fn take(&mut self, value: Lent<'_>, depth: usize) {
        const MOST: usize = 64;
        /// Longer ones are data.
        const LONGEST: usize = 20_000;
        if self.texts.len() >= MOST {
            return;
        }
        if let Some(text) = value.as_str() {
            if text.len() <= LONGEST {
                self.texts.push(text.to_owned());
            }
        } else if depth > 0 && value.pairs_count().max(value.items().len()) <= MOST {
            for item in value.items() {
                self.take(item, depth - 1);
            }
            for (_, item) in value.pairs() {
                self.take(item, depth - 1);
            }
        }
    }
}

/// The names of the parameters of the function that a frame runs.
fn parameters_of(frame: &Owned) -> Vec<String> {
    const VARIADIC: [i64; 2] = [0x04, 0x08];
    // SAFETY: the GIL is held, the frame is one, and its code object is a new reference.
    let code = unsafe { Owned::new(ffi::PyFrame_GetCode(frame.as_ptr().cast()).cast()) };
    let Some(code) = code else { return Vec::new() };
    let number =
        |name| code.lend().get(name).and_then(|number: Owned| number.lend().integer()).unwrap_or(0);
    let flags = number(c"co_flags");
    let more = VARIADIC.into_iter().filter(|flag| flags & flag != 0).count();
    let count = number(c"co_argcount") + number(c"co_kwonlyargcount");
    let names = code.lend().get(c"co_varnames");
    let names = names.iter().flat_map(|names| names.lend().items()).filter_map(Lent::text);
    names.take(usize::try_from(count).unwrap_or(0) + more).collect()
}

/// What the parameters of the function that a frame runs stand for where nothing is given for them.
fn defaults_of(frame: &Owned) -> Vec<Address> {
    let (Some(code), Some(globals)) = (frame.lend().get(c"f_code"), frame.lend().get(c"f_globals"))
    else {
        return Vec::new();
    };
    let name = code.lend().get(c"co_name");
    let name = name.as_ref().and_then(|name| name.lend().as_str()).unwrap_or_default();
    let function = globals.lend().item(name).filter(|function| {
        function.function_code().is_some_and(|own| own.address() == code.lend().address())
    });
    let Some([_, defaults, of_keywords, _]) = function.map(Lent::function_parts) else {
        return Vec::new();
    };
    let defaults = defaults.into_iter().flat_map(Lent::items);
    let of_keywords = of_keywords.into_iter().flat_map(Lent::pairs).map(|(_, value)| value);
    defaults.chain(of_keywords).map(Lent::address).collect()
}
