//! Recording: where the reports of a run go.

use clew_graph::{SourceId, SourceLocation};
use clew_session::{ByOthers, Deferred, LeftFunction, Outcome, SessionFile};
use pyo3::prelude::*;

use crate::findings::Findings;

/// Where the reports of a run go.
pub trait Recording: Findings + Send {
    /// A text is about to run; gives the id that reports will name it by.
    ///
    /// # Errors
    /// When the text cannot be read; it then runs unrecorded.
    fn begin_source(&mut self, location: SourceLocation, text: &str) -> Result<SourceId, String>;
    /// The statements of a text.
    fn unit(&self, source: SourceId) -> Option<std::sync::Arc<clew_syntax::Unit>>;
    /// A statement ran.
    ///
    /// # Errors
    /// In words, when it could not be recorded.
    fn record(&mut self, outcome: &Outcome) -> Result<(), String>;
    /// How many steps the [digest](crate::cheap_fingerprint) of what a variable holds may take, each time that a
    /// statement has bound or changed it.
    fn digest_steps(&self) -> usize {
        0
    }
    /// Whether the definition of a function, given by its place among the text's scopes, was reported by itself,
    /// so that a call of it may be [reported](Outcome::calling) by its statements.
    fn may_follow(&self, source: SourceId, scope: usize) -> bool {
        let _ = (source, scope);
        false
    }
    /// A function whose statements were reported by themselves has ended.
    ///
    /// # Errors
    /// In words, when it could not be recorded.
    fn left_function(&mut self, left: LeftFunction) -> Result<(), String> {
        let _ = left;
        Ok(())
    }
    /// The program has ended, and these functions ran in no calls but those that were reported so.
    fn only_followed(&mut self, functions: &[(SourceId, usize)]) {
        let _ = functions;
    }
    /// Others than statements did something.
    fn by_others(&mut self, found: ByOthers) {
        let _ = found;
    }
    /// The program has ended; what functions will read that variables lead to.
    fn deferred(&mut self, deferred: &[Deferred]);
    /// Something of clew's own failed; said to the user once.
    fn fault(&mut self, message: &str);
    /// Something failed so that what the program does from here on is not recorded.
    fn lost(&mut self, message: &str) {
        self.fault(message);
    }
    /// What of the program was not followed, though nothing failed; in words, when it has ended.
    fn unfollowed(&mut self, what: &str) {
        let _ = what;
    }
    /// The process may end at once, without a word: what was recorded so far is to be kept.
    fn may_end(&mut self) {}
    /// What is known of the files that the program read, imported and wrote, when it has ended.
    fn files(&mut self, files: Vec<SessionFile>) {
        let _ = files;
    }
    /// For looking at the variables when the program has ended, before anything is torn down.
    fn ended(&mut self, variables: &mut dyn Iterator<Item = (String, Bound<'_, PyAny>)>);
}
