//! Observe: what a call changed that nothing is known about, by a digest of what it can reach before
//! it and after.
//!
//! Only objects whose whole state can be seen are told to be unchanged; the rest stay assumed to
//! change. Nothing is kept alive, no code of the user's runs, and the time that all this takes is a
//! share of the run's.
#![allow(unsafe_code, reason = "reads live objects through CPython's type slots and C API")]

use std::ffi::{c_int, c_void};
use std::ptr;
use std::time::{Duration, Instant};

use pyo3::ffi;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

use crate::callee::type_name;
use crate::reach::{self, Address};

/// What may be spent before the run has gone on for long.
const ALLOWANCE: Duration = Duration::from_millis(20);
/// How many calls go by before the budget is looked at again once it is used up.
const PAUSE: u32 = 64;

/// Watches calls, as far as the budget goes.
pub(crate) struct Observer {
    share: f64,
    started: Instant,
    spent: Duration,
    pause: u32,
    thread: std::ffi::c_ulong,
    traits: FxHashMap<(Address, u32), Traits>,
    tokens: Vec<u64>,
}

/// What a call can reach, before it is made.
pub(crate) struct Before {
    states: FxHashMap<Address, State>,
    /// Objects whose state cannot be seen.
    unseen: Vec<Address>,
    epoch: u64,
}

/// What is to be done about a call.
pub(crate) enum Watch {
    /// It is watched.
    Watched(Box<Before>),
    /// There is no time to watch it.
    NoTime,
    /// Nothing can be said.
    Assumed,
}

/// What a call did.
pub(crate) enum Seen {
    Changed {
        /// These objects changed; `true` where that is assumed.
        marks: Vec<(Address, bool)>,
        /// Those of them that cannot be reached any more.
        gone: FxHashSet<Address>,
    },
    /// It could not be told: all that it could reach may have changed, or will.
    Unclear(Vec<Address>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    content: u64,
    /// The names of an instance's attributes, which are kept in two ways that cannot be compared.
    names: Option<(bool, u64)>,
}

/// How an object of a type is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Never changes, or nobody minds when it does.
    Fixed,
    /// The interpreter's traversal tells all.
    Plain,
    Dict,
    Bytes,
    NumPy,
    /// pandas' block manager: its blocks and axes; the rest is worked out from these.
    Manager,
    Function,
    Unseen,
}

#[derive(Clone, Copy)]
struct Traits {
    kind: Kind,
    /// Whether it is an instance of a class written in Python.
    instance: bool,
    /// Whether some of its attributes are caches, so that the others have to be told by name.
    caches: bool,
    /// Whether it does its work later: generators, threads, context managers, iterators.
    later: bool,
}

impl Observer {
    pub(crate) fn new(share: f64) -> Self {
        Self {
            share,
            started: Instant::now(),
            spent: Duration::ZERO,
            pause: 0,
            // SAFETY: asks for a number.
            thread: unsafe { ffi::PyThread_get_thread_ident() },
            traits: FxHashMap::default(),
            tokens: Vec::new(),
        }
    }

    fn left(&self, now: Instant) -> Duration {
        let elapsed = now.duration_since(self.started);
        Duration::try_from_secs_f64(elapsed.as_secs_f64() * self.share)
            .unwrap_or(Duration::MAX)
            .saturating_add(ALLOWANCE)
            .saturating_sub(self.spent)
    }

    /// Looks at what a call can reach: `places` are the receiver, or null, and the arguments.
    pub(crate) unsafe fn before(
        &mut self,
        places: &[*mut ffi::PyObject],
        borders: &FxHashSet<Address>,
        epoch: u64,
    ) -> Watch {
        if self.share <= 0.0 || places.len() > 60 {
            return Watch::Assumed;
        }
        // SAFETY: the caller lends live objects, under the GIL.
        unsafe {
            if self.pause > 0 {
                self.pause -= 1;
                return Watch::NoTime;
            }
            if ffi::PyThread_get_thread_ident() != self.thread || has_threads() {
                return Watch::Assumed;
            }
            let began = Instant::now();
            let left = self.left(began);
            if left < Duration::from_micros(5) {
                self.pause = PAUSE;
                return Watch::NoTime;
            }
            // The way back costs as much.
            let mut look = Look::new(self, borders, began + left / 2);
            for &value in places {
                if !value.is_null() {
                    look.from(value);
                }
            }
            let Found { states, unseen, later: behind, over } = look.found();
            self.spent += began.elapsed();
            if over || behind {
                return if behind { Watch::Assumed } else { Watch::NoTime };
            }
            Watch::Watched(Box::new(Before { states, unseen, epoch }))
        }
    }

    /// Counts time that was spent on what was seen.
    pub(crate) fn spend(&mut self, began: Instant) {
        self.spent += began.elapsed();
    }

    /// Looks again when the call has returned (`result`) or raised (null).
    pub(crate) unsafe fn after(
        &mut self,
        before: Before,
        places: &[*mut ffi::PyObject],
        result: *mut ffi::PyObject,
        borders: &FxHashSet<Address>,
        epoch: u64,
    ) -> Seen {
        // SAFETY: the caller lends live objects, under the GIL; an exception may be set.
        unsafe {
            let Before { states, unseen, epoch: began_in } = before;
            let began = Instant::now();
            let left = self.left(began).max(Duration::from_millis(1));
            let threads = has_threads();
            let mut look = Look::new(self, borders, began + left);
            for &value in places {
                if !value.is_null() {
                    look.from(value);
                }
            }
            look.later = false;
            if !result.is_null() {
                // What was taken out of the arguments may have been handed back.
                look.from(result);
            }
            let Found { states: after, later, over, .. } = look.found();
            let unclear = later || over;
            self.spent += began.elapsed();
            if unclear || threads || began_in != epoch {
                return Seen::Unclear(states.into_keys().chain(unseen).collect());
            }
            let mut marks: Vec<(Address, bool)> = Vec::new();
            let mut gone = FxHashSet::default();
            for (&address, &state) in &states {
                match after.get(&address) {
                    Some(now) if same(state, *now) => continue,
                    Some(_) => {}
                    // What is out of sight by now may have been changed before.
                    None => drop(gone.insert(address)),
                }
                marks.push((address, false));
            }
            marks.extend(unseen.into_iter().map(|address| (address, true)));
            Seen::Changed { marks, gone }
        }
    }
}

fn same(before: State, now: State) -> bool {
    before.content == now.content
        && match (before.names, now.names) {
            (Some(before), Some(now)) if before.0 == now.0 => before.1 == now.1,
            (None, None) | (Some(_), Some(_)) => true,
            _ => false,
        }
}

/// Whether another thread of Python's is there, which may go on with what it was given.
pub(crate) unsafe fn has_threads() -> bool {
    // SAFETY: the list of threads only changes under the GIL.
    unsafe {
        let first = ffi::PyInterpreterState_ThreadHead(ffi::PyInterpreterState_Main());
        !first.is_null() && !ffi::PyThreadState_Next(first).is_null()
    }
}

/// One walk, with the collector at rest: what is walked through must not be freed meanwhile.
struct Look<'a> {
    observer: &'a mut Observer,
    borders: &'a FxHashSet<Address>,
    states: FxHashMap<Address, State>,
    reached: FxHashSet<Address>,
    unseen: Vec<Address>,
    open: Vec<*mut ffi::PyObject>,
    later: bool,
    over: bool,
    deadline: Instant,
    count: usize,
    collects: bool,
    // A pending exception is not ours to touch.
    pending: [*mut ffi::PyObject; 3],
}

/// What a walk found.
struct Found {
    states: FxHashMap<Address, State>,
    unseen: Vec<Address>,
    later: bool,
    over: bool,
}

impl Drop for Look<'_> {
    fn drop(&mut self) {
        // SAFETY: gives back what `new` took.
        unsafe {
            if self.collects {
                ffi::PyGC_Enable();
            }
            #[allow(deprecated, reason = "the new way normalizes, which runs code")]
            ffi::PyErr_Restore(self.pending[0], self.pending[1], self.pending[2]);
        }
    }
}

/// What children are told to.
struct Children<'a> {
    tokens: &'a mut Vec<u64>,
    open: &'a mut Vec<*mut ffi::PyObject>,
    /// The instance's own dictionary, which is looked at on its own.
    own: *mut ffi::PyObject,
    /// Its class, which is told already.
    class: *mut ffi::PyObject,
}

unsafe extern "C" fn child(object: *mut ffi::PyObject, children: *mut c_void) -> c_int {
    // SAFETY: `Look::state` passes `Children`, and `tp_traverse` lends live objects.
    unsafe {
        let children = &mut *children.cast::<Children<'_>>();
        if object == children.own || object == children.class || object.is_null() {
            return 0;
        }
        let (token, enter) = token(object);
        children.tokens.push(token);
        if enter {
            children.open.push(object);
        }
        0
    }
}

/// A number for what a place holds, and whether there is more to see: numbers and texts by their
/// content, for where one was, another one may be; everything else by its address.
unsafe fn token(object: *mut ffi::PyObject) -> (u64, bool) {
    // SAFETY: the caller lends a live object; each look follows a check of the exact type.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        let salt = (kind as u64).rotate_left(32);
        if kind == &raw mut ffi::PyUnicode_Type {
            return (ffi::PyObject_Hash(object) as u64 ^ salt, false);
        }
        if kind == &raw mut ffi::PyLong_Type {
            let mut overflow = 0;
            let value = ffi::PyLong_AsLongLongAndOverflow(object, &mut overflow);
            let value = if overflow == 0 { value } else { ffi::PyObject_Hash(object) as i64 };
            return (value as u64 ^ salt ^ overflow as u64, false);
        }
        if kind == &raw mut ffi::PyFloat_Type {
            return (ffi::PyFloat_AS_DOUBLE(object).to_bits() ^ salt, false);
        }
        if kind == &raw mut ffi::PyBytes_Type {
            let bytes = std::slice::from_raw_parts(
                ffi::PyBytes_AsString(object).cast::<u8>(),
                ffi::PyBytes_Size(object) as usize,
            );
            return (xxh3_64(bytes) ^ salt, false);
        }
        if !reach::is_mutable(object) {
            // Other atoms of C: the memory after the head is what they are.
            let fixed = (*kind).tp_flags & (ffi::Py_TPFLAGS_HEAPTYPE | ffi::Py_TPFLAGS_HAVE_GC)
                == 0
                && (*kind).tp_itemsize == 0
                && kind != &raw mut ffi::PyCode_Type;
            let head = size_of::<ffi::PyObject>();
            let size = (*kind).tp_basicsize as usize;
            if fixed && size > head {
                let memory = std::slice::from_raw_parts(object.cast::<u8>().add(head), size - head);
                return (xxh3_64(memory) ^ salt, false);
            }
            return (object as u64, false);
        }
        (object as u64, true)
    }
}

impl<'a> Look<'a> {
    unsafe fn new(
        observer: &'a mut Observer,
        borders: &'a FxHashSet<Address>,
        deadline: Instant,
    ) -> Self {
        // SAFETY: the GIL is held.
        unsafe {
            let mut pending = [ptr::null_mut(); 3];
            #[allow(deprecated, reason = "the new way normalizes, which runs code")]
            ffi::PyErr_Fetch(&mut pending[0], &mut pending[1], &mut pending[2]);
            Self {
                observer,
                borders,
                states: FxHashMap::default(),
                reached: FxHashSet::default(),
                unseen: Vec::new(),
                open: Vec::new(),
                later: false,
                over: false,
                deadline,
                count: 0,
                collects: ffi::PyGC_Disable() != 0,
                pending,
            }
        }
    }

    fn found(mut self) -> Found {
        Found {
            states: std::mem::take(&mut self.states),
            unseen: std::mem::take(&mut self.unseen),
            later: self.later,
            over: self.over,
        }
    }

    /// Looks at all that a value reaches.
    unsafe fn from(&mut self, root: *mut ffi::PyObject) {
        // SAFETY: what is reachable from a live root lives as long, for nothing here runs code of
        // Python's or frees anything.
        unsafe {
            if !token(root).1 {
                return;
            }
            self.open.push(root);
            while let Some(object) = self.open.pop() {
                if !self.reached.insert(object as Address) {
                    continue;
                }
                self.count += 1;
                if self.over || (self.count.is_multiple_of(256) && Instant::now() > self.deadline) {
                    self.over = true;
                    self.open.clear();
                    return;
                }
                self.visit(object);
            }
        }
    }

    /// Whether there is time for this many bytes or as long a work.
    fn affords(&mut self, bytes: usize) -> bool {
        // Memory is read at some GB a second.
        const NANOSECONDS_FOR_8_BYTES: u64 = 1;
        if bytes > 65_536 {
            let cost = Duration::from_nanos(bytes as u64 / 8 * NANOSECONDS_FOR_8_BYTES);
            self.over |= Instant::now() + cost > self.deadline;
        }
        !self.over
    }

    unsafe fn visit(&mut self, object: *mut ffi::PyObject) {
        // SAFETY: the caller lends a live object.
        unsafe {
            let kind = ffi::Py_TYPE(object);
            let traits = self.observer.traits_of(kind);
            self.later |= traits.later;
            if self.borders.contains(&(object as Address)) {
                self.unseen.push(object as Address);
                return;
            }
            let mut tokens = std::mem::take(&mut self.observer.tokens);
            tokens.clear();
            tokens.push(kind as u64);
            let mut names = None;
            let seen = match traits.kind {
                Kind::Fixed => {
                    self.observer.tokens = tokens;
                    return;
                }
                Kind::Unseen => {
                    self.children(object, ptr::null_mut(), &mut tokens);
                    false
                }
                Kind::Function => {
                    let function = object.cast::<ffi::PyFunctionObject>();
                    for part in [
                        ffi::PyFunction_GetClosure(object),
                        ffi::PyFunction_GetDefaults(object),
                        ffi::PyFunction_GetKwDefaults(object),
                        (*function).func_dict,
                    ] {
                        tokens.push(part as u64);
                        if !part.is_null() {
                            self.open.push(part);
                        }
                    }
                    tokens.push(ffi::PyFunction_GetCode(object) as u64);
                    true
                }
                Kind::Manager => {
                    let mut all = Vec::new();
                    let from = self.open.len();
                    self.children(object, ptr::null_mut(), &mut all);
                    self.open.retain({
                        let mut at = 0;
                        move |&child| {
                            at += 1;
                            let kind = ffi::Py_TYPE(child);
                            at <= from
                                || kind == &raw mut ffi::PyTuple_Type
                                || kind == &raw mut ffi::PyList_Type
                        }
                    });
                    tokens.extend(self.open[from..].iter().map(|&child| child as u64));
                    true
                }
                Kind::Bytes => {
                    let bytes = ffi::PyByteArray_Size(object) as usize;
                    let affords = self.affords(bytes);
                    if affords {
                        let memory = ffi::PyByteArray_AsString(object).cast::<u8>();
                        tokens.push(xxh3_64(std::slice::from_raw_parts(memory, bytes)));
                    }
                    affords
                }
                Kind::NumPy => self.array(object, &mut tokens),
                Kind::Plain | Kind::Dict => {
                    let sized = (*kind).tp_flags
                        & (ffi::Py_TPFLAGS_LIST_SUBCLASS | ffi::Py_TPFLAGS_TUPLE_SUBCLASS)
                        != 0;
                    let items = match traits.kind {
                        Kind::Dict => ffi::PyDict_Size(object) as usize,
                        _ if sized => ffi::Py_SIZE(object) as usize,
                        _ => 0,
                    };
                    self.affords(items * 80)
                }
            };
            if seen && matches!(traits.kind, Kind::Dict) {
                self.entries(object, &mut tokens, false);
            }
            if seen && matches!(traits.kind, Kind::Plain | Kind::Dict) || traits.instance {
                let own = if traits.instance { own_dictionary(object) } else { ptr::null_mut() };
                let own = if traits.caches && own.is_null() {
                    let made = ffi::PyObject_GenericGetDict(object, ptr::null_mut());
                    if made.is_null() {
                        ffi::PyErr_Clear();
                    } else {
                        // The instance holds it.
                        ffi::Py_DECREF(made);
                    }
                    made
                } else {
                    own
                };
                if traits.instance && own.is_null() {
                    names = Some((false, order_of_values(object)));
                }
                if traits.kind != Kind::NumPy {
                    self.children(object, own, &mut tokens);
                }
                if !own.is_null() {
                    let from = tokens.len();
                    self.entries(own, &mut tokens, true);
                    // Names and values alternate: the values come in the order of the traversal.
                    let mut spelled = Vec::new();
                    let mut values = Vec::new();
                    for pair in tokens[from..].chunks_exact(2) {
                        spelled.push(pair[0]);
                        values.push(pair[1]);
                    }
                    tokens.truncate(from);
                    tokens.extend(&values);
                    names = Some((true, digest(&spelled)));
                    let state = State { content: digest(&values), names };
                    self.states.insert(own as Address, state);
                    self.reached.insert(own as Address);
                }
            }
            if seen {
                let state = State { content: digest(&tokens), names };
                self.states.insert(object as Address, state);
            } else {
                self.unseen.push(object as Address);
            }
            self.observer.tokens = tokens;
        }
    }

    unsafe fn children(
        &mut self,
        object: *mut ffi::PyObject,
        own: *mut ffi::PyObject,
        tokens: &mut Vec<u64>,
    ) {
        // SAFETY: the type's own traversal, which lends what the object holds.
        unsafe {
            let kind = ffi::Py_TYPE(object);
            if (*kind).tp_flags & ffi::Py_TPFLAGS_HAVE_GC != 0
                && let Some(traverse) = (*kind).tp_traverse
            {
                let mut children =
                    Children { tokens, open: &mut self.open, own, class: kind.cast() };
                traverse(object, child, (&raw mut children).cast());
            }
        }
    }

    /// The keys and values of a dictionary; an instance's without its caches.
    unsafe fn entries(
        &mut self,
        dictionary: *mut ffi::PyObject,
        tokens: &mut Vec<u64>,
        attributes: bool,
    ) {
        // SAFETY: a live dictionary lends what it holds, and nothing changes it meanwhile.
        unsafe {
            let (mut at, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
            while ffi::PyDict_Next(dictionary, &mut at, &mut key, &mut value) != 0 {
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
    }

    unsafe fn array(&mut self, array: *mut ffi::PyObject, tokens: &mut Vec<u64>) -> bool {
        // SAFETY: handed on; the memory belongs to the live array.
        unsafe {
            let Some(view) = reach::array_view(array) else { return false };
            tokens.extend(view.layout());
            if !view.base.is_null() {
                tokens.push(view.base as u64);
                self.open.push(view.base);
                if reach::is_array(view.base) {
                    // The memory is the base's, and looked at there.
                    return true;
                }
            }
            let Some(memory) = view.memory() else { return false };
            if view.holds_objects() {
                if !self.affords(memory.len() * 10) {
                    return false;
                }
                for bytes in memory.chunks_exact(size_of::<usize>()) {
                    let item = ptr::read_unaligned(bytes.as_ptr().cast::<*mut ffi::PyObject>());
                    if item.is_null() {
                        tokens.push(0);
                        continue;
                    }
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
}

fn digest(tokens: &[u64]) -> u64 {
    // SAFETY: any number is eight bytes.
    let (_, bytes, _) = unsafe { tokens.align_to::<u8>() };
    xxh3_64(bytes)
}

/// Attributes that libraries work out from others and keep: their coming is no change.
unsafe fn is_cache(name: *mut ffi::PyObject) -> bool {
    // SAFETY: the caller lends a live object.
    unsafe { crate::callee::text(name) }.is_some_and(|name| {
        matches!(name.as_str(), "_cache" | "_item_cache" | "_id" | "_references" | "_engine")
    })
}

/// The dictionary of an instance's attributes, where it was made; borrowed. Asking for it in the
/// usual way would make it.
unsafe fn own_dictionary(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    const MANAGED: u64 = 1 << 4;
    // SAFETY: CPython keeps a managed dictionary three words before the object
    // (`_PyObject_ManagedDictPointer`); 3.12 marks one that is not made by the lowest bit.
    unsafe {
        let kind = ffi::Py_TYPE(object);
        if (*kind).tp_flags as u64 & MANAGED != 0 {
            let word = *object.cast::<usize>().sub(3);
            return if word & 1 == 0 { word as *mut ffi::PyObject } else { ptr::null_mut() };
        }
        let offset = (*kind).tp_dictoffset;
        if offset > 0 {
            return *object.cast::<u8>().offset(offset).cast::<*mut ffi::PyObject>();
        }
        ptr::null_mut()
    }
}

/// Which attributes an instance without a dictionary has, by the order in which they were set.
unsafe fn order_of_values(object: *mut ffi::PyObject) -> u64 {
    const MANAGED: u64 = 1 << 4;
    // SAFETY: the layout is that of `pycore_dict.h` and `pycore_object.h`: before 3.13 a prefix of
    // the values holds how many there are and their indices, from 3.13 on a suffix does.
    unsafe {
        if (*ffi::Py_TYPE(object)).tp_flags as u64 & MANAGED == 0 {
            return 0;
        }
        #[cfg(not(Py_3_13))]
        {
            #[cfg(not(Py_3_12))]
            let values = *object.cast::<*const u8>().sub(4);
            #[cfg(Py_3_12)]
            let values = {
                let word = *object.cast::<usize>().sub(3);
                if word & 1 == 0 { ptr::null() } else { (word + 1) as *const u8 }
            };
            if values.is_null() {
                return 0;
            }
            let size = usize::from(*values.sub(2));
            xxh3_64(std::slice::from_raw_parts(values.sub(2 + size), size))
        }
        #[cfg(Py_3_13)]
        {
            const INLINE: u64 = 1 << 2;
            if (*ffi::Py_TYPE(object)).tp_flags as u64 & INLINE == 0 {
                return 0;
            }
            let values = object.cast::<u8>().add(size_of::<ffi::PyObject>());
            let (capacity, size) = (usize::from(*values), usize::from(*values.add(1)));
            let order = values.add(8 + 8 * capacity);
            xxh3_64(std::slice::from_raw_parts(order, size))
        }
    }
}

impl Observer {
    unsafe fn traits_of(&mut self, kind: *mut ffi::PyTypeObject) -> Traits {
        // SAFETY: the caller lends the type of a live object.
        unsafe {
            let heap = (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0;
            let version = if heap { (*kind).tp_version_tag } else { u32::MAX };
            let key = (kind as Address, version);
            if version != 0
                && let Some(&known) = self.traits.get(&key)
            {
                return known;
            }
            let traits = classify(kind);
            if version != 0 {
                self.traits.insert(key, traits);
            }
            traits
        }
    }
}

unsafe fn classify(kind: *mut ffi::PyTypeObject) -> Traits {
    // SAFETY: the bases of a live type live as long as it.
    unsafe {
        let mut base = kind;
        while is_written_in_python(base) {
            base = (*base).tp_base;
        }
        let instance = base != kind;
        let (module, name) = type_name(kind);
        let caches = instance && module.starts_with("pandas.");
        let own = kind_of(base);
        let later = crate::object::is_runner(kind)
            || matches!(
                name.as_str(),
                "generator" | "coroutine" | "async_generator" | "coroutine_wrapper"
            )
            || instance
                // Not by the slot: that of a class without `__next__` is a function that says so.
                && (!crate::callee::lookup(kind, c"__next__").is_null()
                    || !crate::callee::lookup(kind, c"__exit__").is_null()
                    || !crate::callee::lookup(kind, c"__aexit__").is_null());
        Traits { kind: own, instance, caches, later }
    }
}

/// Whether a class was made by a `class` statement: then its instances add attributes and slots to
/// its base, and nothing else.
unsafe fn is_written_in_python(kind: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: the modules' dictionary lends what it holds; `ModuleSpec` is written in Python, and
    // always there.
    unsafe {
        let base = (*kind).tp_base;
        if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 || base.is_null() {
            return false;
        }
        let module = crate::object::item(ffi::PyImport_GetModuleDict(), "_frozen_importlib");
        if module.is_null() || ffi::PyModule_Check(module) == 0 {
            return false;
        }
        let known = crate::object::item(ffi::PyModule_GetDict(module), "ModuleSpec");
        if known.is_null() || ffi::PyType_Check(known) == 0 {
            return false;
        }
        let ends = |kind: *mut ffi::PyTypeObject| (*kind).tp_dealloc.map(|end| end as usize);
        if ends(kind) != ends(known.cast()) {
            return false;
        }
        let added = ((*kind).tp_basicsize - (*base).tp_basicsize) / size_of::<usize>() as isize;
        let slots = ffi::Py_SIZE(kind.cast());
        let own = isize::from((*kind).tp_dictoffset != (*base).tp_dictoffset)
            + isize::from((*kind).tp_weaklistoffset != (*base).tp_weaklistoffset);
        added <= slots + own
    }
}

/// How the part of an object that is C's is looked at. What is not named here is unseen.
unsafe fn kind_of(base: *mut ffi::PyTypeObject) -> Kind {
    // SAFETY: the caller lends a live type.
    unsafe {
        let is = |other: *mut ffi::PyTypeObject| base == other;
        if is(&raw mut ffi::PyBaseObject_Type)
            || is(&raw mut ffi::PyList_Type)
            || is(&raw mut ffi::PyTuple_Type)
            || is(&raw mut ffi::PySet_Type)
            || is(&raw mut ffi::PyFrozenSet_Type)
            || is(&raw mut ffi::PyCell_Type)
            || is(&raw mut ffi::PyCFunction_Type)
        {
            return Kind::Plain;
        }
        if is(&raw mut ffi::PyDict_Type) {
            return Kind::Dict;
        }
        if is(&raw mut ffi::PyFunction_Type) {
            return Kind::Function;
        }
        if is(&raw mut ffi::PyByteArray_Type) {
            return Kind::Bytes;
        }
        if ffi::PyType_IsSubtype(base, &raw mut ffi::PyModule_Type) != 0
            || ffi::PyType_IsSubtype(base, &raw mut ffi::PyType_Type) != 0
        {
            return Kind::Fixed;
        }
        if reach::is_numpy_array(base) {
            return Kind::NumPy;
        }
        if ffi::PyType_IsSubtype(base, ffi::PyExc_BaseException.cast()) != 0 {
            return Kind::Plain;
        }
        let (module, name) = type_name(base);
        match (module.as_str(), name.as_str()) {
            ("collections", "OrderedDict" | "defaultdict") => Kind::Dict,
            ("collections", "deque") | ("functools", "partial") => Kind::Plain,
            ("types", "SimpleNamespace") => Kind::Plain,
            (
                "builtins",
                "method" | "mappingproxy" | "property" | "staticmethod" | "classmethod" | "slice"
                | "method-wrapper",
            ) => Kind::Plain,
            ("builtins", "method_descriptor" | "wrapper_descriptor" | "getset_descriptor")
            | ("builtins" | "weakref", "weakref" | "ReferenceType" | "weakproxy")
            | ("_weakref", _)
            | ("re", "Pattern")
            | ("_thread", "lock" | "RLock") => Kind::Fixed,
            ("pandas._libs.internals", "BlockManager") => Kind::Manager,
            ("pandas._libs.internals", "BlockPlacement" | "BlockValuesRefs") => Kind::Fixed,
            ("pandas._libs.internals", _)
            | ("pandas._libs.arrays", _)
            | ("pandas._libs.indexing", _) => Kind::Plain,
            (module, name) if module.starts_with("numpy") && name.ends_with("DType") => Kind::Fixed,
            (module, _) if module.starts_with("pandas._libs.tslibs") => Kind::Fixed,
            _ => Kind::Unseen,
        }
    }
}
