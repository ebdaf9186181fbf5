"""Difference: where two values that should be equal are not."""

from __future__ import annotations

from clew import _clew

# How deep a difference is looked for, and how many parts of one value are compared.
DEEPEST = 12
MOST_PARTS = 20_000


def difference(recorded: object, made: object) -> str:
    """The first difference of two values: its place, and what stands there in each."""
    try:
        return _within(recorded, made, "", DEEPEST) or "it differs in what has no name"
    except Exception as error:
        return f"where is not known: {type(error).__name__}: {error}"


def shown(value: object) -> str:
    """A value in a few words."""
    try:
        text = repr(value)
    except Exception:
        text = object.__repr__(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


def _within(recorded: object, made: object, place: str, depth: int) -> str | None:
    if is_equal(recorded, made):
        return None
    if type(recorded).__qualname__ != type(made).__qualname__:
        return _said(
            place,
            f"{shown(recorded)} ({_kind(recorded)}) was recorded, {shown(made)} ({_kind(made)}) is made",
        )
    if depth == 0:
        return _said(place, f"{shown(recorded)} was recorded, {shown(made)} is made")
    found = None
    package = type(recorded).__module__.split(".")[0]
    if isinstance(recorded, dict):
        found = _pairs(recorded, made, place, depth)
    elif isinstance(recorded, (list, tuple)):
        found = _items(recorded, made, place, depth)
    elif isinstance(recorded, (set, frozenset)):
        found = _members(recorded, made, place)
    elif isinstance(recorded, (str, bytes)) and max(len(recorded), len(made)) > 50:
        at = next((n for n, (a, b) in enumerate(zip(recorded, made)) if a != b), min(len(recorded), len(made)))
        was, now = recorded[at : at + 20], made[at : at + 20]
        found = _said(place, f"from character {at} on {was!r} was recorded, {now!r} is made")
    elif package == "numpy" and hasattr(recorded, "dtype") and hasattr(recorded, "shape"):
        found = _arrays(recorded, made, place)
    elif package == "pandas" and hasattr(recorded, "columns"):
        found = _frames(recorded, made, place, depth)
    elif package == "pandas" and hasattr(recorded, "index") and hasattr(recorded, "to_numpy"):
        found = _series(recorded, made, place, depth)
    elif package == "matplotlib" and hasattr(recorded, "savefig"):
        found = _figures(recorded, made, place)
    elif hasattr(recorded, "__dict__") and not isinstance(recorded, type) and not callable(recorded):
        found = _attributes(recorded, made, place, depth)
    return found or _said(place, f"{shown(recorded)} was recorded, {shown(made)} is made")


def _said(place: str, what: str) -> str:
    return f"{place}: {what}" if place else what


def _kind(value: object) -> str:
    return type(value).__qualname__


def is_equal(one: object, other: object) -> bool:
    try:
        return _clew.fingerprint(one) == _clew.fingerprint(other)
    except Exception:
        try:
            return bool(one == other)
        except Exception:
            return False


def _pairs(recorded: dict, made: dict, place: str, depth: int) -> str | None:
    for key in recorded:
        if key not in made:
            return _said(place, f"the key {shown(key)} is missing")
    for key in made:
        if key not in recorded:
            return _said(place, f"the key {shown(key)} is new")
    for number, key in enumerate(recorded):
        if number >= MOST_PARTS:
            break
        if found := _within(recorded[key], made[key], f"{place}[{shown(key)}]", depth - 1):
            return found
    if list(recorded) != list(made):
        return _said(place, "the keys are in another order")
    return None


def _items(recorded: list | tuple, made: list | tuple, place: str, depth: int) -> str | None:
    for number, (one, other) in enumerate(zip(recorded, made)):
        if number >= MOST_PARTS:
            break
        if found := _within(one, other, f"{place}[{number}]", depth - 1):
            return found
    if len(recorded) != len(made):
        return _said(place, f"{len(recorded)} items were recorded, {len(made)} are made")
    return None


def _members(recorded: set, made: set, place: str) -> str | None:
    for member in recorded - made:
        return _said(place, f"{shown(member)} is missing")
    for member in made - recorded:
        return _said(place, f"{shown(member)} is new")
    return None


def _arrays(recorded: object, made: object, place: str) -> str | None:
    for part in ("dtype", "shape"):
        was, now = getattr(recorded, part), getattr(made, part)
        if was != now:
            return _said(place, f"{part} {was} was recorded, {now} is made")
    import numpy as np

    one, other = np.asarray(recorded), np.asarray(made)
    unlike = one != other
    if one.dtype.kind in "fc":
        unlike &= ~(np.isnan(one) & np.isnan(other))
    if not unlike.any():
        return None
    at = tuple(int(number) for number in np.argwhere(unlike)[0])
    where = f"{place}[{', '.join(map(str, at))}]" if at else place
    some = f"{one[at]} was recorded, {other[at]} is made"
    count = int(unlike.sum())
    return _said(where, some + (f" ({count} of {one.size} differ)" if count > 1 else ""))


def _frames(recorded: object, made: object, place: str, depth: int) -> str | None:
    if found := _labels(recorded.columns, made.columns, f"{place} columns".strip()):
        return found
    if found := _labels(recorded.index, made.index, f"{place} index".strip()):
        return found
    for number, name in enumerate(recorded.columns):
        column = f"{place} column {shown(name)}".strip()
        if found := _series(recorded.iloc[:, number], made.iloc[:, number], column, depth):
            return found
    return None


def _labels(recorded: object, made: object, place: str) -> str | None:
    missing = [label for label in recorded[:MOST_PARTS] if label not in made]
    new = [label for label in made[:MOST_PARTS] if label not in recorded]
    if missing:
        return _said(place, f"{shown(missing[0])} is missing")
    if new:
        return _said(place, f"{shown(new[0])} is new")
    if len(recorded) != len(made) or list(recorded[:MOST_PARTS]) != list(made[:MOST_PARTS]):
        return _said(place, "the labels are in another order")
    return None


def _series(recorded: object, made: object, place: str, depth: int) -> str | None:
    if recorded.dtype != made.dtype:
        return _said(place, f"dtype {recorded.dtype} was recorded, {made.dtype} is made")
    if found := _labels(recorded.index, made.index, f"{place} index".strip()):
        return found
    for number in range(min(len(recorded), MOST_PARTS)):
        one, other = recorded.iloc[number], made.iloc[number]
        if not is_equal(one, other):
            where = f"{place} row {shown(recorded.index[number])}".strip()
            return _within(one, other, where, depth - 1)
    return None


def _figures(recorded: object, made: object, place: str) -> str | None:
    import numpy as np

    pixels = []
    for figure in (recorded, made):
        figure.canvas.draw()
        pixels.append(np.asarray(figure.canvas.buffer_rgba()))
    one, other = pixels
    if one.shape != other.shape:
        return _said(place, f"a picture of {one.shape[1]} x {one.shape[0]} was recorded, one of {other.shape[1]} x {other.shape[0]} is made")
    unlike = (one != other).any(axis=2)
    if not unlike.any():
        return None
    rows, columns = np.nonzero(unlike)
    share = 100 * unlike.mean()
    return _said(
        place,
        f"{share:.2g}% of the picture differs, all of it within columns {columns.min()} to {columns.max()} and rows"
        f" {rows.min()} to {rows.max()} of {one.shape[1]} x {one.shape[0]}",
    )


def _attributes(recorded: object, made: object, place: str, depth: int) -> str | None:
    was, now = vars(recorded), vars(made)
    for name in was:
        where = f"{place}.{name}"
        if name not in now:
            if not is_equal(recorded, made):
                return f"{where}: it is missing"
        elif found := _within(was[name], now[name], where, depth - 1):
            return found
    return None
