"""Conformance: programs that must do the same with and without clew.

The first five lines of a program may say `# args: …`, `# stdin: …`, `# python: >=3.12` and
`# files: …` (what it writes).
"""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from programs import CLEW, PYTHON, REPOSITORY, Outcome, files_of, run, unescaped

FOLDER = REPOSITORY / "tests" / "conformance"


@dataclass
class Wishes:
    """How a program wants to be run."""

    arguments: list[str] = field(default_factory=list)
    stdin: bytes = b""
    python: tuple[int, ...] = ()
    files: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, program: Path) -> Wishes:
        # A program in another encoding is Python's business; the directives are ASCII.
        text = program.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
        wishes = cls()
        for line in text.splitlines()[:5]:
            match = re.match(r"\s*# (args|stdin|python|files): (.*)", line)
            if match is None:
                continue
            word, rest = match.groups()
            if word == "args":
                wishes.arguments = rest.split()
            elif word == "stdin":
                wishes.stdin = unescaped(rest)
            elif word == "files":
                wishes.files = rest.split()
            else:
                version = rest.strip().removeprefix(">=")
                wishes.python = tuple(int(part) for part in version.split("."))
        return wishes


def programs() -> list[Path]:
    """All but parts of other programs: what begins with `_` and what lies in a package."""

    def is_program(path: Path) -> bool:
        parts = path.relative_to(FOLDER).parts
        folders = [parent for parent in path.parents if parent.is_relative_to(FOLDER)]
        return not any(part.startswith(("_", ".")) for part in parts) and not any(
            (folder / "__init__.py").exists() for folder in folders
        )

    return sorted(filter(is_program, FOLDER.rglob("*.py")))


def without_addresses(text: bytes) -> bytes:
    return re.sub(rb"\b0x[0-9a-fA-F]{6,}\b", b"0x...", text)


def without_numbers(text: bytes) -> bytes:
    return re.sub(rb"[-+]?\b[0-9][\w.]*", b"0", text).replace(b" ", b"")


def aspects(outcome: Outcome, files: dict[str, bytes], mask) -> dict[str, object]:
    streams = {"stdout": mask(outcome.stdout), "stderr": mask(outcome.stderr)}
    contents = {f"file {name}": mask(content) for name, content in files.items()}
    return {"code": outcome.code, **streams, **contents}


def parameters() -> list:
    return [pytest.param(path, id=str(path.relative_to(FOLDER))) for path in programs()]


@pytest.mark.parametrize("program", parameters())
def test_does_the_same_as_under_plain_python(program: Path, tmp_path: Path) -> None:
    wishes = Wishes.of(program)
    if sys.version_info < wishes.python:
        pytest.skip(f"it is for another Python: {wishes.python}")
    # Fresh for each run and always at the same path, which programs may print.
    work = tmp_path / "work"

    def outcome(command: list[str]) -> tuple[Outcome, dict[str, bytes]]:
        work.mkdir()
        words = [*command, str(program), *wishes.arguments]
        # A program may print its environment, so that is the same both ways.
        found = run(words, work, wishes.stdin, CLEW_STORE=str(tmp_path / "store"))
        files = files_of(work)
        shutil.rmtree(work)
        return found, files

    plain = outcome(PYTHON)
    assert set(wishes.files) <= set(plain[1]), "it says that it writes files and does not"
    clew = outcome([*CLEW, "run"])
    mask = without_addresses
    if aspects(*plain, mask) != aspects(*clew, mask):
        # What plain Python does not repeat (times, random numbers) is no difference.
        if aspects(*plain, mask) != aspects(*outcome(PYTHON), mask):
            mask = without_numbers
    assert aspects(*clew, mask) == aspects(*plain, mask)
