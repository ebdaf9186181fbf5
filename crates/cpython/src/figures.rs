//! Figures: which figure is pyplot's current one, so that what concerns one is no part of another.
//!
//! pyplot keeps its figures in `Gcf.figs` of `matplotlib._pylab_helpers`, the current one last. Each
//! figure is a part of the state `pyplot`; which of them is current is another, their numbers a third
//! one, and `rcParams` the fourth.
#![allow(unsafe_code, reason = "looks at live objects through CPython's C API")]

use std::ptr;

use clew_session::StateKey;
use pyo3::ffi;

use crate::object::{attribute, dictionary_of, in_module, item};
use crate::reach::Address;

/// The figures of pyplot, as they were at the last look.
#[derive(Default)]
pub(crate) struct Figures {
    open: Vec<Open>,
    made: usize,
    current: Option<usize>,
}

/// A figure's manager and its own address: either may be used again when it is gone.
type Figure = (Address, Address);

#[derive(Clone, Copy)]
struct Open {
    figure: Figure,
    /// In the order in which they were made.
    number: usize,
    axes: isize,
}

/// What became of them since the look before.
pub(crate) struct Look {
    /// Those that are new.
    pub(crate) new: Vec<StateKey>,
    /// The current one, if there is one.
    pub(crate) current: Option<StateKey>,
    /// Whether that was another one, or none, before.
    pub(crate) switched: bool,
    /// Whether any is gone.
    pub(crate) closed: bool,
    /// Those that have more axes or fewer.
    pub(crate) filled: Vec<StateKey>,
}

impl Figures {
    pub(crate) unsafe fn look(&mut self) -> Look {
        // SAFETY: the caller holds the GIL.
        let (figures, current) = unsafe { open_figures() };
        let (mut new, mut filled) = (Vec::new(), Vec::new());
        let before = self.open.len();
        let open: Vec<Open> = figures
            .into_iter()
            .map(|(figure, axes)| {
                let known = self.open.iter().find(|open| open.figure == figure).copied();
                let number = known.map_or_else(
                    || {
                        self.made += 1;
                        new.push(key_of(self.made));
                        self.made
                    },
                    |open| open.number,
                );
                if known.is_some_and(|open| open.axes != axes) {
                    filled.push(key_of(number));
                }
                Open { figure, number, axes }
            })
            .collect();
        let closed = open.len() - new.len() < before;
        self.open = open;
        let current = current.and_then(|figure| {
            self.open.iter().find(|open| open.figure == figure).map(|open| open.number)
        });
        let switched = std::mem::replace(&mut self.current, current) != current;
        Look { new, current: current.map(key_of), switched, closed, filled }
    }
}

/// Which figure is current.
pub(crate) fn current() -> StateKey {
    StateKey::part("pyplot", "current")
}

/// Which figures there are, by number.
pub(crate) fn numbers() -> StateKey {
    StateKey::part("pyplot", "numbers")
}

/// `rcParams`.
pub(crate) fn settings() -> StateKey {
    StateKey::part("pyplot", "settings")
}

fn key_of(number: usize) -> StateKey {
    StateKey::part("pyplot", format!("figure {number}"))
}

/// pyplot's figures with how many axes they have, and the current one of them.
unsafe fn open_figures() -> (Vec<(Figure, isize)>, Option<Figure>) {
    // SAFETY: modules, classes and instances lend what they hold; an `OrderedDict` of C's is asked,
    // which runs no Python code, and its keys are numbers.
    unsafe {
        let none = (Vec::new(), None);
        let class = in_module("matplotlib._pylab_helpers", "Gcf");
        let Some(class) = class.filter(|&class| ffi::PyType_Check(class) != 0) else {
            return none;
        };
        let managers = item(dictionary_of(class.cast()), "figs");
        if managers.is_null() || ffi::PyDict_Check(managers) == 0 {
            return none;
        }
        let (mut at, mut manager) = (0, ptr::null_mut());
        let mut figures = Vec::new();
        while ffi::PyDict_Next(managers, &mut at, ptr::null_mut(), &mut manager) != 0 {
            let figure = figure_of(manager);
            figures.push((figure, axes_of(figure.1 as *mut ffi::PyObject)));
        }
        let backwards = ffi::PyObject_CallMethod(managers, c"__reversed__".as_ptr(), ptr::null());
        let number = match backwards.is_null() {
            true => ptr::null_mut(),
            false => ffi::PyIter_Next(backwards),
        };
        if backwards.is_null() || number.is_null() {
            ffi::PyErr_Clear();
        }
        let last = match number.is_null() {
            true => ptr::null_mut(),
            false => ffi::PyDict_GetItem(managers, number),
        };
        let current = (!last.is_null()).then(|| figure_of(last));
        ffi::Py_XDECREF(number);
        ffi::Py_XDECREF(backwards);
        (figures, current)
    }
}

unsafe fn axes_of(figure: *mut ffi::PyObject) -> isize {
    // SAFETY: instances lend what they hold.
    unsafe {
        let mut held = figure;
        for name in ["_axstack", "_axes"] {
            if !held.is_null() {
                held = attribute(held, name);
            }
        }
        if held.is_null() || ffi::PyDict_Check(held) == 0 { 0 } else { ffi::PyDict_Size(held) }
    }
}

unsafe fn figure_of(manager: *mut ffi::PyObject) -> Figure {
    // SAFETY: instances lend what they hold.
    unsafe {
        let canvas = attribute(manager, "canvas");
        let figure = match canvas.is_null() {
            true => canvas,
            false => attribute(canvas, "figure"),
        };
        (manager as Address, figure as Address)
    }
}
