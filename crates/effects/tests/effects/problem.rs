//! What is wrong with a file, and where.

use clew_effects::Catalog;
use expect_test::{Expect, expect};

#[track_caller]
fn check(text: &str, expect: Expect) {
    let error = Catalog::empty().add("mine.yaml", text).expect_err("the file is wrong");
    expect.assert_eq(&error.to_string());
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
