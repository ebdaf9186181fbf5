//! Annotation files: the user's own rules, as a run is given them.

use clew_cli::{CommandError, RecordingRequest, complain};
use clew_graph::os_text;
use clew_session::AnnotationFile;

/// The user's own annotations for a run: those that its store keeps and those that it is given, as file
/// names and texts.
pub(crate) fn annotation_files(
    recording: &RecordingRequest,
) -> Result<Vec<(String, String)>, CommandError> {
    let kept = recording.annotations.then(|| kept_annotations(&recording.store));
    let mut files = kept.unwrap_or_default();
    files.extend(given_annotations(recording)?);
    Ok(files)
}

/// The annotation files that a run is given, as file names and texts.
pub(crate) fn given_annotations(
    recording: &RecordingRequest,
) -> Result<Vec<(String, String)>, CommandError> {
    let read = |file: &String| match AnnotationFile::read(&os_text::path(file)) {
        Ok(read) => Ok((file.clone(), read.text)),
        Err(error) => Err(CommandError::GivenAnnotations(error)),
    };
    recording.annotation_files.iter().map(read).collect()
}

/// The annotation files that a store keeps, as file names and texts.
pub(crate) fn kept_annotations(store: &str) -> Vec<(String, String)> {
    let folder = clew_session::AnnotationFolder::of_store(store);
    let kept = folder.map(|folder| folder.kept()).unwrap_or_default();
    let mut files = Vec::new();
    for (_, path) in kept {
        match AnnotationFile::read_kept(&path) {
            Ok(file) => files.push((path.display().to_string(), file.text)),
            // What was kept for all programs must not stop this one.
            Err(error) => {
                let first = error.to_string().lines().next().unwrap_or_default().to_owned();
                complain(format_args!("{first}; the program runs without this file"));
            }
        }
    }
    files
}
