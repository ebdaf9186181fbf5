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
