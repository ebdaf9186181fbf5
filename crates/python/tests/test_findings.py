"""Findings: what was inferred of a callable is known in the sessions to come, as long as it is as it was."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

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
