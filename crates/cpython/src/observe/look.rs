//! Look: one walk over all that values reach, which notes the state of each object.
#![allow(unsafe_code, reason = "reads live functions and byte arrays through CPython's C API")]

use clew_heap::collector::AtRest;
use clew_heap::exception::Pending;
use clew_heap::instance::{made_dictionary, memory_of, order_of_attributes};
use clew_heap::numpy::{ArrayView, is_array};
use clew_heap::traversal::traverse;
use clew_heap::{Address, AddressMap, AddressSet, Class, Lent, Quiet};
use pyo3::ffi;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::token::{digest, token};
use super::traits::{Inspection, Traits};

/// What an object is like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    content: u64,
    /// The names of an instance's attributes, which are kept in two ways that cannot be compared.
    names: Option<(bool, u64)>,
}

impl State {
    /// Whether an object in this state is as it was.
    pub(super) fn is_still(self, before: Self) -> bool {
        before.content == self.content
            && match (before.names, self.names) {
                (Some(before), Some(now)) if before.0 == now.0 => before.1 == now.1,
                (None, None) | (Some(_), Some(_)) => true,
                _ => false,
            }
    }
}

/// How objects of each class and version of it are looked at, as far as that was asked.
pub(super) type KnownTraits = FxHashMap<(Address, u32), Traits>;

/// One walk, with the collector at rest: what is walked through must not be freed meanwhile.
pub(super) struct Look<'l, 'a> {
    traits: &'l mut KnownTraits,
    boundary: &'l AddressSet,
    /// How much may be looked at.
    most: u64,
    found: Found,
    reached: AddressSet,
    open: Vec<Lent<'a>>,
    /// Kept from one object to the next, so as not to be made anew.
    tokens: Vec<u64>,
    _at_rest: AtRest,
    // A pending exception is not ours to touch.
    _pending: Pending,
}

/// What a walk found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) states: AddressMap<State>,
    /// Objects whose state cannot be seen.
    pub(super) unseen: Vec<Address>,
    /// Whether any of them does its work later.
    pub(super) later: bool,
    /// Whether there was no room to see them all.
    pub(super) over: bool,
    /// How many objects were looked at, with what counts as such.
    pub(super) looked: u64,
}

impl<'l, 'a> Look<'l, 'a> {
    pub(super) fn new(
        quiet: Quiet<'a>,
        traits: &'l mut KnownTraits,
        boundary: &'l AddressSet,
        most: u64,
    ) -> Self {
        Self {
            traits,
            boundary,
            most,
            found: Found::default(),
            reached: AddressSet::default(),
            open: Vec::new(),
            tokens: Vec::new(),
            _pending: Pending::aside(quiet),
            _at_rest: AtRest::begin(quiet),
        }
    }

    pub(super) fn found(self) -> Found {
        self.found
    }

    /// Forgets that what was seen so far does its work later.
    pub(super) fn forget_later(&mut self) {
        self.found.later = false;
    }

    /// Looks at all that a value reaches.
    pub(super) fn from(&mut self, root: Lent<'a>) {
        if !token(root).1 {
            return;
        }
        self.open.push(root);
        while let Some(object) = self.open.pop() {
            if !self.reached.insert(object.address()) {
                continue;
            }
            self.found.looked += 1;
            self.found.over |= self.found.looked > self.most;
            if self.found.over {
                self.open.clear();
                return;
            }
            self.visit(object);
        }
    }

    /// Counts this many bytes or as long a work; whether there is room for it.
    fn affords(&mut self, bytes: usize) -> bool {
        // Memory is read at some GB a second.
        const BYTES_FOR_AN_OBJECT: usize = 1_024;
        self.found.looked += (bytes / BYTES_FOR_AN_OBJECT) as u64;
        self.found.over |= self.found.looked > self.most;
        !self.found.over
    }

    fn traits_of(&mut self, class: Class<'_>) -> Traits {
        let version = if class.is_heap_type() { class.version_so_far() } else { u32::MAX };
        if version == 0 {
            return Traits::of(class);
        }
        *self.traits.entry((class.address(), version)).or_insert_with(|| Traits::of(class))
    }

    fn visit(&mut self, object: Lent<'a>) {
        let traits = self.traits_of(object.class());
        self.found.later |= traits.later;
        if self.boundary.contains(&object.address()) {
            self.found.unseen.push(object.address());
            return;
        }
        if traits.kind == Inspection::Fixed {
            return;
        }
        if traits.runs {
            self.runner(object);
            return;
        }
        let mut tokens = std::mem::take(&mut self.tokens);
        tokens.clear();
        tokens.push(object.class().address() as u64);
        let is_seen = self.content(object, traits.kind, &mut tokens);
        let is_plain = matches!(traits.kind, Inspection::Plain | Inspection::Dict);
        let names = match is_seen && is_plain || traits.instance {
            true => self.attributes(object, traits, &mut tokens),
            false => None,
        };
        if is_seen {
            self.found.states.insert(object.address(), State { content: digest(&tokens), names });
        } else {
            self.found.unseen.push(object.address());
        }
        self.tokens = tokens;
    }

    /// Looks at what a thread or process was given. What it says of how far it is, is nobody's work.
    fn runner(&mut self, runner: Lent<'a>) {
        let from = self.open.len();
        let own = made_dictionary(runner);
        self.children(runner, own, &mut Vec::new());
        if let Some(own) = own {
            self.reached.insert(own.address());
            self.entries(own, &mut Vec::new(), false);
        }
        let given = self.open.split_off(from).into_iter();
        self.open.extend(given.filter(|object| object.class().name().0 != "threading"));
        self.found.unseen.push(runner.address());
    }

    /// Adds what is in the part of an object that is C's. Whether that can be seen.
    fn content(&mut self, object: Lent<'a>, kind: Inspection, tokens: &mut Vec<u64>) -> bool {
        match kind {
            Inspection::Fixed => true,
            Inspection::Unseen => {
                self.children(object, None, tokens);
                false
            }
            Inspection::Function => {
                self.function(object, tokens);
                true
            }
            Inspection::Memory => {
                let base = object.class().lineage().find(|base| !base.is_made_by_statement());
                let memory = base.and_then(|base| memory_of(object, base));
                tokens.extend(memory.map(xxh3_64));
                self.children(object, None, tokens);
                memory.is_some()
            }
            Inspection::Manager => {
                self.manager(object, tokens);
                true
            }
            Inspection::Bytes => {
                // SAFETY: the kind says that it is a byte array, which keeps its memory.
                let bytes = unsafe {
                    let size = ffi::PyByteArray_Size(object.as_ptr()) as usize;
                    let memory = ffi::PyByteArray_AsString(object.as_ptr()).cast::<u8>();
                    std::slice::from_raw_parts(memory, size)
                };
                let affords = self.affords(bytes.len());
                if affords {
                    tokens.push(xxh3_64(bytes));
                }
                affords
            }
            Inspection::Buffer => {
                tokens.extend(memory_of(object, object.class()).map(xxh3_64));
                let lent = LentMemory::of(object);
                let bytes = lent.as_ref().map(LentMemory::bytes);
                let affords = bytes.is_some_and(|bytes| self.affords(bytes.len()));
                tokens.extend(bytes.filter(|_| affords).map(xxh3_64));
                affords
            }
            Inspection::NumPy => self.array(object, tokens),
            Inspection::Plain => self.affords(object.items().len() * 80),
            Inspection::Dict => {
                let affords = self.affords(object.pairs_count() * 80);
                if affords {
                    self.entries(object, tokens, false);
                }
                affords
            }
        }
    }

    /// Adds what an object and its own dictionary hold, and gives the names of its attributes.
    fn attributes(
        &mut self,
        object: Lent<'a>,
        traits: Traits,
        tokens: &mut Vec<u64>,
    ) -> Option<(bool, u64)> {
        let made = if traits.instance { made_dictionary(object) } else { None };
        let own = match traits.caches {
            true => made.or_else(|| object.own_dictionary()),
            false => made,
        };
        if traits.kind != Inspection::NumPy {
            self.children(object, own, tokens);
        }
        let Some(own) = own else {
            return traits
                .instance
                .then(|| (false, order_of_attributes(object).map_or(0, xxh3_64)));
        };
        let from = tokens.len();
        self.entries(own, tokens, true);
        // Names and values alternate: the values come in the order of the traversal.
        let (mut spelled, mut values) = (Vec::new(), Vec::new());
        for pair in tokens[from..].chunks_exact(2) {
            spelled.push(pair[0]);
            values.push(pair[1]);
        }
        tokens.truncate(from);
        tokens.extend(&values);
        let names = Some((true, digest(&spelled)));
        self.found.states.insert(own.address(), State { content: digest(&values), names });
        self.reached.insert(own.address());
        names
    }

    /// Adds what an object holds by its class's account, but not the instance's own dictionary, which
    /// is looked at on its own, nor its class, which is noted already.
    fn children(&mut self, object: Lent<'a>, own: Option<Lent<'a>>, tokens: &mut Vec<u64>) {
        let class = object.class().object();
        traverse(object, |child| {
            if child != class && Some(child) != own {
                let (token, enter) = token(child);
                tokens.push(token);
                if enter {
                    self.open.push(child);
                }
            }
            true
        });
    }

    /// Adds the keys and values of a dictionary; an instance's without its caches.
    fn entries(&mut self, dictionary: Lent<'a>, tokens: &mut Vec<u64>, attributes: bool) {
        for (key, value) in dictionary.pairs() {
            if attributes && is_cache(key) {
                continue;
            }
            for object in [key, value] {
                let (token, enter) = token(object);
                tokens.push(token);
                if enter {
                    self.open.push(object);
                }
            }
        }
    }

    fn function(&mut self, function: Lent<'a>, tokens: &mut Vec<u64>) {
        for part in function.function_parts() {
            tokens.push(part.map_or(0, Lent::address) as u64);
            self.open.extend(part);
        }
        tokens.push(function.function_code().map_or(0, Lent::address) as u64);
    }

    fn manager(&mut self, manager: Lent<'a>, tokens: &mut Vec<u64>) {
        traverse(manager, |child| {
            let is_gathered = child.is_exactly(&raw mut ffi::PyTuple_Type)
                || child.is_exactly(&raw mut ffi::PyList_Type);
            if is_gathered {
                tokens.push(child.address() as u64);
                self.open.push(child);
            }
            true
        });
    }

    fn array(&mut self, array: Lent<'a>, tokens: &mut Vec<u64>) -> bool {
        let Some(view) = ArrayView::of(array) else { return false };
        tokens.extend(view.layout());
        if let Some(base) = view.base {
            tokens.push(base.address() as u64);
            self.open.push(base);
            if is_array(base) {
                // The memory is the base's, and looked at there.
                return true;
            }
        }
        let Some(memory) = view.memory() else { return false };
        if view.holds_objects() {
            if !self.affords(memory.len() * 10) {
                return false;
            }
            for item in view.objects() {
                let Some(item) = item else {
                    tokens.push(0);
                    continue;
                };
                let (token, enter) = token(item);
                tokens.push(token);
                if enter {
                    self.open.push(item);
                }
            }
            return true;
        }
        let affords = view.is_numeric() && self.affords(memory.len());
        if affords {
            tokens.push(xxh3_64(memory));
        }
        affords
    }
}

/// Attributes that libraries work out from others and keep: their coming is no change.
fn is_cache(name: Lent<'_>) -> bool {
    name.as_str().is_some_and(|name| {
        matches!(name, "_cache" | "_item_cache" | "_id" | "_references" | "_engine")
    })
}

/// The memory that an object lends to others, for as long as it is looked at.
struct LentMemory(ffi::Py_buffer);

impl LentMemory {
    /// `None` where it lends none that lies in one piece.
    fn of(object: Lent<'_>) -> Option<Self> {
        let mut buffer = ffi::Py_buffer::new();
        // SAFETY: the object is alive. What it raises is let go of.
        unsafe {
            if ffi::PyObject_GetBuffer(object.as_ptr(), &raw mut buffer, ffi::PyBUF_SIMPLE) != 0 {
                ffi::PyErr_Clear();
                return None;
            }
        }
        Some(Self(buffer))
    }

    fn bytes(&self) -> &[u8] {
        let size = usize::try_from(self.0.len).unwrap_or(0);
        if self.0.buf.is_null() || size == 0 {
            return &[];
        }
        // SAFETY: the object keeps so much memory for as long as the buffer is not given back.
        unsafe { std::slice::from_raw_parts(self.0.buf.cast(), size) }
    }
}

impl Drop for LentMemory {
    fn drop(&mut self) {
        // SAFETY: the buffer was got from an object, and is given back once.
        unsafe { ffi::PyBuffer_Release(&raw mut self.0) };
    }
}
