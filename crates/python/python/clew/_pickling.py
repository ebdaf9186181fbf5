"""Pickling: which part of a value keeps it from being pickled."""

from __future__ import annotations

from collections.abc import Iterator

try:
    from cloudpickle import dumps
except ImportError:
    from pickle import dumps

# How deep a fault is looked for, and among how many parts of one value.
_DEPTH = 20
_PARTS = 1_000


def part_at_fault(value: object) -> str:
    """The innermost part that cannot be pickled, as attributes and items lead to it, with its type."""
    path, seen = "", {id(value)}
    for _ in range(_DEPTH):
        found = next(
            (
                (step, part)
                for step, part in _parts(value)
                if id(part) not in seen and not _is_pickled(part)
            ),
            None,
        )
        if found is None:
            break
        step, value = found
        seen.add(id(value))
        path += step
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    return f"`{path.lstrip('.')}` ({kind})" if path else f"a `{kind}`"


def _parts(value: object) -> Iterator[tuple[str, object]]:
    """What a value holds: attributes, captured variables and items."""
    named = dict(getattr(value, "__dict__", {}) or {})
    code, cells = getattr(value, "__code__", None), getattr(value, "__closure__", None)
    if code is not None:
        named |= {name: value.__globals__.get(name) for name in code.co_names}
        for name, cell in zip(code.co_freevars, cells or ()):
            try:
                named[name] = cell.cell_contents
            except ValueError:
                pass
    for slot in getattr(type(value), "__slots__", ()):
        if isinstance(slot, str) and hasattr(value, slot):
            named[slot] = getattr(value, slot)
    parts = [(f".{name}", part) for name, part in named.items()]
    if isinstance(value, dict):
        parts += [(f"[{key!r}]", part) for key, part in value.items()]
    elif isinstance(value, (list, tuple)):
        parts += [(f"[{at}]", part) for at, part in enumerate(value)]
    elif isinstance(value, (set, frozenset)):
        parts += [("{…}", part) for part in value]
    yield from parts[:_PARTS]


def _is_pickled(value: object) -> bool:
    try:
        dumps(value, 5)
    except Exception:
        return False
    return True
