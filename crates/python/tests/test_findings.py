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
LIBRARY = HERE / "inference_library.py"


class Elsewhere:
    """What a process of its own infers of each case of a library, given what others found out."""

    def __init__(self, library: Path, findings: list) -> None:
        command = [sys.executable, str(HERE / "inference_elsewhere.py"), str(library)]
        given = pickle.dumps(findings)
        done = subprocess.run(command, input=given, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr.decode()
        cases = pickle.loads(done.stdout)
        self.lines = {case: lines for case, (lines, _, _) in cases.items()}
        self.missed = {case: missed for case, (_, missed, _) in cases.items() if missed}
        self.findings = [found for _, _, anew in cases.values() for found in anew]


@pytest.fixture(scope="module")
def first() -> Elsewhere:
    return Elsewhere(LIBRARY, [])


def test_what_one_process_inferred_another_one_knows(first: Elsewhere) -> None:
    second = Elsewhere(LIBRARY, first.findings)
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
    library = tmp_path / "library.py"
    library.write_text(LIBRARY.read_text())
    before = Elsewhere(library, [])
    library.write_text(LIBRARY.read_text() + "\n# Still the same functions.\n")
    after = Elsewhere(library, before.findings)
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
