"""Replay: a slice run again, in a process given over to it or beside the user's own code.

Its ``main`` is what the process does that ``clew verify`` starts.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clew import _clew


def main() -> None:
    """Reads a task from standard input and answers it on standard output, both as JSON."""
    task = json.loads(sys.stdin.buffer.read())
    # What the slice prints or reads is not part of the conversation.
    answer_to = os.dup(1)
    # Nor does it matter what it puts in the place of functions of the libraries used here.
    dumps, write, leave = json.dumps, os.write, os._exit
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    found = answer(task)
    write(answer_to, (dumps(found) + "\n").encode())
    sys.stderr.flush()
    # Threads that the slice started are not waited for.
    leave(0)


def answer(task: dict) -> list[dict]:
    """Runs the slice of a task and fingerprints each value that it was to make.

    For a process that does nothing else afterwards: folder, arguments and ``__main__`` stay as
    the task wants them.
    """
    _clew.replaying()
    os.chdir(task["working_directory"])
    sys.argv[:] = task["arguments"]
    file = task["file"]
    sys.path.insert(0, os.path.dirname(os.path.realpath(file)) if os.path.exists(file) else "")
    _clew.forget_shadowed(sys.path[0])
    module = _module(file)
    sys.modules["__main__"] = module
    try:
        _run(task["code"], file, module)
    except BaseException as error:
        reason = f"{type(error).__name__}: {error}"
        failed = {"fingerprint": None, "reason": reason, "failed": True}
        return [failed] * max(1, len(task["variables"]))
    if task["artifact"] is not None:
        return [_judged(lambda: _clew.replayed(task["artifact"]))]
    made = module.__dict__
    return [_judged(lambda: _clew.fingerprint(made[name])) for name in task["variables"]]


def _judged(fingerprint_of: Callable[[], str]) -> dict:
    try:
        fingerprint = fingerprint_of()
    except KeyError as error:
        return {"fingerprint": None, "reason": f"it does not make {error}", "failed": True}
    except Exception as error:
        return {"fingerprint": None, "reason": str(error), "failed": False}
    return {"fingerprint": fingerprint, "reason": None, "failed": False}


def execute(code: str, name: str, variable: str | None, kept: object) -> object:
    """Runs the slice of an artifact in a namespace of its own and gives the artifact's value.

    That is the variable it was saved from, where one is known. Otherwise it is what the slice
    itself saves under the name, or else binds, and of several values the last one with the content
    of `kept`, the value as it was saved.
    """
    module = _module("<slice>")
    sought = _content(kept)
    with _main_is(module), _Saves(sought) as saves:
        _run(code, "<slice>", module)
    if variable is not None and variable in module.__dict__:
        return module.__dict__[variable]
    saved = saves.under(name)
    if saved is not _NOTHING:
        return saved
    for value in reversed(list(module.__dict__.values())):
        if sought is not None and _content(value) == sought:
            return value
    raise RuntimeError(f"the code of `{name}` ran, but made no value to give")


def redirected(value: object, name: str) -> dict | None:
    """The description of an artifact where its saving is part of a slice that `execute` runs."""
    saves = _Saves.current
    if saves is None or threading.get_ident() in saves.strangers:
        return None
    return saves.add(value, name)


_NOTHING = object()


class _Saves:
    """What a slice saves while it is executed, in place of new versions."""

    current: _Saves | None = None

    def __init__(self, sought: str | None) -> None:
        self._sought = sought
        self._saved: dict[str, list[tuple[object, bool]]] = {}
        # Threads that run beside the slice belong to the user, and what they save is kept.
        own = threading.get_ident()
        self.strangers = {thread.ident for thread in threading.enumerate()} - {own}

    def __enter__(self) -> _Saves:
        self._outer, _Saves.current = _Saves.current, self
        return self

    def __exit__(self, *_: object) -> None:
        _Saves.current = self._outer

    def add(self, value: object, name: str) -> dict:
        # Compared at once, for the slice may change the value later on.
        is_sought = self._sought is not None and _content(value) == self._sought
        saved = self._saved.setdefault(name, [])
        saved.append((value, is_sought))
        return {"name": name, "version": len(saved) - 1}

    def under(self, name: str) -> object:
        saved = self._saved.get(name, [])
        sought = [value for value, is_sought in saved if is_sought]
        return (sought or [value for value, _ in saved] or [_NOTHING])[-1]


@contextmanager
def _main_is(module: types.ModuleType) -> Iterator[None]:
    # Pickle and dataclasses look a class up in its module.
    own = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = own


def _module(file: str) -> types.ModuleType:
    module = types.ModuleType("__main__")
    module.__file__ = file
    module.__builtins__ = __builtins__
    module.__annotations__ = {}
    return module


def _run(code: str, file: str, module: types.ModuleType) -> None:
    try:
        exec(compile(code, file, "exec", dont_inherit=True), module.__dict__)
    except SystemExit:
        # A slice that leaves early has made its value by then, or it is missed below.
        pass


def _content(value: object) -> str | None:
    try:
        return _clew.fingerprint(value)
    except Exception:
        return None

