//! matplotlib: which objects belong to a figure, and which figures pyplot has open.
#![allow(unsafe_code, reason = "asks an ordered dictionary for its last key")]

use pyo3::ffi;

use crate::address::Address;
use crate::lent::{Lent, Owned, Quiet};

/// Whether an object may change with an artist of matplotlib's that leads to it: it is itself one of
/// matplotlib's, and none of those that all figures share, as markers' paths. What it was given to draw
/// stays as it is.
pub fn changes_with_artist(object: Lent<'_>) -> bool {
    let (module, name) = object.class_name();
    is_matplotlib(&module)
        && !name.contains("Colormap")
        && !matches!(
            module.as_str(),
            "matplotlib._enums"
                | "matplotlib.font_manager"
                | "matplotlib.markers"
                | "matplotlib.path"
        )
}

/// Whether a value is of a class of matplotlib's.
pub fn is_of_matplotlib(value: Lent<'_>) -> bool {
    is_matplotlib(&value.class_name().0)
}

fn is_matplotlib(module: &str) -> bool {
    module.starts_with("matplotlib.") || module.starts_with("mpl_toolkits.")
}

/// A figure that pyplot keeps: its manager and its own address. Either may be used again when it is gone.
pub type FigureId = (Address, Address);

/// A figure that pyplot keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFigure {
    /// Which one.
    pub id: FigureId,
    /// How many axes it has.
    pub axes: usize,
    /// How many artists are in them, and texts beside them.
    pub artists: usize,
}

/// pyplot's figures (`Gcf.figs` of `matplotlib._pylab_helpers`), and which of them is the current one.
pub fn open_figures(quiet: Quiet<'_>) -> (Vec<OpenFigure>, Option<FigureId>) {
    let class = quiet.in_module("matplotlib._pylab_helpers", "Gcf").and_then(Lent::as_class);
    let Some(managers) = class.and_then(|class| class.own("figs")).filter(|figs| figs.is_dict())
    else {
        return (Vec::new(), None);
    };
    let figures = managers
        .pairs()
        .map(|(_, manager)| {
            let figure = figure_of(manager);
            let id = (manager.address(), figure.map_or(0, Lent::address));
            let (axes, artists) = figure.map_or((0, 0), content_of);
            OpenFigure { id, axes, artists }
        })
        .collect();
    let current = last_value(managers)
        .map(|manager| (manager.address(), figure_of(manager).map_or(0, Lent::address)));
    (figures, current)
}

/// The last value of an `OrderedDict` whose keys are numbers.
fn last_value(dictionary: Lent<'_>) -> Option<Lent<'_>> {
    // SAFETY: C code of CPython's is asked, which runs none of the program's; both references are new, and
    // the dictionary holds its values.
    unsafe {
        let method = c"__reversed__".as_ptr();
        let no_arguments = std::ptr::null();
        let backwards =
            Owned::new(ffi::PyObject_CallMethod(dictionary.as_ptr(), method, no_arguments))?;
        let number = Owned::new(ffi::PyIter_Next(backwards.as_ptr()))?;
        dictionary.lend(ffi::PyDict_GetItem(dictionary.as_ptr(), number.as_ptr()))
    }
}

/// How many axes a figure has, and how many artists.
fn content_of(figure: Lent<'_>) -> (usize, usize) {
    let length = |list: Lent<'_>| if list.is_list() { list.items().len() } else { 0 };
    let texts = figure.attribute("texts").map_or(0, length);
    let stack = figure.attribute("_axstack").and_then(|stack| stack.attribute("_axes"));
    // The stack maps axes to when each was current last.
    let axes = stack.into_iter().flat_map(Lent::pairs).map(|(axes, _)| axes);
    axes.fold((0, texts), |(axes, artists), one| {
        (axes + 1, artists + one.attribute("_children").map_or(0, length))
    })
}

fn figure_of(manager: Lent<'_>) -> Option<Lent<'_>> {
    manager.attribute("canvas")?.attribute("figure")
}
