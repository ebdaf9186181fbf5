//! Foreign: what functions of C that the program calls through `ctypes` write to by its address.

use clew_heap::arguments::CallArguments;
use clew_heap::numpy::{ArrayView, is_array};
use clew_heap::walk::{End, Walk};
use clew_heap::{AddressSet, Class, Lent};

use super::state::Recorder;
use super::statement::Cause;

impl Recorder {
    /// Marks what a function of C may write to that is given an address as a number: the objects of `ctypes`
    /// that variables lead to, and arrays with memory there.
    pub(super) fn change_by_address(
        &mut self,
        function: Lent<'_>,
        call: &CallArguments,
        by: &Cause,
    ) {
        const BUDGET: usize = 200_000;
        /// No memory of a program's lies below.
        const LEAST: i64 = 0x1000;
        if !is_of_ctypes(function.class(), &["CFuncPtr", "PyCFuncPtr"]) {
            return;
        }
        let numbers = call.lent().filter_map(Lent::integer);
        let addresses: Vec<i64> = numbers.filter(|&number| number >= LEAST).collect();
        if addresses.is_empty() {
            return;
        }
        let is_there = |array: Lent<'_>| {
            let memory = ArrayView::of(array).and_then(|view| view.memory());
            memory.is_none_or(|memory| {
                let range = memory.as_ptr_range();
                let range = range.start as usize..range.end as usize;
                addresses.iter().any(|&address| range.contains(&(address as usize)))
            })
        };
        let mut found = Vec::new();
        let mut seen = AddressSet::default();
        let mut walk = Walk { boundary: &self.boundary, budget: BUDGET, definitions: false };
        let mut over = false;
        for (_, value) in self.variables(function.quiet()).pairs() {
            let end = walk.run(value, &mut seen, &mut |object| {
                let data = ["Array", "Structure", "Union", "_Pointer", "_SimpleCData"];
                let written = match is_array(object) {
                    true => is_there(object),
                    false => is_of_ctypes(object.class(), &data),
                };
                if written {
                    found.push(object);
                }
                true
            });
            over |= end == End::OverBudget;
        }
        for object in found {
            self.change(object, by);
        }
        if over {
            self.change_everything(by);
        }
    }
}

/// Whether a class is one of these of `ctypes`' own, or derived from one.
fn is_of_ctypes(class: Class<'_>, names: &[&str]) -> bool {
    class.lineage().any(|base| {
        let (module, name) = base.name();
        module == "_ctypes" && names.contains(&name.as_str())
    })
}
