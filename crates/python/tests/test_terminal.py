"""Terminal: names of any content, what is shown of them, and output that cannot be written."""

from __future__ import annotations

import os
import subprocess

import pytest
from conftest import Desk, check_same
from programs import CLEW, PYTHON, environment
from terminals import on_terminal

ODD_NAMES = [
    "x" * 70_000,
    "two\nlines",
    "red \x1b[31m, bell \x07 and \x7f",
    "c1 \x9b31m",
    "turned \u202e round",
    "null \0 in it",
    "größe 表 🎈",
    " ",
    "-",
    "--json",
    "a@1",
    "a.py:x",
    "`%s' {} \\",
]


def save(desk: Desk, *names: str) -> None:
    desk.write("script.py", f"import clew\nx = [1]\nfor name in {names!r}:\n    clew.save(x, name)\n")
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.err) == (0, "")


def test_a_name_of_any_length_and_content_is_listed(desk: Desk) -> None:
    save(desk, *ODD_NAMES)
    assert sorted(row["name"] for row in desk.json("artifacts")) == sorted(ODD_NAMES)
    outcome = desk.clew("artifacts")
    assert (outcome.code, outcome.err) == (0, "")
    assert len(outcome.out.splitlines()) == 1 + len(ODD_NAMES)
    for shown in [r"two\nlines", r"red \x1b[31m, bell \x07 and \x7f", r"c1 \x9b31m", r"turned \u202e"]:
        assert shown in outcome.out
    # One that is long does not widen the rows of the others.
    assert min(len(line) for line in outcome.out.splitlines()) < 200


@pytest.mark.parametrize("name", ODD_NAMES[:-6], ids=range(len(ODD_NAMES) - 6))
def test_a_name_of_any_length_and_content_is_sliced_or_missed_in_one_line(
    desk: Desk, name: str
) -> None:
    save(desk, name)
    if "\0" not in name:
        assert desk.slice(name).startswith("x = [1]\n")
        assert desk.json("slice", name)["name"] == name
    word = name.replace("\0", "")
    missed = desk.clew("slice", f"{word} and more")
    assert missed.code == 1
    (line,) = missed.err.splitlines()
    assert line.startswith("clew: no variable or artifact `")
    assert not any(sign in line for sign in "\x07\x1b\x9b\u202e")


def test_a_name_that_no_file_can_hold_is_refused(desk: Desk) -> None:
    text = "import clew\nfor name in ['', 'a\\udc80']:\n    try:\n        clew.save(1, name)\n"
    desk.write("script.py", text + "    except ValueError as error:\n        print('refused')\n")
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.out) == (0, "refused\nrefused\n")


def test_json_gives_a_terminal_nothing_to_obey(desk: Desk) -> None:
    save(desk, "c1 \x9b31m, \x7f and \u202e")
    outcome = desk.clew("artifacts", "--json")
    assert r"c1 \u009b31m, \u007f and \u202e" in outcome.out


def test_code_is_exact_in_a_pipe_and_escaped_on_a_terminal(desk: Desk) -> None:
    text = "x = 'red \x1b[31m \u202e'\ny = x\n"
    desk.record(text)
    assert desk.slice("y") == text
    code, shown = on_terminal([*CLEW, "slice", "y"], desk.folder)
    assert code == 0
    assert r"x = 'red \x1b[31m \u202e'" in shown
    assert "\x1b[31m" not in shown
    code, shown = on_terminal([*CLEW, "graph"], desk.folder)
    assert code == 0 and "\x1b[31m" not in shown


def test_what_is_wrong_with_a_command_line_is_escaped(desk: Desk) -> None:
    # A colour that clew's own messages do not use.
    blue = "\x1b[94m"
    for words in [["slice", "x", blue], [blue], ["slice", "x", f"--{blue}"]]:
        code, shown = on_terminal([*CLEW, *words], desk.folder)
        assert code == 2
        assert r"\x1b[94m" in shown and blue not in shown


@pytest.mark.parametrize("words", [["run", "script.py"], ["slice", "x"], ["artifacts"], ["sessions"]])
def test_a_store_without_a_name_is_refused(desk: Desk, words: list[str]) -> None:
    desk.write("script.py", "x = 1\n")
    for empty in [["--store", ""], ["--store="]]:
        outcome = desk.clew(words[0], *empty, *words[1:])
        assert (outcome.code, outcome.out) == (2, "")
        assert "--store" in outcome.err
    assert [path.name for path in desk.folder.iterdir()] == ["script.py"]


COMMANDS = [
    ["slice", "x"],
    ["slice", "x", "--json"],
    ["slice", "x", "--why"],
    ["slice", "--all"],
    ["artifacts"],
    ["artifacts", "--json"],
    ["sessions"],
    ["sessions", "--json"],
    ["graph"],
    ["graph", "--json"],
    ["verify", "x"],
    ["annotate", "list"],
    ["run", "--slice", "x", "quiet.py"],
    ["--help"],
    ["slice", "--help"],
    ["--version"],
]


def into(desk: Desk, place: int, command: list[str]) -> tuple[int, str]:
    """Runs a command whose output goes to an open file; gives the exit code and the errors."""
    done = subprocess.run(
        command,
        cwd=desk.folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=place,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    return done.returncode, done.stderr.decode()


@pytest.fixture
def recorded(desk: Desk) -> Desk:
    desk.write("quiet.py", "x = 1\n")
    desk.record("import clew\nx = 1\nclew.save(x, 'a')\n", "--fingerprints")
    return desk


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_output_that_cannot_be_written_is_an_error(recorded: Desk, words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        code, errors = into(recorded, full.fileno(), [*CLEW, *words])
    assert code == 1
    (line,) = [line for line in errors.splitlines() if "proven" not in line]
    assert line.startswith("clew: cannot write the output: ") and "No space left" in line


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_closed_pipe_is_nobodys_fault(recorded: Desk, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code, errors = into(recorded, writing, [*CLEW, *words])
    os.close(writing)
    assert (code, errors) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_errors_that_cannot_be_written_end_nothing(recorded: Desk) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*CLEW, "slice", "nothing"], cwd=recorded.folder, env=environment(), stderr=full
        )
        assert done.returncode == 1
        recorded.write("broken.py", "import clew\nprint(clew.save(open('broken.py'), 'f'))\n")
        done = subprocess.run(
            [*CLEW, "run", "broken.py"],
            cwd=recorded.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=full,
        )
    assert (done.returncode, done.stdout) == (0, b"Artifact('f', version=0)\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("ending", ["", "raise SystemExit(3)", "1 / 0"])
def test_a_program_whose_output_is_lost_ends_as_in_plain_python(desk: Desk, ending: str) -> None:
    desk.write("script.py", f"print('lost')\n{ending}\n")
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full", "wb") as full:
        for place in [full.fileno(), writing]:
            plain = into(desk, place, [*PYTHON, "script.py"])
            assert into(desk, place, [*CLEW, "run", "script.py"]) == plain
    os.close(writing)


def test_a_script_with_control_signs_in_its_output_is_left_alone(desk: Desk) -> None:
    desk.write("script.py", "print('\\x1b[31mred\\x1b[0m')\n")
    check_same(desk, "script.py")
    ends = [
        on_terminal([*command, "script.py"], desk.folder) for command in [PYTHON, [*CLEW, "run"]]
    ]
    assert ends[0] == ends[1]
