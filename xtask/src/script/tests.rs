use super::*;

fn directives(text: &str) -> Script {
    Script::default().with_directives(text).unwrap()
}

#[test]
fn directives_stand_in_the_first_five_lines() {
    let script = directives(
        "\u{feff}# args: -v  in.txt\n\
         # stdin: one\\n\\ttwo\\xff\\q\n\
         # python: >=3.12\n\
         # files: a.txt b.txt\n\
         x = 1  # args: none\n\
         # stdin: too late\n",
    );
    assert_eq!(script.arguments, ["-v", "in.txt"]);
    assert_eq!(script.stdin, b"one\n\ttwo\xff\\q");
    assert_eq!(script.python, Some("3.12".parse().unwrap()));
    assert_eq!(script.files, ["a.txt", "b.txt"]);
}

#[test]
fn a_script_may_ask_for_a_python() {
    let script = directives("# python: >=3.12\n");
    let python = |version: &str| Python { path: PathBuf::new(), version: version.parse().unwrap() };
    assert!(!script.runs_on(&python("3.11")));
    assert!(script.runs_on(&python("3.12")));
    assert!(directives("").runs_on(&python("3.11")));
    assert!(Script::default().with_directives("# python: 3.12\n").is_err());
}

#[test]
fn parts_of_other_programs_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    for path in [
        "b.py",
        "a.py",
        "_part.py",
        "notes.txt",
        "deep/c.py",
        "package/__init__.py",
        "package/d.py",
        "_data/e.py",
        ".hidden/f.py",
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let names = |paths: &[&str]| -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| folder.path().join(path)).collect();
        let scripts = Script::find(&paths).unwrap();
        let names = scripts.iter().map(|script| script.path.strip_prefix(&folder).unwrap());
        names.map(|name| name.to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&["."]), ["a.py", "b.py", "deep/c.py"]);
    assert_eq!(names(&["_part.py", "deep"]), ["_part.py", "deep/c.py"]);
    assert!(Script::find(&[folder.path().join("_data/none.py")]).is_err());
}

#[test]
fn the_program_of_a_slice_file_is_written_where_it_can_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.slice");
    fs::write(&path, "### program\n# args: 7\na = 1\nb = 2\n### slice a\na = 1\n").unwrap();
    let [script] = &Script::find(&[path]).unwrap()[..] else { panic!("one script") };
    assert_eq!(script.arguments, ["7"]);
    let workplace = Workplace::new().unwrap();
    let placed = script.place(&workplace).unwrap();
    assert_eq!(fs::read_to_string(placed).unwrap(), "# args: 7\na = 1\nb = 2\n");
}
