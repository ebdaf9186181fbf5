//! threading and multiprocessing: what runs beside the program's own thread.

use crate::lent::{Class, Lent};

/// Whether a thread or process runs behind an object.
pub fn runs_behind(value: Lent<'_>) -> bool {
    is_runner(value.class())
}

/// Whether a thread or process runs behind the instances of a class.
pub fn is_runner(class: Class<'_>) -> bool {
    class.lineage().any(|base| {
        let (module, name) = base.name();
        (module == "threading" && name == "Thread")
            || (module == "multiprocessing.process" && name == "BaseProcess")
    })
}
