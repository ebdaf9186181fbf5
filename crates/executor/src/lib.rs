#![doc = include_str!("../README.md")]

pub mod error;
pub mod event;
pub mod executor;
pub mod host;
pub mod native_host;
pub mod outcome;
pub mod side_effect;
pub mod state;

mod arguments;
mod handlers;
mod inspect;

pub use error::ExecuteError;
pub use event::Event;
pub use executor::Executor;
pub use host::{
    Accessed, Callee, Context, Host, HostError, QualifiedName, Raised, ReceiverClass, ValueId,
};
pub use native_host::{NativeCall, NativeError, NativeFunction, NativeHost, Value};
pub use outcome::{NodeChange, Outcome};
pub use side_effect::{SideEffect, Target};
pub use state::{looked_up_state, state_lookup};
