//! Place: where an effect lands.

use std::fmt;
use std::str::FromStr;

/// A value that takes part in a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// What the callee was taken from: the `a` of `a.append(1)`. For a function that was taken
    /// from a module, the module.
    Receiver,
    /// What was passed at a position, counted from zero and without the receiver.
    Positional(u32),
    /// What was passed by a keyword.
    Keyword(String),
    /// Everything that was passed by position.
    AllPositional,
    /// Everything that was passed, by position or by keyword.
    AllArguments,
    /// What the call returned.
    Result,
}

impl Place {
    /// The same place when the receiver is written as the first argument: `list.append(a, 1)`
    /// for `a.append(1)`.
    pub fn unbound(self) -> Self {
        match self {
            Self::Receiver => Self::Positional(0),
            Self::Positional(index) => Self::Positional(index + 1),
            place
            @ (Self::Keyword(_) | Self::AllPositional | Self::AllArguments | Self::Result) => place,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receiver => f.write_str("self"),
            Self::Positional(index) => write!(f, "{index}"),
            Self::Keyword(name) => write!(f, "{name}="),
            Self::AllPositional => f.write_str("*"),
            Self::AllArguments => f.write_str("**"),
            Self::Result => f.write_str("result"),
        }
    }
}

/// A part of the world outside the program's values, as wide or as narrow as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource {
    /// Which state.
    pub state: ExternalState,
    /// Which part of it; `None` for all of it.
    pub key: Option<Key>,
}

impl Resource {
    /// All of a state.
    pub fn whole(state: ExternalState) -> Self {
        Self { state, key: None }
    }

    /// The same resource when the receiver is written as the first argument.
    pub fn unbound(self) -> Self {
        let key = self.key.map(|key| match key {
            Key::Place(place) => Key::Place(place.unbound()),
            name @ Key::Name(_) => name,
        });
        Self { key, ..self }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            None => write!(f, "{}", self.state),
            Some(key) => write!(f, "{}[{key}]", self.state),
        }
    }
}

/// Which part of a state. A path names all that lies below it too, and what is not known to be
/// elsewhere has to be taken for the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The part that a value names: a path, a URL, a handle of either.
    Place(Place),
    /// A part with a fixed name.
    Name(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(place) => write!(f, "{place}"),
            Self::Name(name) => write!(f, "{name:?}"),
        }
    }
}

macro_rules! external_states {
    ($($(#[$meta:meta])* $name:ident = $word:literal,)*) => {
        /// A state that calls read and change without being passed it.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ExternalState {
            $($(#[$meta])* $name,)*
            /// What a module keeps to itself, such as its settings; written `module:name`.
            Module(String),
        }

        impl ExternalState {
            /// Every state but the modules' own.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The words for [`Self::ALL`], in the same order.
            pub const WORDS: &[&str] = &[$($word,)*];
        }

        impl fmt::Display for ExternalState {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name => f.write_str($word),)*
                    Self::Module(name) => write!(f, "module:{name}"),
                }
            }
        }

        impl FromStr for ExternalState {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word {
                    $($word => Ok(Self::$name),)*
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
    /// Files and folders; keyed by path.
    FileSystem = "file_system",
    /// Databases; keyed by connection, URL or table.
    Db = "db",
    /// Other machines; keyed by URL.
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
