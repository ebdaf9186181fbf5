#![doc = include_str!("../README.md")]

/// Where values live and code runs.
pub mod host;
/// Why a node could not be run.
pub mod error;
/// What running a node did beyond giving a value.
pub mod side_effect;
/// What happens, for who listens.
pub mod event;
/// What came of running one node.
mod outcome;
/// The nodes that stand for external states.
pub mod state;
/// What came of the nodes that ran.
mod memory;
/// A node that runs.
mod run;
/// What a call passes, spread out.
mod arguments;
/// What annotations say of a call, as changes of nodes.
mod inspect;
/// How each kind of node runs.
mod handlers;
/// Running nodes, graphs and slices.
pub mod executor;
/// Running the statements of a module, by their nodes or their texts.
pub mod steps;
/// A host of plain Rust functions.
pub mod native_host;

pub use error::ExecuteError;
pub use event::Event;
pub use executor::Executor;
pub use host::{
    Accessed, CalleeNames, Context, Host, HostError, QualifiedName, Raised, ReceiverClass, ValueId,
};
pub use native_host::{NativeCall, NativeError, NativeFunction, NativeHost, Value};
use outcome::{NodeChange, NodeOutcome};
pub use side_effect::{Affected, SideEffect};
pub use state::{looked_up_state, state_lookup};
pub use steps::StepEnd;
