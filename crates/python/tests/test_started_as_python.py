"""Started as python is: every way to start a program does what plain Python does with it."""

from __future__ import annotations

import os
import py_compile
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from conftest import Desk, check_same
from programs import CLEW, PYTHON, environment, run
from terminals import Terminal

LOOK = """
import sys
def f():
    frame, depth = sys._getframe(), 0
    while frame:
        depth += 1
        last, frame = frame, frame.f_back
    print(depth, last.f_code.co_filename, last.f_code.co_name)
own = globals()
print(sys.argv, sys.path[0], __name__, own.get("__file__"), __package__, type(__loader__).__name__)
print(__spec__ and __spec__.name)
print(sorted(globals()))
f()
x = [1]
"""
RAISE = LOOK + "def g():\n    return 1 / 0\ng()\n"


def check_same_bytes(desk: Desk, *words: str | bytes, stdin: bytes = b"") -> None:
    plain, clew = (
        run([*command, *words], desk.folder, stdin) for command in [PYTHON, [*CLEW, "run"]]
    )
    assert (clew.stdout, clew.stderr, clew.code) == (plain.stdout, plain.stderr, plain.code)


def put(desk: Desk, name: str | bytes, text: str) -> bytes:
    path = os.path.join(os.fsencode(desk.folder), os.fsencode(name))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


# Names


@pytest.mark.parametrize("path", ["a.py", "./a.py", "././a.py", ".//a.py", "deep/../a.py"])
def test_a_path_is_shown_as_it_was_written(desk: Desk, path: str) -> None:
    desk.write("deep/other.py", "")
    desk.write("a.py", RAISE)
    check_same(desk, path)
    assert desk.slice("x") == "x = [1]\n"
    assert desk.slice("a.py:x") == desk.slice("x")


@pytest.mark.parametrize("ending", ["", "1 / 0\n", "x = \n"], ids=["well", "raises", "no Python"])
def test_a_script_and_arguments_may_be_no_utf_8(desk: Desk, ending: str) -> None:
    text = "import sys\nx = [ascii(word) for word in [__file__, sys.path[0], *sys.argv]]\nprint(x)\n"
    put(desk, b"folder\xfe/script\xff.py", text + ending)
    check_same_bytes(desk, b"folder\xfe/script\xff.py", b"caf\xe9", "größe", b"\xf0\x9f")
    if ending != "x = \n":
        code = "import sys\nx = [ascii(word) for word in [__file__, sys.path[0], *sys.argv]]\n"
        assert desk.slice("x") == code
        listed = desk.clew("sessions")
        assert (listed.code, listed.err) == (0, "")
        assert r"folder\xfe/script\xff.py" in listed.out
        (row,) = desk.json("sessions")
        assert os.fsencode(row["script"]) == b"folder\xfe/script\xff.py"
        assert [os.fsencode(word) for word in row["arguments"][1:3]] == [b"caf\xe9", "größe".encode()]


def test_a_slice_is_replayed_with_arguments_that_are_no_utf_8(desk: Desk) -> None:
    text = "import clew, os, sys\nx = [os.fsencode(word) for word in [__file__, *sys.argv]]\n"
    put(desk, b"work\xfe/script\xff.py", text + "clew.save(x, 'a')\nprint(x)\n")
    ran = run([*CLEW, "run", b"work\xfe/script\xff.py", b"caf\xe9"], desk.folder)
    assert (ran.code, ran.stderr) == (0, b"")
    verified = desk.clew("verify", "a")
    assert verified.code == 0, verified.out
    said = desk.say("import clew; print(clew.get('a').execute() == clew.get('a').get_value())")
    assert said == "True\n"


def test_a_store_whose_path_is_no_utf_8_is_said_to_be_none(desk: Desk) -> None:
    put(desk, b"work\xfe/script.py", "print('ran')\n")
    named = run([*CLEW, "run", "--store", b"store\xff", b"work\xfe/script.py"], desk.folder)
    assert (named.code, named.stdout) == (1, b"")
    assert "SQLite's paths are UTF-8" in named.err
    inside = Path(os.fsdecode(os.path.join(os.fsencode(desk.folder), b"work\xfe")))
    unnamed = run([*CLEW, "run", "script.py"], inside)
    assert (unnamed.code, unnamed.stdout) == (0, b"ran\n")
    (line,) = unnamed.err.splitlines()
    assert line.endswith("use a folder whose path is; the program runs unrecorded")


# Kinds of programs


@pytest.mark.parametrize(
    "text",
    [
        RAISE.encode(),
        b"",
        b"x = [1]",
        b"print('caf\xe9')\n",
        b"# coding: latin-1\nprint(ascii('caf\xe9'))\nx = [1]\n",
        b"x = 1\r\nprint(x)\r\n1 / 0\r\n",
        b"x = (1,\n",
        b"\xef\xbb\xbfprint(1)\n",
    ],
    ids=["raises", "empty", "no line end", "no UTF-8", "latin-1", "windows", "cut", "mark"],
)
def test_a_program_comes_by_standard_input(desk: Desk, text: bytes) -> None:
    check_same(desk, "-", "a", "-b", stdin=text)


def package(desk: Desk, main: str) -> None:
    desk.write("pack/__init__.py", "print('the package', __name__)\n")
    desk.write("pack/helper.py", "def twice(x):\n    return x * 2\n")
    desk.write("pack/__main__.py", "from . import helper\n" + main)
    desk.write("pack/tool.py", "from . import helper\n" + main)


@pytest.mark.parametrize("words", [["pack"], ["pack.tool"], ["pack.tool", "-a", "--help"]])
@pytest.mark.parametrize("main", [LOOK, RAISE, "raise SystemExit('over')\n", "import nothing_there\n"])
def test_a_module_runs_and_raises_as_by_python_m(desk: Desk, words: list[str], main: str) -> None:
    package(desk, main)
    check_same(desk, "-m", *words)
    if "x = " in main:
        assert desk.slice("x") == "x = [1]\n"


@pytest.mark.parametrize(
    "name",
    ["nothing", "nothing.at.all", "pack.nothing", "bare", "bad", "bad.tool", "raises.tool", ".x", "tool.py"],
)
def test_a_module_that_cannot_be_run_is_told_in_the_same_words(desk: Desk, name: str) -> None:
    package(desk, LOOK)
    desk.write("bare/__init__.py", "")
    desk.write("bad.py", "x = (\n")
    desk.write("bad/tool.py", "x = (\n")
    desk.write("raises/__init__.py", "1 / 0\n")
    desk.write("raises/tool.py", "x = 1\n")
    desk.write("tool.py", "x = 1\n")
    check_same(desk, "-m", name)


def test_a_module_that_was_imported_before_is_warned_of(desk: Desk) -> None:
    desk.write("pack/__init__.py", "from . import tool\n")
    desk.write("pack/tool.py", "x = [1]\nprint(__name__)\n")
    check_same(desk, "-W", "always", "-m", "pack.tool")


def test_a_module_is_the_one_in_the_folder_and_may_be_latin_1(desk: Desk) -> None:
    path = desk.folder / "tool.py"
    path.write_bytes(b"# coding: latin-1\nx = 'caf\xe9'\nprint(ascii(x))\n1 / 0\n")
    check_same(desk, "-m", "tool")
    assert desk.slice("x").endswith("x = 'café'\n")


@pytest.mark.parametrize("main", [LOOK, RAISE, "x = (\n"], ids=["well", "raises", "no Python"])
def test_a_folder_or_archive_runs_its_main(desk: Desk, main: str) -> None:
    desk.write("app/__main__.py", main)
    with zipfile.ZipFile(desk.folder / "app.zip", "w") as archive:
        archive.writestr("__main__.py", main)
    behind_line = (desk.folder / "app.zip").read_bytes()
    (desk.folder / "app").joinpath("run").write_bytes(b"#!/usr/bin/env python3\n" + behind_line)
    for path in ["app", "./app", "app/", "app.zip", "./app.zip", "app/run"]:
        check_same(desk, path, "-x")
        if main is not LOOK:
            continue
        assert desk.slice("x") == "x = [1]\n"


UNRECORDED = "has no text, only compiled code; the program runs unrecorded\n"


def check_unrecorded(desk: Desk, *words: str) -> None:
    plain, clew = desk.python(*words), desk.clew("run", *words)
    said, _, rest = clew.err.partition(UNRECORDED)
    assert said.startswith("clew: `") and said.count("\n") == 0
    assert (clew.out, rest, clew.code) == (plain.out, plain.err, plain.code)


def test_compiled_code_runs_and_says_that_it_is_not_recorded(desk: Desk) -> None:
    source = desk.write("source.py", RAISE)
    (desk.folder / "app").mkdir()
    for compiled in ["a.pyc", "app/__main__.pyc", "compiled"]:
        py_compile.compile(str(source), str(desk.folder / compiled), doraise=True)
    for path in ["a.pyc", "app", "compiled"]:
        check_unrecorded(desk, path, "-x")
    (desk.folder / "a.pyc").write_bytes(b"no code of this Python at all")
    check_unrecorded(desk, "a.pyc")


# Asking for statements


def ask(desk: Desk, words: list[str], stdin: bytes, **more: str) -> list:
    return [
        (outcome.code, outcome.out, outcome.err)
        for outcome in (
            run([*command, *words], desk.folder, stdin, **more)
            for command in [PYTHON, [*CLEW, "run"]]
        )
    ]


@pytest.mark.parametrize(
    "text",
    ["x = [1]\n", "x = [1]\n1 / 0\n", "x = [1]\nraise SystemExit(3)\n", "x = (\n"],
    ids=["well", "raises", "leaves", "no Python"],
)
def test_statements_are_asked_for_after_the_program(desk: Desk, text: str) -> None:
    desk.write("script.py", text)
    statements = b"print(__name__)\nprint(globals().get('x'))\nimport sys; sys.last_value\nexit(5)\n"
    plain, clew = ask(desk, ["-i", "script.py", "a"], statements)
    assert clew == plain
    plain, clew = ask(desk, ["-i", "-c", "x = [1]; print(x)"], b"x.append(2); print(x)\n")
    assert clew == plain


def test_statements_are_asked_for_where_the_environment_says_so(desk: Desk) -> None:
    desk.write("script.py", "x = [1]\nprint('ran')\n")
    ends = []
    for command in [PYTHON, [*CLEW, "run"]]:
        terminal = Terminal([*command, "script.py"], desk.folder, PYTHONINSPECT="1")
        terminal.wait_for(">>> ")
        terminal.type("x.append(2); print('now', x)\n")
        terminal.wait_for("now [1, 2]")
        terminal.wait_for(">>> ")
        terminal.type("exit(4)\n")
        ends.append(terminal.end())
    assert ends[0][0] == ends[1][0] == 4
    assert ends[0][1] == ends[1][1]


# Interrupts


def test_an_ignored_interrupt_stays_ignored(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        import os, signal
        print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)
        os.kill(os.getpid(), signal.SIGINT)
        print("went on")
        """,
    )
    for command in [PYTHON, [*CLEW, "run"]]:
        done = subprocess.run(
            [*command, "script.py"],
            cwd=desk.folder,
            env=environment(),
            capture_output=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
            timeout=60,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"True\nwent on\n", b"")


READ = """
import sys
x = [1]
print("here", flush=True)
{}
"""


@pytest.mark.parametrize("reading", ["input()", "sys.stdin.readline()", "sys.stdin.buffer.read()"])
@pytest.mark.parametrize("as_module", [False, True], ids=["script", "module"])
def test_an_interrupt_while_waiting_for_input_is_heard_at_once(
    desk: Desk, reading: str, as_module: bool
) -> None:
    desk.write("script.py", READ.format(reading))
    words = ["-m", "script"] if as_module else ["script.py"]
    ends = []
    for command in [PYTHON, [*CLEW, "run"]]:
        # Several times, as the system may choose any thread.
        for _ in range(3):
            process = subprocess.Popen(
                [*command, *words],
                cwd=desk.folder,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
                start_new_session=True,
            )
            try:
                assert process.stdout.readline() == b"here\n"
                time.sleep(0.3)
                process.send_signal(signal.SIGINT)
                code = process.wait(20)
            finally:
                process.kill()
            ends.append((code, process.stdout.read(), process.stderr.read().decode()))
            for pipe in [process.stdin, process.stdout, process.stderr]:
                pipe.close()
    assert ends[0][2].endswith("KeyboardInterrupt\n") and "codecs" not in ends[0][2]
    assert ends == ends[:1] * len(ends)
    assert desk.slice("x") == "x = [1]\n"


@pytest.mark.parametrize("reading", ["input()", "input('? ')", "sys.stdin.readline()"])
def test_an_interrupt_at_a_terminal_is_the_same(desk: Desk, reading: str) -> None:
    desk.write("script.py", READ.format(reading))
    ends = []
    for command in [PYTHON, [*CLEW, "run"]]:
        terminal = Terminal([*command, "script.py"], desk.folder)
        terminal.wait_for("here")
        time.sleep(0.3)
        os.kill(terminal.process.pid, signal.SIGINT)
        ends.append(terminal.end())
    assert ends[0] == ends[1]
    assert "codecs" not in ends[0][1]
