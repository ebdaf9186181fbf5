"""Generated programs with functions: every slice of their results makes the same result.

`CLEW_GENERATED=FIRST:COUNT` says which seeds of the plain ones; `FIRST:COUNT:FEATURE` those that have a feature, `all`
for a mixture. CI runs a few of each.
"""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import pytest
from generated import generated, results
from generated_more import FEATURES, generated_with
from zygote import Zygotes

PER_TEST = 10


def wanted() -> list[tuple[str, range]]:
    """The features and seeds of the programs that are run."""
    asked = os.environ.get("CLEW_GENERATED")
    if asked is None:
        few = [(feature, range(5)) for feature in FEATURES]
        return [*in_parts("plain", 0, 60), *few, *in_parts("all", 0, 20)]
    first, count, *feature = asked.split(":")
    return in_parts(feature[0] if feature else "plain", int(first), int(count))


def in_parts(feature: str, first: int, count: int) -> list[tuple[str, range]]:
    end = first + count
    starts = range(first, end, PER_TEST)
    return [(feature, range(start, min(start + PER_TEST, end))) for start in starts]


@pytest.mark.parametrize(
    ("feature", "seeds"), [pytest.param(*each, id=f"{each[0]}-{each[1].start}") for each in wanted()]
)
def test_a_slice_makes_the_result(
    feature: str, seeds: range, zygotes: Zygotes, tmp_path: Path
) -> None:
    faults = []
    for seed in seeds:
        program = generated(seed) if feature == "plain" else generated_with(seed, feature)
        fault = fault_of(program, zygotes, tmp_path / str(seed))
        if fault is not None:
            faults.append(f"seed {seed}: {fault}")
    assert not faults, "\n\n".join(faults)


def fault_of(program: str, zygotes: Zygotes, place: Path) -> str | None:
    """What is wrong with a slice of a program's results, if anything is."""
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
