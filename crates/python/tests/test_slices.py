"""Slices: what is left of a program for the sake of a variable, and that it makes the same value.

A file begins with `### program`; sections `### module NAME` are modules that lie beside it and that
clew knows nothing of. Sections `### slice NAME` say what the slice of a variable is, and
`### slice NAME without annotations` what it is when no rule is asked. Blank lines do not count.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from programs import REPOSITORY
from zygote import LIBRARIES, Zygote

FOLDER = REPOSITORY / "tests" / "slices"
# Programs with the slice that is wanted of them, which is tighter than the one that clew cuts today.
# Their slices have to be sound.
WANTED = FOLDER / "wanted"


@dataclass
class Example:
    """A program, the modules beside it, and its slices by the variable that they are of."""

    program: str
    modules: dict[str, str] = field(default_factory=dict)
    slices: dict[str, str] = field(default_factory=dict)
    slices_without_annotations: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Example:
        before, *sections = re.split(r"^### (.*)\n", path.read_text(), flags=re.MULTILINE)
        assert before == "" and sections[0] == "program", "it begins with `### program`"
        example = cls(sections[1])
        for heading, text in zip(sections[2::2], sections[3::2], strict=True):
            match heading.split():
                case ["module", name]:
                    example.modules[name] = text
                case ["slice", name]:
                    example.slices[name] = text
                case ["slice", name, "without", "annotations"]:
                    example.slices_without_annotations[name] = text
                case _:
                    raise ValueError(f"{path.name} has a section `{heading}`")
        assert example.slices, "it wants the slice of a variable"
        return example


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
    example = Example.read(path)
    is_wanted = WANTED in path.parents
    found = faults(example, example.slices, [], is_wanted, zygotes, tmp_path / "annotated")
    if example.slices_without_annotations:
        expected, options = example.slices_without_annotations, ["--no-annotations"]
        place = tmp_path / "assumed"
        for fault in faults(example, expected, options, is_wanted, zygotes, place):
            found.append(f"without annotations: {fault}")
    if found:
        pytest.fail("\n\n".join(found), pytrace=False)


def faults(
    example: Example,
    expected: dict[str, str],
    options: list[str],
    is_wanted: bool,
    zygotes: Zygotes,
    place: Path,
) -> list[str]:
    """What is wrong with the slices of a program that is run with these options."""
    file, store, names = place / "prog.py", str(place / "store"), list(expected)
    place.mkdir()
    file.write_text(example.program)
    for name, text in example.modules.items():
        (place / f"{name}.py").write_text(text)
    zygote = zygotes.of(example.program + "".join(example.modules.values()))

    ran = zygote.ask(
        "run", place / "run", file=str(file), store=store, names=names, options=options
    )
    assert ran["answer"] is not None, f"the run ended with {ran['status']}: {ran['stderr']}"
    sliced = zygotes.plain().ask("slices", place / "slices", store=store, names=names)
    assert sliced["answer"] is not None, f"slicing: {sliced['stderr']}"

    found = []
    for number, name in enumerate(names):
        code = sliced["answer"][name]
        if code is None:
            found.append(f"no slice of `{name}`: {ran['stderr']}{sliced['stderr']}")
            continue
        replaying = place / f"replay{number}"
        replay = zygote.ask("replay", replaying, code=code, file=str(file), variable=name)
        fault = replay_fault(replay, ran["answer"]["contents"][name])
        if fault is not None:
            found.append(f"`{name}`: {fault}")
        if is_wanted:
            # The slice may keep more than it needs, but nothing that it needs may be missing.
            lost = [line for line in lines(expected[name]) if line not in lines(code)]
            if lost and fault is not None:
                found.append(f"`{name}` lacks:\n" + "\n".join(lost))
        elif lines(code) != lines(expected[name]):
            comparison = difflib.ndiff(lines(expected[name]), lines(code))
            found.append(f"`{name}` is sliced differently:\n" + "\n".join(comparison))
    return found
