//! Lender: live objects, by the addresses that inference knows them by, and by the places in which they are held.
#![allow(unsafe_code, reason = "looks at live objects by their addresses")]

use clew_heap::{Address, Class, Lent, Quiet};
use clew_infer::Holder;
use pyo3::ffi;

/// Lends what addresses stand for.
#[derive(Clone, Copy)]
pub(super) struct Lender<'a>(Quiet<'a>);

impl<'a> Lender<'a> {
    /// # Safety
    ///
    /// Every address that it is asked about is 0 or that of an object that is alive for `'a`.
    #[inline]
    pub(super) unsafe fn new(quiet: Quiet<'a>) -> Self {
        Self(quiet)
    }

    /// The stretch of time for which it lends.
    #[inline]
    pub(super) fn quiet(self) -> Quiet<'a> {
        self.0
    }

    /// The object at an address; `None` for 0.
    #[inline]
    pub(super) fn find(self, address: Address) -> Option<Lent<'a>> {
        // SAFETY: who made the lender promised that what it is asked about is 0 or alive for `'a`.
        unsafe { Lent::new(address as *mut ffi::PyObject) }
    }

    /// The class at an address; `None` where there is none.
    #[inline]
    pub(super) fn class(self, address: Address) -> Option<Class<'a>> {
        self.find(address)?.as_class()
    }

    /// What is held in a place; `None` where there is nothing, or no such holder.
    #[inline]
    pub(super) fn held(self, holder: &Holder) -> Option<Lent<'a>> {
        match holder {
            Holder::Entry(dictionary, name) => self.find(*dictionary)?.item(name),
            Holder::Cell(function, at) => self.find(*function)?.closure_cell(*at)?.cell_content(),
            Holder::Code(function) => self.find(*function)?.function_code(),
            Holder::Globals(function) => self.find(*function)?.function_globals(),
            // They are counted from the last one.
            Holder::Default(function, at) => {
                let [_, defaults, _, _] = self.find(*function)?.function_parts();
                defaults?.items().rev().nth(*at)
            }
            Holder::KeywordDefault(function, name) => {
                let [_, _, defaults, _] = self.find(*function)?.function_parts();
                defaults?.item(name)
            }
            Holder::Attribute(object, name) => self.find(*object)?.own_attribute(name),
            Holder::Object(object) => self.find(*object),
        }
    }

    /// Whether what holds is of the kind that [`Self::held`] takes it for.
    pub(super) fn is_sound(self, holder: &Holder) -> bool {
        let (Holder::Entry(address, _)
        | Holder::Attribute(address, _)
        | Holder::Object(address)
        | Holder::Cell(address, _)
        | Holder::Code(address)
        | Holder::Globals(address)
        | Holder::Default(address, _)
        | Holder::KeywordDefault(address, _)) = holder;
        self.find(*address).is_some_and(|found| match holder {
            Holder::Entry(..) => found.is_dict(),
            Holder::Attribute(..) | Holder::Object(_) => true,
            _ => found.is_function(),
        })
    }
}
