"""Findings: what was inferred or observed of a callable is known in the sessions to come, as long as it
is as it was.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Desk

HERE = Path(__file__).parent
LIBRARIES = sorted((HERE / "inference_libraries").glob("*.py"))


class Elsewhere:
    """What a process of its own infers of each case of libraries, given what others found out."""

    def __init__(self, libraries: list[Path], findings: list) -> None:
        command = [sys.executable, str(HERE / "inference_elsewhere.py"), *map(str, libraries)]
        given = pickle.dumps(findings)
        done = subprocess.run(command, input=given, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr.decode()
        cases = pickle.loads(done.stdout)
        self.lines = {case: lines for case, (lines, _, _) in cases.items()}
        self.missed = {case: missed for case, (_, missed, _) in cases.items() if missed}
        self.findings = [found for _, _, anew in cases.values() for found in anew]


@pytest.fixture(scope="module")
def first() -> Elsewhere:
    return Elsewhere(LIBRARIES, [])


def test_what_one_process_inferred_another_one_knows(first: Elsewhere) -> None:
    second = Elsewhere(LIBRARIES, first.findings)
    assert second.missed == {}
    # Of several calls, the second may get the answer to another case, which says more.
    single = [case for case in first.lines if ";;" not in case]
    assert {case: second.lines[case] for case in single} == {
        case: first.lines[case] for case in single
    }
    assert len(second.findings) < len(first.findings) / 10


def test_nothing_of_it_is_believed_when_the_library_was_changed(
    first: Elsewhere, tmp_path: Path
) -> None:
    libraries = [tmp_path / path.name for path in LIBRARIES]

    def write(more: str) -> None:
        for library, path in zip(libraries, LIBRARIES, strict=True):
            library.write_text(path.read_text() + more)

    write("")
    before = Elsewhere(libraries, [])
    write("\n# Still the same functions.\n")
    after = Elsewhere(libraries, before.findings)
    assert after.lines == before.lines
    assert len(after.findings) == len(before.findings)


# Nothing can be inferred of methods that have no source.
COUNTING = """
__version__ = "{version}"

class Table:
    def __init__(self):
        self.rows = []

space = {{}}
exec("def add(self, row): self.rows.append(row)", space)
exec("def size(self, other): {size}", space)
for name in ["add", "size"]:
    space[name].__module__ = __name__
    space[name].__qualname__ = "Table." + name
    setattr(Table, name, space[name])
"""
COUNT = "return len(self.rows) + len(other)"
SMALL = """
from counting import Table
table = Table()
other = list(range(3))
sizes = [table.size(other), table.size(other), table.size(other)]
first = table.size(other)
second = table.size(other)
third = table.size(other)
"""
# To look at so many objects there is no time.
LARGE = """
from counting import Table
table = Table()
other = [[i] for i in range(1_000_000)]
size = table.size(other)
last = other[-1]
"""
OTHER_ALONE = "other = [[i] for i in range(1_000_000)]\nlast = other[-1]\n"


def count_in(desk: Desk, program: str) -> None:
    desk.record(program, "--observe", "0.000001")


def test_what_was_seen_of_a_callable_is_taken_to_happen_where_there_is_no_time_to_look(
    desk: Desk,
) -> None:
    desk.write("counting.py", COUNTING.format(version=1, size=COUNT))
    count_in(desk, LARGE)
    assert desk.slice("last") == LARGE.lstrip("\n")
    count_in(desk, SMALL)
    count_in(desk, LARGE)
    assert desk.slice("last") == OTHER_ALONE


def test_what_was_seen_to_change_an_argument_once_is_taken_to_change_it(desk: Desk) -> None:
    sometimes = "len(other) < 4 and len(self.rows) == 0 and other.append(self.rows.append(1))"
    desk.write("counting.py", COUNTING.format(version=1, size=sometimes))
    count_in(desk, SMALL)
    count_in(desk, LARGE)
    assert "table.size(other)" in desk.slice("last")


def test_what_was_seen_of_another_version_is_not_taken_to_happen(desk: Desk) -> None:
    desk.write("counting.py", COUNTING.format(version=1, size=COUNT))
    count_in(desk, SMALL)
    desk.write("counting.py", COUNTING.format(version=2, size=COUNT))
    count_in(desk, LARGE)
    assert desk.slice("last") == LARGE.lstrip("\n")


LIBRARY_OF_MODES = '''
import functools
import os

__version__ = "1"

class Mode:
    pass

SAFE = Mode()
FAST = Mode()
mode = SAFE
chosen = FAST if os.environ.get("CHOOSE") else SAFE

def set_mode(new):
    global mode
    mode = new

def step(x):
    if mode is FAST:
        x.append(1)
    return len(x)

def step_as_chosen(x):
    if chosen is FAST:
        x.append(1)
    return len(x)

def noisy(function):
    @functools.wraps(function)
    def wrapper(x):
        x.append(0)
        return function(x)
    return wrapper

@noisy
def size(x):
    return len(x)

# What follows has no source, so nothing is inferred of it.
space = {}
exec("def each(f, rows): return [f(row) for row in rows]", space)
exec("def bump(counter, rows): return counter() + len(rows)", space)
exec("def trim(rows, most): return rows.clear() if most > 5 else len(rows)", space)
for name in ["each", "bump", "trim"]:
    space[name].__module__ = __name__
each, bump, trim = space["each"], space["bump"], space["trim"]

def counter_of(box):
    def counter():
        box.append(1)
        return len(box)
    return counter
'''


@pytest.mark.parametrize(
    ("earlier", "call"),
    [
        ("modes.step(x)", "modes.set_mode(modes.FAST); n = modes.step(x)"),
        ("modes.step_as_chosen(x)", "n = modes.step_as_chosen(x)"),
        ("modes.size.__wrapped__(x)", "n = modes.size(x)"),
    ],
)
def test_an_answer_is_not_taken_for_one_about_something_else(
    desk: Desk, earlier: str, call: str
) -> None:
    desk.write("modes.py", LIBRARY_OF_MODES)
    desk.record(f"import modes\nx = [5]\n{earlier}\n", "--observe", "0")
    program = f"import modes\nx = [5]\n{call}\ny = list(x)\n"
    desk.write("script.py", program)
    outcome = desk.clew("run", "--observe", "0", "script.py", CHOOSE="1")
    assert (outcome.code, outcome.err) == (0, "")
    assert desk.slice("y") == program


@pytest.mark.parametrize(
    ("seen", "call"),
    [
        ("partial(modes.each, list.copy)(small)", "partial(modes.each, list.clear)(large)"),
        ("modes.each(list.copy, small)", "modes.each(list.clear, large)"),
        ("modes.trim(small, 1)", "modes.trim(large, 9)"),
    ],
)
def test_what_was_seen_is_not_taken_to_happen_in_calls_of_another_kind(
    desk: Desk, seen: str, call: str
) -> None:
    desk.write("modes.py", LIBRARY_OF_MODES)
    made = "large = [[i] for i in range(1_000_000)]\n"
    seen = f"small = [[1], [2]]\na = {seen}\nb = {seen}\nc = {seen}\n"
    imports = "import modes\nfrom functools import partial\n"
    count_in(desk, f"{imports}{seen}{made}d = {call}\ny = list(large)\n")
    assert f"d = {call}\n" in desk.slice("y")


def test_a_change_that_no_argument_leads_to_makes_nothing_of_what_was_seen(desk: Desk) -> None:
    desk.write("modes.py", LIBRARY_OF_MODES)
    bump = "modes.bump(counter, small)"
    count_in(
        desk,
        "import modes\nbox = []\ncounter = modes.counter_of(box)\nsmall = [[1]]\n"
        f"a = {bump}\nb = {bump}\nc = {bump}\nlarge = [[i] for i in range(1_000_000)]\n"
        "d = modes.bump(counter, large)\ny = list(box)\n",
    )
    assert "d = modes.bump(counter, large)\n" in desk.slice("y")


def test_a_text_that_was_passed_is_not_to_be_read_in_the_store(desk: Desk) -> None:
    desk.write("modes.py", "def login(token):\n    return 1 if token == 'none' else 2\n")
    desk.write("script.py", "import os, modes\nn = modes.login(os.environ['TOKEN'])\n")
    assert desk.clew("run", "script.py", TOKEN="sesame-4711").code == 0
    files = [path.read_bytes() for path in (desk.folder / ".clew").glob("catalog*")]
    assert files and not any(b"sesame-4711" in content for content in files)
