"""Faults of clew's own: the program goes on as it would, and what is not known is not given out."""

from __future__ import annotations

import pytest
from conftest import Desk
from faults import play

AT_ONCE = """
from clew import _clew
_clew.panic_in_recorder()
before = [1]
later = [2]
"""

BETWEEN = """
from clew import _clew
before = [1]
print("one")
_clew.panic_in_recorder()
later = [len(before)]
before.append(3)
print("two", before, later)
raise SystemExit(3)
"""

IN_A_LOOP = """
from clew import _clew

def halve(numbers):
    if len(numbers) == 2:
        _clew.panic_in_recorder()
    numbers.append(numbers[-1] // 2)

before = [8]
with open("out.txt", "w") as file:
    for turn in range(4):
        halve(before)
        print(turn, before, file=file)
        later = turn
print(open("out.txt").read())
later["x"]
"""


@pytest.mark.parametrize("program", [AT_ONCE, BETWEEN, IN_A_LOOP])
def test_a_program_goes_on_when_the_recorder_fails(desk: Desk, program: str) -> None:
    desk.write("script.py", program)
    plain, clew = desk.python("script.py"), desk.clew("run", "script.py")
    assert (clew.out, clew.code) == (plain.out, plain.code)
    said, _, rest = clew.err.partition("\n")
    assert said.startswith("clew: a fault inside the recorder (panicked at ")
    assert said.endswith("; the program goes on unrecorded")
    assert rest == plain.err


@pytest.mark.parametrize("program", [AT_ONCE, BETWEEN, IN_A_LOOP])
def test_slices_are_refused_after_the_recorder_failed(desk: Desk, program: str) -> None:
    desk.write("script.py", program)
    desk.clew("run", "script.py")
    for name in ("before", "later"):
        outcome = desk.clew("slice", name)
        assert (outcome.code, outcome.out) == (1, "")
        assert f"the slice of `{name}` is refused: the recording ended before" in outcome.err
        assert "a fault inside the recorder" in outcome.err
    outcome = desk.clew("slice", "--all")
    assert "before = [" not in outcome.out and "later = " not in outcome.out
    for name in ("before", "later"):
        assert f"the slice of `{name}` is refused" in outcome.err


def test_what_was_recorded_before_a_fault_is_given_if_asked_for(desk: Desk) -> None:
    desk.write("script.py", BETWEEN)
    desk.clew("run", "script.py")
    assert desk.slice("before", "--force") == "before = [1]\n"
    assert desk.clew("slice", "later", "--force").code == 1


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", ["eight-writers"])
def test_nothing_is_lost_or_wrong_or_ended(name: str, seed: int) -> None:
    """A few rounds; `cargo xtask faults` plays more."""
    assert play(name, seed).faults == []
