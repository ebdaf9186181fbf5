"""A library whose functions change what they are given in ways that are easily overlooked.

A line that begins with `#: ` is a case of `test_inference_oracle.py`: `ask` asks, calls and compares.
"""

import copy
import functools
import itertools
from collections import OrderedDict, defaultdict, deque, namedtuple
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial, reduce

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

#: ask(get_or_make, {})
#: ask(get_or_make, {'a': [1]})
def get_or_make(d):
    v = d.get("a")
    if v is None:
        d["a"] = []

#: ask(get_in, {'a': [1]})
def get_in(d):
    d.get("a").append(2)

#: ask(pop_in, [[1]])
def pop_in(x):
    x.pop().append(1)

#: ask(default_in, {}, [])
def default_in(d, x):
    d.setdefault("a", x).append(1)

#: ask(values_in, {'a': [1]})
def values_in(d):
    for v in d.values():
        v.append(1)

#: ask(items_in, {'a': [1]})
def items_in(d):
    for k, v in d.items():
        v.append(1)

#: ask(zipped, [[1]], [2])
def zipped(x, y):
    for a, b in zip(x, y):
        a.append(b)

#: ask(sorted_in, [[1]])
def sorted_in(x):
    sorted(x)[0].append(1)

#: ask(list_in, [[1]])
def list_in(x):
    list(x)[0].append(1)

#: ask(copy_in, [[1]])
def copy_in(x):
    copy.copy(x)[0].append(1)

#: ask(copy_method_in, [[1]])
def copy_method_in(x):
    x.copy()[0].append(1)

#: ask(dict_in, {'a': [1]})
def dict_in(x):
    dict(x)["a"].append(1)

#: ask(dict_of, [1])
def dict_of(x):
    dict(a=x)["a"].append(1)

#: ask(deque_in, [[1]])
def deque_in(x):
    deque(x)[0].append(1)

#: ask(ordered_in, {'a': [1]})
def ordered_in(x):
    OrderedDict(x)["a"].append(1)

#: ask(next_in, [[1]])
def next_in(x):
    next(iter(x)).append(1)

#: ask(next_of, iter([[1]]))
def next_of(x):
    next(x)

#: ask(max_in, [[1]])
def max_in(x):
    max(x).append(1)

#: ask(reversed_in, [[1]])
def reversed_in(x):
    for v in reversed(x):
        v.append(1)

#: ask(enumerated, [[1]])
def enumerated(x):
    for i, v in enumerate(x):
        v.append(i)

#: ask(filtered, [[1]])
def filtered(x):
    for v in filter(None, x):
        v.append(1)

#: ask(chained, [[1]], [[2]])
def chained(x, y):
    for v in itertools.chain(x, y):
        v.append(1)

#: ask(chained_all, [[[1]]])
def chained_all(x):
    for v in itertools.chain.from_iterable(x):
        v.append(1)

#: ask(summed, [[[1]]])
def summed(x):
    sum(x, [])[0].append(1)

#: ask(reduced, [[1], [2]])
def reduced(x):
    reduce(lambda a, b: a, x).append(1)

#: ask(mapped, push, [[1]])
def mapped(f, x):
    list(map(f, x))

#: ask(map_shared, [[1]])
def map_shared(x):
    list(map(push, x))

#: ask(map_partial, [1])
def map_partial(x):
    list(map(partial(push, x), [1, 2]))

#: ask(partial_in, [1])
def partial_in(x):
    p = partial(push, x)
    p(2)

#: ask(partial_given, push, [1])
def partial_given(f, x):
    p = partial(f, x)
    p(2)

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

#: ask(caught, {}, [1])
def caught(d, x):
    try:
        d["a"]
    except Exception as error:
        if isinstance(error, KeyError):
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

#: ask(by_helper, [1]);; library.leave = push;; ask(by_helper, [1])
def by_helper(x):
    leave(x)

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

#: ask(by_class, list, [1]);; ask(by_class, dict, [1])
#: ask(by_class, dict, [1]);; ask(by_class, list, [1])
#: ask(by_class, (dict, str), [1]);; ask(by_class, (dict, list), [1])
def by_class(kind, x):
    if isinstance(x, kind):
        x.append(1)

#: ask(same_as_shared, CACHE);; ask(same_as_shared, {})
def same_as_shared(x):
    CACHE["a"] = 1

#: ask(by_tuple, (1,), [1])
def by_tuple(t, x):
    t += (x,)
    t[-1].append(1)

#: ask(grown_tuple, [1])
def grown_tuple(x):
    args = ()
    args += (x,)
    push(*args)

#: ask(sliced, [[1]])
def sliced(x):
    x[:][0].append(1)

#: ask(alias_by_get, {'a': []}, [1])
def alias_by_get(d, x):
    d.get("a").append(x)
    d["a"][0].append(1)

#: ask(unfollowed)
def reset():
    class Local:
        pass

    CACHE["a"] = Local


def unfollowed():
    reset()

#: ask(lazily, [[1]])
def lazily(x):
    return map(push, x)


@lru_cache
def hidden():
    return []


@contextmanager
def changing(x):
    x.append(1)
    try:
        yield x
    finally:
        x.append(2)

#: ask(within, [1])
def within(x):
    with changing(x) as y:
        y.append(3)

#: ask(walrus, [1])
def walrus(x):
    if (y := x) and len(y) > 0:
        y.append(1)

#: ask(matched, {'a': [1]}, [2])
def matched(d, x):
    match d:
        case {"a": [first, *rest]}:
            x.append(first)
        case {"a": y}:
            y.append(1)

#: ask(finally_changes, [1])
def finally_changes(x):
    try:
        return 1
    finally:
        x.append(1)

#: ask(for_else, [1], [2])
def for_else(x, y):
    for v in x:
        if v == 5:
            break
    else:
        y.append(1)

#: ask(loop_alias, [1], [2])
def loop_alias(x, y):
    z = []
    for _ in range(3):
        z.append(1)
        z = x
        x = y

#: ask(by_comprehension, [[1]])
def by_comprehension(x):
    return [v.append(1) for v in x if v is not None]

#: ask(in_closure, [1])
def in_closure(x):
    y = []

    def inner():
        y.append(1)
    y = x
    inner()

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

#: ask(through_mutable_default, [1])
def through_mutable_default(x, seen=[]):
    seen.append(x)

#: ask(defaulted, defaultdict(list))
def defaulted(d):
    return d["a"]

#: ask(stored_then_called, Node(), [1])
def stored_then_called(n, x):
    n.hook = push
    n.hook(x)

#: ask(method_alias, [1])
def method_alias(x):
    add = x.append
    add(1)

#: ask(kwargs_in, [1])
def kwargs_in(x):
    passing(a=x)


def passing(**named):
    for v in named.values():
        v.append(1)

#: ask(popped_keyword, x=[1])
def popped_keyword(**named):
    named.pop("x").append(1)

#: ask(splat, [1])
def splat(x):
    push(**{"a": x})

#: ask(splat_given, {'a': [1]})
def splat_given(d):
    push(**d)

#: ask(generator_throws, [[1]])
def generator_throws(x):
    def each():
        for v in x:
            yield v
    for v in each():
        v.append(1)

#: ask(conditional, True, [1], [2]);; ask(conditional, False, [1], [2])
def conditional(flag, a, b):
    (a if flag else b).append(1)

#: ask(chain_of_or, None, [1]);; ask(chain_of_or, [2], [1])
def chain_of_or(a, b):
    (a or b).append(1)

#: ask(deleted_slice, [1, 2])
def deleted_slice(x):
    del x[:]

#: ask(array_view, np.zeros(3))
def array_view(x):
    y = x.reshape(-1)
    y[0] = 1

#: ask(array_ravel, np.zeros((3, 2)))
def array_ravel(x):
    for row in x.T:
        row += 1

#: ask(array_out, np.zeros(3))
def array_out(x):
    import numpy as np
    np.add(x, 1, out=x)

#: ask(object_method, [1])
def object_method(x):
    list.append(x, 1)

#: ask(through_vars, Node())
def through_vars(n):
    vars(n)["flag"] = 1

#: ask(through_itemgetter, [[1]])
def through_itemgetter(x):
    import operator
    operator.itemgetter(0)(x).append(1)

#: ask(through_setitem, {})
def through_setitem(x):
    import operator
    operator.setitem(x, "a", 1)

#: ask(push_own, OwnList(), [1])
class OwnList(list):
    def append(self, x):
        x.append(1)


def push_own(own, x):
    own.append(x)

#: ask(as_truth, Counter())
def as_truth(x):
    return bool(x)
