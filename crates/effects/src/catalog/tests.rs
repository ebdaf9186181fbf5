//! What comes with clew is all there and can be read.

use super::*;

#[test]
fn every_annotation_file_that_comes_with_clew_can_be_read() {
    for (package, texts) in builtin::PACKAGES {
        for (file, text) in *texts {
            let file = annotation::read(file, text).unwrap();
            assert!(!file.modules.is_empty(), "{package} says nothing");
            for entry in file.modules {
                for module in entry.modules {
                    assert_eq!(package_of(&module), *package);
                }
            }
        }
    }
}

#[test]
fn every_file_in_the_folder_comes_with_clew() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap() + "/annotations";
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut known: Vec<&str> =
        builtin::PACKAGES.iter().flat_map(|(_, texts)| *texts).map(|(file, _)| *file).collect();
    known.sort_unstable();
    assert_eq!(files, known);
}
