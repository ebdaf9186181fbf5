"""Oracle: what a call did change, and whether what was inferred of it covers that."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from types import CellType, FunctionType, MethodType, ModuleType

import numpy as np

from clew._clew import Annotations

_ATOMS = (int, float, str, bytes, bool, type(None), ModuleType)


def _parts(value) -> tuple:
    """What an object holds itself, and the state of its own."""
    if isinstance(value, np.ndarray):
        return (), (value.shape, value.tobytes())
    if isinstance(value, (FunctionType, type)):
        return (), ()
    if isinstance(value, MethodType):
        return (value.__self__,), (("__self__", id(value.__self__)),)
    held: list = []
    state: list = []
    if isinstance(value, dict):
        for key, item in list(dict.items(value)):
            held += [key, item]
            state.append((id(key), id(item)))
    elif isinstance(value, (list, tuple, deque)):
        held += list(type(value).__iter__(value)) if type(value) in (list, tuple, deque) else (
            list(list.__iter__(value)) if isinstance(value, list) else list(tuple.__iter__(value))
        )
        state += [id(item) for item in held]
    elif isinstance(value, (set, frozenset)):
        held += list(value)
        state += sorted(id(item) for item in held)
    elif isinstance(value, CellType):
        held.append(value.cell_contents)
        state.append(id(value.cell_contents))
    own = getattr(type(value), "__dictoffset__", 0) and object.__getattribute__(value, "__dict__")
    if isinstance(own, dict):
        for name, item in own.items():
            held.append(item)
            state.append((name, id(item)))
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            try:
                item = vars(kind)[name].__get__(value)
            except (AttributeError, KeyError):
                continue
            held.append(item)
            state.append((name, id(item)))
    return tuple(held), tuple(state)


def snapshot(*roots) -> dict:
    """The state of everything that can be reached, by identity; the objects are kept alive."""
    seen: dict = {}
    waiting = list(roots)
    while waiting:
        value = waiting.pop()
        if isinstance(value, _ATOMS) or id(value) in seen:
            continue
        held, state = _parts(value)
        seen[id(value)] = (value, state, held)
        waiting += held
    return seen


def changed(before: dict) -> set:
    return {key for key, (value, state, _) in before.items() if _parts(value)[1] != state}


@dataclass
class Answer:
    """What was inferred of a call, and what it did change besides."""

    lines: list[str] | None
    missed: list[str]


def cases(library: Path) -> list[str]:
    """The cases of a library: what stands behind `#: ` in a line."""
    lines = library.read_text().splitlines()
    return [line.removeprefix("#: ").strip() for line in lines if line.startswith("#: ")]


def says_nothing(lines: list[str] | None) -> bool:
    """Whether an answer is none, or that anything may change."""
    return lines is None or "may change anything" in lines


def missed(lines, callable, values, named, before, holders, did, bound) -> list[str]:
    """What changed that the lines do not cover.

    `before` is a snapshot of all, `holders` what modules hold, by name, `did` what did change, and
    `bound` the variables of modules that were bound anew.
    """
    if says_nothing(lines):
        return []
    roots = {str(at): value for at, value in enumerate(values)}
    roots.update({f"{name}=": value for name, value in named.items()})
    roots["self"] = getattr(callable, "__self__", callable)
    covered: set = set()
    shared = False
    for line in lines:
        if line.startswith("changes shared objects"):
            shared = True
        if not line.startswith(("changes ", "may change ")) or "shared" in line:
            continue
        place = line.removeprefix("may change ").removeprefix("changes ")
        deep = place.endswith(".**")
        root, *path = place.removesuffix(".**").split(".")
        value = roots[root]
        for name in path:
            # As it was before: the state of the holder may have changed meanwhile.
            _, state, held = before[id(value)]
            value = _held(value, held, state, name)
        covered |= _reach(before, value) if deep else {id(value)}
    of_arguments = set()
    for value in roots.values():
        of_arguments |= _reach(before, value)
    found = []
    for key in did - covered:
        value = before[key][0]
        if key in of_arguments and not (shared and key in holders):
            found.append(f"of an argument: {type(value).__name__} {value!r:.60}")
        elif key not in of_arguments and not shared:
            found.append(f"shared: {type(value).__name__} {value!r:.60}")
    for name in bound:
        if f"binds {name}" not in lines and not shared:
            found.append(f"bound: {name}")
    return found


def _held(value, held, state, name):
    for entry in state:
        if isinstance(entry, tuple) and entry[0] == name:
            return next(item for item in held if id(item) == entry[1])
    return value


def _reach(before: dict, value) -> set:
    seen: set = set()
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or id(value) not in before:
            continue
        seen.add(id(value))
        waiting += before[id(value)][2]
    return seen


def ask_and_call(asked: Annotations, module: ModuleType, callable, values, named) -> Answer:
    """Asks what a call changes, and then calls."""
    lines = asked.infer(callable, values, named)
    variables = {
        name: value for name, value in vars(module).items() if not name.startswith("__")
    }
    attributes = []
    for value in variables.values():
        if isinstance(value, type) and value.__module__ == module.__name__:
            attributes += [item for name, item in vars(value).items() if name[:2] != "__"]
        if isinstance(value, FunctionType):
            attributes += [*(value.__closure__ or ()), *(value.__defaults__ or ())]
    own = [*(getattr(callable, "__closure__", None) or ()), callable]
    roots = getattr(callable, "__self__", callable)
    held = snapshot(*variables.values(), *attributes)
    before = snapshot(*values, *named.values(), roots, *own, *variables.values(), *attributes)
    try:
        callable(*values, **named)
    except Exception:  # noqa: BLE001
        pass
    bound = [name for name, value in variables.items() if vars(module).get(name) is not value]
    found = missed(lines, callable, values, named, before, held, changed(before), bound)
    return Answer(lines, [f"{what} [{'; '.join(lines or ())}]" for what in found])
