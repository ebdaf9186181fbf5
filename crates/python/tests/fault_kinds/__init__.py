"""Fault kinds: what is done to programs and stores on purpose, a file per kind of fault.

A kind is a function under `@kind("NAME")`. It plays one round in a folder of its own and says in a
`Round` what came of it; chance comes from the generator that it is given, so that a seed tells which
round it was. `cargo xtask faults` plays all kinds for as long as it is told to, and
`test_faults.py` each of them a few times.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import random
import subprocess
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from programs import CLEW, PYTHON, Outcome, environment, execute, start

LIMIT_IN_SECONDS = 30


@dataclass
class Round:
    """What came of one round. What went wrong is told in a sentence each."""

    # Saves that returned, so that what they saved has to be there.
    acknowledged: int = 0
    # Of those, what is not there or is another value.
    lost: list[str] = field(default_factory=list)
    # Slices that do not make the value, or are refused though it was recorded.
    wrong: list[str] = field(default_factory=list)
    # Programs that did not do what they do in plain Python, or did not end.
    ended: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        named = {"lost": self.lost, "wrong": self.wrong, "ended": self.ended}
        return [f"{name}: {what}" for name, all_of in named.items() for what in all_of]


class Missing(Exception):
    """This machine has not what a kind of fault takes."""


Kind = Callable[["Place", random.Random], Round]
KINDS: dict[str, Kind] = {}


def kind(name: str) -> Callable[[Kind], Kind]:
    """Enters a kind of fault under a name."""

    def enter(play: Kind) -> Kind:
        assert name not in KINDS, f"two kinds of fault are called {name}"
        KINDS[name] = play
        return play

    return enter


def load() -> dict[str, Kind]:
    """All kinds of the files of this folder, by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return KINDS


class Place:
    """The folder of a round, with its store, and the programs that run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / ".clew"

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        return path

    def run(self, *words: str, limit: float = LIMIT_IN_SECONDS, **more: str) -> Outcome:
        """What `clew WORDS` does; without a code where it did not end in time."""
        return execute([*CLEW, *words], self.folder, b"", limit, environment(**more))

    def python(self, *words: str, limit: float = LIMIT_IN_SECONDS) -> Outcome:
        """What `python WORDS` does; without a code where it did not end in time."""
        return execute([*PYTHON, *words], self.folder, b"", limit, environment())

    def start(self, *words: str) -> subprocess.Popen:
        """Starts `clew WORDS`."""
        return start([*CLEW, *words], self.folder)

    def saved(self) -> dict[tuple[str, int], object]:
        """The values of all artifacts by name and version, as another process reads them. They are what
        JSON can say; one that cannot be read is an exception's text."""
        read = self.python("-c", READ)
        if read.code != 0:
            raise RuntimeError(f"the store cannot be read: {read.err}")
        return {(name, version): value for name, version, value in json.loads(read.out)}

    def check_saved(self, acknowledged: dict[tuple[str, int], object], outcome: Round) -> None:
        """Whether all is there that was acknowledged."""
        outcome.acknowledged += len(acknowledged)
        if not acknowledged:
            return
        try:
            found = self.saved()
        except RuntimeError as error:
            outcome.lost.append(str(error))
            return
        for (name, version), value in acknowledged.items():
            if (name, version) not in found:
                outcome.lost.append(f"`{name}` version {version} is not there")
            elif found[name, version] != value:
                there = found[name, version]
                outcome.lost.append(f"`{name}` version {version} is {there}, not {value}")

    def check_latest(self, name: str, outcome: Round) -> None:
        """Whether the slice of what was saved last makes its value."""
        try:
            values = {version: value for (of, version), value in self.saved().items() if of == name}
        except RuntimeError as error:
            outcome.wrong.append(str(error))
            return
        if values:
            self.check_slice(name, values[max(values)], outcome)

    def check_slice(self, name: str, value: object, outcome: Round) -> None:
        """Whether the slice of an artifact makes its value: saves it again, or leaves it in a variable of
        the same name."""
        cut = self.run("slice", name)
        if cut.code != 0:
            outcome.wrong.append(f"no slice of `{name}`: {cut.err.strip()}")
            return
        self.write("slice.py", cut.out)
        self.write("judge.py", JUDGE)
        judged = self.python("judge.py", name)
        made = json.loads(judged.out.splitlines()[-1]) if judged.out else None
        if made is None or value not in made:
            lines = "; ".join(cut.out.splitlines())
            outcome.wrong.append(f"the slice of `{name}` makes {made}, not {value}: {lines}")


READ = """
import clew, json, subprocess, sys
listed = subprocess.run([sys.executable, "-m", "clew", "artifacts", "--json"], stdout=subprocess.PIPE)
answer = []
for row in json.loads(listed.stdout or b"[]"):
    try:
        value = clew.get(row["name"], row["version"]).get_value()
    except Exception as error:
        value = repr(error)
    answer.append([row["name"], row["version"], value])
print(json.dumps(answer))
"""

# Runs a slice where saving only notes what is saved, and what ends the program only ends the slice.
JUDGE = """
import atexit, json, os, signal, sys, types

class Ended(BaseException):
    pass

def end(*_):
    raise Ended

made = []
clew = types.ModuleType("clew")
def save(value, name, **_):
    made.append(json.loads(json.dumps(value)))
    return types.SimpleNamespace(version=0)
clew.save = save
sys.modules["clew"] = clew
exit = os._exit
os._exit = os.kill = os.execv = os.abort = signal.raise_signal = end
code = open("slice.py").read()
namespace = {"__name__": "__main__", "__file__": "slice.py"}
try:
    exec(compile(code, "slice.py", "exec"), namespace)
except Ended:
    pass
if sys.argv[1] in namespace:
    made.append(json.loads(json.dumps(namespace[sys.argv[1]])))
print()
print(json.dumps(made), flush=True)
exit(0)
"""
