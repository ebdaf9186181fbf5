//! Runs nodes, one by one as they come or a whole graph after the fact.
//!
//! An [`Executor`] runs the nodes of a [`Graph`](clew_graph::Graph) on a [`Host`] and keeps what
//! came of them: values, times, and the latest versions of the outside world. It asks the
//! annotations of [`clew_effects`] what each call changed and tells of it as [`SideEffect`]s, for
//! who builds the graph to act on. It holds ids of values and never a value: those stay with the
//! host. It does no IO and reads no clock.
//!
//! Start with [`Executor::execute_node`] for running one node, [`Executor::execute_graph`] for
//! running a stored graph again, [`Executor::observe`] for nodes that an interpreter has run by
//! itself, and [`Host`] for what an interpreter has to offer. [`NativeHost`] is a host of plain
//! Rust functions.
//!
//! ```
//! use clew_effects::Catalog;
//! use clew_executor::{Executor, NativeHost, Value};
//! use clew_graph::{Graph, NodeId};
//!
//! // `numbers = [1]; numbers.append(double(20))`, once numbers.append is known to change numbers.
//! let graph: Graph = r#"
//!     n0 = literal 1
//!     n1 = call list(n0)
//!     n2 = literal "append"
//!     n3 = call getattr(n1, n2)
//!     n4 = lookup double
//!     n5 = literal 20
//!     n6 = call n4(n5)
//!     n7 = call n3(n6)
//!     n8 = mutate n1 by n7
//! "#
//! .parse()
//! .unwrap();
//!
//! let mut catalog = Catalog::empty();
//! let annotations = "
//! - module: builtins
//!   annotations:
//!   - criteria: { class_instance: list, class_method_name: append }
//!     side_effects:
//!     - mutated_value: { self_ref: SELF_REF }
//! ";
//! catalog.add("lists.yaml", annotations).unwrap();
//!
//! let mut host = NativeHost::new();
//! host.define("__main__", "double", |call| {
//!     Ok(Value::from(2 * call.argument(0)?.as_int().unwrap()))
//! });
//!
//! let mut executor = Executor::new(catalog);
//! let mut side_effects = Vec::new();
//! for node in graph.nodes() {
//!     for side_effect in executor.execute_node(&mut host, node, None).unwrap() {
//!         side_effects.push(format!("{}: {side_effect}", node.id));
//!     }
//! }
//!
//! let numbers = executor.value(NodeId::new(8)).unwrap();
//! assert_eq!(host.get(numbers).unwrap().to_string(), "[1, 40]");
//! assert!(side_effects.contains(&"n7: mutates n1".to_owned()));
//! // The list is what it is since the call that changed it.
//! let changed = executor.execution_time(NodeId::new(8));
//! assert_eq!(changed, executor.execution_time(NodeId::new(7)));
//! ```

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
