"""Content: whether a value has changed, and whether two values share what can change."""

from __future__ import annotations

import gc
import io
import itertools
import sys
import types
from typing import Any

from clew import _clew

ATOMS = (type(None), bool, int, float, complex, str, bytes, range, slice, type(...), type(NotImplemented))
CODE = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.CodeType, types.FrameType)
# How far two values are searched for what they share.
DEEPEST, MOST = 4, 1500


# What a library's own examples know of its values; set by who runs them.
of_library: Any = None


def fingerprint(value: Any) -> str | None:
    """A digest of what the value holds; `None` where nothing can be said of it."""
    if isinstance(value, ATOMS):
        return "atom"
    for look in (special, _clew.fingerprint):
        try:
            found = look(value)
        except Exception:
            continue
        if found is not None:
            return found
    return None


def special(value: Any) -> str | None:
    """What clew's own fingerprint refuses or would read to its end."""
    if isinstance(value, types.GeneratorType):
        return f"generator {value.gi_frame and value.gi_frame.f_lasti}"
    if isinstance(value, (io.StringIO, io.BytesIO)):
        return f"closed {value.closed}" if value.closed else f"{value.tell()} {value.getvalue()!r}"
    if isinstance(value, (io.IOBase, io.TextIOBase)):
        return "closed" if value.closed else f"{value.tell() if value.seekable() else None}"
    if type(value) in (itertools.count, itertools.cycle, itertools.repeat):
        return repr(value)
    return of_library(value) if of_library else None


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
