"""Unfollowed: what is said where a library runs the program's own code."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from conftest import Desk, check_same

SAVING = """
import clew
from mine import twice

def test_twice():
    x = twice([1])
    clew.save(x, "doubled")
    assert len(x) == 2
"""


@pytest.fixture
def project(desk: Desk) -> Desk:
    desk.write("mine.py", "def twice(x):\n    return x * 2\n")
    desk.write("test_mine.py", SAVING)
    return desk


def check_told(desk: Desk, name: str, *words: str) -> None:
    """The one line names what was not followed, and a slice is refused with the reason."""
    outcome = desk.clew("run", *words)
    assert outcome.code == 0, outcome.out + outcome.err
    (line,) = [line for line in outcome.err.splitlines() if line.startswith("clew: ")]
    assert line.startswith(f"clew: what `{name}` ran was not followed: ")
    assert "`test_mine.py`" in line and "`mine.py`" in line
    refused = desk.clew("slice", "doubled")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        "clew: no code is known for artifact `doubled`: it was saved by `test_mine.py`, and of a run of the "
        f"library `{name}` only its own main module is followed\n"
    )
    assert desk.say("import clew; print(clew.get('doubled').get_value())") == "[1, 1]\n"
    asked = desk.python("-c", "import clew; clew.get('doubled').get_code()")
    assert "it was saved by `test_mine.py`" in asked.err.splitlines()[-1]


QUIET = ["-q", "-p", "no:cacheprovider"]


def test_a_test_runner_is_told_not_to_be_followed(project: Desk) -> None:
    check_told(project, "pytest", "-m", "pytest", *QUIET, "test_mine.py")


def test_a_console_script_by_its_path_is_told_too(project: Desk) -> None:
    script = Path(sys.executable).with_name("pytest")
    check_told(project, "pytest", str(script), *QUIET, "test_mine.py")


def test_a_module_of_the_standard_library_is_told_too(project: Desk) -> None:
    text = "import unittest\n" + SAVING.replace("def test_twice", "class T(unittest.TestCase):\n  def test").replace("():", "(self):")
    project.write("test_mine.py", text)
    check_told(project, "unittest", "-m", "unittest", "test_mine")


def test_a_program_run_by_a_profiler_is_told_of(desk: Desk) -> None:
    desk.write("script.py", "x = [1]\nprint(x)\n")
    outcome = desk.clew("run", "-m", "cProfile", "script.py")
    assert outcome.code == 0
    assert outcome.err == (
        "clew: what `cProfile` ran was not followed: `script.py`; `clew run SCRIPT` follows a script of "
        "your own\n"
    )


def test_many_files_are_counted(desk: Desk) -> None:
    for number in range(6):
        desk.write(f"test_{number}.py", f"def test():\n    assert {number} < 9\n")
    outcome = desk.clew("run", "-m", "pytest", *QUIET)
    assert outcome.err.endswith(
        "`test_0.py`, `test_1.py`, `test_2.py` and 3 more; `clew run SCRIPT` follows a script of your own\n"
    )


def test_nothing_is_said_where_all_that_is_ones_own_is_followed(project: Desk) -> None:
    project.write("script.py", "import mine\nx = mine.twice([1])\nprint(x)\n")
    project.write("pack/__init__.py", "")
    project.write("pack/__main__.py", "from mine import twice\nx = twice([1])\nprint(x)\n")
    check_same(project, "script.py")
    check_same(project, "-m", "pack")
    check_same(project, "-m", "json.tool", "--help")
    check_same(project, "-m", "timeit", "-n", "1", "-r", "1", "-s", "pass", "--help")
    shutil.copy(project.folder / "script.py", project.folder / "copy.py")
    check_same(project, "./copy.py")
