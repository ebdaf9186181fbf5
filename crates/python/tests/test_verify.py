"""Replays: in a scratch copy, as the session was, and nothing but the slice."""

from __future__ import annotations

import json
import os
import time

import pytest
from conftest import READ_BY_C, Desk

# Where the system lends no view of one's own, folders are copied; both ways have to do.
WAYS = pytest.mark.parametrize("way", ["", "copy"], ids=["overlay", "copy"])


def verdict(desk: Desk, name: str, *options: str, way: str = "") -> dict:
    outcome = desk.clew("verify", name, "--json", *options, CLEW_SCRATCH=way)
    return json.loads(outcome.out)


# Only the slice is run


@WAYS
def test_nothing_but_the_slice_is_run(desk: Desk, way: str) -> None:
    desk.record("with open('log.txt', 'a') as g:\n    g.write('ran')\nx = 3\nout = x + 1\n")
    assert verdict(desk, "out", way=way)["verdict"] == "equal"
    assert (desk.folder / "log.txt").read_text() == "ran"


@WAYS
def test_what_a_slice_writes_does_not_last(desk: Desk, way: str) -> None:
    desk.record(
        "with open('log.txt', 'a') as g:\n    g.write('ran')\nout = open('log.txt').read()\n"
    )
    assert verdict(desk, "out", way=way)["verdict"] == "equal"
    assert (desk.folder / "log.txt").read_text() == "ran"
    assert sorted(os.listdir(desk.folder)) == [".clew", "log.txt", "script.py"]


def test_the_whole_program_is_run_when_that_is_asked_for(desk: Desk) -> None:
    desk.record("class C:\n    pass\nc = C()\nc.x = 1\n")
    assert "--whole" in verdict(desk, "c")["reason"]
    assert verdict(desk, "c", "--whole")["verdict"] == "equal"


def test_small_plain_values_are_compared_without_being_asked_for(desk: Desk) -> None:
    desk.record("n = 1\nt = ('a', [1.5, None])\nlong = list(range(10**6))\n")
    assert verdict(desk, "n")["verdict"] == verdict(desk, "t")["verdict"] == "equal"
    assert verdict(desk, "long")["verdict"] == "not comparable"


def test_all_fail_when_nothing_can_be_compared(desk: Desk) -> None:
    desk.record("long = list(range(10**6))\n")
    outcome = desk.clew("verify", "--all")
    assert outcome.code == 1
    assert outcome.err == "clew: nothing could be compared\n"


def test_what_a_clock_or_a_temporary_name_says_is_told_apart(desk: Desk) -> None:
    desk.record("import tempfile\nimport time\nt0 = time.time()\nd = tempfile.mkdtemp()\nx = 1\n")
    outcome = desk.clew("verify", "--all")
    assert outcome.code == 1
    assert outcome.err == (
        "clew: t0, d: another value each time that the slice runs; clew verify --whole tells whether the program does the same\n"
    )
    # It is not known to be wrong.
    assert desk.slice("t0") == "import time\nt0 = time.time()\n"
    outcome = desk.clew("verify", "--all", "--whole")
    reason = "not comparable (the whole program makes another value each time that it runs)"
    assert outcome.code == 0, outcome.out
    assert f"t0: {reason}" in outcome.out and f"d: {reason}" in outcome.out


def test_values_of_which_nothing_was_kept_are_named_together(desk: Desk) -> None:
    desk.record("class C: pass\nc = C()\nd = C()\nx = 1\n")
    lines = desk.clew("verify", "--all").out.splitlines()
    assert lines == [
        "x: equal (the slice, 1 of 5 statements, makes the same value)",
        "C, c, d: not comparable (no fingerprints of the values were recorded; "
        "clew run --fingerprints keeps one of each value that has one)",
    ]


def test_frames_are_compared_without_being_asked_for(desk: Desk) -> None:
    pytest.importorskip("pandas")
    desk.record("import pandas as pd\ndf = pd.DataFrame({'x': [1, 2], 'y': ['a', 'b']})\n")
    assert verdict(desk, "df")["verdict"] == "equal"


# What the program left behind


@WAYS
@pytest.mark.parametrize(
    "text",
    [
        "open('in.txt', 'w').write('7')\nout = read(b'in.txt')\n",
        "import os\nos.mkdir('d')\nopen('d/in.txt', 'w').write('7')\nout = read(b'd/in.txt')\n",
        "import shutil\nshutil.copy('script.py', 'in.txt')\nout = read(b'in.txt')\n",
        "from pathlib import Path\nPath('in.txt').write_text('7')\nout = read(b'in.txt')\n",
        "import os\nopen('a.txt', 'w').write('7')\nos.replace('a.txt', 'in.txt')\nout = read(b'in.txt')\n",
    ],
    ids=["file", "folder", "copy", "path", "renamed"],
)
def test_files_that_the_program_left_fool_nobody(desk: Desk, way: str, text: str) -> None:
    desk.record(READ_BY_C + text)
    code = desk.clew("slice", "out").out
    plain = desk.folder / "plain"
    plain.mkdir()
    # The text stands in the script's place, as it does in a replay.
    (plain / "script.py").write_text(code + "\nprint(out)")
    made = Desk(plain).python("script.py").out.strip()
    recorded = desk.python("-c", READ_BY_C + "print(read(b'in.txt') or read(b'd/in.txt'))").out.strip()
    expected = "equal" if made == recorded else "different"
    assert verdict(desk, "out", way=way)["verdict"] == expected


@WAYS
def test_data_that_was_there_is_there(desk: Desk, way: str) -> None:
    (desk.folder / "in.txt").write_text("7")
    (desk.folder / "deep").mkdir()
    (desk.folder / "deep" / "more.txt").write_text("8")
    desk.record("out = open('in.txt').read() + open('deep/more.txt').read()\n")
    assert verdict(desk, "out", way=way)["verdict"] == "equal"


# Workers


@WAYS
@pytest.mark.parametrize(
    "pool",
    [
        "import multiprocessing as mp\npool = mp.get_context('spawn').Pool",
        "import multiprocessing as mp\npool = mp.get_context('forkserver').Pool",
        "import multiprocessing as mp\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "def pool(n):\n    return ProcessPoolExecutor(n, mp_context=mp.get_context('spawn'))",
    ],
    ids=["spawn", "forkserver", "executor"],
)
def test_workers_import_the_slice_and_not_the_script(desk: Desk, way: str, pool: str) -> None:
    desk.record(
        f"""
import os
{pool}
OFFSET = 2
def f(x):
    return x + globals().get("OFF" + "SET", 0)
if __name__ == "__main__":
    with pool(1) as p:
        out = list(p.map(f, [1, 2]))
"""
    )
    code = desk.clew("slice", "out").out
    expected = "equal" if "OFFSET = 2" in code else "different"
    assert verdict(desk, "out", way=way)["verdict"] == expected


def test_workers_that_stay_are_not_waited_for(desk: Desk) -> None:
    desk.record(
        """
        import subprocess, sys
        p = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(50)"])
        out = p.pid > 0
        """
    )
    began = time.monotonic()
    assert verdict(desk, "out")["verdict"] == "equal"
    assert time.monotonic() - began < 30


def test_workers_of_joblib_are_not_waited_for(desk: Desk) -> None:
    pytest.importorskip("joblib")
    desk.record(
        "from joblib import Parallel, delayed\n"
        "def f(x):\n    return x + 1\n"
        "out = Parallel(n_jobs=2)(delayed(f)(i) for i in range(3))\n"
    )
    began = time.monotonic()
    assert verdict(desk, "out")["verdict"] == "equal"
    assert time.monotonic() - began < 30


def test_a_replay_ends_when_its_time_is_up(desk: Desk) -> None:
    desk.record("import os, time\ntime.sleep(float(os.environ.get('NAP', 0)))\nout = time.sleep(float(os.environ.get('NAP', 0)))\n")
    outcome = desk.clew("verify", "out", "--timeout", "1", NAP="30")
    assert outcome.out == "out: not comparable (its replay was stopped after 1 seconds; see --timeout)\n"


# As the session was


@WAYS
@pytest.mark.parametrize(
    "words",
    [["script.py", "a", "-b"], ["-m", "script", "a"], ["-m", "package.inner", "a"], ["-m", "package"]],
    ids=["script", "module", "inner", "package"],
)
def test_arguments_path_and_package_are_the_sessions(desk: Desk, way: str, words: list[str]) -> None:
    desk.write("helper.py", "ANSWER = 42\n")
    text = "import sys\nimport helper\nout = (sys.argv[1:], __name__, __package__, helper.ANSWER)\n"
    desk.write("script.py", text)
    desk.write("package/__init__.py", "")
    desk.write("package/sibling.py", "B = 2\n")
    desk.write("package/inner.py", "from . import sibling\n" + text + "out += (sibling.B,)\n")
    desk.write("package/__main__.py", "from .sibling import B\n" + text + "out += (B,)\n")
    assert desk.clew("run", *words).code == 0
    assert verdict(desk, "out", way=way)["verdict"] == "equal"


def test_a_text_is_replayed_as_a_text(desk: Desk) -> None:
    assert desk.clew("run", "-c", "import sys; out = (sys.argv, '__file__' in dir())", "a").code == 0
    assert verdict(desk, "out")["verdict"] == "equal"


# Effects on the world


@WAYS
@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("import subprocess\nout = subprocess.check_output(['echo', 'a'])\n", "run `echo a`"),
        ("import os\nout = os.system('true')\n", "run `true`"),
        ("import socket\ns = socket.socket(type=socket.SOCK_DGRAM)\nout = s.sendto(b'', ('192.0.2.1', 9))\n", "reach 192.0.2.1 over the network"),
    ],
    ids=["program", "shell", "network"],
)
def test_a_replay_is_kept_from_effects_on_the_world(desk: Desk, way: str, text: str, blocked: str) -> None:
    desk.write("script.py", text)
    if desk.clew("run", "--fingerprints", "script.py").code != 0:
        pytest.skip("it cannot be done here anyway")
    found = verdict(desk, "out", way=way)
    assert found["verdict"] == "not comparable"
    assert blocked in found["reason"] and "--allow-effects" in found["reason"]
    assert "refused" not in desk.clew("slice", "out").err


@WAYS
@pytest.mark.parametrize(
    "text",
    [
        "out = open('../beside.txt', 'a').write('ran')\n",
        "import os\nout = os.remove('../beside.txt')\n",
        "import os\nout = os.mkdir('../new')\n",
        "import sqlite3\nout = sqlite3.connect('../beside.db').execute('create table t (x)').fetchall()\n",
        "import shutil\nout = shutil.copy('script.py', '../beside.txt')\n",
    ],
    ids=["append", "remove", "folder", "database", "copy"],
)
def test_files_beside_the_folder_stay_as_they_are(desk: Desk, way: str, text: str) -> None:
    inner = Desk(desk.folder / "work")
    inner.folder.mkdir()
    (desk.folder / "beside.txt").write_text("before")
    inner.record(text, "--fingerprints")
    for name in ("beside.txt", "beside.db", "new"):
        path = desk.folder / name
        path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
    found = verdict(inner, "out", way=way)
    assert found["verdict"] == "equal" or "--allow-effects" in found["reason"] or found["verdict"] == "failed"
    assert os.listdir(desk.folder) == ["work"]


def test_effects_are_allowed_when_that_is_said(desk: Desk) -> None:
    desk.record("import subprocess\nout = subprocess.check_output(['echo', 'a'])\n")
    assert verdict(desk, "out", "--allow-effects")["verdict"] == "equal"


# Values that were saved


@pytest.mark.parametrize(
    "text",
    [
        "def f(v):\n    w = v + 1\n    clew.save(w, 'a')\n    return w * 10\ny = f(41)\n",
        "y = [clew.save(i * 2, 'a') and i for i in range(3)]\n",
        "f = lambda v: (clew.save(v + 1, 'a'), v)[1]\ny = f(1)\n",
        "def f(v):\n    clew.save(v, 'a')\n    v.append(2)\n    return v\ny = f([1])\n",
        "class C:\n    def __init__(self):\n        clew.save([1], 'a')\ny = C()\n",
    ],
    ids=["function", "comprehension", "lambda", "changed later", "method"],
)
def test_what_was_saved_is_compared_and_not_the_callers_variable(desk: Desk, text: str) -> None:
    desk.record("import clew\n" + text)
    before = [row["version"] for row in desk.json("artifacts")]
    assert verdict(desk, "a")["verdict"] == "equal"
    assert [row["version"] for row in desk.json("artifacts")] == before


# Where values differ


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("{'a': [1, 2, {'k': c}]}", "['a'][2]['k']: 'blue' was recorded, 'red' is made"),
        ("[c, c][: len(c)]", "[0]: 'blue'"),
        ("[0] * len(c)", "[3]: 0 is missing"),
        ("{c: 1}", "['blue']: 1 is missing"),
        ("{c, 'x'}", "'blue' is missing"),
        ("Thing(c)", ".part.name: 'blue' was recorded"),
        ("'x' * 70 + c", "from character 70 on: 'blue' was recorded, 'red' is made"),
        ("1 if c == 'blue' else 1.5", "1 (int) was recorded, 1.5 (float) is made"),
    ],
)
def test_it_is_said_where_a_value_differs(desk: Desk, value: str, where: str) -> None:
    desk.record(
        "import clew, os\n"
        "class Part:\n    def __init__(self, name):\n        self.name = name\n"
        "class Thing:\n    def __init__(self, name):\n        self.size, self.part = 1, Part(name)\n"
        f"c = os.environ.get('COLOUR', 'blue')\nx = {value}\nclew.save(x, 'kept')\n"
    )
    outcome = desk.clew("verify", "kept", COLOUR="red")
    assert outcome.out.startswith("kept: different") and where in outcome.out


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("np.arange(6).reshape(2, 3) + (n == 1) * np.eye(2, 3, 1)", "[0, 1]: 2.0 was recorded, 1.0 is made (2 of 6 elements differ)"),
        ("np.zeros(3 + n)", "shape: (4,) was recorded, (3,) is made"),
        ("pd.DataFrame({'a': [1, 2], 'b': [3, 4 + n]})", "column 'b' row 1: 5 was recorded, 4 is made (1 of 2 rows differs)"),
        ("pd.DataFrame({'a': [1], 'b' if n else 'c': [2]})", "column 'b': int64 is missing"),
        ("pd.Series([1, 2 + n], index=['u', 'v'])", "row 'v'"),
    ],
)
def test_it_is_said_where_an_array_or_frame_differs(desk: Desk, value: str, where: str) -> None:
    pytest.importorskip("pandas")
    desk.record(
        "import clew, os\nimport numpy as np\nimport pandas as pd\n"
        f"n = int(os.environ.get('N', '1'))\nx = {value}\nclew.save(x, 'x')\n"
    )
    outcome = desk.clew("verify", "x", N="0")
    assert outcome.out.startswith("x: different") and where in outcome.out


CACHES = """\
class Lazy:
    def __init__(self, name):
        self._cache, self.name = {}, name

    def asked(self):
        return self._cache.setdefault("asked", self.name.upper())


class Kept(Lazy):
    def __getstate__(self):
        return (self._cache, self.name)


class NameCache(Lazy):
    pass
"""


@pytest.mark.parametrize(
    ("module", "kind", "expected"),
    [
        ("site-packages/lazily", "Lazy", "equal"),
        ("site-packages/lazily", "Kept", "different"),
        ("site-packages/lazily", "NameCache", "different"),
        ("lazily", "Lazy", "different"),
    ],
    ids=["library", "own state", "cache itself", "own module"],
)
def test_what_a_library_filled_lazily_is_no_difference(
    desk: Desk, module: str, kind: str, expected: str
) -> None:
    desk.write(f"{module}.py", CACHES)
    desk.record(
        "import clew, os, sys\nsys.path.insert(0, 'site-packages')\nimport lazily\n"
        f"x = lazily.{kind}('a')\n"
        "if os.environ.get('ASK', '1') == '1':\n    x.asked()\nclew.save(x, 'x')\n"
    )
    outcome = desk.clew("verify", "x", "--json", ASK="0")
    assert json.loads(outcome.out)["verdict"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "from random import gauss, seed\nseed(1)\nx = gauss\ngauss(0, 1)\n",
        "from multiprocessing import Pool as x, get_start_method\nget_start_method()\n",
    ],
    ids=["generator", "context"],
)
def test_functions_of_a_module_that_are_methods_of_what_it_keeps(
    desk: Desk, text: str
) -> None:
    desk.record(text, "--fingerprints")
    assert verdict(desk, "x", "--whole")["verdict"] == "equal"


def test_methods_of_an_object_of_ones_own_are_compared_by_the_object(desk: Desk) -> None:
    desk.record(
        "import clew, os, random\nr = random.Random(int(os.environ.get('SEED', '1')))\n"
        "x = r.gauss\nclew.save(x, 'x')\n"
    )
    outcome = desk.clew("verify", "x", "--json", SEED="2")
    assert json.loads(outcome.out)["verdict"] == "different"


# Files as they were


@WAYS
def test_modules_and_data_are_as_they_were(desk: Desk, way: str) -> None:
    desk.write("helper.py", "A = 1\n")
    desk.write("inner/__init__.py", "from .part import B\n")
    desk.write("inner/part.py", "B = 2\n")
    (desk.folder / "data.txt").write_text("5")
    desk.record("import helper, inner\nout = helper.A + inner.B + int(open('data.txt').read())\n")
    desk.write("helper.py", "A = 10\n")
    desk.write("inner/part.py", "B = 20\n")
    (desk.folder / "data.txt").unlink()
    outcome = desk.clew("verify", "out", CLEW_SCRATCH=way)
    assert outcome.out.startswith("out: equal")
    assert sorted(outcome.err.splitlines()) == [
        "clew: data.txt is gone; the replay has it as it was",
        "clew: helper.py has changed since; the replay has it as it was",
        "clew: inner/part.py has changed since; the replay has it as it was",
    ]
    assert (desk.folder / "helper.py").read_text() == "A = 10\n"


@WAYS
def test_a_file_that_the_program_changed_is_as_before(desk: Desk, way: str) -> None:
    (desk.folder / "log.txt").write_text("before ")
    desk.record("with open('log.txt', 'a') as g:\n    g.write('ran')\nout = open('log.txt').read()\n")
    outcome = desk.clew("verify", "out", CLEW_SCRATCH=way)
    assert outcome.out.startswith("out: equal"), outcome.out
    assert (desk.folder / "log.txt").read_text() == "before ran"


def test_files_written_beside_the_folder_are_left_out(desk: Desk) -> None:
    (desk.folder / "other").mkdir()
    inner = Desk(desk.folder / "work")
    inner.folder.mkdir()
    text = "open('../other/in.txt', 'w').write('7')\nout = read(b'../other/in.txt')\n"
    inner.record(READ_BY_C + text)
    code = inner.clew("slice", "out").out
    found = verdict(inner, "out")["verdict"]
    assert found == "equal" or "write" not in code
