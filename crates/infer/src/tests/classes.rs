//! Classes: instances, their methods and what operators run.

use expect_test::expect;

use super::check;

const MODEL: &str = r#"class Model:
    scale = 2

    def __init__(self, k=1):
        self.k = k
        self.history = []

    def fit(self, x, y=None):
        self.mean_ = sum(x)
        self._keep(y)
        return self

    def _keep(self, y):
        self.y_ = y

    def predict(self, x):
        return [self.k * self.scale for _ in x]

    def log(self, event):
        self.history.append(event)

    def add(self, value):
        self.items = getattr(self, "items", [])
        self.items.append(value)

    @property
    def size(self):
        self.asked = True
        return len(self.history)

    def measure(self):
        return self.size

    @classmethod
    def make(cls, x):
        return cls().fit(x)

    @staticmethod
    def clear(x):
        x.clear()

    def __call__(self, x):
        return self.predict(x)


class Greedy(Model):
    def fit(self, x, y=None):
        super().fit(x, y)
        x[0] = 1
        return self


class Stack:
    def __init__(self):
        self.items = []

    def __setitem__(self, key, value):
        self.items.append(value)

    def __enter__(self):
        return self.items

    def __exit__(self, *error):
        self.items.clear()


model = Model()
greedy = Greedy()
stack = Stack()


def build(x):
    model = Model(k=2)
    model.fit(x)
    return model.predict(x)

def in_stack(stack):
    with stack as items:
        return len(items)

def store(stack, value):
    stack[0] = value
"#;

#[test]
fn making_an_instance_changes_nothing() {
    check(MODEL, "Model()", expect![""]);
}

#[test]
fn a_method_that_sets_attributes_changes_self() {
    check(MODEL, "model.fit([1], [2])", expect!["changes self"]);
}

#[test]
fn a_method_that_reads_attributes_changes_nothing() {
    check(MODEL, "model.predict([1])", expect![""]);
}

#[test]
fn an_attribute_of_self_changes_alone() {
    check(MODEL, "model.log('a')", expect!["changes self.history"]);
}

#[test]
fn getattr_with_a_default_gives_that_where_there_is_no_attribute() {
    check(MODEL, "model.add([1])", expect!["changes self"]);
}

#[test]
fn a_property_that_sets_something_changes_self() {
    check(MODEL, "model.measure()", expect!["changes self"]);
}

#[test]
fn an_instance_that_is_called_runs_its_method() {
    check(MODEL, "model([1])", expect![""]);
}

#[test]
fn a_class_method_works_on_a_new_instance() {
    check(MODEL, "Model.make([1])", expect![""]);
}

#[test]
fn a_static_method_has_no_receiver() {
    check(MODEL, "Model.clear([1])", expect!["changes 0"]);
}

#[test]
fn super_leads_to_the_base() {
    check(MODEL, "greedy.fit([1])", expect!["changes 0; changes self"]);
}

#[test]
fn what_is_inherited_is_found() {
    check(MODEL, "greedy.log(1)", expect!["changes self.history"]);
}

#[test]
fn an_instance_of_its_own_may_change() {
    check(MODEL, "build([1])", expect![""]);
}

#[test]
fn with_enters_and_leaves() {
    check(MODEL, "in_stack(stack)", expect!["changes 0.items"]);
}

#[test]
fn setting_an_item_runs_the_class_s_method() {
    check(MODEL, "store(stack, 1)", expect!["changes 0; changes 0.items"]);
}

#[test]
fn a_data_class_keeps_what_it_is_given() {
    check(
        r#"
from dataclasses import dataclass

@dataclass
class Point:
    x = 1
    tags = None

def f(tags):
    Point(1.0, tags).tags.append("new")
"#,
        "f([1])",
        expect!["changes 0"],
    );
}

#[test]
fn an_operator_that_a_class_defines_is_run() {
    check(
        r#"
class Bag:
    def __init__(self):
        self.items = []

    def __add__(self, other):
        self.items.append(other)
        return self

bag = Bag()

def f(a):
    return a + 1
"#,
        "f(bag)",
        expect!["changes 0.items"],
    );
}

#[test]
fn an_iterator_that_a_class_defines_is_run() {
    check(
        r#"
class Bag:
    def __init__(self):
        self.count = 0

    def __iter__(self):
        self.count = 1
        return iter([1])

bag = Bag()

def f(a):
    for _ in a:
        pass
"#,
        "f(bag)",
        expect!["changes 0"],
    );
}

#[test]
fn a_truth_value_that_a_class_defines_is_run() {
    check(
        r#"
class Bag:
    def __bool__(self):
        self.asked = True
        return True

bag = Bag()

def f(a):
    if a:
        return 1
"#,
        "f(bag)",
        expect!["changes 0"],
    );
}

#[test]
fn a_class_that_sets_attributes_itself_is_followed() {
    check(
        r#"
class Log:
    def __init__(self):
        self.names = []

    def __setattr__(self, name, value):
        self.names.append(name)

log = Log()

def f(a):
    a.x = 1
"#,
        "f(log)",
        expect!["changes 0; changes 0.names"],
    );
}

#[test]
fn an_attribute_that_getattr_makes_is_followed() {
    check(
        r#"
class Lazy:
    def __getattr__(self, name):
        self.asked = name
        return []

lazy = Lazy()

def f(a):
    return a.something
"#,
        "f(lazy)",
        expect!["changes 0"],
    );
}

#[test]
fn an_attribute_of_the_class_is_shared() {
    check(
        r#"
class Registry:
    known = []

    def add(self, value):
        self.known.append(value)

registry = Registry()
"#,
        "registry.add(1)",
        expect!["changes shared objects: 1"],
    );
}

#[test]
fn a_method_that_is_handed_on_keeps_its_receiver() {
    check(
        r#"
class Bag:
    def __init__(self):
        self.items = []

    def put(self, value):
        self.items.append(value)

bag = Bag()

def f(bag, value):
    put = bag.put
    put(value)
"#,
        "f(bag, [1])",
        expect!["changes 0.items"],
    );
}

#[test]
fn deleting_an_attribute_changes_the_object() {
    check(
        r#"
class Bag:
    def __init__(self):
        self.items = []

bag = Bag()

def f(a):
    del a.items
"#,
        "f(bag)",
        expect!["changes 0"],
    );
}

#[test]
fn an_object_within_an_object_is_named_by_its_path() {
    check(
        r#"
class Inner:
    def __init__(self):
        self.items = []

class Outer:
    def __init__(self):
        self.inner = Inner()

outer = Outer()

def f(a):
    a.inner.items.append(1)
"#,
        "f(outer)",
        expect!["changes 0.inner.items"],
    );
}
