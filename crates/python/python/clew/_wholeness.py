"""Wholeness: whether the functions in a value find all that those of the saved value found."""

from __future__ import annotations

import builtins
import functools
import types
from collections.abc import Iterator

# How many objects are looked at.
MOST = 20_000


def missing(made: object, kept: object, module: types.ModuleType) -> tuple[str, str] | None:
    """A function in `made` and a name that it refers to in vain, though in `kept` it does not."""
    found_in_kept: dict[str, set[str]] = {}
    for function in functions(kept):
        names = referred_to(function.__code__)
        found = {name for name in names if name in function.__globals__}
        found_in_kept.setdefault(function.__qualname__, set()).update(found)
    for function in functions(made):
        if function.__globals__ is not module.__dict__:
            continue
        for name in sorted(found_in_kept.get(function.__qualname__, ())):
            if name not in module.__dict__ and not hasattr(builtins, name):
                return function.__qualname__, name
    return None


def functions(value: object) -> Iterator[types.FunctionType]:
    """The functions that can be reached in a value, those that they call among them."""
    left, seen = [value], set()
    while left and len(seen) < MOST:
        one = left.pop()
        if id(one) in seen or isinstance(one, (str, bytes, int, float, types.ModuleType)):
            continue
        seen.add(id(one))
        if isinstance(one, types.FunctionType):
            yield one
        left.extend(_parts(one))


def referred_to(code: types.CodeType) -> set[str]:
    """The names that a function's code and that of its inner functions refer to."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= referred_to(constant)
    return names


def _parts(one: object) -> Iterator[object]:
    if isinstance(one, dict):
        yield from one.values()
    elif isinstance(one, (list, tuple, set, frozenset)):
        yield from one
    elif isinstance(one, functools.partial):
        yield from (one.func, one.args, one.keywords)
    elif isinstance(one, types.MethodType):
        yield from (one.__func__, one.__self__)
    elif isinstance(one, types.FunctionType):
        if one.__module__ != "__main__":
            return
        yield from one.__defaults__ or ()
        for cell in one.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:
                pass
        for name in referred_to(one.__code__):
            found = one.__globals__.get(name)
            if isinstance(found, (types.FunctionType, type)):
                yield found
    elif isinstance(one, type):
        if one.__module__ == "__main__":
            for member in vars(one).values():
                member = getattr(member, "__func__", getattr(member, "fget", member))
                if isinstance(member, types.FunctionType):
                    yield member
            yield from one.__bases__
    else:
        yield type(one)
        state = getattr(one, "__dict__", None)
        if isinstance(state, dict):
            yield from state.values()
