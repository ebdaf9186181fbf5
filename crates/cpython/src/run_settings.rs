//! Run settings: what to run, and how.

use clew_session::Program;

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// What to run.
    pub program: Program,
    /// The arguments after it.
    pub arguments: Vec<String>,
    /// Whether to ask the annotations.
    pub annotations: bool,
    /// Which share of the run may be spent on looking at what calls change that nothing is known
    /// about; 0 for none.
    pub observe: f64,
    /// The user's own annotations, as file names and texts.
    pub annotation_files: Vec<(String, String)>,
    /// The store's folder, which listings of the program's do not show.
    pub store: Option<std::path::PathBuf>,
}
