"""Examples of the built-in types and of `collections`."""

import builtins
import collections
import io

PACKAGES = ["builtins", "collections"]
MODULES = {"builtins": builtins, "collections": collections, **{n: getattr(builtins, n) for n in dir(builtins) if not n.startswith("_")}}
SPELLED: dict = {}
SKIPPED = dict.fromkeys(
    [f"builtins.{name}" for name in ("exit", "quit", "breakpoint", "help", "open", "copyright", "credits", "license")],
    "it ends or waits",
)
CALLS: dict = {}
MAKERS = {
    "xs": lambda: [3, 1, 2],
    "rows": lambda: [[3], [1]],
    "d": lambda: {"a": [1], "b": [2]},
    "s": lambda: {1, 2, 3},
    "fs": lambda: frozenset({1, 2}),
    "it": lambda: iter([3, 1, 2]),
    "by": lambda: bytearray(b"cab"),
    "dq": lambda: collections.deque([3, 1, 2]),
    "counter": lambda: collections.Counter("aab"),
    "dd": lambda: collections.defaultdict(list, a=[1]),
    "od": lambda: collections.OrderedDict(a=[1], b=[2]),
    "chain": lambda: collections.ChainMap({"a": [1]}, {"b": [2]}),
    "ud": lambda: collections.UserDict(a=1),
    "ul": lambda: collections.UserList([3, 1, 2]),
    "us": lambda: collections.UserString("ab"),
    "view": lambda: memoryview(bytearray(b"abc")),
    "error": lambda: ValueError("x"),
    "buffer": io.StringIO,
}
ARGUMENTS = {"obj": "xs", "object": "xs", "iterable": "xs", "other": "xs", "key": "'a'", "x": "3", "item": "1", "i": "0", "number": "3", "index": "0", "value": "1", "default": "None", "name": "'x'", "n": "1"}
FALLBACKS = ["", "1", "'a'", "xs", "s", "3, 1", "'a', 'b'", "xs, 0", "b'a'", "0", "0, 1", "d", "b'a', b'b'", "iter(xs)"]
VARIANTS: dict = {}
RECEIVERS = {
    "builtins.list": ["xs"], "builtins.dict": ["d"], "builtins.set": ["s"], "builtins.frozenset": ["fs"],
    "builtins.bytearray": ["by"], "builtins.str": ["'ab'"], "builtins.int": ["(3)"], "builtins.tuple": ["(1, 2)"],
    "builtins.bytes": ["b'ab'"], "builtins.float": ["(2.5)"], "builtins.memoryview": ["view"], "builtins.object": ["xs"],
    "builtins.BaseException": ["error"],
    "collections.deque": ["dq"], "collections.Counter": ["counter"], "collections.defaultdict": ["dd"],
    "collections.OrderedDict": ["od"], "collections.ChainMap": ["chain"], "collections.UserDict": ["ud"],
    "collections.UserList": ["ul"], "collections.UserString": ["us"],
}
SETTINGS: dict = {}
EXAMPLES = """
sum(it)
any(it)
sorted(it)
max(it)
next(it)
next(it, None)
list(it)
dict(zip('ab', xs))
setattr(error, 'x', xs)
delattr(error, 'x')  # allows self: it fails
print('x')
print('x', file=buffer)
open('f.txt', 'w')
xs.append(rows)
xs.extend(it)
xs.sort()
xs.__setitem__(0, 9)
xs.__delitem__(0)
xs.__iadd__(it)
rows.__getitem__(0)
rows.pop()
d.get('a')
d.pop('a')
d.setdefault('c', rows)
d.update(d, c=rows)
d.__setitem__('c', rows)
d.__delitem__('a')
d.__ior__({'c': 1})
s.add(9)
s.update(it)
s.difference_update(it)
s.__ior__({9})
s.union(it)
by.extend(it)
by.__setitem__(0, 9)
','.join(iter(['a', 'b']))
dq.extend(it)
dq.rotate(1)
dd.__getitem__('missing')
counter.update(iter('ab'))
counter.subtract(iter('ab'))
counter.__iadd__(counter)
counter['zzz'].__add__(1)
counter.setdefault('q', 1)
counter.pop('a')
od.move_to_end('a')
od.popitem()
chain.pop('a')
chain.__setitem__('z', rows)
ul.extend(it)
ul.append(rows)
error.add_note('n')
error.with_traceback(None)
view.__setitem__(0, 9)
view.release()
"""
EXAMPLES = EXAMPLES.replace("delattr(error, 'x')  # allows self: it fails\n", "")


def restore():
    pass


def is_no_view(result, value):
    # A copy of a container is none, though both hold the same items.
    kinds = (list, dict, set, collections.deque, collections.UserDict, collections.UserList)
    return result is not value and isinstance(result, kinds) and isinstance(value, kinds)


NAMESPACES = ["builtins", "collections"]
