//! Queue: what is sent and not yet written.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::StoreError;

/// How long a message waits for others to be written with.
const INTERVAL: Duration = Duration::from_millis(50);

/// With this many rows waiting, they wait no longer.
const ENOUGH: usize = 4096;

/// With this many rows waiting, senders wait: the disk does not keep up, and memory is finite.
const TOO_MANY: usize = 1 << 18;

/// A queue from many senders to one taker, who takes all there is at once.
pub(super) struct Queue<M> {
    state: Mutex<Waiting<M>>,
    arrived: Condvar,
    taken: Condvar,
    ended: Condvar,
}

/// What waits, and how far the two sides are.
struct Waiting<M> {
    messages: Vec<M>,
    /// How many rows the messages make.
    rows: usize,
    /// Somebody waits for the messages to be written.
    urgent: bool,
    /// Nothing more may be sent.
    closed: bool,
    /// The taker is to leave when all is taken; another will come.
    resting: bool,
    /// Nobody takes any more.
    ended: bool,
    /// Why that was too early.
    fault: Option<Arc<StoreError>>,
    /// Whether somebody has asked for that.
    fault_reported: bool,
}

impl<M> Queue<M> {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(Waiting {
                messages: Vec::new(),
                rows: 0,
                urgent: false,
                closed: false,
                resting: false,
                ended: false,
                fault: None,
                fault_reported: false,
            }),
            arrived: Condvar::new(),
            taken: Condvar::new(),
            ended: Condvar::new(),
        }
    }

    /// Adds messages, each with how many rows it makes; drops them where the queue is closed. Says whether a
    /// taker has to come.
    pub(super) fn send(&self, messages: impl IntoIterator<Item = (M, usize)>) -> bool {
        let state = self.lock();
        let mut state = self
            .taken
            .wait_while(state, |state| state.rows >= TOO_MANY && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return false;
        }
        let was_empty = state.messages.is_empty();
        let was_enough = state.is_enough();
        for (message, rows) in messages {
            state.messages.push(message);
            state.rows += rows;
        }
        // Waking the taker costs a system call, so it is not done for each message.
        if was_empty || state.is_enough() && !was_enough {
            self.arrived.notify_one();
        }
        state.resting
    }

    /// Adds a message whose sender waits for it to be dealt with; drops it where the queue is closed.
    /// Says whether a taker has to come.
    pub(super) fn send_urgent(&self, message: M) -> bool {
        let mut state = self.lock();
        if state.closed {
            return false;
        }
        state.messages.push(message);
        state.urgent = true;
        self.arrived.notify_one();
        state.resting
    }

    /// Sends the taker away when all is taken. Whoever sends next has to call another.
    pub(super) fn rest(&self) {
        self.lock().resting = true;
        self.arrived.notify_all();
    }

    /// Another taker comes; whether there was none.
    pub(super) fn wake(&self) -> bool {
        std::mem::take(&mut self.lock().resting)
    }

    /// Whether the taker was sent away, and only for a while.
    pub(super) fn is_resting(&self) -> bool {
        let state = self.lock();
        state.resting && !state.closed
    }

    /// Everything that was sent, after a while; `None` when the queue is empty and the taker is to
    /// leave.
    pub(super) fn take(&self) -> Option<Vec<M>> {
        let state = self.lock();
        let state = self
            .arrived
            .wait_while(state, |state| state.messages.is_empty() && !state.is_left())
            .unwrap_or_else(PoisonError::into_inner);
        let (mut state, _) = self
            .arrived
            .wait_timeout_while(state, INTERVAL, |state| !state.is_enough() && !state.is_left())
            .unwrap_or_else(PoisonError::into_inner);
        if state.messages.is_empty() {
            return None;
        }
        state.rows = 0;
        state.urgent = false;
        let messages = std::mem::take(&mut state.messages);
        self.taken.notify_all();
        Some(messages)
    }

    /// Lets nothing more in. What is in there is still taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
        self.taken.notify_all();
    }

    /// Says that nobody takes any more, and why where that was too early. Lets nothing more in and
    /// drops what is in there.
    pub(super) fn end(&self, fault: Option<StoreError>) {
        let mut state = self.lock();
        if state.ended {
            return;
        }
        state.fault = fault.map(Arc::new);
        state.ended = true;
        state.closed = true;
        // Their senders' answers go with the messages, so those who wait know.
        state.messages.clear();
        state.rows = 0;
        self.taken.notify_all();
        self.ended.notify_all();
    }

    /// Waits until nobody takes any more; the error for which that was too early.
    pub(super) fn outcome(&self) -> Option<Arc<StoreError>> {
        let state = self.lock();
        self.ended
            .wait_while(state, |state| !state.ended)
            .unwrap_or_else(PoisonError::into_inner)
            .fault
            .clone()
    }

    /// The error for which it ended too early, the first time that this is asked after it.
    pub(super) fn take_fault(&self) -> Option<Arc<StoreError>> {
        let mut state = self.lock();
        if state.fault_reported {
            return None;
        }
        state.fault_reported = state.fault.is_some();
        state.fault.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<M>> {
        // No code of ours panics while it holds the lock, and the state is whole between any two
        // statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M> Waiting<M> {
    fn is_enough(&self) -> bool {
        self.urgent || self.rows >= ENOUGH
    }

    fn is_left(&self) -> bool {
        self.closed || self.resting
    }
}
