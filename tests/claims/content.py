"""Content: whether a value has changed, and whether two values share what can change.

What a value has worked out already is not what it holds: caches are left out, and what is compared is what a
program sees. So an instance is what its attributes hold, a frame its labels and columns, a sparse matrix its entries.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import io
import itertools
import sys
import types
from collections import deque
from typing import Any

from clew import _clew

ATOMS = (type(None), bool, int, float, complex, str, bytes, range, slice, type(...), type(NotImplemented))
CODE = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.CodeType, types.FrameType)
# How far two values are searched for what they share.
DEEPEST, MOST = 4, 1500
# How much of a value is looked at.
MOST_PARTS = 20_000
# Classes written in Python, which keep all that they hold in attributes.
HEAP_TYPE = 1 << 9

# Whose examples are run; set by who runs them.
library: Any = None


def fingerprint(value: Any) -> str | None:
    """A digest of what the value holds; `None` where nothing can be said of it."""
    if isinstance(value, ATOMS):
        return "atom"
    try:
        tree = Content().of(value)
    except Exception:
        return None
    if tree[1:] == ("unknown",):
        return None
    return hashlib.blake2b(repr(tree).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Content:
    """What a value holds as nested tuples, each part once."""

    def __init__(self) -> None:
        self.seen: dict[int, int] = {}
        # Parts that were made on the way are kept, so that no address comes twice.
        self.kept: list[Any] = []

    def of(self, value: Any) -> tuple:
        if isinstance(value, ATOMS):
            return (type(value).__name__, value)
        if id(value) in self.seen:
            return ("seen", self.seen[id(value)])
        if len(self.seen) > MOST_PARTS:
            return ("more",)
        self.seen[id(value)] = len(self.seen)
        self.kept.append(value)
        return (type(value).__qualname__, *self.compound(value))

    def compound(self, value: Any) -> tuple:
        told = library.content(value)
        if told is not None:
            return (self.of(told),)
        if isinstance(value, CODE):
            return (getattr(value, "__module__", None), getattr(value, "__qualname__", getattr(value, "__name__", "")))
        if isinstance(value, types.MethodType):
            return (self.of(value.__self__), value.__name__)
        if isinstance(value, (set, frozenset)):
            return (sorted(repr(Content().of(item)) for item in value), *self.attributes(value))
        if isinstance(value, dict):
            return (*((self.of(key), self.of(part)) for key, part in dict.items(value)), *self.attributes(value))
        if isinstance(value, (list, tuple, deque)):
            return (*map(self.of, type(value).__mro__[-2].__iter__(value)), *self.attributes(value))
        if isinstance(value, types.GeneratorType):
            return (value.gi_frame and value.gi_frame.f_lasti,)
        if isinstance(value, io.IOBase):
            return self.stream(value)
        if type(value) in (itertools.count, itertools.cycle, itertools.repeat):
            return (repr(value),)
        package = (type(value).__module__ or "").partition(".")[0]
        if package == "numpy" or isinstance(value, getattr(sys.modules.get("numpy"), "ndarray", ())):
            return self.array(value)
        if package == "pandas" and (told := self.frame(value)) is not None:
            return told
        if package == "scipy" and hasattr(value, "toarray") and hasattr(value, "nnz"):
            # How the entries are ordered is nobody's business.
            return (value.format, self.of(value.toarray()))
        if isinstance(value, functools.partial):
            return (self.of(value.func), self.of(value.args), self.of(value.keywords))
        if all(each.__flags__ & HEAP_TYPE for each in type(value).__mro__[:-1]):
            return self.attributes(value)
        return self.leaf(value)

    def attributes(self, value: Any) -> tuple:
        """The attributes of an instance, without caches."""
        found: dict[str, Any] = {}
        hidden: set[str] = set()
        for each in type(value).__mro__:
            slots = each.__dict__.get("__slots__", ())
            for slot in (slots,) if isinstance(slots, str) else slots:
                if slot not in ("__dict__", "__weakref__") and hasattr(value, slot):
                    found[slot] = getattr(value, slot)
            hidden.update(library.CACHES.get(f"{each.__module__}.{each.__qualname__}", ()))
        found.update(getattr(value, "__dict__", {}))
        return tuple(
            (name, self.of(part))
            for name, part in sorted(found.items(), key=lambda pair: str(pair[0]))
            if name not in hidden
            and type(getattr(type(value), str(name), None)).__name__ not in ("cached_property", "CachedAccessor")
        )

    def stream(self, value: Any) -> tuple:
        """Where a stream is; of one in memory also what it holds."""
        if value.closed:
            return ("closed",)
        if isinstance(value, (io.StringIO, io.BytesIO)):
            return (value.tell(), value.getvalue())
        try:
            return (value.tell() if value.seekable() else None,)
        except OSError:
            return (None,)

    def array(self, value: Any) -> tuple:
        numpy = sys.modules["numpy"]
        if isinstance(value, numpy.ma.MaskedArray):
            filling = value._fill_value
            if filling is None:
                filling = numpy.ma.default_fill_value(value.dtype)
            mask = numpy.ma.getmaskarray(value)
            return (self.of(value._data), self.of(mask), self.of(numpy.asarray(filling)), bool(value._hardmask))
        if isinstance(value, numpy.ndarray):
            return (str(value.dtype), value.shape, bool(value.flags.writeable), *self.memory(value))
        if isinstance(value, (numpy.generic, numpy.dtype)):
            return (repr(value),)
        if isinstance(value, numpy.random.SeedSequence):
            return (repr(value), value.n_children_spawned)
        if value is numpy.random.mtrand._rand:
            # It is one of the states of the world.
            return ("hidden",)
        if isinstance(value, numpy.random.Generator):
            return (self.of(value.bit_generator),)
        if isinstance(value, numpy.random.BitGenerator):
            return (self.of(value.state), self.of(value.seed_seq))
        if all(each.__flags__ & HEAP_TYPE for each in type(value).__mro__[:-1]):
            return self.attributes(value)
        return self.leaf(value)

    def memory(self, value: Any) -> tuple:
        if value.dtype.hasobject:
            return tuple(map(self.of, value.ravel().tolist()))
        return (hashlib.blake2b(value.tobytes(), digest_size=16).hexdigest(),)

    def frame(self, value: Any) -> tuple | None:
        """pandas' own by what it shows, not by how it is kept."""
        pandas = sys.modules["pandas"]
        if isinstance(value, pandas.DataFrame):
            columns = [value.iloc[:, at].array for at in range(value.shape[1])]
            return (*map(self.of, (value.columns, value.index, *columns, value.attrs)), value.flags.allows_duplicate_labels)
        if isinstance(value, pandas.Series):
            return (*map(self.of, (value.name, value.index, value.array, value.attrs)), value.flags.allows_duplicate_labels)
        if isinstance(value, pandas.Index):
            return (*map(self.of, (list(value.names), value.to_numpy(dtype=object))), str(value.dtype))
        if isinstance(value, pandas.api.extensions.ExtensionArray):
            return (str(value.dtype), self.of(value.to_numpy(dtype=object)))
        return None

    def leaf(self, value: Any) -> tuple:
        """What clew's own fingerprint says, which asks what is given to be copied."""
        try:
            return (_clew.fingerprint(value),)
        except Exception:
            return ("unknown",)


def parts(value: Any) -> list[Any]:
    """What a container holds, for the depth of a change."""
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair if not isinstance(part, ATOMS)]
    if isinstance(value, (list, set)) or type(value).__name__ == "deque":
        return [part for part in value if not isinstance(part, ATOMS)]
    return []


def shared(one: Any, other: Any) -> str | None:
    """What two values share, in words; `None` where a change of one does not show in the other."""
    if one is other:
        return "they are the same" if can_change(one) else None
    mine, theirs = reachable(one), reachable(other)
    for identity in mine.keys() & theirs.keys():
        value = mine[identity]
        return f"both reach the same {type(value).__name__}"
    if memories(mine, theirs):
        return "they look at the same memory"
    return None


def can_change(value: Any) -> bool:
    """Whether a value is of a kind that changes in place."""
    if isinstance(value, (list, dict, set, bytearray)):
        return True
    if isinstance(value, ATOMS + CODE + (tuple, frozenset)):
        return False
    package = (type(value).__module__ or "").partition(".")[0]
    name = type(value).__name__
    if package == "numpy":
        return name in ("ndarray", "MaskedArray", "matrix", "memmap", "recarray", "Generator", "RandomState", "poly1d") or name.startswith(("PCG", "MT1", "Phil", "SFC"))
    if package == "pandas":
        return name in ("DataFrame", "Series", "Categorical", "Styler") or name.endswith("Array")
    if package in ("collections", "array"):
        return True
    if package in ("builtins", "re", "datetime", "decimal", "fractions", "uuid", "pathlib", "zoneinfo", "_thread"):
        return "iterator" in name or name in ("generator", "enumerate", "map", "zip", "filter", "reversed", "memoryview")
    return not isinstance(value, BaseException) and not callable(value) or hasattr(value, "get_params")


def reachable(value: Any) -> dict[int, Any]:
    """What of the reachable can change, by identity."""
    found: dict[int, Any] = {}
    seen = {id(value)}
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for part in level:
            if can_change(part):
                found[id(part)] = part
            if isinstance(part, ATOMS + CODE):
                continue
            below.extend(insides(part))
        level = []
        for part in below:
            if id(part) not in seen and len(seen) < MOST:
                seen.add(id(part))
                level.append(part)
        if not level:
            break
    return found


def insides(value: Any) -> list[Any]:
    """What a value refers to; of an instance the attributes, without the dictionary that holds them."""
    if (type(value).__module__ or "").partition(".")[0] == "pandas" and hasattr(value, "_mgr"):
        # Since copy-on-write, frames that look at one memory do not see each other's changes.
        return []
    if isinstance(value, types.MethodType):
        return [value.__self__]
    own = getattr(value, "__dict__", None)
    referents = gc.get_referents(value)
    if isinstance(own, dict):
        referents = [part for part in referents if part is not own] + list(own.values())
    if hasattr(value, "base") and hasattr(value, "strides") and value.dtype.hasobject:
        referents += list(value.ravel())
    return [part for part in referents if not isinstance(part, ATOMS + CODE)]


def memories(mine: dict[int, Any], theirs: dict[int, Any]) -> bool:
    """Whether arrays on either side overlap."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return False
    return any(
        # Since copy-on-write, frames that look at one memory do not see each other's changes.
        not (copies and other_copies) and numpy.may_share_memory(one, other)
        for one, copies in arrays(mine)
        for other, other_copies in arrays(theirs)
    )


def arrays(values: dict[int, Any]) -> list[tuple[Any, bool]]:
    """The arrays among values, those inside of frames too, and whether a frame copies before it writes."""
    numpy, pandas = sys.modules["numpy"], sys.modules.get("pandas")
    found = []
    for value in values.values():
        if isinstance(value, numpy.ndarray):
            found.append((value, False))
        elif isinstance(value, (bytearray, memoryview)):
            found.append((numpy.frombuffer(value, dtype="uint8"), False))
        elif type(value).__module__ == "array":
            found.append((numpy.frombuffer(value, dtype="uint8"), False))
        elif pandas is not None and isinstance(value, (pandas.Series, pandas.DataFrame)):
            blocks = [block.values for block in value._mgr.blocks]
            found += [(getattr(block, "_ndarray", block), True) for block in blocks]
    return [pair for pair in found if isinstance(pair[0], numpy.ndarray) and pair[0].size]


def pairs_with_frames(one: Any, other: Any) -> bool:
    """Whether both are pandas' own, which copy when they are written to."""
    return all((type(value).__module__ or "").partition(".")[0] == "pandas" for value in (one, other))
