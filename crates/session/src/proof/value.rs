//! Value: the one that a proof is about, and what is known of it.

use std::time::{SystemTime, UNIX_EPOCH};

use clew_graph::{Artifact, NodeId, Session, SessionId, Timestamp, is_of_function};
use clew_store::{Certificate, Store, StoreError};

use super::lesson::{self, Taught};
use super::{Proof, Prover};
use crate::replay::{ReplayError, Replayed, Verdict};
use crate::{Adjustment, Replayer, SliceError, Sliced, Slicer, Trial, Variables};

/// A variable or artifact, as it was recorded.
#[derive(Clone, Debug)]
pub struct RecordedValue<'a> {
    /// Its name.
    pub name: &'a str,
    /// The node that it is.
    pub node: NodeId,
    /// What is known of it as an artifact.
    pub artifact: Option<&'a Artifact>,
    /// Its fingerprint, where one was kept.
    pub fingerprint: Option<String>,
}

/// Which node each variable's value is at the end of a session.
///
/// # Errors
/// When the store cannot be read.
pub fn final_variables(store: &Store, session: SessionId) -> Result<Variables, StoreError> {
    let all = store.variables(session)?.into_iter();
    Ok(all.filter_map(|variable| Some((variable.name, variable.node?))).collect())
}

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The slice cannot be replayed.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no slice.
    #[error(transparent)]
    Slice(#[from] SliceError),
}

impl<'a> RecordedValue<'a> {
    /// An artifact's, which is the value of this node.
    pub fn of_artifact(artifact: &'a Artifact, node: NodeId) -> Self {
        Self {
            name: &artifact.saved_as,
            node,
            artifact: Some(artifact),
            fingerprint: artifact.fingerprint.clone(),
        }
    }

    fn version(&self) -> Option<u32> {
        self.artifact.map(|artifact| artifact.version)
    }

    /// The nodes that its slice is of; `variables` says which node each variable's value is.
    pub fn sinks(&self, slicer: &Slicer<'_>, variables: &Variables) -> Vec<NodeId> {
        match self.artifact {
            Some(artifact) => slicer.sinks_of_artifact(self.node, &artifact.type_name, variables),
            None => vec![self.node],
        }
    }

    /// How its slice is adjusted: by a proof of it, and for what proofs of other values have taught.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn adjustment(
        &self,
        store: &Store,
        taught: &Taught,
        slicer: &Slicer<'_>,
        sinks: &[NodeId],
    ) -> Result<Adjustment, StoreError> {
        let mut known = taught.adjustment(self.name, self.version());
        let prover = Prover::new(slicer, sinks.to_vec(), known.clone(), 0);
        let lessons = prover.lessons_for(store, taught)?;
        // What this very value was seen not to need goes before what others taught.
        known.put_back.extend(lessons.into_iter().filter(|span| !known.left_out.contains(span)));
        known.put_back.sort();
        known.put_back.dedup();
        Ok(known)
    }

    /// Its slice, adjusted; `variables` says which node each variable's value is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn slice(
        &self,
        store: &Store,
        taught: &Taught,
        slicer: &Slicer<'_>,
        variables: &Variables,
    ) -> Result<Sliced, StoreError> {
        let sinks = self.sinks(slicer, variables);
        let adjustment = self.adjustment(store, taught, slicer, &sinks)?;
        Ok(slicer.slice_with(sinks, &adjustment))
    }

    /// Runs a text and compares the value that it makes.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn compared(
        &self,
        store: &Store,
        slicer: &Slicer<'_>,
        replayer: &Replayer<'_>,
        code: &str,
    ) -> Result<(Verdict, Replayed), ReplayError> {
        let variables: Vec<String> = match self.artifact {
            Some(_) => slicer.variable_of(self.node).into_iter().collect(),
            None if is_of_function(self.name) => {
                return Err(ReplayError::NothingLeft { name: self.name.to_owned() });
            }
            None => vec![self.name.to_owned()],
        };
        let recorded: Vec<&str> = self.fingerprint.as_deref().into_iter().collect();
        let value = self.artifact.and_then(|artifact| artifact.value.as_deref()?.parse().ok());
        // To tell where values differ is no reason to fail.
        let value = value.and_then(|address| store.get_value(address).ok());
        let trial = Trial {
            value: value.as_deref(),
            code,
            variables: &variables,
            artifact: self.artifact.map(|artifact| artifact.saved_as.as_str()),
            recorded: &recorded,
        };
        let replayed = replayer.replay(trial)?;
        Ok((replayed.verdict(0, self.fingerprint.as_deref()), replayed))
    }

    /// Keeps what a replay of its slice came to, unless the store may only be read.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub fn certify(
        &self,
        store: &Store,
        session: &Session,
        sliced: &Sliced,
        verdict: &Verdict,
    ) -> Result<(), StoreError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let kept = store.save_certificate(&Certificate {
            session: session.id,
            name: self.name.to_owned(),
            version: self.version(),
            checked: Timestamp(i64::try_from(now.as_micros()).unwrap_or(i64::MAX)),
            verdict: verdict.word().to_owned(),
            reason: verdict.reason(),
            slice_digest: sliced.digest(),
        });
        where_writable(kept)
    }

    /// Proves its slice: replays it, widens it where that is needed, and keeps what came of it.
    ///
    /// # Errors
    /// When it cannot be replayed, or the store cannot be used.
    pub fn prove(
        &self,
        store: &Store,
        session: &Session,
        slicer: &Slicer<'_>,
        variables: &Variables,
        replayer: &Replayer<'_>,
    ) -> Result<Proof, ProofError> {
        /// How often something is replayed at most.
        const MOST: usize = 40;
        let sinks = self.sinks(slicer, variables);
        let taught = Taught::of(store, session.id)?;
        let known = self.adjustment(store, &taught, slicer, &sinks)?;
        let prover = Prover::new(slicer, sinks, known, MOST);
        let mut replay = |sliced: &Sliced| -> Result<Verdict, ProofError> {
            Ok(self.compared(store, slicer, replayer, &sliced.code)?.0)
        };
        let proof = prover.prove(&mut replay)?;
        self.certify(store, session, &proof.sliced, &proof.verdict)?;
        let kept = lesson::keep(store, slicer, &proof, (session.id, self.name, self.version()));
        where_writable(kept)?;
        Ok(proof)
    }
}

/// A store that may only be read tells what it holds all the same.
fn where_writable(kept: Result<(), StoreError>) -> Result<(), StoreError> {
    match kept {
        Err(StoreError::NotWritable { .. }) => Ok(()),
        kept => kept,
    }
}
