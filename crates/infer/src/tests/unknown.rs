//! Unknown: what cannot be followed.

use expect_test::expect;

use super::check;

#[test]
fn a_function_that_is_not_known_may_change_what_it_is_given() {
    check(
        r#"
def f(a):
    unheard_of(a)
"#,
        "f([1])",
        expect!["may change 0; may change 0.**; may change anything"],
    );
}

#[test]
fn what_is_not_known_may_get_at_anything() {
    check(
        r#"
def f(a, b):
    unheard_of(a)
    return b
"#,
        "f([1], [2])",
        expect!["may change 0; may change 0.**; may change anything"],
    );
}

#[test]
fn a_method_of_what_is_not_known_may_change_its_receiver() {
    check(
        r#"
def f(a):
    a[0].unheard_of()
"#,
        "f([[1]])",
        expect!["may change 0.**"],
    );
}

#[test]
fn a_number_given_to_what_is_not_known_stays_as_it_is() {
    check(
        r#"
def f(a):
    unheard_of(a)
"#,
        "f(1)",
        expect!["may change anything"],
    );
}

#[test]
fn an_attribute_of_another_name_may_be_meant() {
    check(
        r#"
class Bag:
    def __init__(self):
        self.items = []

bag = Bag()

def f(a, name):
    getattr(a, name + "s").append(1)
"#,
        "f(bag, \"item\")",
        expect!["changes 0.**; may change anything"],
    );
}

#[test]
fn exec_is_not_looked_through() {
    check(
        r#"
def f(a):
    exec("a.append(1)")
"#,
        "f([1])",
        expect!["may change 0; may change 0.**; may change anything"],
    );
}

#[test]
fn what_an_exception_holds_may_be_anything() {
    check(
        r#"
def f(a):
    try:
        g(a)
    except ValueError as error:
        error.args[0].append(1)

def g(a):
    raise ValueError(a)
"#,
        "f([1])",
        expect!["may change anything"],
    );
}
