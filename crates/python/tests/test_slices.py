"""Slices: what is left of a program for the sake of a variable, and that it makes the same value.

`tests/slices` holds a Markdown file per topic. Of a case's blocks the first is the program,
`python module NAME` is a module beside it that clew knows nothing of, `python library NAME` one that lies
with installed libraries, and `python slice NAME` what the slice of a variable is. Without rules about libraries it is what `python slice NAME without
annotations` says; `with or without annotations` says both at once. Blank lines do not count.

A program that begins with `# needs: LIBRARY…` is left out where one of these is not installed; CI
installs what `tests/libraries.txt` lists.

`wanted slice` is tighter than what clew cuts today. What it cuts has to be sound; when it becomes as
tight as wanted, the word has to go. `UPDATE_SLICES=1` rewrites what is expected, and that word.
"""

from __future__ import annotations

import difflib
import fcntl
import os
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from programs import REPOSITORY
from topics import Case, fenced, parameters, replace_blocks
from zygote import INSTALLED, Zygotes

FOLDER = REPOSITORY / "tests" / "slices"
UPDATE = os.environ.get("UPDATE_SLICES") == "1"
# What follows the variable's name, by whether the slice is cut with annotations.
ENDINGS = {
    (): [True],
    ("without", "annotations"): [False],
    ("with", "or", "without", "annotations"): [True, False],
}


@dataclass
class Expected:
    """What a block says that slices of a variable are."""

    words: list[str]
    variable: str
    annotations: list[bool]
    is_wanted: bool
    text: str


@dataclass
class Example:
    """A program, the modules beside it, those of libraries, and its slices."""

    program: str
    modules: dict[str, str]
    libraries: dict[str, str]
    slices: list[Expected]

    @classmethod
    def of(cls, case: Case) -> Example:
        example = cls(case.program, {}, {}, [])
        for block in case.blocks:
            is_wanted = block.words[:1] == ["wanted"]
            match block.words[is_wanted:]:
                case []:
                    pass
                case ["module", name]:
                    example.modules[name] = block.text
                case ["library", name]:
                    example.libraries[name] = block.text
                case ["slice", name, *ending]:
                    annotations = ENDINGS[tuple(ending)]
                    example.slices.append(
                        Expected(block.words, name, annotations, is_wanted, block.text)
                    )
                case _:
                    raise ValueError(f"`{case.title}` has a block `{' '.join(block.words)}`")
        assert example.slices, "it wants the slice of a variable"
        return example


@dataclass
class Cut:
    """A slice that clew gave, and what is wrong with the value that it makes."""

    code: str | None
    fault: str | None


@pytest.mark.parametrize(("path", "case"), parameters(FOLDER))
def test_keeps_what_made_the_value(
    path: Path, case: Case, zygotes: Zygotes, tmp_path: Path
) -> None:
    example = Example.of(case)
    missing = [name for name in needs(example.program) if find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    found: list[str] = []
    replacements: dict[tuple[str, ...], list[str]] = {}
    cuts = {
        annotations: cut(example, annotations, zygotes, tmp_path / f"annotations_{annotations}")
        for annotations in (True, False)
    }
    for expected in example.slices:
        codes = {each: cuts[each][expected.variable] for each in expected.annotations}
        faults = {
            annotations: fault
            for annotations, made in codes.items()
            if (fault := fault_of(made, expected)) is not None
        }
        if UPDATE and all(made.code is not None for made in codes.values()):
            replacement = updated(expected, {key: made.code for key, made in codes.items()})
            if replacement is not None:
                replacements[tuple(expected.words)] = replacement
                faults = {key: made.fault for key, made in codes.items() if made.fault}
        for annotations, fault in faults.items():
            where = "" if annotations else "without annotations: "
            found.append(f"{where}`{expected.variable}` {fault}")
    if replacements:
        with open(path) as file:
            # Other cases of the topic may be updated by other processes.
            fcntl.flock(file, fcntl.LOCK_EX)
            replace_blocks(path, case.name, replacements)
    if found:
        pytest.fail("\n\n".join(found), pytrace=False)


def needs(program: str) -> list[str]:
    """The modules of libraries that a program says it needs."""
    first, _, _ = program.partition("\n")
    return first.removeprefix("# needs:").split() if first.startswith("# needs:") else []


def cut(example: Example, annotations: bool, zygotes: Zygotes, place: Path) -> dict[str, Cut]:
    """Runs a program, slices it and replays the slices, by variable."""
    names = [each.variable for each in example.slices if annotations in each.annotations]
    if not names:
        return {}
    file, store = place / "prog.py", str(place / "store")
    place.mkdir()
    file.write_text(example.program)
    for name, text in example.modules.items():
        (place / f"{name}.py").write_text(text)
    for name, text in example.libraries.items():
        library = place / INSTALLED / f"{name}.py"
        library.parent.mkdir(exist_ok=True)
        library.write_text(text)
    texts = [example.program, *example.modules.values(), *example.libraries.values()]
    zygote = zygotes.of("".join(texts))

    options = [] if annotations else ["--no-annotations"]
    ran = zygote.ask(
        "run", place / "run", file=str(file), store=store, names=names, options=options
    )
    assert ran["answer"] is not None, f"the run ended with {ran['status']}: {ran['stderr']}"
    sliced = zygotes.plain().ask("slices", place / "slices", store=store, names=names)
    assert sliced["answer"] is not None, f"slicing: {sliced['stderr']}"

    cuts = {}
    for number, name in enumerate(names):
        code = sliced["answer"][name]
        if code is None:
            cuts[name] = Cut(None, f"has no slice: {ran['stderr']}{sliced['stderr']}")
            continue
        replaying = place / f"replay{number}"
        replay = zygote.ask("replay", replaying, code=code, file=str(file), variable=name)
        cuts[name] = Cut(code, replay_fault(replay, ran["answer"]["contents"][name]))
    return cuts


def replay_fault(replay: dict, recorded: dict) -> str | None:
    """What is wrong with a replayed slice, if anything is."""
    answer = replay["answer"]
    if answer is None:
        return f"is sliced so that it ends its process ({replay['status']}): {replay['stderr']}"
    if answer["failed"]:
        return f"is sliced so that it fails: {answer['reason']}"
    if answer["fingerprint"] != recorded["fingerprint"]:
        return "is sliced so that it has another value"
    return None


# The Python whose slices the topics show. Others tell more or less: from 3.12 on comprehensions run in the frame around
# them (PEP 709). With those only the values count.
LINES_OF = (3, 11)


def fault_of(made: Cut, expected: Expected) -> str | None:
    """What is wrong with a slice: the value that it makes, or what it keeps."""
    if made.code is None or sys.version_info[:2] != LINES_OF:
        return made.fault
    kept, wanted = lines(made.code), lines(expected.text)
    if expected.is_wanted:
        if kept == wanted and made.fault is None:
            return "is sliced as tightly as it was wanted: the word `wanted` has to go"
        # The slice may keep more than it needs, but nothing that it needs may be missing.
        lost = [line for line in wanted if line not in kept]
        if lost and made.fault is not None:
            return f"{made.fault}; it lacks:\n" + "\n".join(lost)
        return made.fault
    if kept != wanted:
        comparison = "\n".join(difflib.ndiff(wanted, kept))
        also = "" if made.fault is None else f", and {made.fault}"
        return f"is sliced differently{also}:\n{comparison}"
    return made.fault


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def updated(expected: Expected, codes: dict[bool, str]) -> list[str] | None:
    """The block that says what the slices are now, or two where they differ; `None` if they are as
    expected or still wanted to be tighter."""
    is_as_expected = all(lines(code) == lines(expected.text) for code in codes.values())
    if is_as_expected != expected.is_wanted:
        return None
    texts = {key: "".join(f"{line}\n" for line in lines(code)) for key, code in codes.items()}
    start = ["slice", expected.variable]
    if len(set(texts.values())) == 1:
        ending = next(words for words, both in ENDINGS.items() if both == expected.annotations)
        return fenced([*start, *ending], next(iter(texts.values())))
    return [
        *fenced(start, texts[True]),
        "",
        *fenced([*start, "without", "annotations"], texts[False]),
    ]
