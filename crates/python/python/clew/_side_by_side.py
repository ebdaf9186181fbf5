"""Side by side: what is another in one value than in another, place by place.

Its `main` is what the process does that `clew diff` starts: it reads which two artifacts, and writes where their values
differ, both as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import NamedTuple

from clew import _clew
from clew._difference import DEEPEST, MOST_PARTS, is_equal, shown

# How many differences are told one by one.
TOLD = 8
ABSENT = object()


class Part(NamedTuple):
    """A place, and what stands there in each; None where there is nothing."""

    place: str
    left: str | None
    right: str | None


def main() -> None:
    """Does the task on standard input."""
    task = json.load(sys.stdin)
    answer = sys.stdout
    # What a value's classes print when they are loaded is no answer.
    sys.stdout = sys.stderr
    _clew.use_store(task["store"])
    json.dump(compared(*task["left"], *task["right"]), answer)


def compared(left: str, left_version: int, right: str, right_version: int) -> dict[str, object]:
    """Where the values of two artifacts differ: the first places, and how many more there are."""
    try:
        values = _clew.value(left, left_version), _clew.value(right, right_version)
        found = [*islice(differences(*values), MOST_PARTS)]
    except Exception as error:
        said = str(error.args[0]) if error.args else type(error).__name__
        return {"parts": [], "more": 0, "fault": said.partition("\n")[0]}
    told = [part._asdict() for part in found[:TOLD]]
    return {"parts": told, "more": len(found) - len(told), "fault": None}


def differences(left: object, right: object, place: str = "", depth: int = DEEPEST) -> Iterator[Part]:
    """The places at which two values differ."""
    if is_equal(left, right):
        return
    found = () if kind_of(left) != kind_of(right) or depth == 0 else _parts(left, right, place, depth)
    is_told = False
    for part in found:
        is_told = True
        yield part
    if not is_told:
        yield Part(place, _side(left, right), _side(right, left))


def _parts(left: object, right: object, place: str, depth: int) -> Iterator[Part]:
    """The differences of two values of one type, part by part; none where it has no parts that are known."""
    package = type(left).__module__.partition(".")[0]
    if isinstance(left, dict):
        keys = dict.fromkeys([*left, *right])
        pairs = ((f"{place}[{shown(key)}]", left.get(key, ABSENT), right.get(key, ABSENT)) for key in keys)
    elif isinstance(left, (list, tuple)):
        fields = getattr(left, "_fields", None)
        names = (f"{place}[{at}]" if fields is None else f"{place}.{fields[at]}" for at in range(max(len(left), len(right))))
        items = zip_longest(left, right, fillvalue=ABSENT)
        pairs = ((name, *both) for name, both in zip(names, items))
    elif isinstance(left, (set, frozenset)):
        gone, new = sorted(map(shown, left - right)), sorted(map(shown, right - left))
        return iter([*(Part(place, member, None) for member in gone), *(Part(place, None, member) for member in new)])
    elif isinstance(left, (str, bytes)):
        return _texts(left, right, place)
    elif package == "numpy" and hasattr(left, "dtype") and hasattr(left, "shape") and left.shape:
        return _arrays(left, right, place)
    elif package == "pandas" and hasattr(left, "columns"):
        return _frames(left, right, place)
    elif package == "pandas" and hasattr(left, "index") and hasattr(left, "to_numpy"):
        return _columns(left, right, place)
    elif hasattr(left, "__dict__") and type(left).__repr__ is object.__repr__:
        was, now = vars(left), vars(right)
        keys = dict.fromkeys([*was, *now])
        pairs = ((f"{place}.{key}", was.get(key, ABSENT), now.get(key, ABSENT)) for key in keys)
    else:
        return iter(())
    return _of_pairs(pairs, depth)


def _of_pairs(pairs: Iterator[tuple[str, object, object]], depth: int) -> Iterator[Part]:
    for place, one, other in pairs:
        if one is ABSENT or other is ABSENT:
            yield Part(place, None if one is ABSENT else shown(one), None if other is ABSENT else shown(other))
        else:
            yield from differences(one, other, place, depth - 1)


def _side(value: object, other: object) -> str:
    """A value in a few words; with its type where that is what differs."""
    text = shown(value)
    if kind_of(value) == kind_of(other):
        return text
    return f"{text} ({type(value).__qualname__})"


def kind_of(value: object) -> tuple[str, str]:
    """A value's type by name: that of a program's own class is made anew with each value that is loaded."""
    return type(value).__module__, type(value).__qualname__


def _texts(left: str | bytes, right: str | bytes, place: str) -> Iterator[Part]:
    if max(len(left), len(right)) <= 50:
        return
    at = next((n for n, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))
    yield Part(f"{place} from character {at} on".strip(), shown(left[at : at + 20]), shown(right[at : at + 20]))


def _arrays(left: object, right: object, place: str) -> Iterator[Part]:
    for part in ("dtype", "shape"):
        was, now = getattr(left, part), getattr(right, part)
        if was != now:
            yield Part(f"{place} {part}".strip(), str(was), str(now))
    if left.shape != right.shape:
        return
    import numpy as np

    for at in np.argwhere(_unlike(np.asarray(left), np.asarray(right))):
        index = tuple(int(number) for number in at)
        yield Part(f"{place}[{', '.join(map(str, index))}]", shown_item(left[index]), shown_item(right[index]))


def _frames(left: object, right: object, place: str) -> Iterator[Part]:
    columns = dict.fromkeys([*left.columns, *right.columns])
    if not (left.columns.is_unique and right.columns.is_unique):
        return
    for name in columns:
        where = f"{place} column {shown(name)}".strip()
        if name not in left.columns or name not in right.columns:
            sides = (f"{frame[name].dtype}" if name in frame.columns else None for frame in (left, right))
            yield Part(where, *sides)
        elif left[name].dtype != right[name].dtype:
            yield Part(f"{where} dtype", str(left[name].dtype), str(right[name].dtype))
    if not left.index.equals(right.index):
        yield from _labels(left.index, right.index, place)
    for name in columns:
        if name in left.columns and name in right.columns:
            yield from _cells(left[name], right[name], f"{place} column {shown(name)}".strip())


def _columns(left: object, right: object, place: str) -> Iterator[Part]:
    if left.dtype != right.dtype:
        yield Part(f"{place} dtype".strip(), str(left.dtype), str(right.dtype))
    if not left.index.equals(right.index):
        yield from _labels(left.index, right.index, place)
    yield from _cells(left, right, place)


def _labels(left: object, right: object, place: str) -> Iterator[Part]:
    """How the rows are others."""
    if len(left) != len(right):
        yield Part(f"{place} rows".strip(), str(len(left)), str(len(right)))
        return
    at = next((at for at, (one, other) in enumerate(zip(left, right)) if one != other), None)
    if at is not None:
        yield Part(f"{place} label of row {at}".strip(), shown_item(left[at]), shown_item(right[at]))


def _cells(left: object, right: object, place: str) -> Iterator[Part]:
    """The cells of two columns that differ, in the rows that both have."""
    if not (left.index.is_unique and right.index.is_unique):
        if len(left) != len(right):
            return
    elif not left.index.equals(right.index):
        both = left.index.intersection(right.index, sort=False)
        left, right = left.loc[both], right.loc[both]
    for at, (label, one, other) in enumerate(zip(left.index, left.array, right.array)):
        if at == MOST_PARTS * 10:
            return
        if not _same(one, other):
            yield Part(f"{place} row {shown_item(label)}".strip(), shown_item(one), shown_item(other))


def _same(one: object, other: object) -> bool:
    """Whether two cells are equal; those of columns of other types may be."""
    if one is other or is_equal(one, other):
        return True
    try:
        return bool(one == other)
    except Exception:
        return False


def _unlike(left: object, right: object) -> object:
    import numpy as np

    unlike = left != right
    if left.dtype.kind in "fcmM" and right.dtype.kind in "fcmM":
        unlike &= ~(np.isnan(left) & np.isnan(right)) if left.dtype.kind in "fc" else ~(np.isnat(left) & np.isnat(right))
    return unlike


def shown_item(value: object) -> str:
    """A cell or an element in a few words, as Python's own number where it is one."""
    item = getattr(value, "item", None)
    if type(value).__module__.partition(".")[0] == "numpy" and callable(item):
        return shown(item())
    return shown(value)
