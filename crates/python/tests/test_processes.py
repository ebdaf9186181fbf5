"""Processes: several of them, and folders that they work in."""

from __future__ import annotations

import itertools
import os
import threading
import time

import pytest
from conftest import Desk, check_same
from programs import CLEW, start


def test_two_runs_into_one_store_are_both_recorded(desk: Desk) -> None:
    text = "import clew, sys\nn = int(sys.argv[1])\n"
    text += "".join(f"v{i} = n + {i}\n" for i in range(200))
    text += "for i in range(10):\n    clew.save(v199, 'shared')\n"
    desk.write("script.py", text)
    runs = [start([*CLEW, "run", "script.py", str(n)], desk.folder) for n in range(4)]
    for process in runs:
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output, errors) == (0, b"", b"")
    rows = desk.json("artifacts")
    assert [row["version"] for row in rows] == list(range(40))
    sessions = {row["session"] for row in rows}
    assert len(sessions) == 4
    for session in sessions:
        code = desk.slice("v199", "--session", session)
        assert code == "import sys\nn = int(sys.argv[1])\nv199 = n + 199\n"


# A library may fork by itself, of which Python is not told.
@pytest.mark.parametrize("fork", ["os.fork()", "ctypes.PyDLL(None).fork()"])
def test_a_fork_runs_on_and_the_parent_is_recorded(desk: Desk, fork: str) -> None:
    text = f"""
        import ctypes, os, sys
        x = [1]
        pid = {fork}
        if pid == 0:
            x.append("child")
            y = len(x)
            print("child", y, flush=True)
            sys.exit(7)
        status = os.waitpid(pid, 0)[1]
        x.append(2)
        print("parent", len(x), os.waitstatus_to_exitcode(status))
    """
    desk.write("script.py", text)
    check_same(desk, "script.py")
    code = desk.slice("x")
    assert "x = [1]\n" in code and "x.append(2)\n" in code


def test_a_fork_may_save_nothing_into_the_parents_store_but_is_told(desk: Desk) -> None:
    text = """
        import os, clew
        pid = os.fork()
        if pid == 0:
            clew.save("child", "a")
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        clew.save("parent", "a")
    """
    desk.write("script.py", text)
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.out) == (0, "0\n")
    said = desk.say("""
        import clew
        print([clew.get("a", version).get_value() for version in range(2)])
    """)
    assert said == "['child', 'parent']\n"


def test_a_child_that_runs_python_is_not_recorded(desk: Desk) -> None:
    text = """
        import subprocess, sys
        x = subprocess.run([sys.executable, "-c", "y = 1; print(y)"], capture_output=True).stdout
        print(x)
    """
    desk.write("script.py", text)
    check_same(desk, "script.py")
    assert set(desk.json("slice", "--all")) == {"subprocess", "sys", "x"}


def test_a_script_that_changes_its_folder_is_recorded_where_it_began(desk: Desk) -> None:
    (desk.folder / "deep").mkdir()
    desk.record("""
        import clew, os
        x = [1]
        os.chdir("deep")
        x.append(len(os.listdir()))
        clew.save(x, "a")
        print(os.listdir())
    """)
    assert list((desk.folder / "deep").iterdir()) == []
    assert desk.say("import clew; print(clew.get('a').get_value())") == "[1, 0]\n"
    verified = desk.clew("verify", "a")
    assert verified.code == 0, verified.out


def test_a_store_by_a_relative_path_stays_where_it_was(desk: Desk) -> None:
    (desk.folder / "deep").mkdir()
    text = "import clew, os\nos.chdir('deep')\nclew.save(1, 'a')\nprint(clew.get('a'))\n"
    desk.write("script.py", text)
    outcome = desk.clew("run", "--store", "here", "script.py")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "Artifact('a', version=0)\n"
    assert [path.parent.name for path in desk.folder.rglob("catalog.db")] == ["here"]


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files without a name are Linux's")
def test_files_without_a_name_are_nobody_elses(desk: Desk) -> None:
    desk.record("""
    import subprocess, sys, time
    open("a.txt", "w").close()
    writer = '''
    import os, time
    file = os.open(".", os.O_TMPFILE | os.O_RDWR)
    for turn in range(30):
        os.write(file, b"x")
        time.sleep(0.02)
    '''
    import textwrap
    other = subprocess.Popen([sys.executable, "-c", textwrap.dedent(writer)])
    time.sleep(0.3)
    time.sleep(0.3)
    code = other.wait()
    """)
    assert "/#" not in desk.clew("graph").out


def test_what_others_do_in_a_folder_that_is_everybodys_is_theirs(desk: Desk) -> None:
    """As in `/tmp`, where every program keeps files for a moment."""
    shared = desk.folder / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    ended = threading.Event()

    def keep_files() -> None:
        for number in itertools.count():
            if ended.is_set():
                return
            folder = shared / f"other{number % 3}"
            folder.mkdir(exist_ok=True)
            for file in (folder / "a", shared / "loose"):
                file.write_text("text")
                file.read_text()
            time.sleep(0.002)

    other = threading.Thread(target=keep_files)
    other.start()
    try:
        lines = [
            "import ctypes, pathlib, time",
            f"place = pathlib.Path({str(shared)!r})",
            "(place / 'own.txt').write_text('1')",
            "time.sleep(0.3)",
            "total = sum(range(5_000_000))",
            "time.sleep(0.3)",
            "total += sum(range(5_000_000))",
            "own = (place / 'own.txt').read_text()",
        ]
        desk.record("\n".join(lines))
    finally:
        ended.set()
        other.join()
    assert desk.slice("total") == "total = sum(range(5_000_000))\ntotal += sum(range(5_000_000))\n"
    assert "write_text('1')" in desk.slice("own")
