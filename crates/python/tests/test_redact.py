"""Redaction: with --redact, nothing that looks like a secret is in the store."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Desk

SECRET = "hunter2-of-Ada"
SCRIPT = f"""
import clew, settings, sys

password = "{SECRET}"
url = f"postgresql://ada:{SECRET}@localhost/{{sys.argv[0]}}"
rows = [1]
rows.append(len(password))
clew.save(rows, "rows")
other = [2]
clew.save(other, "other")
print(rows, len(url) > 40, settings.PASSWORD == password)
"""


def kept(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted((folder / ".clew").rglob("*")) if file.is_file())


@pytest.fixture
def written(desk: Desk) -> Desk:
    desk.write("settings.py", f"PASSWORD = '{SECRET}'\n")
    desk.write("script.py", SCRIPT)
    return desk


def test_no_secret_of_texts_modules_or_arguments_is_kept(written: Desk) -> None:
    words = ["run", "--redact", "script.py", "--password", SECRET, f"--api-key={SECRET}"]
    outcome = written.clew(*words)
    assert (outcome.code, outcome.out, outcome.err) == (0, "[1, 14] True True\n", "")
    assert SECRET.encode() not in kept(written.folder)
    [session] = written.json("sessions")
    assert session["arguments"] == ["script.py", "--password", "*" * 14, "--api-key=" + "*" * 14]


def test_without_it_texts_are_kept_as_they_are(written: Desk) -> None:
    assert written.clew("run", "script.py").code == 0
    assert SECRET.encode() in kept(written.folder)


def test_the_environment_may_ask_for_it(written: Desk) -> None:
    assert written.clew("run", "script.py", CLEW_REDACT="1").code == 0
    assert written.python("-c", "import clew; clew.save(1, 'x')", f"--password={SECRET}", CLEW_REDACT="1").code == 0
    assert SECRET.encode() not in kept(written.folder)


def test_a_slice_names_the_lines_that_were_masked(written: Desk) -> None:
    assert written.clew("run", "--redact", "script.py").code == 0
    sliced = written.clew("slice", "rows")
    assert 'password = "**************"\nrows = [1]\nrows.append(len(password))\n' in sliced.out
    assert f'`password = "{"*" * 14}"` was kept without what looks like a secret' in sliced.err
    assert "secret" not in written.clew("slice", "other").err


def test_masked_code_is_not_replayed(written: Desk) -> None:
    assert written.clew("run", "--redact", "--fingerprints", "script.py").code == 0
    for words in (["verify", "rows"], ["slice", "rows", "--prove"]):
        refused = written.clew(*words)
        assert refused.code == 1 and "was kept without what looks like a secret" in refused.err
    refused = written.python("-c", "import clew; clew.get('rows').execute()")
    assert refused.code == 1 and "was kept without what looks like a secret" in refused.err
    assert written.clew("verify", "other").code == 0
    assert written.say("import clew; print(clew.get('other').execute())") == "[2]\n"
