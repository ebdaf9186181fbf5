"""Examples of the built-in types and of `collections`."""

import builtins
import collections
import io


class Named:
    """What has an attribute."""

    def __init__(self):
        self.x = [1]


def written():
    with open("i.txt", "w") as file:
        file.write("ab")
    return "i.txt"


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
    "file": lambda: written(),
    "named": lambda: Named(),
    "pairs": lambda: zip([1], [[2]]),
    "prop": lambda: property(len),
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
open(file)
__import__('json')
getattr(error, 'args')
delattr(named, 'x')
object.__getattribute__(named, 'x')
object.__setattr__(named, 'x', xs)
object.__delattr__(named, 'x')
type(named).mro()
prop.getter(abs)
xs.append(rows)
xs.extend(it)
xs.sort()
list.__setitem__(xs, 0, 9)
list.__delitem__(xs, 0)
list.__iadd__(xs, it)
list.__iadd__(xs, xs)
list.__setitem__(xs, slice(0, 1), it)
rows.__getitem__(0)
tuple.__getitem__(([1], 2), 0)
tuple.__iter__(([1], 2))
frozenset.__iter__(fs)
rows.pop()
d.get('a')
d.pop('a')
d.setdefault('c', rows)
d.update(d, c=rows)
dict.__setitem__(d, 'c', rows)
dict.__delitem__(d, 'a')
dict.__ior__(d, {'c': 1})
s.add(9)
s.update(it)
s.difference_update(it)
set.__ior__(s, {9})
s.union(it)
set.__iter__(s)
by.extend(it)
bytearray.__iadd__(by, b'd')
bytearray.__iter__(by)
bytearray.__setitem__(by, 0, 9)
','.join(iter(['a', 'b']))
zip.__next__(pairs)
zip.__iter__(pairs)
dq.extend(it)
dq.rotate(1)
collections.deque.__setitem__(dq, 0, xs)
collections.deque.__iadd__(dq, it)
dd.__getitem__('missing')
counter.update(iter('ab'))
counter.subtract(iter('ab'))
counter.__iadd__(counter)
counter['zzz'].__add__(1)
counter.setdefault('q', 1)
counter.pop('a')
od.move_to_end('a')
od.move_to_end('b', last=False)
od.popitem()
chain.pop('a')
chain.__setitem__('z', rows)
ul.extend(it)
ul.append(rows)
error.add_note('n')
error.with_traceback(None)
memoryview.__setitem__(view, 0, 9)
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
