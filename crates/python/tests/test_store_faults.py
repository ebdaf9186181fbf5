"""Faults of the store while a program uses it: the program goes on and ends as it would, and clew says once
what it lost."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from conftest import Desk
from programs import CLEW, PYTHON, environment, heed_interrupts

# Saves, does something to the store, and saves more; as a user's program may.
PROGRAM = """
import os, shutil, sys, time
import clew

def harm(store):
{harm}

kept = clew.save([0], "kept")
harm(os.environ["CLEW_STORE"])
for turn in range(5):
    saved = clew.save([turn], "x")
    time.sleep(0.08)
    more = [turn]
print("done", more)
try:
    print("last", saved.version)
except RuntimeError as error:
    print("not kept")
raise SystemExit(7)
"""

HARMS = {
    "removed": "shutil.rmtree(store)",
    "renamed": "os.rename(store, store + '2')",
    "replaced": "os.rename(store, store + '2'); os.mkdir(store); open(store + '/mine', 'w').write('text')",
    "replaced by a store": "os.rename(store, store + '2'); os.rename(store + '-other', store)",
    "emptied": "[os.unlink(os.path.join(store, name)) for name in os.listdir(store)]",
    "truncated": "[os.truncate(os.path.join(store, name), 0) for name in os.listdir(store)]",
    "index cut short": "os.truncate(store + '/catalog.db-shm', 0)",
    "garbage": "[open(os.path.join(store, name), 'r+b').write(b'garbage!' * 4096) for name in os.listdir(store)]",
}


def prepared(desk: Desk, harm: str) -> str:
    desk.write("script.py", PROGRAM.format(harm=f"    {harm}"))
    other = str(desk.folder / "store-other")
    desk.python("-c", "import clew; clew.save(1, 'theirs')", CLEW_STORE=other)
    return other


@pytest.mark.parametrize("harm", HARMS)
def test_a_program_whose_store_goes_away_goes_on(desk: Desk, harm: str) -> None:
    prepared(desk, HARMS[harm])
    store = desk.folder / "store"
    clew = desk.clew("run", "script.py", CLEW_STORE=str(store))
    assert clew.code == 7, clew.err
    assert clew.out.startswith("done [4]\n")
    assert "Traceback" not in clew.err and "panicked" not in clew.err
    said = [line for line in clew.err.splitlines() if line.startswith("clew: ")]
    assert said == clew.err.splitlines()
    # What is lost is told once: of the recording, and of the saves as they came to it.
    assert len(said) <= 4, clew.err
    if harm == "index cut short":
        assert [row["name"] for row in desk.json("artifacts", "--store", str(store))][0] == "kept"
    if harm == "replaced":
        assert (store / "mine").read_text() == "text"
    if harm in ("removed", "renamed", "replaced", "replaced by a store", "emptied"):
        assert clew.out.endswith("not kept\n")
        assert "artifact `x`: it is not saved, " in clew.err


def test_another_store_in_its_place_is_not_touched(desk: Desk) -> None:
    prepared(desk, HARMS["replaced by a store"])
    store = desk.folder / "store"
    desk.clew("run", "script.py", CLEW_STORE=str(store))
    rows = desk.json("artifacts", "--store", str(store))
    assert [row["name"] for row in rows] == ["theirs"]
    assert [row["name"] for row in desk.json("artifacts", "--store", f"{store}2")] == ["kept"]


def test_a_save_that_is_not_kept_raises_when_it_is_to_be_strict(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        import os, shutil
        import clew
        clew.save(1, "a")
        shutil.rmtree(os.environ["CLEW_STORE"])
        try:
            clew.save(2, "a", strict=True)
        except RuntimeError as error:
            print("raised")
        """,
    )
    outcome = desk.clew("run", "script.py", CLEW_STORE=str(desk.folder / "store"))
    assert (outcome.code, outcome.out) == (0, "raised\n")


CLOSES = """
import os, clew
clew.save([0], "x")
os.closerange(3, 100)
mine = [os.open(f"mine{number}", os.O_RDWR | os.O_CREAT) for number in range(40)]
for number in mine:
    os.write(number, b"mine")
for turn in range(4):
    clew.save([turn] * 1000, "x")
    after = [turn] * 50
for number in mine:
    os.close(number)
print(sorted({open(f"mine{number}", "rb").read() for number in range(40)}))
raise SystemExit(3)
"""


def test_nothing_of_the_store_lands_in_files_of_the_program(desk: Desk) -> None:
    desk.write("script.py", CLOSES)
    for command in (desk.clew("run", "script.py"), desk.python("script.py")):
        assert (command.out, command.code) == ("[b'mine']\n", 3), command.err
    assert desk.clew("artifacts").code == 0


def test_a_full_disk_does_not_end_a_program(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        import os, resource, clew
        clew.save(b"a", "a")
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        saved = [clew.save(os.urandom(100_000), "b") for _ in range(6)]
        print("done")
        raise SystemExit(4)
        """,
    )
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.out) == (4, "done\n")
    assert "artifact `b`: " in outcome.err
    assert [row["name"] for row in desk.json("artifacts")][0] == "a"


def lock(folder: Path) -> sqlite3.Connection:
    """Locks a store as a process that is stopped does."""
    connection = sqlite3.connect(folder / ".clew" / "catalog.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def test_a_program_does_not_wait_at_its_end_for_a_locked_store(desk: Desk) -> None:
    desk.write("script.py", "import sys\nsys.stdin.readline()\nx = 1\nprint('done')\nraise SystemExit(5)\n")
    program = subprocess.Popen(
        [*CLEW, "run", "script.py"],
        cwd=desk.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    for _ in range(200):
        time.sleep(0.05)
        if (desk.folder / ".clew" / "catalog.db").exists():
            break
    time.sleep(1)
    locked = lock(desk.folder)
    began = time.monotonic()
    out, err = program.communicate(b"\n", timeout=60)
    taken = time.monotonic() - began
    locked.close()
    assert (program.returncode, out) == (5, b"done\n"), err
    assert b"is in use by another process" in err
    assert taken < 15, taken


def test_a_closed_store_is_whole_in_its_two_files(desk: Desk, tmp_path: Path) -> None:
    desk.record("import clew\nmodel = [1]\nmodel.append(2)\nclew.save(model, 'model')\n")
    store = desk.folder / ".clew"
    assert sorted(path.name for path in store.iterdir()) == [".gitignore", "catalog.db", "values.db"]
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in store.glob("*.db"):
        shutil.copy(file, copy)
    assert "model.append(2)" in desk.clew("slice", "model", "--store", str(copy)).out


def test_a_store_is_for_its_user_only(desk: Desk) -> None:
    desk.record("import clew\nclew.save(1, 'x')\n")
    store = desk.folder / ".clew"
    assert store.stat().st_mode & 0o777 == 0o700
    for file in ("catalog.db", "values.db"):
        assert (store / file).stat().st_mode & 0o777 == 0o600


READING = [
    ["artifacts"],
    ["sessions"],
    ["slice", "model@0"],
    ["slice", "--all"],
    ["graph"],
    ["verify", "model@0"],
]



def without_privileges(desk: Desk, *words: str) -> subprocess.CompletedProcess:
    """Runs a command as one whom the permissions of files bind, which root is not."""

    def give_up() -> None:
        if os.geteuid() == 0:
            system = ctypes.CDLL(None)
            # What may override the permissions of files, and change them.
            for capability in (1, 2, 3):
                system.prctl(24, capability, 0, 0, 0)

    return subprocess.run(
        [*CLEW, *words],
        cwd=desk.folder,
        preexec_fn=give_up,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def read_only(desk: Desk) -> Desk:
    desk.record("import clew\nmodel = [1]\nmodel.append(2)\nclew.save(model, 'model')\n", "--fingerprints")
    return desk


@pytest.mark.parametrize("left", ["closed", "killed"])
def test_a_store_is_read_without_the_right_to_write(read_only: Desk, left: str) -> None:
    store = read_only.folder / ".clew"
    if left == "killed":
        read_only.write("killed.py", "import clew, os\nlate = [3]\nclew.save(late, 'late')\nos._exit(0)\n")
        read_only.clew("run", "killed.py")
        (store / "catalog.db-shm").unlink()
        assert (store / "catalog.db-wal").stat().st_size > 0
    before = {path.name: path.read_bytes() for path in store.iterdir()}
    for file in store.iterdir():
        file.chmod(0o400)
    store.chmod(0o500)
    try:
        assert "cannot write to the store" in without_privileges(read_only, "run", "script.py").stderr
        for words in READING:
            outcome = without_privileges(read_only, *words)
            assert outcome.returncode == 0, (words, outcome.stderr)
            told = "what comes of the replay is not kept" in outcome.stderr
            assert told == (words[0] == "verify")
        saved = without_privileges(read_only, "artifacts").stdout
        assert "model" in saved and ("late" in saved) == (left == "killed")
    finally:
        store.chmod(0o700)
    assert {path.name: path.read_bytes() for path in store.iterdir()} == before


def test_a_link_or_a_pipe_in_a_store_is_not_opened(desk: Desk) -> None:
    store = desk.folder / ".clew"
    store.mkdir()
    os.mkfifo(store / "catalog.db")
    desk.write("script.py", "print(1)\n")
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.out) == (0, "1\n")
    assert "is no plain file" in outcome.err
    (store / "catalog.db").unlink()
    (store / "catalog.db").symlink_to(desk.folder / "elsewhere.db")
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.out) == (0, "1\n")
    assert not (desk.folder / "elsewhere.db").exists()
    assert desk.clew("artifacts").code == 1


def test_a_link_or_a_pipe_among_annotations_is_not_opened(desk: Desk) -> None:
    desk.record("x = 1\n")
    folder = desk.folder / ".clew" / "annotations"
    folder.mkdir()
    os.mkfifo(folder / "pipe.yaml")
    (folder / "link.yaml").symlink_to("/etc/passwd")
    outcome = desk.clew("run", "script.py")
    assert outcome.code == 0
    assert outcome.err.count("links beside a store are not followed") == 2
    assert desk.clew("annotate", "list").code in (0, 1)


def test_a_password_in_a_stores_url_is_not_shown(desk: Desk) -> None:
    places = ["postgres://me:secret@host/db", "s3://me:sec?secret@host/db", "s3://host/db?password=secret"]
    for place in places:
        for words in (["run", "--store", place, "-c", "1"], ["artifacts", "--store", place]):
            outcome = desk.clew(*words)
            assert "secret" not in outcome.out + outcome.err and outcome.code != 0


WAITS_TO_SAVE = """
import clew, time
clew.save([0], "kept")
input()
print("saving", flush=True)
started = time.monotonic()
try:
    clew.save([1], "kept")
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - started < 20, flush=True)
"""


@pytest.mark.parametrize("file", ["catalog.db", "values.db"])
@pytest.mark.parametrize("words", [[*CLEW, "run"], PYTHON])
def test_a_save_that_waits_for_a_locked_store_can_be_interrupted(
    desk: Desk, words: list[str], file: str
) -> None:
    desk.write("script.py", WAITS_TO_SAVE)
    process = subprocess.Popen(
        [*words, "script.py"],
        cwd=desk.folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=heed_interrupts,
    )
    catalog = desk.folder / ".clew" / "catalog.db"
    while not (catalog.exists() and "kept" in artifact_names(catalog)):
        time.sleep(0.02)
    locker = sqlite3.connect(desk.folder / ".clew" / file, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"saving\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == b"interrupted True\n"
    locker.execute("ROLLBACK")
    assert process.wait(30) == 0


def artifact_names(catalog: Path) -> list[str]:
    connection = sqlite3.connect(catalog)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM artifact")]
    except sqlite3.Error:
        return []
    finally:
        connection.close()
