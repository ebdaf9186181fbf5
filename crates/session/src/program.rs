//! Program: what a session runs.

/// What a session runs. Paths and names are [OS texts](clew_graph::os_text).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A script, as in `python FILE`.
    File(String),
    /// A folder or an archive with a `__main__.py` in it, as in `python FOLDER`.
    Folder(String),
    /// A text, as in `python -c TEXT`.
    Text(String),
    /// What was read from standard input, as in `python -`.
    Input(Vec<u8>),
    /// A module, as in `python -m NAME`.
    Module(String),
}

impl Program {
    /// What stands for it in the session's command line: the script, `-c`, `-`, or the module.
    pub fn name(&self) -> &str {
        match self {
            Self::File(name) | Self::Folder(name) | Self::Module(name) => name,
            Self::Text(_) => "-c",
            Self::Input(_) => "-",
        }
    }
}
