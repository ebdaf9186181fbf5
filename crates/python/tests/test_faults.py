"""Faults of clew's own: the program goes on as it would, and what is not known is not given out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import fault_kinds
import pytest
from conftest import Desk
from fault_kinds import Place
from fault_kinds.kills import DEATHS, SHAPES, died
from faults import play
from programs import CLEW, environment, start

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


@pytest.mark.parametrize("number, shape", [*enumerate(sorted(SHAPES))])
def test_what_was_saved_in_a_statement_outlives_its_program(
    tmp_path: Path, number: int, shape: str
) -> None:
    death = sorted(DEATHS)[number % len(DEATHS)]
    outcome = died(Place(tmp_path), shape, death)
    assert (outcome.acknowledged, outcome.faults) == (3, [])


@pytest.mark.parametrize("death", sorted(DEATHS))
def test_what_was_saved_in_a_loop_outlives_its_program(tmp_path: Path, death: str) -> None:
    outcome = died(Place(tmp_path), "for", death)
    assert (outcome.acknowledged, outcome.faults) == (3, [])


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", sorted(fault_kinds.load()))
def test_nothing_is_lost_or_wrong_or_ended(name: str, seed: int) -> None:
    """A few rounds; `cargo xtask faults` plays more."""
    try:
        outcome = play(name, seed)
    except fault_kinds.Missing as missing:
        pytest.skip(str(missing))
    assert outcome.faults == []


IN_A_LOOP_THAT_RUNS = """
    import clew
    unrelated = [1]
    model = [0]
    for step in range(3):
        model.append(step)
        print(clew.save(model, "model").get_code())
        break
    kept = clew.save(unrelated, "unrelated")
    print(kept.get_code())
"""


def test_the_code_of_what_was_saved_is_asked_for_while_its_statement_runs(desk: Desk) -> None:
    out = desk.record(IN_A_LOOP_THAT_RUNS).out
    assert out == (
        "import clew\nmodel = [0]\nfor step in range(3):\n    model.append(step)\n"
        "    print(clew.save(model, \"model\").get_code())\n    break\n\n"
        "unrelated = [1]\n\n"
    )


WAITS = """
    import clew, sys
    import numpy as np
    np.random.seed(7)
    unrelated = np.ones(3)
    def draw():
        return float(np.random.rand())
    model = {}
    for step in range(2):
        model[step] = draw()
        clew.save(model, "model")
        print("saved", flush=True)
        sys.stdin.readline()
"""


def test_another_process_asks_while_the_statement_runs(desk: Desk) -> None:
    desk.write("script.py", WAITS)
    process = subprocess.Popen(
        [*CLEW, "run", "script.py"],
        cwd=desk.folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"saved\n"
    running = desk.slice("model")
    process.communicate(b"\n\n", timeout=60)
    assert process.returncode == 0
    assert "np.random.seed(7)\n" in running and "def draw():" in running
    assert "unrelated" not in running
    assert running == desk.slice("model")


def test_a_value_that_the_statement_did_not_touch_is_saved_with_its_own_code(desk: Desk) -> None:
    desk.write("script.py", """
        import clew, os
        model = [1, 2]
        other = []
        for step in range(3):
            other.append(step)
            clew.save(model, "model")
            os._exit(0)
    """)
    assert desk.clew("run", "script.py").code == 0
    assert desk.slice("model") == "model = [1, 2]\n"


def test_a_program_that_goes_into_the_background_says_that_it_is_not_recorded(desk: Desk) -> None:
    desk.write("script.py", """
        import os, sys, time
        x = 1
        if os.fork():
            os._exit(0)
        while os.getppid() == int(sys.argv[1]):
            time.sleep(0.01)
        y = x + 1
        print(y)
    """)
    # The shell's number is the program's, which takes its place.
    shell = ["sh", "-c", f'exec "{CLEW[0]}" run script.py $$']
    output, errors = start(shell, desk.folder).communicate(timeout=60)
    assert output == b"2\n"
    assert b"is not recorded: it was forked from process" in errors


MISSED = """
import threading, time
from clew import _clew
done = []
total = 0
def work():
    global total
    time.sleep(0.05)
    done.append(1)
    total = total + 5
thread = threading.Thread(target=work)
thread.start()
_clew.rest_in_recorder(0.3)
thread.join()
answer = sorted(done)
twice = total * 2
"""


def test_what_a_thread_does_while_the_recorder_is_at_work_is_kept(desk: Desk) -> None:
    desk.record(MISSED)
    for name in ("answer", "twice"):
        assert desk.clew("verify", name).code == 0, desk.slice(name)
