"""Difference: where two values are not equal, and what stands there in each.

One account for all who compare: `clew diff` lists the places, `clew verify` and `clew rerun --compare` name the first one. Of
tables and arrays all rows and elements are looked at. What is looked at one by one is bounded, and a count that stopped at its
bound says so.

Its `main` is what the process does that `clew diff` starts: it reads which two artifacts, and writes where their values
differ, both as JSON.
"""

from __future__ import annotations

import json
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sized
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from itertools import zip_longest
from types import FunctionType
from typing import Any, NamedTuple

from clew import _clew
from clew._columns import unlike_cells, unlike_elements

# How deep differences are looked for, and after how many the walk ends.
DEEPEST = 12
MOST_PARTS = 20_000
# How many differences are told one by one.
TOLD = 8
ABSENT = object()
# Whose equality costs next to nothing and is that of their content.
PLAIN = (int, bool, str, bytes, type(None))
# From how many items on the repr of a collection is not made to be cut off.
LONG = 200


class Part(NamedTuple):
    """A place, and what stands there in each; None where there is nothing."""

    place: str
    left: str | None
    right: str | None


class Count(NamedTuple):
    """How many of a table's rows, or of an array's elements, differ."""

    place: str
    differ: int
    of: int
    what: str
    at_least: bool

    def __str__(self) -> str:
        least = "at least " if self.at_least else ""
        verb = "differs" if self.differ == 1 and not self.at_least else "differ"
        return f"{least}{self.differ:,} of {self.of:,} {self.what} {verb}"


class Account:
    """Where two values differ: the first places, how many more there are, and how much of tables and arrays."""

    def __init__(self, told: int = TOLD, most: int = MOST_PARTS) -> None:
        self._told = told
        self._most = most
        self.counts: list[Count] = []
        self.parts: list[Part] = []
        self.more = 0
        # Whether the walk ended before it had been everywhere.
        self.at_least = False
        # The pairs of values whose parts are being compared.
        self._within: list[tuple[int, int]] = []

    @property
    def found(self) -> int:
        return len(self.parts) + self.more

    def tell(self, place: str, left: str | None, right: str | None) -> None:
        if len(self.parts) < self._told:
            self.parts.append(Part(place.strip(), left, right))
        else:
            self.more += 1

    def is_full(self) -> bool:
        """Whether nothing more is looked for, though there may be more."""
        if self.found < self._most:
            return False
        self.at_least = True
        return True

    def compare(self, left: object, right: object, place: str = "", depth: int = DEEPEST) -> None:
        """Tells the places at which two values differ."""
        equal = is_equal(left, right)
        pair = (id(left), id(right))
        if equal or pair in self._within:
            return
        before, parts = self.found, None
        if kind_of(left) == kind_of(right) and depth > 0:
            parts = self._parts_of(left)
        if parts is not None:
            self._within.append(pair)
            try:
                parts(left, right, place, depth - 1)
            except Exception:
                # What looks like a table and is none has no parts that are known.
                parts = None
            self._within.pop()
        # Of two values of which nothing else is known, equal parts are all that can be said, or equal texts.
        if self.found > before or (equal is None and parts is not None):
            return
        texts = side(left, right), side(right, left)
        if equal is not None or without_addresses(texts[0]) != without_addresses(texts[1]):
            self.tell(place, *texts)

    def _parts_of(self, value: Any) -> Callable[[Any, Any, str, int], None] | None:
        """What looks at the parts of values of a type, where it is known that they have any."""
        match value:
            case dict():
                return self._dictionaries
            case list() | tuple() | deque():
                return self._sequences
            case set() | frozenset():
                return self._sets
            case str() | bytes():
                return self._texts
        if type(value).__module__ == "builtins":
            return None
        if has(value, "get_columns", "height") or has(value, "columns", "iloc"):
            return self._tables
        if has(value, "ne_missing", "dtype") or has(value, "index", "iloc", "dtype"):
            return self._columns
        if has(value, "__array__", "dtype", "shape") and value.shape:
            return self._arrays
        if has(value, "savefig", "canvas"):
            return self._figures
        if attributes_of(value) and not isinstance(value, (type, FunctionType)):
            return self._objects
        return None

    def _pairs(self, pairs: Iterable[tuple[str, object, object]], depth: int) -> None:
        for place, one, other in pairs:
            if self.is_full():
                return
            if one is ABSENT or other is ABSENT:
                self.tell(place, None if one is ABSENT else shown(one), None if other is ABSENT else shown(other))
            else:
                self.compare(one, other, place, depth)

    def _dictionaries(self, left: dict[Any, Any], right: dict[Any, Any], place: str, depth: int) -> None:
        before = self.found
        keys = dict.fromkeys([*left, *right])
        self._pairs(((f"{place}[{shown(key)}]", left.get(key, ABSENT), right.get(key, ABSENT)) for key in keys), depth)
        if self.found == before and list(left) != list(right):
            self.tell(f"{place} order of keys", shown([*left]), shown([*right]))

    def _sequences(self, left: Any, right: Any, place: str, depth: int) -> None:
        fields = getattr(left, "_fields", None)
        names = (f"{place}[{at}]" if fields is None else f"{place}.{fields[at]}" for at in range(max(len(left), len(right))))
        items = zip_longest(left, right, fillvalue=ABSENT)
        self._pairs(((name, *both) for name, both in zip(names, items)), depth)

    def _sets(self, left: Any, right: Any, place: str, depth: int) -> None:
        # Objects of the program's own classes are other objects each time that they are loaded.
        gone, new = by_content(left - right), by_content(right - left)
        for text, member in sorted(gone.items()):
            if text not in new:
                self.tell(place, shown(member), None)
        for text, member in sorted(new.items()):
            if text not in gone:
                self.tell(place, None, shown(member))

    def _texts(self, left: Any, right: Any, place: str, depth: int) -> None:
        if max(len(left), len(right)) > 50:
            at = next((n for n, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))
            self.tell(f"{place} from character {at} on", shown(left[at : at + 20]), shown(right[at : at + 20]))

    def _objects(self, left: object, right: object, place: str, depth: int) -> None:
        was, now = attributes_of(left), attributes_of(right)
        texts = shown(left), shown(right)
        is_told_by_text = texts[0] != texts[1] and not any(text.endswith("...") for text in texts)
        if is_told_by_text and not hasattr(left, "__dataclass_fields__") and type(left).__repr__ is not object.__repr__:
            return
        names = dict.fromkeys([*was, *now])
        self._pairs(((f"{place}.{name}", was.get(name, ABSENT), now.get(name, ABSENT)) for name in names), depth)

    def _arrays(self, left: Any, right: Any, place: str, depth: int) -> None:
        for part in ("dtype", "shape"):
            was, now = getattr(left, part), getattr(right, part)
            if was != now:
                self.tell(f"{place} {part}", str(was), str(now))
        if left.shape != right.shape:
            return
        import numpy as np

        one, other = np.asarray(left), np.asarray(right)
        unlike, at_least = unlike_elements(left, right)
        self._counted(place, int(unlike.sum()), unlike.size, "elements", at_least)
        places = np.argwhere(unlike)
        for at in places[: self._told]:
            index = tuple(int(number) for number in at)
            self.tell(f"{place}[{', '.join(map(str, index))}]", shown_item(one[index]), shown_item(other[index]))
        self.more += max(0, len(places) - self._told)

    def _tables(self, left: Any, right: Any, place: str, depth: int) -> None:
        ours, theirs = [*left.columns], [*right.columns]
        if len({*ours}) == len(ours) and len({*theirs}) == len(theirs):
            both = [name for name in ours if name in {*theirs}]
            for name in dict.fromkeys([*ours, *theirs]):
                types = [str(table[name].dtype) if name in table.columns else None for table in (left, right)]
                if types[0] != types[1]:
                    self.tell(f"{place} column {shown(name)}{'' if None in types else ' dtype'}", *types)
            if both != [name for name in theirs if name in {*ours}]:
                self.tell(f"{place} order of columns", shown(ours), shown(theirs))
            pairs = [(f"{place} column {shown(name)}", left[name], right[name]) for name in both]
        else:
            if ours != theirs:
                self.tell(f"{place} columns", shown(ours), shown(theirs))
            places = range(min(len(ours), len(theirs)))
            pairs = [(f"{place} column {at} ({shown(ours[at])})", left.iloc[:, at], right.iloc[:, at]) for at in places]
        self._cells(place, pairs, Rows(left), Rows(right))

    def _columns(self, left: Any, right: Any, place: str, depth: int) -> None:
        if left.dtype != right.dtype:
            self.tell(f"{place} dtype", str(left.dtype), str(right.dtype))
        if getattr(left, "name", None) != getattr(right, "name", None):
            self.tell(f"{place} name", shown(left.name), shown(right.name))
        self._cells(place, [(place, left, right)], Rows(left), Rows(right))

    def _cells(self, place: str, pairs: list[tuple[str, Any, Any]], left: Rows, right: Rows) -> None:
        """The rows that only one of two tables has, and the cells that differ in those that both have."""
        import numpy as np

        ours, theirs = self._shared_rows(place, left, right)
        differing = np.zeros(len(ours), bool)
        found, at_least = [], False
        for where, one, other in pairs:
            # All rows in order are the column itself.
            one = one if left.is_whole(ours) else taken(one, ours)
            other = other if right.is_whole(theirs) else taken(other, theirs)
            unlike, stopped = unlike_cells(one, other)
            at_least = at_least or stopped
            differing |= unlike
            if unlike.any():
                found.append((where, one, other, np.flatnonzero(unlike), stopped))
        self._counted(place, int(differing.sum()), len(ours), "rows", at_least)
        # Each column that differs has its turn.
        each = max(2, self._told // max(1, len(found)))
        for where, one, other, rows, stopped in found:
            if len(found) > 1 and len(rows) > each:
                self._counted(where, len(rows), len(ours), "rows", stopped)
            for row in rows[:each].tolist():
                cells = shown_item(taken_one(one, row)), shown_item(taken_one(other, row))
                self.tell(f"{where} row {left.shown(ours[row])}", *cells)
            self.more += max(0, len(rows) - each)

    def _shared_rows(self, place: str, left: Rows, right: Rows) -> tuple[Any, Any]:
        """Tells which rows only one of two tables has; gives the positions of those that both have."""
        import numpy as np

        if left.count != right.count:
            self.tell(f"{place} rows", f"{left.count:,}", f"{right.count:,}")
        both = np.arange(min(left.count, right.count))
        if left.labels is None or right.labels is None or left.labels.equals(right.labels):
            return both, both
        if not (left.labels.is_unique and right.labels.is_unique):
            unlike, _ = unlike_elements(left.labels[both], right.labels[both])
            for at in np.flatnonzero(unlike)[: self._told].tolist():
                self.tell(f"{place} label of row {at}", left.shown(at), right.shown(at))
            self.more += max(0, int(unlike.sum()) - self._told)
            return both, both
        places = right.labels.get_indexer(left.labels)
        ours = np.flatnonzero(places >= 0)
        theirs = places[ours]
        gone = np.flatnonzero(places < 0)
        new = np.flatnonzero(left.labels.get_indexer(right.labels) < 0)
        for rows, at in ((left, gone), (right, new)):
            for row in at[: self._told].tolist():
                text = rows.text(row)
                self.tell(f"{place} row {rows.shown(row)}", *((text, None) if rows is left else (None, text)))
            self.more += max(0, len(at) - self._told)
        if (np.diff(theirs) < 0).any():
            self.tell(f"{place} order of rows", shown([*left.labels[:LONG]]), shown([*right.labels[:LONG]]))
        return ours, theirs

    def _figures(self, left: Any, right: Any, place: str, depth: int) -> None:
        import numpy as np

        pixels = []
        for figure in (left, right):
            figure.canvas.draw()
            pixels.append(np.asarray(figure.canvas.buffer_rgba()))
        one, other = pixels
        if one.shape != other.shape:
            sizes = (f"{shape[1]} x {shape[0]}" for shape in (one.shape, other.shape))
            self.tell(f"{place} size of the picture", *sizes)
            return
        unlike = (one != other).any(axis=2)
        if unlike.any():
            rows, columns = np.nonzero(unlike)
            self._counted(place, len(rows), unlike.size, "pixels", False)
            where = f"columns {columns.min()} to {columns.max()} and rows {rows.min()} to {rows.max()}"
            self.tell(f"{place} the picture, within {where} of {one.shape[1]} x {one.shape[0]}", None, None)

    def _counted(self, place: str, differ: int, of: int, what: str, at_least: bool) -> None:
        self.at_least = self.at_least or at_least
        if differ and of > 1 and len(self.counts) < self._told:
            self.counts.append(Count(place.strip(), differ, of, what, at_least))


def main() -> None:
    """Does the task on standard input."""
    task = json.load(sys.stdin)
    answer = sys.stdout
    # What a value's classes print when they are loaded is no answer.
    sys.stdout = sys.stderr
    sys.meta_path.append(Modules(task["modules"]))  # type: ignore[arg-type]
    _clew.use_store(task["store"])
    json.dump(compared(*task["left"], *task["right"]), answer)


class Modules:
    """Finds the modules of the programs' own that classes of values may be of, behind all that is installed."""

    def __init__(self, files: list[str]) -> None:
        self._files = files

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        inner = name.replace(".", "/")
        ends = f"/{inner}.py", f"/{inner}/__init__.py"
        file = next((file for file in self._files if file.endswith(ends)), None)
        return None if file is None else spec_from_file_location(name, file)


def compared(left: str, left_version: int, right: str, right_version: int) -> dict[str, object]:
    """Where the values of two artifacts differ."""
    account, fault = Account(), None
    try:
        account.compare(_clew.value(left, left_version), _clew.value(right, right_version))
    except Exception as error:
        said = str(error.args[0]) if error.args else type(error).__name__
        account, fault = Account(), said.partition("\n")[0]
    return {
        "parts": [part._asdict() for part in account.parts],
        "more": account.more,
        "at_least": account.at_least,
        "counts": [count._asdict() for count in account.counts],
        "fault": fault,
    }


def difference(recorded: object, made: object) -> str:
    """The first difference of two values: its place, and what stands there in each."""
    account = Account(told=1, most=1)
    try:
        account.compare(recorded, made)
    except Exception as error:
        return f"where is not known: {type(error).__name__}: {error}"
    if not account.parts:
        return "it differs in what has no name"
    place, left, right = account.parts[0]
    match left, right:
        case None, None:
            text = place
        case None, _:
            text = said(place, f"{right} is new")
        case _, None:
            text = said(place, f"{left} is missing")
        case _:
            text = said(place, f"{left} was recorded, {right} is made")
    return f"{text} ({account.counts[0]})" if account.counts else text


def said(place: str, what: str) -> str:
    return f"{place}: {what}" if place else what


def is_equal(one: object, other: object) -> bool | None:
    """Whether two values have the same content; None where nothing is known of it but that of their parts."""
    if one is other:
        return True
    if type(one) is type(other) and type(one) in PLAIN:
        return one == other
    try:
        return bool(_clew.fingerprint(one) == _clew.fingerprint(other))
    except Exception:
        try:
            return bool(one == other) or None
        except Exception:
            return None


def kind_of(value: object) -> tuple[str, str]:
    """A value's type by name: that of a program's own class is made anew with each value that is loaded."""
    return type(value).__module__, type(value).__qualname__


def has(value: object, *names: str) -> bool:
    """Whether the type of a value has all of some attributes, or the value itself has."""
    return all(hasattr(value, name) for name in names)


def by_content(members: Iterable[object]) -> dict[str, object]:
    """Some values by what tells them from others of another content."""
    found = {}
    for member in members:
        try:
            found[f"{shown(member)} {_clew.fingerprint(member)}"] = member
        except Exception:
            found[f"{shown(member)} {id(member)}"] = member
    return found


def attributes_of(value: object) -> dict[str, object]:
    """The attributes that an object has of its own, in its dictionary or in slots."""
    found = dict(getattr(value, "__dict__", None) or {})
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    return found


class Rows:
    """The rows of a table, by label where they have any."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self.labels: Any = getattr(table, "index", None) if hasattr(table, "iloc") else None
        self.count = len(table)

    def is_whole(self, rows: Sized) -> bool:
        """Whether these are all rows, in order."""
        return len(rows) == self.count and (self.count == 0 or bool((rows[1:] > rows[:-1]).all()))  # type: ignore[index]

    def shown(self, row: int) -> str:
        return shown_item(self.labels[row]) if self.labels is not None else str(row)

    def text(self, row: int) -> str:
        """A row in a few words."""
        if not hasattr(self._table, "columns"):
            return shown_item(taken_one(self._table, row))
        cells = self._table.iloc[row]
        text = ", ".join(f"{name}={shown_item(cell)}" for name, cell in zip(cells.index, cells.array))
        return text if len(text) <= 60 else text[:57] + "..."


def taken(column: Any, rows: Any) -> Any:
    """Some rows of a column, by position."""
    return column.iloc[rows] if hasattr(column, "iloc") else column.gather(rows)


def taken_one(column: Any, row: int) -> Any:
    """A cell of a column, as Python has it."""
    if hasattr(column, "iloc"):
        return column.iloc[row]
    (cell,) = column[row : row + 1].to_list()
    return cell


def side(value: object, other: object) -> str:
    """A value in a few words; with its type where that is what differs."""
    text = shown(value)
    return text if kind_of(value) == kind_of(other) else f"{text} ({type(value).__qualname__})"


def without_addresses(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def shown(value: object) -> str:
    """A value in a few words."""
    try:
        # No more of it is made than is shown.
        if type(value) in (list, tuple, str, bytes) and len(value) > LONG:  # type: ignore[arg-type]
            return " ".join(repr(value[:LONG])[:57].split()) + "..."  # type: ignore[index]
        text = repr(value)
    except Exception:
        text = object.__repr__(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


def shown_item(value: object) -> str:
    """A cell or an element in a few words, as Python's own number where it is one."""
    item = getattr(value, "item", None)
    if type(value).__module__.partition(".")[0] == "numpy" and callable(item):
        return shown(item())
    return shown(value)
