//! Doubt: whether a node is needed for what is known of it, or for what it may have done.

use clew_effects::{ExternalState, StateKey};
use clew_graph::{Confidence, Graph, ImplicitDependency, Node, NodeId, NodeKind, Role};

/// Whether a node needs another only for a change that nobody is known to have meant, or for a state of which
/// it may read something else than what the other left there.
pub(crate) fn is_doubtful(graph: &Graph, user: &Node, (role, input): (Role, NodeId)) -> bool {
    let needed: &[ImplicitDependency] = match (&user.kind, role) {
        (NodeKind::Mutate(mutate), Role::Call) => {
            return mutate.cause.as_ref().is_some_and(|cause| match cause.confidence {
                // What its own code does to what it is given is meant.
                Confidence::Annotated | Confidence::Inferred => false,
                Confidence::Observed | Confidence::Assumed | Confidence::Unknown => true,
            });
        }
        (NodeKind::Call(call), Role::Implicit) => &call.implicit_dependencies,
        (NodeKind::Block(block), Role::Implicit) => &block.implicit_dependencies,
        _ => return false,
    };
    let is_import = matches!(graph.get(input), Some(Node { kind: NodeKind::Import(_), .. }));
    let mut states = needed.iter().filter(|needed| needed.node == input).map(|needed| {
        let state = needed.state.as_deref()?;
        state.parse::<StateKey>().ok()
    });
    !is_import && states.all(|state| state.is_some_and(|state| is_guess(&state)))
}

/// Whether readers of a state are taken to read all of it, for want of knowing better.
fn is_guess(StateKey { state, part }: &StateKey) -> bool {
    match state {
        ExternalState::Module(_)
        | ExternalState::Object
        | ExternalState::Environment
        | ExternalState::Warnings
        | ExternalState::Logging
        | ExternalState::ImportSystem => true,
        ExternalState::FileSystem => part.is_none(),
        ExternalState::Pyplot => part.as_deref() == Some("settings"),
        ExternalState::Db
        | ExternalState::Network
        | ExternalState::Random
        | ExternalState::NumpyRandom
        | ExternalState::TorchRandom
        | ExternalState::Cwd
        | ExternalState::StandardStreams
        | ExternalState::Time
        | ExternalState::Process
        | ExternalState::Finalizers => false,
    }
}
