//! Compile: CPython's own compiler, called on texts and on syntax trees.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyList;

/// Compiles a tree or text while no warning is shown or raised.
pub(super) fn compile_quietly<'py>(
    py: Python<'py>,
    tree: &Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    mode: CompileMode<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    with_warnings(py, WarningAction::Ignore, || compile_as(py, tree, file, mode))
}

/// What Python's `compile` is told beside the text.
#[derive(Clone, Copy, Debug)]
pub struct CompileMode<'a> {
    /// `exec`, `single` or `eval`.
    pub mode: &'a str,
    /// The flags of `ast` and `__future__`.
    pub flags: i32,
}

impl CompileMode<'_> {
    /// A whole text that nothing special is asked of.
    pub const EXEC: CompileMode<'static> = CompileMode { mode: "exec", flags: 0 };
}

/// `compile(source, file, "exec", flags, dont_inherit=True)`.
pub fn compile<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    flags: i32,
) -> PyResult<Bound<'py, PyAny>> {
    compile_as(py, source, file, CompileMode { flags, ..CompileMode::EXEC })
}

/// `compile(source, file, mode, flags, dont_inherit=True)`.
pub(super) fn compile_as<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
    file: &Bound<'py, PyAny>,
    mode: CompileMode<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    static COMPILE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let compile = COMPILE.get_or_try_init(py, || {
        PyResult::Ok(py.import("builtins")?.getattr("compile")?.unbind())
    })?;
    compile.bind(py).call1((source, file, mode.mode, mode.flags, true))
}

/// What becomes of warnings.
#[derive(Clone, Copy)]
pub enum WarningAction {
    /// They are not shown.
    Ignore,
    /// They are errors.
    Raise,
    /// They are errors, unless they are of probes.
    RaiseOfOthers,
}

/// What CPython says of `probe[value]`, while a frozen set stands for the probe.
const OF_PROBES: &str = "'frozenset' object is not subscriptable; perhaps you missed a comma?";

/// Compiles with every warning ignored or raised; the user's filters stand again afterwards.
///
/// Nobody hears of the change: a compiler's warnings are looked up in the filters each time, and hearing of it
/// would make Python forget which warnings of the program's it has shown already.
pub fn with_warnings<T>(
    py: Python<'_>,
    action: WarningAction,
    body: impl FnOnce() -> PyResult<T>,
) -> PyResult<T> {
    // While warnings are caught, those of the module are others than those of its C part.
    let imported = py.import("sys")?.getattr("modules")?.get_item("warnings");
    let warnings = imported.or_else(|_| py.import("_warnings").map(Bound::into_any))?;
    let filters = warnings.getattr("filters")?.cast_into::<PyList>()?;
    let category = py.import("builtins")?.getattr("Warning")?;
    // A message that is a text, and no pattern, is compared as a whole.
    let (of_probes, of_all) = match action {
        WarningAction::Ignore => (None, "ignore"),
        WarningAction::Raise => (None, "error"),
        WarningAction::RaiseOfOthers => (Some(OF_PROBES), "error"),
    };
    filters.insert(0, (of_all, py.None(), &category, py.None(), 0))?;
    if let Some(message) = of_probes {
        filters.insert(0, ("ignore", message, &category, py.None(), 0))?;
    }
    let outcome = body();
    for _ in 0..=usize::from(of_probes.is_some()) {
        filters.del_item(0)?;
    }
    outcome
}
