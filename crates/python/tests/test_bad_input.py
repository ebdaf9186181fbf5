"""Bad input: scripts, stores and files that cannot be read, and runs that end badly."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Desk, check_same
from programs import CLEW, PYTHON, start

RECORD_IN_TIME_IN_SECONDS = 20


def test_a_script_that_is_not_there_is_named(desk: Desk) -> None:
    outcome = desk.clew("run", "nope.py")
    assert (outcome.code, outcome.out) == (2, "")
    assert "`nope.py`" in outcome.err and "no such file" in outcome.err
    assert desk.python("nope.py").code == outcome.code
    assert list(desk.folder.iterdir()) == []


def test_a_folder_is_no_script(desk: Desk) -> None:
    (desk.folder / "scripts").mkdir()
    outcome = desk.clew("run", "scripts")
    assert outcome.out == "" and outcome.code != 0
    assert "`scripts`" in outcome.err and "folder" in outcome.err


def test_no_script_at_all_is_a_wrong_command(desk: Desk) -> None:
    outcome = desk.clew("run")
    assert (outcome.code, outcome.out) == (2, "")
    assert "name a script" in outcome.err and "``" not in outcome.err


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\nprint('never')\nif x\n    y\n",
        "x = 1\n  y = 2\n",
        "x = 'open\n",
        "return 5\n",
        "x = 1\nx = \x00\n",
    ],
    ids=["colon", "indent", "string", "return", "null"],
)
def test_a_syntax_error_reads_as_in_plain_python(desk: Desk, text: str) -> None:
    desk.write("script.py", text)
    check_same(desk, "script.py")


@pytest.mark.parametrize(
    "text",
    [
        "x = [1]\nprint(nope)\n",
        "x = [1]\ndef f():\n    raise ValueError('no')\nf()\n",
        "x = [1]\nimport sys\nsys.exit(3)\n",
        "x = [1]\nimport sys\nsys.exit('text')\n",
        "x = [1]\nraise SystemExit\n",
        "x = [1]\nexit()\n",
        "x = [1]\nraise KeyboardInterrupt\n",
    ],
    ids=["name", "raise", "exit 3", "exit text", "SystemExit", "exit", "KeyboardInterrupt"],
)
def test_a_script_that_ends_early_ends_the_same_and_is_recorded(desk: Desk, text: str) -> None:
    desk.write("script.py", text)
    check_same(desk, "script.py")
    assert desk.slice("x") == "x = [1]\n"


@pytest.mark.parametrize(
    "text",
    [
        "import os\nprint(1, flush=True)\nos._exit(5)\n",
        "import os\nos.kill(os.getpid(), 15)\n",
        "import os, sys\nos.execl(sys.executable, 'python', '-c', 'print(2)')\n",
    ],
    ids=["_exit", "signal", "exec"],
)
def test_a_script_that_ends_its_process_ends_the_same_and_is_recorded(desk: Desk, text: str) -> None:
    desk.write("script.py", "x = [1]\n" + text)
    check_same(desk, "script.py")
    assert desk.slice("x") == "x = [1]\n"


def test_exit_codes_come_before_those_of_slices(desk: Desk) -> None:
    desk.write("script.py", "x = 1\nimport sys\nsys.exit(3)\n")
    outcome = desk.clew("run", "--slice", "x", "script.py")
    assert (outcome.code, outcome.out) == (3, "x = 1\n")


@contextmanager
def sleeping(desk: Desk, text: str, command: list[str]) -> Iterator[subprocess.Popen]:
    """A script that has got as far as saying so and sleeps."""
    desk.write("script.py", text + "import time\nprint('here', flush=True)\ntime.sleep(60)\n")
    process = start([*command, str(desk.folder / "script.py")], desk.folder)
    try:
        assert process.stdout.readline() == b"here\n"
        # It is on its way to the next line.
        time.sleep(0.2)
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_slice(desk: Desk, name: str) -> str:
    """The slice as soon as it can be had."""
    end = time.monotonic() + RECORD_IN_TIME_IN_SECONDS
    while (outcome := desk.clew("slice", name)).code != 0:
        assert time.monotonic() < end, outcome.err
        time.sleep(0.05)
    return outcome.out


def test_an_interrupt_ends_the_run_as_it_ends_python(desk: Desk) -> None:
    ends = []
    for command in [PYTHON, [*CLEW, "run"]]:
        with sleeping(desk, "x = [1]\nx.append(2)\n", command) as process:
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=30)
        ends.append((process.returncode, output, errors.decode()))
    assert ends[1] == ends[0]
    assert ends[0][0] == -signal.SIGINT
    assert desk.slice("x") == "x = [1]\nx.append(2)\n"


def test_an_interrupt_may_be_caught(desk: Desk) -> None:
    text = "x = 1\nimport time\ntry:\n    print('here', flush=True)\n    time.sleep(60)\n"
    desk.write("script.py", text + "except KeyboardInterrupt:\n    print('caught')\ny = 2\n")
    process = start([*CLEW, "run", "script.py"], desk.folder)
    assert process.stdout.readline() == b"here\n"
    # A signal between the print and the sleep may be missed by plain Python as well.
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, b"caught\n", b"")
    assert desk.slice("y") == "y = 2\n"


def test_a_session_is_sliced_while_it_runs(desk: Desk) -> None:
    with sleeping(desk, "x = [1]\nx.append(2)\n", [*CLEW, "run"]) as process:
        assert wait_for_slice(desk, "x") == "x = [1]\nx.append(2)\n"
        assert process.poll() is None


def test_what_was_recorded_outlives_a_killed_run(desk: Desk) -> None:
    with sleeping(desk, "x = [1]\nx.append(2)\n", [*CLEW, "run"]) as process:
        wait_for_slice(desk, "x")
        process.kill()
        process.wait()
    assert desk.slice("x") == "x = [1]\nx.append(2)\n"
    desk.record("y = 1\n")
    assert desk.slice("y") == "y = 1\n"


def test_what_is_saved_outlives_a_run_that_is_killed_at_once(desk: Desk) -> None:
    text = "import clew, os, signal\nx = [1]\nclew.save(x, 'a')\n"
    desk.write("script.py", text + "os.kill(os.getpid(), signal.SIGKILL)\n")
    assert desk.clew("run", "script.py").code == -signal.SIGKILL
    assert desk.say("import clew; print(clew.get('a').get_value())") == "[1]\n"
    assert desk.slice("a") == "x = [1]\n"


def test_a_file_is_no_store(desk: Desk) -> None:
    desk.write("script.py", "print('ran')\n")
    desk.write("store", "a file\n")
    for words in [["run", "script.py"], ["slice", "x"], ["artifacts"], ["verify", "x"]]:
        outcome = desk.clew(words[0], "--store", "store", *words[1:])
        assert (outcome.code, outcome.out) == (1, "")
        assert "store` is not a folder" in outcome.err
    assert (desk.folder / "store").read_text() == "a file\n"


def test_without_a_store_that_was_asked_for_the_script_runs_unrecorded(desk: Desk) -> None:
    desk.write("script.py", "print('ran')\nimport sys\nsys.exit(4)\n")
    desk.write(".clew", "a file\n")
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.out) == (4, "ran\n")
    (line,) = outcome.err.splitlines()
    assert line.startswith("clew: ") and ".clew" in line and "unrecorded" in line


def test_a_store_that_cannot_be_written_is_said_so(desk: Desk) -> None:
    desk.write("script.py", "print('ran')\n")
    desk.write("in_the_way", "")
    outcome = desk.clew("run", "--store", "in_the_way/store", "script.py")
    assert (outcome.code, outcome.out) == (1, "")
    assert "in_the_way" in outcome.err and "not a folder" in outcome.err


def broken(desk: Desk, file: str) -> Path:
    """Puts garbage in the place of one of the store's files."""
    store = desk.folder / ".clew"
    for path in store.iterdir():
        if path.name.startswith(file):
            path.unlink()
    path = store / file
    path.write_bytes(b"garbage" * 1000)
    return path


def test_a_broken_catalog_is_said_so_and_left_alone(desk: Desk) -> None:
    desk.record("print('ran')\nx = 1\n")
    catalog = broken(desk, "catalog.db")
    for words in [["run", "--store", ".clew", "script.py"], ["slice", "x"], ["artifacts"]]:
        outcome = desk.clew(*words)
        assert (outcome.code, outcome.out) == (1, "")
        (line,) = outcome.err.splitlines()
        assert line.startswith("clew: ") and "catalog.db` is not a database" in line
    unnamed = desk.clew("run", "script.py")
    assert (unnamed.code, unnamed.out) == (0, "ran\n")
    assert "catalog.db" in unnamed.err and "unrecorded" in unnamed.err
    assert catalog.read_bytes() == b"garbage" * 1000


def test_broken_values_leave_the_code_as_it_is(desk: Desk) -> None:
    desk.record("import clew\nx = 1\nclew.save(x, 'a')\n")
    values = broken(desk, "values.db")
    assert desk.slice("a") == "x = 1\n"
    asked = desk.python("-c", "import clew; clew.get('a').get_value()")
    assert asked.code == 1
    assert "values.db` is not a database" in asked.err.splitlines()[-1]
    assert values.read_bytes() == b"garbage" * 1000


def test_a_broken_annotation_file_is_named_with_its_line(desk: Desk) -> None:
    desk.write("script.py", "print('ran')\n")
    desk.write(
        "mine.yaml",
        """
        - module: tools
          annotations:
          - criteria:
              function_nam: f
            pure: true
        """,
    )
    desk.write("torn.yaml", "- module: [tools\n  annotations: {\n")
    for file, place in [("mine.yaml", "mine.yaml:4:"), ("torn.yaml", "torn.yaml:2:")]:
        outcome = desk.clew("run", "--annotations", file, "script.py")
        assert (outcome.code, outcome.out) == (2, "")
        assert place in outcome.err
    missing = desk.clew("run", "--annotations", "none.yaml", "script.py")
    assert (missing.code, missing.out) == (2, "")
    assert "none.yaml" in missing.err


def test_annotations_of_ones_own_narrow_a_slice(desk: Desk) -> None:
    desk.write("tools.py", "import ctypes\ndef look(x): return ctypes.py_object(x) and 1\n")
    desk.write(
        "mine.yaml",
        """
        - module: tools
          annotations:
          - criteria:
              function_name: look
            pure: true
        """,
    )
    desk.record("import tools\nx = [1]\ntools.look(x)\n", "--annotations", "mine.yaml")
    assert desk.slice("x") == "x = [1]\n"


def test_a_command_that_does_not_exist_is_a_wrong_command(desk: Desk) -> None:
    for words in [["slise", "x"], ["slice"], ["verify"], ["artifacts", "--jsn"], []]:
        outcome = desk.clew(*words)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err != ""
