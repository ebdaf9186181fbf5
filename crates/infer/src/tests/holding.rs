//! Holding: for which other calls an answer holds.

use super::TextWorld;

/// Whether what is found out about a call holds for another one.
fn holds(library: &str, call: &str, other: &str) -> bool {
    let mut world = TextWorld::new(library).expect("the library is understood");
    let finding = world.find(call, false).expect("the call is understood");
    world.holds(&finding, other).expect("the other call is understood")
}

const BY_FLAG: &str = "
def by_flag(x, inplace=False):
    if not inplace:
        x = x.copy()
    x.sort()
";

#[test]
fn an_answer_holds_for_another_list() {
    assert!(holds(BY_FLAG, "by_flag([1], True)", "by_flag([2, 3], True)"));
}

#[test]
fn an_answer_does_not_hold_for_another_flag() {
    assert!(!holds(BY_FLAG, "by_flag([1], True)", "by_flag([1], False)"));
}

#[test]
fn an_answer_does_not_hold_for_another_class() {
    assert!(!holds(BY_FLAG, "by_flag([1], True)", "by_flag({}, True)"));
}

#[test]
fn an_answer_hangs_on_each_number_that_is_passed_for_rules_may_ask_for_it() {
    let push = "def push(a, b):\n    a.append([b])";
    assert!(!holds(push, "push([1], 2)", "push([1], 3)"));
}

#[test]
fn an_answer_that_compared_a_number_does_not_hold_for_another_one() {
    let text = "def f(a, n):\n    if n == 1:\n        a.append(n)";
    assert!(!holds(text, "f([1], 1)", "f([1], 2)"));
}

#[test]
fn an_answer_about_two_values_does_not_hold_for_one_passed_twice() {
    let text = "x = [1]\n\ndef f(a, b):\n    a.append(b)";
    assert!(!holds(text, "f([1], [2])", "f(x, x)"));
}

#[test]
fn an_answer_hangs_on_an_attribute_that_is_not_there() {
    let text = "
class Bag:
    pass

empty = Bag()
full = Bag()
full.items = []

def f(bag):
    if hasattr(bag, 'items'):
        bag.items.append(1)
";
    assert!(!holds(text, "f(empty)", "f(full)"));
}

#[test]
fn a_coarse_answer_does_not_look_at_numbers() {
    let text = "def f(a, n):\n    if n == 1:\n        a.append(n)";
    let mut world = TextWorld::new(text).expect("the library is understood");
    let finding = world.find("f([1], 2)", true).expect("the call is understood");
    assert!(world.holds(&finding, "f([1], 1)").expect("the other call is understood"));
    let inferred = finding.inferred.expect("it can be followed");
    assert_eq!(inferred.describe(&["0".to_owned()]), ["changes 0"]);
}
