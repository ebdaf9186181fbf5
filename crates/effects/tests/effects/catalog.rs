//! Which rules count, and how they go together.

use clew_effects::{Catalog, RuleTarget, RuleTargetKind};
use expect_test::expect;

use crate::support::{answers, catalog, check};

const MUTATES: &str = "side_effects: [{mutated_value: SELF_REF}]";

#[test]
fn the_exact_name_comes_before_a_pattern_and_a_pattern_before_the_whole_class() {
    check(
        &["
- module: m
  annotations:
    - criteria: {class_instance: C, all_methods: true}
      pure: true
    - criteria: {class_instance: C, class_method_pattern: 'set_*'}
      side_effects: [{mutated_value: SELF_REF}]
    - criteria: {class_instance: C, class_method_name: set_nothing}
      pure: true
"],
        "
        m:C.get()
        m:C.set_it()
        m:C.set_nothing()
        m:D.get()
        ",
        expect![[r#"
            m:C.get()
                pure
            m:C.set_it()
                mutates self
            m:C.set_nothing()
                pure
            m:D.get()
                no rule
        "#]],
    );
}

#[test]
fn a_class_comes_before_its_bases_unless_the_base_is_more_exact() {
    check(
        &["
- module: m
  annotations:
    - criteria: {class_instance: Base, class_method_names: [fit, load]}
      side_effects: [{mutated_value: SELF_REF}]
    - criteria: {class_instance: Sub, class_method_name: load}
      pure: true
    - criteria: {class_instance: Sub}
      pure: true
"],
        "
        m:Sub, m:Base.load()
        m:Sub, m:Base.fit()
        m:Sub, m:Base.predict()
        ",
        expect![[r#"
            m:Sub, m:Base.load()
                pure
            m:Sub, m:Base.fit()
                mutates self
            m:Sub, m:Base.predict()
                pure
        "#]],
    );
}

#[test]
fn what_only_a_subclass_has_is_not_spoken_of_by_its_base_as_a_whole() {
    check(
        &["
- module: m
  annotations:
    - criteria: {class_instance: C}
      pure: true
    - criteria: {class_instance: C, class_method_name: fit}
      side_effects: [{mutated_value: SELF_REF}]
"],
        "
        ?m:C.own()
        ?m:C.fit()
        ",
        expect![[r#"
            ?m:C.own()
                no rule
            ?m:C.fit()
                mutates self
        "#]],
    );
}

#[test]
fn methods_that_python_calls_to_change_the_receiver_have_to_be_named() {
    check(
        &["
- module: m
  annotations:
    - criteria: {class_instance: C}
      pure: true
    - criteria: {class_instance: C, class_method_pattern: '*'}
      pure: true
"],
        "
        m:C.__getitem__(_)
        m:C.__setitem__(_, _)
        m:C.__iadd__(_)
        m:C._private()
        ",
        expect![[r#"
            m:C.__getitem__(_)
                pure
            m:C.__setitem__(_, _)
                no rule
            m:C.__iadd__(_)
                no rule
            m:C._private()
                no rule
        "#]],
    );
}

#[test]
fn rules_that_win_together_are_joined() {
    check(
        &["
- module: m
  annotations:
    - criteria: {function_name: f}
      side_effects: [{mutated_value: {positional_argument_index: 0}, depth: shallow}]
    - criteria: {function_names: [f, g]}
      side_effects:
        - mutated_value: {positional_argument_index: 0}
        - views: [RESULT, {positional_argument_index: 0}]
"],
        "m:f(_)",
        expect![[r#"
            m:f(_)
                mutates 0; views result, 0
        "#]],
    );
}

#[test]
fn a_rule_with_a_condition_adds_to_those_without() {
    check(
        &["
- module: m
  annotations:
    - criteria: {class_instance: Frame}
      pure: true
    - criteria: {class_instance: Frame, keyword_arg_name: inplace, keyword_arg_value: 1}
      side_effects: [{mutated_value: SELF_REF}]
    - criteria: {class_instance: Frame, class_method_name: drop}
      side_effects: [{dependency: {external_state: time}}]
"],
        "
        m:Frame.fill()
        m:Frame.fill(inplace=False)
        m:Frame.fill(inplace=True)
        m:Frame.fill(inplace=1.0)
        m:Frame.fill(inplace=_)
        m:Frame.fill(inplace=obj)
        m:Frame.drop(inplace=True)
        ",
        expect![[r#"
            m:Frame.fill()
                pure
            m:Frame.fill(inplace=False)
                pure (varies)
            m:Frame.fill(inplace=True)
                mutates self (varies)
            m:Frame.fill(inplace=1.0)
                mutates self (varies)
            m:Frame.fill(inplace=_)
                mutates self (varies)
            m:Frame.fill(inplace=obj)
                mutates self (varies)
            m:Frame.drop(inplace=True)
                reads time; mutates self (varies)
        "#]],
    );
}

#[test]
fn without_an_unconditional_rule_the_worst_is_assumed_where_no_condition_holds() {
    check(
        &["
- module: m
  annotations:
    - criteria: {function_name: f, keyword_arg_name: copy, keyword_arg_value: true}
      pure: true
"],
        "
        m:f()
        m:f(copy=True)
        m:f(copy=False)
        ",
        expect![[r#"
            m:f()
                no rule
            m:f(copy=True)
                pure (varies)
            m:f(copy=False)
                assumed: mutates self; mutates **; views result, self, ** (varies)
        "#]],
    );
}

#[test]
fn conditions_look_at_positions_defaults_patterns_and_attributes() {
    check(
        &["
- module: m
  annotations:
    - criteria: {function_name: open, argument: {position: 1, keyword: mode, default: r, matches: '*w*'}}
      side_effects: [{mutated_value: {external_state: file_system}}]
    - criteria: {function_name: open, argument: {position: 1, keyword: mode, default: r, matches_not: '*w*'}}
      side_effects: [{dependency: {external_state: file_system}}]
    - criteria: {function_name: draw, argument: {keyword: seed, default: null, is: null}}
      side_effects: [{mutated_value: {external_state: random}}]
    - criteria: {function_name: draw, argument: {keyword: seed, is_not: [null, 0]}}
      side_effects: [{mutated_value: {argument_keyword: seed}}]
    - criteria:
        class_instance: Model
        class_method_name: fit
        argument: [{attribute: seed, is: null}, {attribute: exact, default: false, is_not: true}]
      side_effects: [{mutated_value: {external_state: random}}]
    - criteria: {class_instance: Model, class_method_name: fit}
      side_effects: [{mutated_value: SELF_REF}]
"],
        "
        m:open(_)
        m:open(_, 'wb')
        m:open(_, mode='w')
        m:open(_, _)
        m:draw()
        m:draw(seed=None)
        m:draw(seed=obj)
        m:draw(seed=0)
        m:Model.fit()
        m:Model.fit() where .seed is None
        m:Model.fit() where .seed is None, .exact is True
        m:Model.fit() where .seed is 3
        ",
        expect![[r#"
            m:open(_)
                reads file_system; reads cwd
            m:open(_, 'wb')
                writes file_system; reads cwd (varies)
            m:open(_, mode='w')
                writes file_system; reads cwd (varies)
            m:open(_, _)
                writes file_system; reads file_system; reads cwd (varies)
            m:draw()
                writes random
            m:draw(seed=None)
                writes random (varies)
            m:draw(seed=obj)
                mutates seed= (varies)
            m:draw(seed=0)
                assumed: mutates self; mutates **; views result, self, ** (varies)
            m:Model.fit()
                mutates self (varies)
            m:Model.fit() where .seed is None
                writes random; mutates self (varies)
            m:Model.fit() where .seed is None, .exact is True
                mutates self (varies)
            m:Model.fit() where .seed is 3
                mutates self (varies)
        "#]],
    );
}

#[test]
fn pointers_follow_how_an_argument_is_passed() {
    check(
        &["
- module: m
  annotations:
    - criteria: {function_name: f}
      side_effects: [{mutated_value: {positional_argument_index: 1, argument_keyword: out}}]
    - criteria: {function_name: g}
      side_effects: [{mutated_value: {positional_argument_index: 1}}]
    - criteria: {function_name: h}
      side_effects: [{mutated_value: {argument_keyword: out}}]
    - criteria: {function_name: w}
      side_effects:
        - mutated_value:
            external_state: file_system
            key: [{positional_argument_index: 0}, {argument_keyword: path}, {name: default}]
    - criteria: {function_name: v}
      side_effects: [{views: [RESULT, {argument_keyword: base}]}]
"],
        "
        m:f(_, _)
        m:f(_, out=_)
        m:f(_)
        m:g(_, _)
        m:g(_)
        m:g(_, out=_)
        m:h(_, _)
        m:h(out=_)
        m:w(_)
        m:w(path=_)
        m:w()
        m:v(base=_)
        m:v(_)
        ",
        expect![[r#"
            m:f(_, _)
                mutates 1
            m:f(_, out=_)
                mutates out=
            m:f(_)
                pure
            m:g(_, _)
                mutates 1
            m:g(_)
                pure
            m:g(_, out=_)
                mutates **
            m:h(_, _)
                pure
            m:h(out=_)
                mutates out=
            m:w(_)
                writes file_system[0]; reads cwd
            m:w(path=_)
                writes file_system[path=]; reads cwd
            m:w()
                writes file_system["default"]; reads cwd
            m:v(base=_)
                views result, base=
            m:v(_)
                pure
        "#]],
    );
}

#[test]
fn a_later_file_of_the_user_comes_before_an_earlier_one_and_both_before_clews_own() {
    let pure = "
- module: builtins
  annotations:
    - criteria: {class_instance: list, class_method_name: append}
      pure: true
";
    let reads = "
- module: builtins
  annotations:
    - criteria: {class_instance: list, class_method_pattern: 'app*'}
      side_effects: [{dependency: {external_state: time}}]
    - criteria: {class_instance: list, class_method_names: [clear, append]}
      side_effects: [{dependency: {external_state: cwd}}]
";
    let calls = "
        builtins:list.append(_)
        builtins:list.clear()
        builtins:list.sort()
    ";
    expect![[r#"
        builtins:list.append(_)
            reads cwd
        builtins:list.clear()
            reads cwd
        builtins:list.sort()
            mutates self shallow
    "#]]
    .assert_eq(&answers(&catalog(Catalog::builtin(), &[pure, reads]), calls));
    expect![[r#"
        builtins:list.append(_)
            pure
        builtins:list.clear()
            reads cwd
        builtins:list.sort()
            mutates self shallow
    "#]]
    .assert_eq(&answers(&catalog(Catalog::builtin(), &[reads, pure]), calls));
}

#[test]
fn a_rule_of_the_user_comes_before_clews_own_also_where_that_one_is_more_exact() {
    let user = "
- module: builtins
  annotations:
    - criteria: {class_instance: list, class_method_pattern: 'ap*'}
      pure: true
    - criteria: {class_instance: dict}
      side_effects: [{mutated_value: SELF_REF}]
    - criteria: {function_pattern: 'le*'}
      side_effects: [{mutated_value: {positional_argument_index: 0}}]
- module: pandas
  version: '<1'
  annotations:
    - criteria: {class_instance: DataFrame}
      side_effects: [{mutated_value: {external_state: db}}]
";
    expect![[r#"
        builtins:list.append(_)
            pure
        builtins:list.clear()
            mutates self shallow
        builtins:dict.get(_)
            mutates self
        builtins:len(_)
            mutates 0
        pandas:DataFrame.head() where pandas is 2.3
            views result, self
        pandas:DataFrame.head() where pandas is 0.9
            writes db
    "#]]
    .assert_eq(&answers(
        &catalog(Catalog::builtin(), &[user]),
        "
        builtins:list.append(_)
        builtins:list.clear()
        builtins:dict.get(_)
        builtins:len(_)
        pandas:DataFrame.head() where pandas is 2.3
        pandas:DataFrame.head() where pandas is 0.9
        ",
    ));
}

#[test]
fn a_summary_tells_how_much_comes_with_clew() {
    let summaries = Catalog::builtin_summaries();
    let packages: Vec<&str> = summaries.iter().map(|(package, _)| *package).collect();
    assert_eq!(packages, Catalog::builtin().packages());
    for (package, summary) in summaries {
        assert!(summary.rules > 0, "{package} says nothing");
    }
}

#[test]
fn clews_own_conditional_rules_are_silent_where_the_users_unconditional_one_won() {
    let user = "
- module: pandas
  annotations:
    - criteria: {class_instance: DataFrame, class_method_name: fillna}
      pure: true
    - criteria: {class_instance: DataFrame, keyword_arg_name: cached, keyword_arg_value: true}
      side_effects: [{mutated_value: {external_state: file_system}}]
";
    expect![[r#"
        pandas:DataFrame.fillna(inplace=True)
            pure
        pandas:DataFrame.dropna(inplace=True)
            mutates self shallow (varies)
        pandas:DataFrame.dropna(cached=True)
            writes file_system; reads cwd (varies)
    "#]]
    .assert_eq(&answers(
        &catalog(Catalog::builtin(), &[user]),
        "
        pandas:DataFrame.fillna(inplace=True)
        pandas:DataFrame.dropna(inplace=True)
        pandas:DataFrame.dropna(cached=True)
        ",
    ));
}

#[test]
fn rules_hold_for_their_range_of_versions_and_where_the_version_is_not_known() {
    check(
        &["
- module: m.sub
  version: '>=2'
  annotations:
    - criteria: {function_name: f}
      pure: true
    - criteria: {function_name: f}
      version: '<3'
      side_effects: [{views: [RESULT, {positional_argument_index: 0}]}]
"],
        "
        m.sub:f(_) where m is 1.9
        m.sub:f(_) where m is 2.4.1
        m.sub:f(_) where m is 3.0rc1
        m.sub:f(_)
        ",
        expect![[r#"
            m.sub:f(_) where m is 1.9
                no rule
            m.sub:f(_) where m is 2.4.1
                views result, 0
            m.sub:f(_) where m is 3.0rc1
                pure
            m.sub:f(_)
                views result, 0
        "#]],
    );
}

#[test]
fn a_class_called_like_a_function_may_be_annotated_as_either() {
    check(
        &["
- module: m
  annotations:
    - criteria: {class_init: Base}
      side_effects: [{views: [RESULT, ALL_ARGUMENTS]}]
    - criteria: {function_name: map}
      side_effects: [{views: [RESULT, ALL_POSITIONAL_ARGUMENTS]}]
"],
        "
        new m:Sub, m:Base()
        new m:map(_)
        new m:Other()
        ",
        expect![[r#"
            new m:Sub, m:Base()
                views result, **
            new m:map(_)
                views result, *
            new m:Other()
                no rule
        "#]],
    );
}

#[test]
fn a_method_through_its_class_has_its_receiver_as_the_first_argument() {
    check(
        &["
- module: m
  annotations:
    - criteria: {class_instance: List, class_method_name: insert, argument: {position: 0, is: 0}}
      side_effects:
        - mutated_value: SELF_REF
        - views: [SELF_REF, {positional_argument_index: 1}]
        - dependency: {external_state: file_system, key: SELF_REF}
"],
        "
        m:List.insert(0, _)
        unbound m:List.insert(_, 0, _)
        ",
        expect![[r#"
            m:List.insert(0, _)
                mutates self; views self, 1; reads file_system[self]; reads cwd (varies)
            unbound m:List.insert(_, 0, _)
                mutates 0; views 0, 2; reads file_system[0]; reads cwd (varies)
        "#]],
    );
}

#[test]
fn a_handle_ties_a_value_to_what_it_stands_for() {
    check(
        &["
- module: m
  annotations:
    - criteria: {function_name: connect}
      side_effects: [{views: [RESULT, {external_state: db, key: {positional_argument_index: 0}}]}]
"],
        "m:connect(_)",
        expect![[r#"
            m:connect(_)
                result handles db[0]
        "#]],
    );
}

#[test]
fn targets_name_everything_that_rules_speak_of() {
    let catalog = catalog(
        Catalog::empty(),
        &["
- module: m
  immutable: [Stone]
  annotations:
    - criteria: {function_names: [f, f]}
      pure: true
    - criteria: {function_pattern: 'read_*'}
      pure: true
    - criteria: {class_instance: [A, B.Inner], class_method_name: g}
      pure: true
- modules: [m.sub, other]
  annotations:
    - criteria: {class_init: A}
      pure: true
"],
    );
    let lines = |package| {
        let targets = catalog.targets(package);
        targets.iter().map(|target| format!("{target} {:?}\n", target.kind)).collect::<String>()
    };
    expect![[r#"
        m.A Class
        m.B.Inner Class
        m.Stone Class
        m.f Function
        m.read_* FunctionPattern
        m.sub.A Class
    "#]]
    .assert_eq(&lines("m"));
    expect![[r#"
        other.A Class
    "#]]
    .assert_eq(&lines("other"));
    assert_eq!(catalog.packages(), ["m", "other"]);
    assert!(catalog.is_immutable("m", "Stone"));
    assert!(!catalog.is_immutable("m", "A"));

    let pattern = RuleTarget {
        module: "m".into(),
        name: "read_*".into(),
        kind: RuleTargetKind::FunctionPattern,
    };
    assert!(pattern.matches("read_csv"));
    assert!(!pattern.matches("write_csv"));
}

#[test]
fn a_file_that_cannot_be_read_changes_nothing() {
    let mut catalog = catalog(
        Catalog::empty(),
        &[&format!(
            "
- module: m
  annotations:
    - criteria: {{class_instance: C, class_method_name: f}}
      {MUTATES}
"
        )],
    );
    assert!(catalog.add("broken.yaml", "- module: n\n  annotation: []").is_err());
    assert_eq!(catalog.packages(), ["m"]);
    assert_eq!(answers(&catalog, "m:C.f()"), "m:C.f()\n    mutates self\n");
}
