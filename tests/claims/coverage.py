"""Coverage: of which public callables of a library some rule speaks."""

from __future__ import annotations

import importlib
import inspect
import types
from typing import Any, Iterator


def coverage(annotations: Any, library: Any) -> tuple[int, list[str]]:
    """How many public callables there are, and those of which no rule speaks."""
    count, missing = 0, []
    for name, owner, method in callables(library):
        count += 1
        if not annotations.speaks(owner, method):
            missing.append(name)
    return count, sorted(missing)


def callables(library: Any) -> Iterator[tuple[str, Any, str | None]]:
    """The functions and classes of the library's namespaces and the public methods of these classes, once each."""
    seen: set[Any] = set()
    for namespace in library.NAMESPACES:
        module = importlib.import_module(namespace)
        for name in public(module):
            value = getattr(module, name, None)
            if not callable(value) or id(value) in seen or not is_at_home(value, library):
                continue
            # Making an error is nothing that anyone asks about, and raising it is no call.
            if isinstance(value, type) and issubclass(value, BaseException):
                continue
            seen.add(id(value))
            yield f"{namespace}.{name}", value, None
            if isinstance(value, type):
                for method in methods(value):
                    yield f"{namespace}.{name}.{method}", value, method


def public(module: types.ModuleType) -> list[str]:
    listed = getattr(module, "__all__", None)
    return sorted(listed or [name for name in vars(module) if not name.startswith("_")])


def is_at_home(value: Any, library: Any) -> bool:
    """Whether it comes from one of the library's packages: what it imported from elsewhere does not count."""
    home = (getattr(value, "__module__", None) or "").partition(".")[0].lstrip("_")
    return not home or home in library.HOMES or any(home == package.partition(".")[0] for package in library.PACKAGES)


def methods(owner: type) -> list[str]:
    """The public methods that a class has or inherits, without those that every object has."""
    found = []
    for name in dir(owner):
        if name.startswith("_") or hasattr(object, name):
            continue
        try:
            value = inspect.getattr_static(owner, name)
        except AttributeError:
            continue
        if isinstance(value, (classmethod, staticmethod)) or (callable(value) and not isinstance(value, type)):
            found.append(name)
    return found
