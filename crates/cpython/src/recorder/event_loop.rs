//! Event loop: how many tasks it has beside the one that runs.

use std::cell::Cell;

use pyo3::prelude::*;

/// How many tasks and callbacks an event loop has beside the task that runs, and which are to come.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tasks(usize);

impl Tasks {
    pub(super) const NONE: Self = Self(0);
    /// Those of a loop that cannot be looked into.
    pub(super) const UNKNOWN: Self = Self(usize::MAX);
}

thread_local! {
    /// Whether a coroutine is followed.
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// From now on, or no longer, a coroutine is followed.
pub(super) fn ask(asked: bool) {
    ASKED.set(asked);
}

/// Those of the loop that runs; none where nobody asks. None of the program's code runs for it.
pub(super) fn now() -> Tasks {
    if !ASKED.get() {
        return Tasks::NONE;
    }
    Python::attach(|py| {
        // What is being raised or handled is the program's.
        let raised = PyErr::take(py);
        let tasks = count(py).map_or(Tasks::UNKNOWN, Tasks);
        if let Some(raised) = raised {
            raised.restore(py);
        }
        tasks
    })
}

fn count(py: Python<'_>) -> PyResult<usize> {
    let modules = py.import("sys")?.getattr("modules")?;
    let asyncio = modules.get_item("asyncio")?;
    let running = asyncio.getattr("_get_running_loop")?.call0()?;
    let mut count = running.getattr("_ready")?.len()?;
    for handle in running.getattr("_scheduled")?.try_iter()? {
        count += usize::from(!handle?.getattr("_cancelled")?.is_truthy()?);
    }
    // What wakes the loop up is always there.
    let watched = running.getattr("_selector")?.getattr("_fd_to_key")?.len()?;
    count += watched.saturating_sub(1);
    let current = asyncio.getattr("current_task")?.call0()?;
    let counts = |task: &Bound<'_, PyAny>| -> PyResult<bool> {
        let is_other = !task.is_none() && !task.is(&current);
        Ok(is_other && !task.call_method0("done")?.is_truthy()?)
    };
    let tasks = asyncio.getattr("tasks")?;
    // It has another name before 3.12.
    let all = tasks.getattr("_scheduled_tasks").or_else(|_| tasks.getattr("_all_tasks"))?;
    for reference in all.getattr("data")?.try_iter()? {
        count += usize::from(counts(&reference?.call0()?)?);
    }
    if let Ok(eager) = tasks.getattr("_eager_tasks") {
        for task in eager.try_iter()? {
            count += usize::from(counts(&task?)?);
        }
    }
    Ok(count)
}
