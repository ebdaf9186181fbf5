"""Fixtures: a folder to work in with clew."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import CLEW, PYTHON, Outcome, run
from zygote import Zygotes

# Reads the first line of a file without an audit event.
READ_BY_C = """
import ctypes
def read(path):
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    line = ctypes.create_string_buffer(80)
    file = c.fopen(path, b"r")
    c.fgets(line, 80, ctypes.c_void_p(file)) if file else None
    return line.value
"""


class Desk:
    """A folder, and the programs that are run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        return path

    def clew(self, *words: str, stdin: bytes = b"", **environment: str) -> Outcome:
        return run([*CLEW, *words], self.folder, stdin, **environment)

    def python(self, *words: str, stdin: bytes = b"", **environment: str) -> Outcome:
        return run([*PYTHON, *words], self.folder, stdin, **environment)

    def record(self, text: str, *options: str) -> Outcome:
        """Runs a script under clew that is to end well."""
        self.write("script.py", text)
        outcome = self.clew("run", *options, "script.py")
        assert (outcome.code, outcome.err) == (0, "")
        return outcome

    def slice(self, name: str, *options: str) -> str:
        outcome = self.clew("slice", name, *options)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.out

    def json(self, *words: str) -> object:
        outcome = self.clew(*words, "--json")
        assert outcome.code == 0, outcome.err
        return json.loads(outcome.out)

    def say(self, text: str, *, without_lineage: bool = False) -> str:
        """What plain Python prints for a text, and nothing besides unless it saves."""
        outcome = self.python("-c", textwrap.dedent(text))
        assert outcome.code == 0, outcome.err
        assert without_lineage == ("without lineage" in outcome.err)
        assert without_lineage or outcome.err == ""
        return outcome.out


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def zygotes() -> Iterator[Zygotes]:
    zygotes = Zygotes()
    yield zygotes
    zygotes.end()


def check_same(desk: Desk, *words: str, stdin: bytes = b"") -> None:
    """Both ways the same output and exit code."""
    plain, clew = desk.python(*words, stdin=stdin), desk.clew("run", *words, stdin=stdin)
    assert (clew.out, clew.err, clew.code) == (plain.out, plain.err, plain.code)


def check_slice(desk: Desk, script: str, name: str, expected: str) -> None:
    desk.record(script)
    assert desk.slice(name) == expected
