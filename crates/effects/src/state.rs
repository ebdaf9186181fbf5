//! State: what lies outside a program's values, part by part, and who wrote it last.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use clew_graph::NodeId;

macro_rules! external_states {
    (
        annotated { $($(#[$meta:meta])* $name:ident = $word:literal,)* }
        recorded { $($(#[$own_meta:meta])* $own_name:ident = $own_word:literal,)* }
    ) => {
        /// A state that calls read and change without being passed it.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ExternalState {
            $($(#[$meta])* $name,)*
            $($(#[$own_meta])* $own_name,)*
            /// What a module keeps to itself, such as its settings; written `module:name`.
            Module(String),
        }

        impl ExternalState {
            /// The words of the states that annotations name, but for the modules' own.
            pub const WORDS: &[&str] = &[$($word,)*];

            /// Whether only a recorder finds such a state, and no annotation can name it.
            pub fn is_recorded_only(&self) -> bool {
                matches!(self, $(Self::$own_name)|*)
            }
        }

        impl fmt::Display for ExternalState {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name => f.write_str($word),)*
                    $(Self::$own_name => f.write_str($own_word),)*
                    Self::Module(name) => write!(f, "module:{name}"),
                }
            }
        }

        impl FromStr for ExternalState {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word {
                    $($word => Ok(Self::$name),)*
                    $($own_word => Ok(Self::$own_name),)*
                    _ => match word.strip_prefix("module:") {
                        Some(name) if !name.is_empty() => Ok(Self::Module(name.to_owned())),
                        _ => Err(()),
                    },
                }
            }
        }
    };
}

external_states! {
    annotated {
        /// Files and folders; keyed by path.
        FileSystem = "file_system",
        /// Databases; keyed by connection, URL or table.
        Db = "db",
        /// Other machines; keyed by URL, or by host and port.
        Network = "network",
        /// Environment variables; keyed by name.
        Environment = "environment",
        /// The hidden generator of the `random` module.
        Random = "random",
        /// The hidden generator of `numpy.random`.
        NumpyRandom = "numpy_random",
        /// PyTorch's global generators.
        TorchRandom = "torch_random",
        /// The current directory.
        Cwd = "cwd",
        /// pyplot's current figure and axes, and matplotlib's `rcParams`.
        Pyplot = "pyplot",
        /// Standard input, output and error.
        StandardStreams = "standard_streams",
        /// The clock.
        Time = "time",
        /// Other processes and threads, and this one's fate.
        Process = "process",
        /// The filters of the `warnings` module.
        Warnings = "warnings",
        /// The tree of loggers and their handlers.
        Logging = "logging",
        /// `sys.modules`, `sys.path` and the importers.
        ImportSystem = "import_system",
    }
    recorded {
        /// Objects that no variable of the program leads to, and variables of modules; keyed by
        /// address, or by a namespace's address and the variable's name.
        Object = "object",
        /// What is to be done when an object is gone; keyed by number.
        Finalizers = "finalizers",
    }
}

impl ExternalState {
    /// The module that keeps the state to itself, if one does.
    pub fn module(&self) -> Option<&str> {
        match self {
            Self::Module(name) => Some(name),
            _ => None,
        }
    }

    /// Whether parts lie within each other: a path or URL names all that is below it too.
    fn is_hierarchical(&self) -> bool {
        matches!(self, Self::FileSystem | Self::Network | Self::Db)
    }
}

/// A part of the outside world: a file system and a path, a generator and nothing more.
///
/// In words, as graphs keep it, the state and after a space the part: `file_system /data/a.csv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey {
    /// Which state.
    pub state: ExternalState,
    /// Which part of it; `None` for all of it.
    pub part: Option<String>,
}

impl StateKey {
    /// All of a state.
    pub fn whole(state: ExternalState) -> Self {
        Self { state, part: None }
    }

    /// A part of a state.
    pub fn part(state: ExternalState, part: impl Into<String>) -> Self {
        Self { state, part: Some(part.into()) }
    }

    /// All that a module keeps to itself.
    pub fn module(name: impl Into<String>) -> Self {
        Self::whole(ExternalState::Module(name.into()))
    }

    /// Whether a change of the one may be a change of the other: where one is all of the state,
    /// where both are the same part, and where one is a folder or URL on the way to the other.
    /// Parts of other states have names that stand for themselves.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.state == other.state
            && match (&self.part, &other.part) {
                (Some(part), Some(other)) if self.state.is_hierarchical() => {
                    is_within(part, other) || is_within(other, part)
                }
                (Some(part), Some(other)) => part == other,
                _ => true,
            }
    }
}

fn is_within(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || outer.ends_with('/'))
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.state)?;
        match &self.part {
            Some(part) => write!(f, " {part}"),
            None => Ok(()),
        }
    }
}

impl FromStr for StateKey {
    type Err = ();

    fn from_str(words: &str) -> Result<Self, ()> {
        match words.split_once(' ') {
            Some((state, part)) => Ok(Self::part(state.parse()?, part)),
            None => Ok(Self::whole(words.parse()?)),
        }
    }
}

/// Something kept for parts of states, found again by all that [overlaps](StateKey::overlaps) them.
///
/// Looking up takes time in proportion to what is found and to how deep a path is, however many
/// parts are kept.
#[derive(Clone, Debug)]
pub struct StateMap<T> {
    states: BTreeMap<ExternalState, Parts<T>>,
}

#[derive(Clone, Debug)]
struct Parts<T> {
    whole: Option<T>,
    parts: BTreeMap<String, T>,
}

impl<T> Default for StateMap<T> {
    fn default() -> Self {
        Self { states: BTreeMap::new() }
    }
}

impl<T> Default for Parts<T> {
    fn default() -> Self {
        Self { whole: None, parts: BTreeMap::new() }
    }
}

impl<T> StateMap<T> {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Whether anything is kept for a state or a part of it.
    pub fn has_any_of(&self, state: &ExternalState) -> bool {
        self.states.contains_key(state)
    }

    /// What is kept for just this part.
    pub fn get(&self, key: &StateKey) -> Option<&T> {
        let parts = self.states.get(&key.state)?;
        match &key.part {
            None => parts.whole.as_ref(),
            Some(part) => parts.parts.get(part),
        }
    }

    /// Keeps something for just this part, in the place of what was kept for it.
    pub fn insert(&mut self, key: StateKey, kept: T) {
        let parts = self.states.entry(key.state).or_default();
        match key.part {
            None => parts.whole = Some(kept),
            Some(part) => {
                parts.parts.insert(part, kept);
            }
        }
    }

    /// What is kept for just this part, to be changed.
    pub fn get_or_default(&mut self, key: StateKey) -> &mut T
    where
        T: Default,
    {
        let parts = self.states.entry(key.state).or_default();
        match key.part {
            None => parts.whole.get_or_insert_default(),
            Some(part) => parts.parts.entry(part).or_default(),
        }
    }

    /// Forgets a state with all of its parts.
    pub fn forget(&mut self, state: &ExternalState) {
        self.states.remove(state);
    }

    /// What is kept for all that the key is a part of: the state, and folders on the way.
    pub fn wider<'a>(&'a self, key: &'a StateKey) -> impl Iterator<Item = &'a T> {
        let parts = self.states.get(&key.state);
        let whole = parts.filter(|_| key.part.is_some()).and_then(|parts| parts.whole.as_ref());
        let folders = parts
            .zip(key.part.as_deref())
            .filter(|_| key.state.is_hierarchical())
            .into_iter()
            .flat_map(|(parts, part)| folders(part).filter_map(|at| parts.parts.get(at)));
        whole.into_iter().chain(folders)
    }

    /// What is kept for all that lies within the key.
    fn narrower<'a>(&'a self, key: &'a StateKey) -> impl Iterator<Item = &'a T> {
        let parts = self.states.get(&key.state);
        let folder = match &key.part {
            None => Some(String::new()),
            Some(_) if !key.state.is_hierarchical() => None,
            Some(part) if part.ends_with('/') => Some(part.clone()),
            Some(part) => Some(format!("{part}/")),
        };
        parts.zip(folder).into_iter().flat_map(move |(parts, folder)| {
            let within = parts.parts.range(folder.clone()..);
            within
                .take_while(move |(part, _)| part.starts_with(&folder))
                .filter(|(part, _)| Some(*part) != key.part.as_ref())
                .map(|(_, kept)| kept)
        })
    }

    /// What is kept for all that overlaps the key, itself included.
    pub fn overlapping<'a>(&'a self, key: &'a StateKey) -> impl Iterator<Item = &'a T> {
        self.wider(key).chain(self.get(key)).chain(self.narrower(key))
    }
}

/// The folders on the way to a part, each with and without the separator at its end.
fn folders(part: &str) -> impl Iterator<Item = &str> {
    part.match_indices('/')
        .flat_map(|(at, _)| [&part[..at], &part[..=at]])
        .filter(|folder| folder.len() < part.len())
}

/// Who wrote each part of each state last.
///
/// A change of who knows which part may be a change of any, so whoever reads a part depends on it.
#[derive(Clone, Debug, Default)]
pub struct LastWriters {
    writers: StateMap<Vec<NodeId>>,
}

impl LastWriters {
    /// The steps that a reader of the state depends on, in program order.
    pub fn read(&self, key: &StateKey) -> Vec<NodeId> {
        in_order(self.writers.overlapping(key).flatten().copied())
    }

    /// The steps that wrote what the key is a part of, in program order.
    pub fn wider(&self, key: &StateKey) -> Vec<NodeId> {
        in_order(self.writers.wider(key).flatten().copied())
    }

    /// The steps that wrote just this part since it was made anew, in the order in which they did.
    pub fn writers(&self, key: &StateKey) -> &[NodeId] {
        self.writers.get(key).map_or(&[], Vec::as_slice)
    }

    /// The step that wrote just this part last.
    pub fn latest(&self, key: &StateKey) -> Option<NodeId> {
        self.writers.get(key)?.last().copied()
    }

    /// Records that a step changed the state. Earlier changes stand beside it, unless it `replaces`
    /// them: by making all anew, or by depending on them itself.
    pub fn write(&mut self, key: StateKey, node: NodeId, replaces: bool) {
        if key.part.is_none() && replaces {
            self.writers.forget(&key.state);
        }
        let nodes = self.writers.get_or_default(key);
        if replaces {
            nodes.clear();
        }
        if nodes.last() != Some(&node) {
            nodes.push(node);
        }
    }

    /// Records that a step is the next version of just this part.
    pub fn supersede(&mut self, key: StateKey, node: NodeId) {
        self.writers.insert(key, vec![node]);
    }
}

fn in_order(nodes: impl Iterator<Item = NodeId>) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = nodes.collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// What was written at all, so that reading anything else is soon forgotten.
#[derive(Clone, Debug, Default)]
pub struct StateSet {
    written: StateMap<()>,
}

impl StateSet {
    /// Notes that a state was written.
    pub fn insert(&mut self, key: &StateKey) {
        if self.written.get(key).is_none() {
            self.written.insert(key.clone(), ());
        }
    }

    /// Whether a reader of the state may see something that was written.
    pub fn shows_in(&self, key: &StateKey) -> bool {
        self.written.overlapping(key).next().is_some()
    }

    /// The parts of a state that were written and lie within a part of it.
    pub fn parts_within<'a>(
        &'a self,
        state: &ExternalState,
        outer: &'a str,
    ) -> impl Iterator<Item = &'a str> {
        let parts = self.written.states.get(state).into_iter();
        parts
            .flat_map(|parts| parts.parts.range(outer.to_owned()..))
            .map(|(part, ())| part.as_str())
            .take_while(move |part| part.starts_with(outer))
            .filter(move |part| is_within(part, outer))
    }

    /// Whether any part of a state was written.
    pub fn has_any_of(&self, state: &ExternalState) -> bool {
        self.written.has_any_of(state)
    }
}
