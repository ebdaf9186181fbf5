"""Slices: what is left of a program for the sake of a variable, and that it makes the same value.

A file begins with `### program`; sections `### slice NAME` say what the slice of a variable is.
Blank lines do not count.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import REPOSITORY
from zygote import LIBRARIES, Zygote

FOLDER = REPOSITORY / "tests" / "slices"
# Programs with the slice that is wanted of them, which is tighter than the one that clew cuts today.
# Their slices have to be sound.
WANTED = FOLDER / "wanted"


def expectations(path: Path) -> tuple[str, dict[str, str]]:
    """A program, and its slices by the variable that they are of."""
    before, *sections = re.split(r"^### (.*)\n", path.read_text(), flags=re.MULTILINE)
    assert before == "" and sections[0] == "program", "it begins with `### program`"
    program, rest = sections[1], sections[2:]
    slices = {
        heading.removeprefix("slice "): text
        for heading, text in zip(rest[::2], rest[1::2], strict=True)
    }
    assert slices, "it wants the slice of a variable"
    return program, slices


class Zygotes:
    """The processes that programs are forked from, started when they are first needed."""

    def __init__(self) -> None:
        self._running: dict[str, Zygote] = {}

    def plain(self) -> Zygote:
        return self._get("plain", [])

    def of(self, program: str) -> Zygote:
        if re.search(r"\b(import|from) (numpy|pandas|sklearn|scipy|matplotlib)\b", program):
            return self._get("libraries", LIBRARIES)
        return self.plain()

    def _get(self, kind: str, libraries: list[str]) -> Zygote:
        if kind not in self._running:
            self._running[kind] = Zygote(libraries)
        return self._running[kind]

    def end(self) -> None:
        for zygote in self._running.values():
            zygote.end()


@pytest.fixture(scope="session")
def zygotes() -> Iterator[Zygotes]:
    zygotes = Zygotes()
    yield zygotes
    zygotes.end()


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def replay_fault(replay: dict, recorded: dict) -> str | None:
    """What is wrong with a replayed slice, if anything is."""
    answer = replay["answer"]
    if answer is None:
        return f"the slice ended its process ({replay['status']}): {replay['stderr']}"
    if answer["failed"]:
        return f"the slice failed: {answer['reason']}"
    if answer["fingerprint"] != recorded["fingerprint"]:
        return "the slice makes another value"
    return None


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.slice")), ids=lambda path: str(path.relative_to(FOLDER))
)
def test_keeps_what_made_the_value(path: Path, zygotes: Zygotes, tmp_path: Path) -> None:
    program, expected = expectations(path)
    file, store, names = tmp_path / "prog.py", str(tmp_path / "store"), list(expected)
    file.write_text(program)
    zygote = zygotes.of(program)

    ran = zygote.ask("run", tmp_path / "run", file=str(file), store=store, names=names)
    assert ran["answer"] is not None, f"the run ended with {ran['status']}: {ran['stderr']}"
    sliced = zygotes.plain().ask("slices", tmp_path / "slices", store=store, names=names)
    assert sliced["answer"] is not None, f"slicing: {sliced['stderr']}"

    faults = []
    for number, name in enumerate(names):
        code = sliced["answer"][name]
        if code is None:
            faults.append(f"no slice of `{name}`: {ran['stderr']}{sliced['stderr']}")
            continue
        place = tmp_path / f"replay{number}"
        replay = zygote.ask("replay", place, code=code, file=str(file), variable=name)
        fault = replay_fault(replay, ran["answer"]["contents"][name])
        if fault is not None:
            faults.append(f"`{name}`: {fault}")
        if WANTED in path.parents:
            # The slice may keep more than it needs, but nothing that it needs may be missing.
            lost = [line for line in lines(expected[name]) if line not in lines(code)]
            if lost and fault is not None:
                faults.append(f"`{name}` lacks:\n" + "\n".join(lost))
        elif lines(code) != lines(expected[name]):
            comparison = difflib.ndiff(lines(expected[name]), lines(code))
            faults.append(f"`{name}` is sliced differently:\n" + "\n".join(comparison))
    if faults:
        pytest.fail("\n\n".join(faults), pytrace=False)
