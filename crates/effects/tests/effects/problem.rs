//! What is wrong with a file, and where.

use clew_effects::{Catalog, annotation};
use expect_test::{Expect, expect};

#[track_caller]
fn check(text: &str, expect: Expect) {
    let error = Catalog::empty().add("mine.yaml", text).expect_err("the file is wrong");
    expect.assert_eq(&error.to_string());
}

/// All that is wrong with a file, or else how much it says.
#[track_caller]
fn check_all(bytes: &[u8], expect: Expect) {
    let shown = match annotation::decode("mine.yaml", bytes) {
        Err(error) => format!("{error}\n"),
        Ok(text) => match annotation::check("mine.yaml", text) {
            Err(errors) => errors.iter().map(|error| format!("{error}\n")).collect(),
            Ok(summary) => format!("{summary}\n"),
        },
    };
    expect.assert_eq(&shown);
}

fn rule(rule: &str) -> String {
    format!("- module: m\n  annotations:\n    - {rule}\n")
}

#[test]
fn text_that_is_not_yaml() {
    check(
        "- module: m\n  annotations: [",
        expect![
            "mine.yaml:3:1: this is not YAML: while parsing a node, did not find expected node content"
        ],
    );
    check(
        "- module: 'm",
        expect![
            "mine.yaml:1:11: this is not YAML: while scanning a quoted scalar, found unexpected end of stream"
        ],
    );
}

#[test]
fn another_shape_than_a_list_of_modules() {
    check("module: m", expect!["mine.yaml:1:1: expected a list of modules, found a mapping"]);
    check(
        "- pandas",
        expect![
            "mine.yaml:1:3: expected a mapping with `module` and `annotations`, found `pandas`"
        ],
    );
    check("- annotations: []", expect!["mine.yaml:1:3: the key `module` is missing"]);
    check("- module: m", expect!["mine.yaml:1:3: the key `annotations` is missing"]);
    check(
        "- module: 3\n  annotations: []",
        expect!["mine.yaml:1:11: expected the dotted name of a module, found `3`"],
    );
    check(
        "- module: m\n  modules: [n]\n  annotations: []",
        expect!["mine.yaml:2:12: `module` and `modules` exclude each other"],
    );
}

#[test]
fn keys_that_are_unknown_or_repeated() {
    check(
        "- module: m\n  anotations: []",
        expect!["mine.yaml:2:3: unknown key `anotations`; did you mean `annotations`?"],
    );
    check(
        &rule("criteria: {function_nam: f}\n      pure: true"),
        expect!["mine.yaml:3:18: unknown key `function_nam`; did you mean `function_name`?"],
    );
    check(
        &rule("criteria: {function_name: f}\n      pure: true\n      pure: true"),
        expect!["mine.yaml:5:7: the key `pure` stands here for the second time"],
    );
    check(
        &rule("criteria: {function_name: f}\n      side_effects: [{mutated_value: {index: 0}}]"),
        expect!["mine.yaml:4:39: unknown key `index`"],
    );
}

#[test]
fn criteria_that_name_nobody_or_too_many() {
    check(
        &rule("criteria: {keyword_arg_name: a, keyword_arg_value: 1}\n      pure: true"),
        expect![
            "mine.yaml:3:17: the criteria name nobody: give `function_name`, `function_names`, `function_pattern`, `class_instance` or `class_init`"
        ],
    );
    check(
        &rule("criteria: {function_name: f, class_instance: C}\n      pure: true"),
        expect!["mine.yaml:3:52: `function_name` and `class_instance` exclude each other"],
    );
    check(
        &rule("criteria: {class_method_name: f}\n      pure: true"),
        expect!["mine.yaml:3:37: `class_method_name` asks for `class_instance` beside it"],
    );
    check(
        &rule("criteria: {function_name: f, class_method_name: g}\n      pure: true"),
        expect!["mine.yaml:3:55: `function_name` and `class_method_name` exclude each other"],
    );
    check(
        &rule("criteria: {class_instance: C, keyword_arg_name: a}\n      pure: true"),
        expect!["mine.yaml:3:55: `keyword_arg_name` asks for `keyword_arg_value` beside it"],
    );
    check(
        &rule("criteria: {class_instance: C, all_methods: false}\n      pure: true"),
        expect!["mine.yaml:3:50: expected `true`, found `false`"],
    );
    check(
        &rule("criteria: {function_name: f, argument: {is: 1}}\n      pure: true"),
        expect!["mine.yaml:3:46: the key `keyword` is missing"],
    );
    check(
        &rule(
            "criteria: {function_name: f, argument: {keyword: a, is: 1, is_not: 2}}\n      pure: true",
        ),
        expect!["mine.yaml:3:74: `is` and `is_not` exclude each other"],
    );
}

#[test]
fn rules_that_say_nothing_or_contradict_themselves() {
    check(
        &rule("criteria: {function_name: f}"),
        expect!["mine.yaml:3:7: the rule says nothing: give `side_effects` or `pure: true`"],
    );
    check(
        &rule("criteria: {function_name: f}\n      pure: false"),
        expect!["mine.yaml:4:13: expected `true`, found `false`"],
    );
    check(
        &rule(
            "criteria: {function_name: f}\n      pure: true\n      side_effects: [{mutated_value: RESULT}]",
        ),
        expect!["mine.yaml:4:13: `pure: true` stands beside a side effect that changes something"],
    );
}

#[test]
fn side_effects_that_point_nowhere() {
    let effect = |effect: &str| {
        rule(&format!("criteria: {{function_name: f}}\n      side_effects: [{effect}]"))
    };
    check(&effect("{}"), expect!["mine.yaml:4:22: the key `mutated_value` is missing"]);
    check(
        &effect("{mutated_value: self}"),
        expect![
            "mine.yaml:4:38: expected a pointer to a value, such as `SELF_REF`, `positional_argument_index: 0` or `external_state: file_system`, found `self`"
        ],
    );
    check(
        &effect("{mutated_value: {positional_argument_index: -1}}"),
        expect!["mine.yaml:4:66: expected a position counted from 0, found `-1`"],
    );
    check(
        &effect("{mutated_value: {self_ref: RESULT}}"),
        expect!["mine.yaml:4:49: expected SELF_REF, found `RESULT`"],
    );
    check(
        &effect("{mutated_value: {self_ref: SELF_REF, result: RESULT}}"),
        expect!["mine.yaml:4:38: `self_ref` and `result` exclude each other"],
    );
    check(
        &effect("{mutated_value: {external_state: filesystem}}"),
        expect![
            "mine.yaml:4:55: there is no external state `filesystem`; did you mean `file_system`?"
        ],
    );
    check(
        &effect("{mutated_value: {external_state: 'module:'}}"),
        expect!["mine.yaml:4:55: there is no external state `module:`"],
    );
    check(
        &effect("{mutated_value: {key: SELF_REF}}"),
        expect!["mine.yaml:4:44: `key` asks for `external_state` beside it"],
    );
    check(
        &effect("{dependency: {external_state: db, key: {external_state: db}}}"),
        expect!["mine.yaml:4:61: expected a pointer to a value, or `name`, found a mapping"],
    );
    check(
        &effect("{views: [RESULT], depth: shallow}"),
        expect!["mine.yaml:4:47: `depth` asks for `mutated_value` beside it"],
    );
    check(
        &effect("{mutated_value: RESULT, depth: medium}"),
        expect!["mine.yaml:4:53: expected `shallow` or `deep`, found `medium`"],
    );
    check(
        &effect("{consumed_value: {external_state: db}}"),
        expect!["mine.yaml:4:39: expected a value, found a mapping"],
    );
}

#[test]
fn versions_that_bound_nothing() {
    check(
        "- module: m\n  version: 2\n  annotations: []",
        expect!["mine.yaml:2:12: expected a range of versions in quotes, found `2`"],
    );
    check(
        "- module: m\n  version: '>=2,latest'\n  annotations: []",
        expect![
            "mine.yaml:2:12: `latest` does not bound a version; write it like `>=2` or `==2.1.*`"
        ],
    );
}

#[test]
fn yaml_that_goes_too_far() {
    check("- module: !name m", expect!["mine.yaml:1:11: annotations have no use for tags"]);
    check("[]\n---\n[]", expect!["mine.yaml:2:1: annotations have no use for several documents"]);
    check(
        &"- ".repeat(1000),
        expect!["mine.yaml:1:201: annotations have no use for lists and mappings this deep"],
    );
    let mut laughs = "- &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        laughs += &format!("- &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
    }
    check(
        &laughs,
        expect!["mine.yaml:5:43: annotations have no use for aliases that repeat this much"],
    );
}

#[test]
fn anchors_and_aliases_save_writing() {
    Catalog::empty()
        .add(
            "mine.yaml",
            "
- module: m
  annotations:
    - criteria: {class_instance: &classes [A, B], class_method_name: f}
      pure: true
    - criteria: {class_instance: *classes, class_method_name: g}
      pure: true
",
        )
        .unwrap();
}

#[test]
fn an_empty_file_says_nothing() {
    for text in ["", "# nothing yet\n", "[]", "---\n"] {
        Catalog::empty().add("mine.yaml", text).unwrap();
    }
}

#[test]
fn all_that_is_wrong_is_told_in_the_order_of_the_text() {
    check_all(
        b"
- module: m
  verson: '>=2'
  annotations:
    - criteria: {function_nam: f}
      pure: perhaps
      version: newest
    - criteria: {function_name: f}
      pure: true
      side_effects:
        - mutated_value: RESULT
        - mutated_value: {external_state: filesystem}
        - {views: [self], depth: deep}
    - criteria: {function_name: g}
      side_effect: []
- annotations: pandas
- module: n
",
        expect![[r#"
            mine.yaml:3:3: unknown key `verson`; did you mean `version`?
            mine.yaml:5:18: unknown key `function_nam`; did you mean `function_name`?
            mine.yaml:6:13: expected `true`, found `perhaps`
            mine.yaml:7:16: `newest` does not bound a version; write it like `>=2` or `==2.1.*`
            mine.yaml:9:13: `pure: true` stands beside a side effect that changes something
            mine.yaml:12:43: there is no external state `filesystem`; did you mean `file_system`?
            mine.yaml:13:34: `depth` asks for `mutated_value` beside it
            mine.yaml:15:7: unknown key `side_effect`; did you mean `side_effects`?
            mine.yaml:16:3: the key `module` is missing
            mine.yaml:16:16: expected a list of rules, found `pandas`
            mine.yaml:17:3: the key `annotations` is missing
        "#]],
    );
}

#[test]
fn what_an_alias_repeats_is_wrong_once() {
    check_all(
        b"
- module: m
  annotations: &rules
    - criteria: {function_name: f}
- module: n
  annotations: *rules
",
        expect![[r#"
            mine.yaml:4:7: the rule says nothing: give `side_effects` or `pure: true`
        "#]],
    );
}

#[test]
fn a_file_to_be_kept_has_to_say_something() {
    for bytes in [&b""[..], b"# nothing yet\n", b"[]"] {
        check_all(
            bytes,
            expect![[r#"
                mine.yaml:1:1: the file says nothing; give a list of modules, each with `module` and `annotations`
            "#]],
        );
    }
}

#[test]
fn bytes_that_are_no_text() {
    check_all(
        b"- module: m\n  # caf\xe9\n  annotations: []\n",
        expect![[r#"
            mine.yaml:2:8: this is not UTF-8; save the file as UTF-8
        "#]],
    );
}

#[test]
fn a_good_file_tells_how_many_rules_it_has_for_which_modules() {
    let rules = rule("{criteria: {function_names: [f, g]}, pure: true}");
    check_all(rules.as_bytes(), expect![["1 rule for m\n"]]);
    // With the mark and the line ends of some editors.
    let windows = format!("\u{feff}{}", rules.replace('\n', "\r\n"));
    check_all(windows.as_bytes(), expect![["1 rule for m\n"]]);
    check_all(
        b"
- modules: [a.b, c]
  immutable: [C, D]
  annotations:
    - {criteria: {function_name: f}, pure: true}
- module: c
  annotations: []
",
        expect![["2 rules for a.b, c\n"]],
    );
    let many: String =
        ('a'..='f').map(|name| format!("- {{module: {name}, annotations: []}}\n")).collect();
    check_all(many.as_bytes(), expect![["0 rules for a, b, c and 3 more\n"]]);
}
