"""Rerun: the steps of a session run again one by one, in a process given over to it."""

from __future__ import annotations

import ast
import atexit
import importlib.util
import io
import json
import linecache
import os
import sys
import threading
import types
from typing import Any

from clew import _clew
from clew._difference import shown
from clew._replay import _content, _difference, _Kept, _last_line


class Rerun:
    """Steps of a task as they run in a ``__main__``."""

    def __init__(self, task: dict[str, Any], module: types.ModuleType, folder: str | None) -> None:
        asked = task["rerun"]
        self._module = module
        self._steps: list[dict[str, Any]] = asked["steps"]
        self._graph: str | None = asked["graph"]
        self._shows = asked["shows_steps"]
        self._fingerprints = asked["fingerprints"]
        self._packages: list[str] = asked["packages"]
        self._sources: list[dict[str, Any]] = asked["sources"]
        self._ran: list[dict[str, Any]] = []
        self._allow_untrusted: bool = task["allow_untrusted"]
        # Where the recorded values lie that are at hand, by step and variable.
        self._kept = {
            (kept["step"], kept["name"]): (kept, os.path.join(folder or "", f"variable{number}.pickle"))
            for number, kept in enumerate(asked["kept"])
        }
        recorded = asked["recorded"]
        self._recorded = {(known["step"], known["name"]): known["fingerprint"] for known in recorded}
        if asked["other_process"]:
            self._taken = [os.open(os.devnull, os.O_RDONLY) for _ in range(5)]
        for setting in asked["settings"]:
            _set(self._steps[setting["step"]], setting["name"], setting["value"])

    def run(self, saves: Any) -> dict[str, Any]:
        """Runs all steps, and says what came of them. An error of the program's is shown as Python shows it."""
        sources = [(source["id"], self._file_of(source), source["text"]) for source in self._sources]
        for _, file, text in sources:
            # Tracebacks quote the text that ran, whatever is in the file now.
            linecache.cache[file] = (len(text), None, io.StringIO(text, newline="").readlines(), file)
        raised, code = None, 0
        with saves:
            try:
                _clew.run_steps(self._module, sources, json.dumps(self._steps), self._ended, self._graph)
            except SystemExit as error:
                code = _exit_code(error)
            except BaseException as error:
                raised, code = _told(error), 1
        made = self._module.__dict__
        names = {bound["name"]: None for step in self._steps for bound in step["variables"]}
        last = [self._described(name, made[name]) for name in names if self._fingerprints and name in made]
        for one in last:
            self._look_closer(one, made[one["name"]], None)
        _end()
        return {
            "steps": self._ran,
            "last": last,
            "raised": raised,
            "exit_code": code,
            "python": ".".join(map(str, sys.version_info[:3])),
            "packages": [(name, version) for name in self._packages if (version := _version(name)) != ""],
        }

    def _file_of(self, source: dict[str, Any]) -> str:
        location = source["location"]
        if isinstance(location, dict) and "Cell" in location:
            return f"<cell {location['Cell']}>"
        return self._module.__dict__.get("__file__", "<string>")

    def _place(self, step: dict[str, Any]) -> str:
        """Where a step stands: its line, in a notebook behind the number of its cell."""
        location = next(one["location"] for one in self._sources if one["id"] == step["span"]["source"])
        cell = f"[{location['Cell']}]:" if isinstance(location, dict) and "Cell" in location else ""
        return f"{cell}{step['lines'][0]}"

    def _ended(self, place: int, seconds: float, failed: bool, by_nodes: bool) -> None:
        """A step has run to its end, or raised."""
        step = self._steps[place]
        made = self._module.__dict__
        names = [bound["name"] for bound in step["variables"] if bound["name"] in made]
        variables = [self._described(name, made[name]) for name in names]
        for name, described in zip(names, variables):
            self._look_closer(described, made[name], place)
            if (place, name) in self._kept:
                kept, path = self._kept[place, name]
                if described["fingerprint"] not in (None, kept["fingerprint"]):
                    value = _Kept(path, kept["artifact"], self._allow_untrusted)
                    described["difference"] = _difference(value, made[name])
        self._ran.append({"seconds": seconds, "by_nodes": by_nodes, "variables": variables})
        if self._shows:
            self._show(step, seconds, variables, failed)

    def _described(self, name: str, value: object) -> dict[str, Any]:
        kind = type(value)
        fingerprint = _content(value) if self._fingerprints else None
        return {
            "name": name,
            "type_name": f"{kind.__module__}.{kind.__qualname__}",
            "fingerprint": fingerprint,
            "shown": shown(value) if self._shows else None,
        }

    def _look_closer(self, described: dict[str, Any], value: object, place: int | None) -> None:
        """Says more of a value that is another than was recorded; of those alone, for looks can change a value."""
        recorded = self._recorded.get((place, described["name"]))
        if recorded is not None and described["fingerprint"] != recorded:
            described["changes_by_looks"] = _content(value) != described["fingerprint"]
            described["shown"] = shown(value)

    def _show(self, step: dict[str, Any], seconds: float, variables: list[dict[str, Any]], failed: bool) -> None:
        sys.stdout.flush()
        first = step["text"].strip().splitlines()[0] if step["text"].strip() else ""
        text = f"{self._place(step):>5}  {seconds:8.3f} s  {first}{'  (raised)' if failed else ''}\n"
        # What a definition or an import binds says nothing.
        told = [one for one in variables if not one["type_name"].startswith("builtins.") or _is_value(one)]
        for one in told:
            text += f"{'':>18}{one['name']} = {one['shown']}\n"
        sys.stderr.write(text)
        sys.stderr.flush()


def _is_value(one: dict[str, Any]) -> bool:
    return one["type_name"] not in ("builtins.function", "builtins.module", "builtins.type")


def _set(step: dict[str, Any], name: str, value: str) -> None:
    """Has a step bind a variable to another value: in the place of its own, where that is all it does."""
    try:
        made = ast.literal_eval(value)
        literal = repr(made) if "\n" in value else value.strip()
    except (ValueError, SyntaxError):
        literal = repr(value)
    step["is_said_by_nodes"] = False
    body = ast.parse(step["text"]).body
    statement = body[0] if len(body) == 1 else None
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    is_own = isinstance(statement, (ast.Assign, ast.AnnAssign)) and all(
        isinstance(target, ast.Name) and target.id == name for target in targets
    )
    if is_own:
        step["text"], step["lines"] = f"{name} = {literal}\n", step["lines"][:1]
    else:
        text = step["text"] if step["text"].endswith("\n") else step["text"] + "\n"
        step["text"], step["lines"] = f"{text}{name} = {literal}\n", [*step["lines"], step["lines"][-1]]


def not_begun(error: BaseException) -> dict[str, Any]:
    """The answer where something failed before the first step."""
    return {"steps": [], "raised": _last_line(error), "exit_code": 1, "packages": [], "blocked": [], "notes": []}


def _told(error: BaseException) -> str:
    """Shows an error of the program's without our frames, and gives its last line."""
    trace = error.__traceback__
    sys.stdout.flush()
    trace = trace.tb_next if trace is not None else None
    sys.excepthook(type(error), error.with_traceback(trace), trace)
    return _last_line(error)


def _exit_code(error: SystemExit) -> int:
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stdout.flush()
    print(code, file=sys.stderr)
    return 1


def _end() -> None:
    """What the interpreter does at a program's end."""
    for ending in (threading._shutdown, atexit._run_exitfuncs, sys.stdout.flush):  # type: ignore[attr-defined]
        try:
            ending()
        except Exception:
            pass


def _version(name: str) -> str | None:
    """The version that a package says it has; none where it is not installed, and empty where it says none."""
    module = sys.modules.get(name)
    if module is None and importlib.util.find_spec(name) is None:
        return None
    version = getattr(module, "__version__", "")
    return version if isinstance(version, str) else ""
