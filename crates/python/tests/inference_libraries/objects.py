"""Functions that change instances, classes and variables of their module, in ways that are easily
overlooked.

A line that begins with `#: ` is a case of `test_inference_oracle.py`: `ask` asks, calls and compares.
"""

import copy
from collections import namedtuple
from dataclasses import dataclass
from functools import cached_property, partial

CACHE = {}
CURRENT = None
FLAG = False
LIMIT = 3


class Counter:
    def __init__(self):
        self.n = 0
        self.items = []

    def count(self, *others):
        self.n += 1
        return self.n

    def update(self, other):
        other.append(1)

    def get(self, other):
        other.append(1)
        return other

    @property
    def size(self):
        self.n += 1
        return self.n

    def __len__(self):
        self.n += 1
        return 1

    def __eq__(self, other):
        self.n += 1
        return self is other

    def __lt__(self, other):
        self.n += 1
        return False

    def __add__(self, other):
        self.items.append(other)
        return self

    def __iadd__(self, other):
        other.append(1)
        return self

    def __contains__(self, other):
        self.items.append(other)
        return False

    def __iter__(self):
        self.n += 1
        return iter(self.items)

    def __getitem__(self, key):
        self.n += 1
        return self.items[key]

    def __delitem__(self, key):
        self.items.append(key)

    def __neg__(self):
        self.n += 1
        return self

    def __str__(self):
        self.n += 1
        return ""

    def __call__(self, x):
        x.append(1)

    def __hash__(self):
        self.n += 1
        return 1


class Loud:
    def __init__(self):
        object.__setattr__(self, "log", [])

    def __setattr__(self, name, value):
        self.log.append(name)
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        self.log.append(name)

    def __bool__(self):
        self.log.append(1)
        return False


class Typed:
    def __init__(self):
        self.seen = []

    def __set_name__(self, owner, name):
        self.name = name

    def __set__(self, obj, value):
        value.append(1)
        obj.__dict__[self.name] = value

    def __get__(self, obj, owner):
        if obj is None:
            return self
        self.seen.append(1)
        return obj.__dict__[self.name]


class WithTyped:
    part = Typed()


class Slotted:
    __slots__ = ("cache", "items")

    def __init__(self):
        self.items = []

    def fill(self, x):
        if not hasattr(self, "cache"):
            x.append(1)
        self.cache = x


class Deferred:
    def __getattribute__(self, name):
        CACHE[name] = 1
        return object.__getattribute__(self, name)


class Lazy:
    def __init__(self, x):
        self.x = x

    @cached_property
    def data(self):
        return list(self.x)


@dataclass
class Point:
    tags: list = None
    other: int = 0

    def __post_init__(self):
        if self.tags is not None:
            self.tags.append(1)


@dataclass
class Plain:
    tags: list = None
    n: int = 0


Pair = namedtuple("Pair", "a b")


class Node:
    def __init__(self, parent=None):
        self.parent = parent
        self.children = []
        self.flag = False
        if parent is not None:
            parent.children.append(self)

    def wake(self, x):
        for child in self.children:
            child.parent.flag = True
        if self.flag:
            x.append(1)

    def drop(self, x):
        del self.flag
        if not hasattr(self, "flag"):
            x.append(1)

    def by_dictionary(self, x):
        self.__dict__["flag"] = True
        if self.flag:
            x.append(1)

    def by_name(self, name, x):
        setattr(self, name, True)
        if self.flag:
            x.append(1)


class Base:
    def step(self, x):
        return x


class Derived(Base):
    def step(self, x):
        super().step(x)

    def go(self, x):
        self.step(x)


def push(a, b=1):
    a.append(b)


def leave(a, b=1):
    return a

#: ask(map_instance, Counter(), [[1]])
def map_instance(c, x):
    list(map(c, x))

#: ask(map_class, [Node()])
def map_class(x):
    list(map(Node, x))

#: ask(sort_by_method, Counter(), [[1]])
def sort_by_method(c, x):
    x.sort(key=c.count)

#: ask(sort_by_given, Counter().count, [[1]])
def sort_by_given(f, x):
    sorted(x, key=f)

#: ask(call_within, [Counter()])
def call_within(x):
    for c in x:
        c.count()

#: ask(update_within, [Counter()], [1])
#: ask(update_within, [{}], [1]);; ask(update_within, [Counter()], [1])
def update_within(x, y):
    for c in x:
        c.update(y)

#: ask(get_within, {'a': Counter()}, [1])
def get_within(d, y):
    d["a"].get(y)

#: ask(size_within, [Counter()])
def size_within(x):
    return [c.size for c in x]

#: ask(length, Counter())
def length(c):
    return len(c)

#: ask(truth, Counter(), [])
def truth(c, x):
    if c:
        x.append(1)

#: ask(truth_of, Loud())
def truth_of(c):
    return not c

#: ask(equal, Counter(), 1)
def equal(c, x):
    return c == x

#: ask(less, Counter(), 1)
def less(c, x):
    return c < x

#: ask(add, Counter(), 1)
def add(c, x):
    return c + x

#: ask(add_in_place, Counter(), [1])
def add_in_place(c, x):
    c += x

#: ask(contains, Counter(), 1)
def contains(c, x):
    return x in c

#: ask(as_list, Counter())
def as_list(c):
    return list(c)

#: ask(star_of, Counter())
def star_of(c):
    return [*c]

#: ask(star_call, Counter())
def star_call(c):
    return leave(*c)

#: ask(delete_item, Counter())
def delete_item(c):
    del c[0]

#: ask(negated, Counter())
def negated(c):
    return -c

#: ask(as_text, Counter())
def as_text(c):
    return str(c)

#: ask(in_text, Counter())
def in_text(c):
    return f"{c}"


#: ask(set_loud, Loud())
def set_loud(x):
    x.a = 1

#: ask(delete_loud, Loud())
def delete_loud(x):
    del x.a

#: ask(set_typed, WithTyped(), [1])
def set_typed(o, x):
    o.part = x

#: ask(get_typed, WithTyped(), [1])
def get_typed(o, x):
    o.part = x
    return o.part

#: ask(Slotted().fill, [1])
#: ask(deferred, Deferred())
def deferred(x):
    return x.thing

#: ask(lazy, Lazy([1]))
def lazy(x):
    return x.data

#: ask(make_point, [1])
#: ask(Point, [1])
def make_point(x):
    return Point(x)

#: ask(tag_plain, [1])
def tag_plain(x):
    Plain(x).tags.append(1)

#: ask(tag_plain_named, [1])
def tag_plain_named(x):
    Plain(tags=x).tags.append(1)

#: ask(tag_pair, [1])
def tag_pair(x):
    Pair(1, x).b.append(1)

#: ask(tag_pair_unpacked, [1])
def tag_pair_unpacked(x):
    a, b = Pair(1, x)
    b.append(1)

#: ask(replace_pair, [1])
def replace_pair(x):
    Pair(1, 2)._replace(a=x).a.append(1)

#: n = Node();; Node(n);; ask(n.wake, [1])
#: ask(Node().drop, [1])
#: ask(Node().by_dictionary, [1])
#: ask(Node().by_name, 'flag', [1])
#: ask(same_twice, *[Node()] * 2, [1])
#: n = Node();; ask(same_twice, Node(), Node(), [1]);; ask(same_twice, n, n, [1])
def same_twice(a, b, x):
    a.flag = True
    if b.flag:
        x.append(1)

#: ask(set_current, [1])
#: ask(set_current, [1]);; ask(push_current);; ask(push_current)
def set_current(x):
    global CURRENT
    CURRENT = x
    push_current()


def push_current():
    if CURRENT is not None:
        CURRENT.append(1)

#: ask(by_flag, [1]);; library.FLAG = True;; ask(by_flag, [1])
def by_flag(x):
    if FLAG:
        x.append(1)

#: ask(by_limit, [1]);; library.LIMIT = 4;; ask(by_limit, [1])
def by_limit(x):
    if LIMIT == 4:
        x.append(1)

#: ask(Derived().go, [1]);; Base.step = lambda self, x: x.append(1);; ask(Derived().go, [1])
#: ask(Derived().go, [1]);; Derived.step = lambda self, x: x.append(1);; ask(Derived().go, [1])
#: d = Derived();; ask(d.go, [1]);; d.step = push;; ask(d.go, [1])
#: ask(by_made, [1]);; Derived.go = lambda self, x: x.append(1);; ask(by_made, [1])
def by_made(x):
    Derived().go(x)

#: ask(by_shared, [1]);; Derived.go = lambda self, x: x.append(1);; ask(by_shared, [1])
#: ask(by_shared, [1]);; SHARED.go = push;; ask(by_shared, [1])
SHARED = Derived()


def by_shared(x):
    SHARED.go(x)


def with_flag(flag):
    def inner(x):
        if flag:
            x.append(1)
    return inner


def toggling():
    flag = False

    def inner(x):
        nonlocal flag
        if flag:
            x.append(1)
        flag = True
    return inner


def of_default(flag):
    def inner(x, flag=flag):
        if flag:
            x.append(1)
    return inner


def calling(f):
    def inner(x):
        f(x)
    return inner

#: ask(with_flag(False), [1]);; gc.collect();; ask(with_flag(True), [1])
#: f = with_flag(False);; ask(f, [1]);; f.__closure__[0].cell_contents = True;; ask(f, [1])
#: f = toggling();; ask(f, [1]);; ask(f, [1])
#: ask(of_default(False), [1]);; gc.collect();; ask(of_default(True), [1])
#: f = of_default(False);; ask(f, [1]);; f.__defaults__ = (True,);; ask(f, [1])
#: ask(calling(leave), [1]);; gc.collect();; ask(calling(push), [1])
#: ask(by_given, with_flag(False), [1]);; gc.collect();; ask(by_given, with_flag(True), [1])
#: ask(by_given, leave, [1]);; ask(by_given, push, [1])
#: ask(by_given, [].copy, [1]);; ask(by_given, Counter(), [1])
#: ask(by_given, partial(leave), [1]);; gc.collect();; ask(by_given, partial(push), [1])
#: ask(by_given, [].copy, [1]);; gc.collect();; ask(by_given, partial(leave), [1]);; gc.collect();; ask(by_given, partial(push), [1])
#: ask(by_given, Base().step, [1]);; gc.collect();; ask(by_given, Counter().get, [1])
#: ask(by_given, Base().step, [1]);; gc.collect();; ask(by_given, Counter().update, [1])
def by_given(f, x):
    f(x)

#: ask(same_as_shared, CACHE);; ask(same_as_shared, {})
def same_as_shared(x):
    CACHE["a"] = 1

#: ask(unfollowed)
def reset():
    class Local:
        pass

    CACHE["a"] = Local


def unfollowed():
    reset()

#: ask(by_attribute_name, Node(), 'children')
def by_attribute_name(n, name):
    getattr(n, name).append(1)

#: ask(by_class_attribute)
class Registry:
    found = []


def by_class_attribute():
    Registry.found.append(1)
    Registry.last = 1

#: ask(Child)
class Meta(type):
    def __call__(cls, *values):
        CACHE["made"] = 1
        return super().__call__(*values)


class Child(metaclass=Meta):
    pass

#: ask(stored_then_called, Node(), [1])
def stored_then_called(n, x):
    n.hook = push
    n.hook(x)

#: ask(method_alias, [1])
def method_alias(x):
    add = x.append
    add(1)

#: ask(array_out, np.zeros(3))
def array_out(x):
    import numpy as np
    np.add(x, 1, out=x)

#: ask(through_vars, Node())
def through_vars(n):
    vars(n)["flag"] = 1

#: ask(push_own, OwnList(), [1])
class OwnList(list):
    def append(self, x):
        x.append(1)


def push_own(own, x):
    own.append(x)

#: ask(as_truth, Counter())
def as_truth(x):
    return bool(x)
