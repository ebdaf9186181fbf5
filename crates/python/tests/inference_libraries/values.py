"""Functions that change the built-in values they are given, in ways that are easily overlooked.

A line that begins with `#: ` is a case of `test_inference_oracle.py`: `ask` asks, calls and compares.
"""

import copy
import itertools
from collections import OrderedDict, defaultdict, deque
from contextlib import contextmanager
from functools import lru_cache, partial, reduce

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

#: ask(caught, {}, [1])
def caught(d, x):
    try:
        d["a"]
    except Exception as error:
        if isinstance(error, KeyError):
            x.append(1)

#: ask(by_helper, [1]);; library.leave = push;; ask(by_helper, [1])
def by_helper(x):
    leave(x)

#: ask(by_class, list, [1]);; ask(by_class, dict, [1])
#: ask(by_class, dict, [1]);; ask(by_class, list, [1])
#: ask(by_class, (dict, str), [1]);; ask(by_class, (dict, list), [1])
def by_class(kind, x):
    if isinstance(x, kind):
        x.append(1)

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

#: ask(through_mutable_default, [1])
def through_mutable_default(x, seen=[]):
    seen.append(x)

#: ask(defaulted, defaultdict(list))
def defaulted(d):
    return d["a"]

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

#: ask(object_method, [1])
def object_method(x):
    list.append(x, 1)

#: ask(through_itemgetter, [[1]])
def through_itemgetter(x):
    import operator
    operator.itemgetter(0)(x).append(1)

#: ask(through_setitem, {})
def through_setitem(x):
    import operator
    operator.setitem(x, "a", 1)
