"""Notebook topics: cells in real kernels show what they show without clew, and their slices make the
same values.

`crates/python/tests/notebooks` holds a Markdown file per topic. Of a case's blocks one is its cells
(see `notebook_cases`), `python before` are cells that ran before clew was loaded, and `python slice
NAME` is what `%clew slice NAME` prints at the end. A message of clew's in its place is no slice, and one
that names what was not recorded is replayed only where that is what ran before.
`UPDATE_SLICES=1` rewrites those. A case that begins with `# needs: LIBRARY…` is left out where one
is not installed.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from notebook_cases import Pair, cells_of
from topics import Case, fenced, parameters, replace_blocks

FOLDER = Path(__file__).parent / "notebooks"
UPDATE = os.environ.get("UPDATE_SLICES") == "1"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with Pair(tmp_path_factory.mktemp("notebooks")) as pair:
        yield pair


@pytest.mark.parametrize(("path", "case"), parameters(FOLDER))
def test_cells_and_their_slices(path: Path, case: Case, pair: Pair) -> None:
    missing = [name for name in needs(case.program) if find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    ways = {cell.way for cell in cells_of(case.program)}
    if "subshell" in ways and int(version("ipykernel").partition(".")[0]) < 7:
        pytest.skip("a kernel of this ipykernel has no subshells")
    earlier = [block.text for block in case.blocks if block.words == ["before"]]
    before = [cell for text in earlier for cell in cells_of(text)]
    number = next(NUMBERS)
    found: list[str] = []
    replacements: dict[tuple[str, ...], list[str]] = {}
    pair.begin(f"case{number}", before)
    try:
        plain, clew = pair.show(cells_of(case.program))
        if clew != plain:
            found += ["they show other things:", *differences(plain, clew)]
        for block in case.blocks:
            if block.words[:1] != ["slice"]:
                continue
            [_, name] = block.words
            code = pair.slice(name)
            if code != block.text.rstrip("\n"):
                found.append(f"the slice of `{name}` is\n{code}")
                replacements[tuple(block.words)] = fenced(block.words, code)
            if code.startswith("clew: ") or not is_whole(code, earlier):
                continue
            program = "\n".join([*(cell.text for cell in before), code])
            folder = pair.folder / f"replay{number}_{name}"
            made, value = pair.replayed(program, name, folder), pair.value(name)
            if made != value:
                found.append(f"replayed, `{name}` is {made}, and not {value}")
    finally:
        pair.end()
    if UPDATE and replacements:
        replace_blocks(path, case.name, replacements)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def is_whole(code: str, earlier: list[str]) -> bool:
    """Whether a slice lacks nothing that the cells from before do not give."""
    first, _, _ = code.partition("\n")
    if "is not as it was" in first:
        return False
    _, found, names = first.partition("# Not recorded, and needed by this code: ")
    missing = names.split(", ") if found else []
    return all(re.search(rf"\b{name}\b", " ".join(earlier)) for name in missing)


def needs(program: str) -> list[str]:
    """The modules of libraries that a case says it needs."""
    first, _, _ = program.partition("\n")
    return first.removeprefix("# needs:").split() if first.startswith("# needs:") else []


def differences(plain: list[str], clew: list[str]) -> list[str]:
    pairs = itertools.zip_longest(plain, clew)
    return [
        line
        for first, second in pairs
        if first != second
        for line in (f"  without clew: {first}", f"  with clew:    {second}")
    ]
