"""Generated programs with functions: every slice of their results makes the same result.

`CLEW_GENERATED=FIRST:COUNT` says which seeds; CI runs a few.
"""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import pytest
from generated import generated, results
from zygote import Zygotes

FIRST, COUNT = (int(number) for number in os.environ.get("CLEW_GENERATED", "0:60").split(":"))
PER_TEST = 10


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, PER_TEST))
def test_a_slice_makes_the_result(first: int, zygotes: Zygotes, tmp_path: Path) -> None:
    faults = []
    for seed in range(first, min(first + PER_TEST, FIRST + COUNT)):
        fault = fault_of(seed, zygotes, tmp_path / str(seed))
        if fault is not None:
            faults.append(f"seed {seed}: {fault}")
    assert not faults, "\n\n".join(faults)


def fault_of(seed: int, zygotes: Zygotes, place: Path) -> str | None:
    """What is wrong with a slice of a program's results, if anything is."""
    program = generated(seed)
    names = results(program)
    file, store = place / "prog.py", str(place / "store")
    place.mkdir()
    file.write_text(program)
    zygote = zygotes.plain()
    ran = zygote.ask("run", place / "run", file=str(file), store=store, names=names, options=[])
    if ran["answer"] is None or ran["answer"]["code"] != 0:
        return None if raises(program) else f"it does not end well: {ran['stderr']}\n{program}"
    if "clew:" in ran["stderr"]:
        return f"clew says: {ran['stderr']}"
    sliced = zygote.ask("slices", place / "slices", store=store, names=names)
    if sliced["answer"] is None:
        return f"slicing: {sliced['stderr']}"
    for number, name in enumerate(names):
        code = sliced["answer"][name]
        if code is None:
            return f"`{name}` has no slice: {sliced['stderr']}"
        replay = zygote.ask(
            "replay", place / f"replay{number}", code=code, file=str(file), variable=name
        )["answer"]
        recorded = ran["answer"]["contents"][name]
        if replay is None or replay["failed"] or replay["fingerprint"] != recorded["fingerprint"]:
            reason = "another value" if replay and not replay["failed"] else f"{replay}"
            return f"`{name}`: {reason}\n{program}\n--- sliced to\n{code}"
    return None


def raises(program: str) -> bool:
    """Whether a program raises under plain Python, as a few of them do."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(program, "prog.py", "exec"), {"__name__": "__main__"})
    except Exception:
        return True
    return False
