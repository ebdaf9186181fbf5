"""Replay: a slice run again, in a process given over to it or beside the user's own code.

Its ``main`` is what the process does that ``clew verify`` starts.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from clew import _clew


def main(folder: str) -> None:
    """Does the task that a folder holds, and leaves the answer in it, both as JSON."""
    with open(os.path.join(folder, "task.json"), encoding="utf-8") as file:
        task = json.load(file)
    # It does not matter what the slice puts in the place of functions that are used here.
    dumps, opened, write, rename, leave = json.dumps, os.open, os.write, os.replace, os._exit
    flush, join = sys.stderr.flush, os.path.join
    found = answer(task, folder)
    # Whoever reads it finds all of it or nothing.
    begun = join(folder, "answer.begun")
    to = opened(begun, os.O_WRONLY | os.O_CREAT)
    write(to, dumps(found).encode())
    rename(begun, join(folder, "answer.json"))
    flush()
    # Threads that the slice started are not waited for.
    leave(0)


def answer(task: dict, folder: str | None = None) -> dict:
    """Runs the slice of a task and fingerprints each value that it was to make.

    For a process that does nothing else afterwards: folder, arguments and ``__main__`` stay as
    the task wants them. Given a folder, the slice runs in a scratch copy of the session's.
    """
    scratch = effects = None
    # What a shell writes for itself when it starts is no effect of the slice.
    shell = None
    if task.get("cells"):
        _draw_as_kernels_do()
        shell = _shell_for(task["code"])
    if folder is not None and not (task.get("rerun") or {}).get("in_place"):
        scratch = _prepared(task, folder)
        effects = _watched(task, scratch)
    place = scratch.place if scratch is not None else lambda path: path
    saves = _Fingerprints(set(task.get("recorded", ())), _Kept.of(task))
    try:
        os.chdir(place(task["working_directory"]))
        module = _main_module(task, place)
        if task.get("rerun") is not None:
            from clew._rerun import Rerun

            found = Rerun(task, module, folder).run(saves)
            found["blocked"] = effects.blocked if effects is not None else []
            found["notes"] = scratch.notes if scratch is not None else []
            return found
        with saves:
            if shell is not None:
                shell.run(task["code"], module)
            else:
                _run(task["code"], module.__dict__.get("__file__", "<string>"), module)
    except BaseException as error:
        if task.get("rerun") is not None:
            from clew._rerun import not_begun

            return not_begun(error)
        failed = {"fingerprint": None, "reason": _last_line(error), "failed": True}
        answers = [failed] * max(1, len(task["variables"]))
    else:
        answers = _answers(task, saves, module.__dict__)
    return {
        "answers": answers,
        "blocked": effects.blocked if effects is not None else [],
        "notes": scratch.notes if scratch is not None else [],
    }


def _prepared(task: dict, folder: str):
    """The scratch copy, as the session's folders were when it began, with the slice as its script."""
    from clew._scratch import Scratch

    scratch = Scratch(folder, task["roots"], task["more_roots"], task["overlay"])
    for path in [*scratch.written_between(task["sessions"]), *task["left_out"]]:
        scratch.leave_out(path)
    for kept in task["restored"]:
        with open(kept["content"], "rb") as file:
            scratch.put(kept["path"], file.read())
    file = task["file"]
    if file is not None and any(_is_in(scratch.place(file), root) for root in scratch.roots):
        # Processes that the slice starts import it under this name.
        code = task["rerun"]["sources"][0]["text"] if task.get("rerun") else task["code"]
        scratch.put(file, code.encode("utf-8", "surrogatepass"))
    return scratch


def _watched(task: dict, scratch):
    from clew._effects import Effects

    originals = [] if scratch.isolated else [os.path.realpath(root) for root in task["roots"]]
    effects = Effects(
        [scratch.folder, *scratch.roots],
        lambda path: any(_is_in(path, root) for root in originals),
    )
    if not task["allow_effects"]:
        effects.listen()
    return effects


def _draw_as_kernels_do() -> None:
    """pyplot draws where it does in a kernel, unless its user says where: the slice may show what only that can."""
    if importlib.util.find_spec("matplotlib_inline") is not None:
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")


def _shell_for(code: str):
    """A shell, where only one can run the code: with what magics have become, or with `await` at its top."""
    if not any(word in code for word in ("get_ipython", "await", "display")):
        return None
    try:
        from clew._shell import Shell, wants_shell
    except ImportError:
        return None
    return Shell() if wants_shell(code) else None


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _main_module(task: dict, place: Callable[[str], str]) -> types.ModuleType:
    """A ``__main__`` as the session had it, with its arguments and the beginning of its path."""
    arguments = list(task["arguments"])
    module = types.ModuleType("__main__")
    # In the order in which Python binds them.
    module.__annotations__ = {}
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    sys.argv[:] = arguments
    file = task["file"]
    if task.get("module") is not None:
        first = os.getcwd()
        sys.path.insert(0, first)
        _clew.forget_shadowed(first)
        import runpy

        _, spec, _ = runpy._get_module_details(task["module"])
        module.__dict__.update(
            __spec__=spec,
            __loader__=spec.loader,
            __package__=spec.parent,
            __file__=spec.origin,
            __cached__=spec.cached,
        )
        sys.argv[0] = spec.origin
        return module
    if file is None:
        sys.path.insert(0, "")
        _clew.forget_shadowed("")
        return module
    module.__file__ = place(file)
    module.__cached__ = None
    module.__loader__ = importlib.machinery.SourceFileLoader("__main__", module.__file__)
    real = os.path.realpath(module.__file__)
    first = os.path.dirname(real) if os.path.exists(module.__file__) else ""
    sys.path.insert(0, first)
    _clew.forget_shadowed(first)
    return module


def _answers(task: dict, saves: _Fingerprints, made: dict) -> list[dict]:
    artifact = task.get("artifact")
    if artifact is not None and (saved := saves.judged(artifact)) is not None:
        # What was saved is wanted, whatever became of it later.
        return [saved]
    if artifact is not None and not task["variables"]:
        return [{"fingerprint": None, "reason": f"it saves no `{artifact}`", "failed": True}]
    answers = [_judged(lambda: made[name]) for name in task["variables"]]
    recorded = set(task.get("recorded", ()))
    for name, found in zip(task["variables"], answers):
        if recorded and found["fingerprint"] is not None and found["fingerprint"] not in recorded:
            found["difference"] = _difference(_Kept.of(task), made[name])
    return answers


class _Kept(NamedTuple):
    """The file with the value of an artifact as it was saved, and how far it is trusted."""

    path: str
    artifact: str
    allow_untrusted: bool

    @classmethod
    def of(cls, task: dict) -> _Kept | None:
        path = task.get("value")
        allowed = task.get("allow_untrusted", False)
        return None if path is None else cls(path, task.get("artifact") or "it", allowed)


def _difference(kept: _Kept | None, made: object) -> str:
    """Where a value is not the one that was kept in a file, or what it is where none was kept."""
    from clew._difference import difference, shown

    if kept is None:
        return f"{shown(made)} is made"
    try:
        with open(kept.path, "rb") as file:
            recorded = _clew.loaded(file.read(), kept.artifact, kept.allow_untrusted)
    except Exception as error:
        return f"the saved value cannot be loaded: {_last_line(error)}"
    return difference(recorded, made)


def _judged(value_of: Callable[[], object]) -> dict:
    try:
        value = value_of()
    except KeyError as error:
        return {"fingerprint": None, "reason": f"it does not make {error}", "failed": True}
    try:
        fingerprint = _clew.fingerprint(value)
    except Exception as error:
        return {"fingerprint": None, "reason": str(error), "failed": False}
    return {"fingerprint": fingerprint, "reason": None, "failed": False}


def _last_line(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


def execute(code: str, row: dict, kept: object) -> object:
    """Runs the slice of an artifact in a namespace of its own and gives the artifact's value.

    That is what the slice itself saves under the name, or else the variable it was saved from, where
    one is known, or else what the slice binds; of several values the last one with the content of
    `kept`, the value as it was saved. The slice runs in the session's folder and with its arguments.
    """
    name, file = row["name"], row.get("file")
    module = _module(file)
    sought = _content(kept)
    with _as_the_session(row), _main_is(module), _Saves(sought) as saves:
        _run(code, "<slice>", module)
    value = _executed(row.get("saved_as", name), row.get("variable"), saves, sought, module)
    from clew._wholeness import missing

    lacking = missing(value, kept, module)
    if lacking is not None:
        function, lacks = lacking
        raise RuntimeError(
            f"the code of `{name}` does not make `{lacks}`, which `{function}` in its value needs;"
            " get_code(prove=True) may find what makes it"
        )
    return value


def _executed(
    name: str, variable: str | None, saves: _Saves, sought: str | None, module: types.ModuleType
) -> object:
    saved = saves.under(name)
    if saved is not _NOTHING:
        return saved
    if variable is not None and variable in module.__dict__:
        return module.__dict__[variable]
    for value in reversed(list(module.__dict__.values())):
        if sought is not None and _content(value) == sought:
            return value
    raise RuntimeError(f"the code of `{name}` ran, but made no value to give")


@contextmanager
def _as_the_session(row: dict) -> Iterator[None]:
    """Goes where the session ran, with its arguments and the folder of its modules, and comes back."""
    here, arguments = os.getcwd(), sys.argv
    folder, file, name = row.get("folder"), row.get("file"), row.get("module")
    first = None
    try:
        if folder is not None and os.path.isdir(folder):
            os.chdir(folder)
        if row.get("arguments"):
            sys.argv = list(row["arguments"])
            if name is not None and file is not None:
                sys.argv[0] = file
        if name is not None or file is None:
            first = folder
        else:
            first = os.path.dirname(os.path.realpath(file))
        if first is not None:
            sys.path.insert(0, first)
        yield
    finally:
        if first is not None and first in sys.path:
            sys.path.remove(first)
        sys.argv = arguments
        os.chdir(here)


def redirected(value: object, name: str) -> dict | None:
    """The description of an artifact where its saving is part of a slice that is run again."""
    saves = _Saves.current
    if saves is None or threading.get_ident() in saves.strangers:
        return None
    return saves.add(value, name)


def is_replaying() -> bool:
    """Whether a slice is being run again, and what runs now is part of it."""
    saves = _Saves.current
    return saves is not None and threading.get_ident() not in saves.strangers


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


class _Fingerprints(_Saves):
    """What a slice saves while it is verified: the content as it was then, and no value."""

    def __init__(self, recorded: set[str], kept: _Kept | None) -> None:
        super().__init__(None)
        self._recorded = recorded
        self._kept = kept
        self._judged: dict[str, list[dict]] = {}

    def __exit__(self, *_: object) -> None:
        # The slice may save from threads and at its very end, and nobody else runs here.
        pass

    def add(self, value: object, name: str) -> dict:
        judged = self._judged.setdefault(name, [])
        found = _judged(lambda: value)
        if self._recorded and found["fingerprint"] is not None and found["fingerprint"] not in self._recorded:
            # Told at once, for the slice may change the value later on.
            found["difference"] = _difference(self._kept, value)
        judged.append(found)
        return {"name": name, "version": len(judged) - 1}

    def judged(self, name: str) -> dict | None:
        """What was found of the value with the recorded content, or else of the last one."""
        judged = self._judged.get(name, [])
        recorded = [one for one in judged if one["fingerprint"] in self._recorded]
        return (recorded or judged or [None])[-1]


@contextmanager
def _main_is(module: types.ModuleType) -> Iterator[None]:
    # Pickle and dataclasses look a class up in its module.
    own = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = own


def _module(file: str | None) -> types.ModuleType:
    module = types.ModuleType("__main__")
    if file is not None:
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
