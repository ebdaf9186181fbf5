"""Rerun: the steps of a session run again one by one, compared with what was recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import reruns
from conftest import Desk
from topics import Case, cases

PROGRAM = """
\"\"\"Doc.\"\"\"
from __future__ import annotations
import sys

rate = 0.5
rows = [1, 2, 3]
print("rows", len(rows))

def scale(x: Unknown):
    return x * rate

class Model:
    def fit(self, rows):
        self.mean = sum(rows) / len(rows)
        return self

if rate > 1:
    kind = "big"
else:
    kind = "small"
rows.append(scale(8))
model = Model().fit(rows)
"no docstring"
low, *rest = rows
total = sum(x for x in rows if 0 < x <= 4) and f"{rows[-1]:.2f}"
print(total, kind, low, rest, model.mean, __doc__, __name__, sys.argv)
"""


def rerun(desk: Desk, *words: str) -> str:
    outcome = desk.clew("rerun", *words)
    assert outcome.code == 0, outcome.err
    return outcome.out


def test_a_session_runs_again_as_it_ran(desk: Desk) -> None:
    recorded = desk.record(PROGRAM)
    outcome = desk.clew("rerun")
    assert (outcome.code, outcome.out) == (0, recorded.out)
    assert "15 steps ran" in outcome.err


def test_only_the_steps_run_that_a_value_needs(desk: Desk) -> None:
    desk.record(PROGRAM)
    steps = json.loads(rerun(desk, "low", "--json"))["steps"]
    assert [step["text"].splitlines()[0] for step in steps] == [
        "from __future__ import annotations",
        "rate = 0.5",
        "rows = [1, 2, 3]",
        "def scale(x: Unknown):",
        "rows.append(scale(8))",
        "low, *rest = rows",
    ]
    assert [step["line"] for step in steps] == [2, 5, 6, 9, 21, 24]


def test_a_step_shows_what_it_bound(desk: Desk) -> None:
    desk.record(PROGRAM)
    shown = desk.clew("rerun", "low", "--step").err.splitlines()
    assert [line.strip() for line in shown if "=" in line and " s  " not in line] == [
        "annotations = _Feature((3, 7, 0, 'beta', 1), None, 16777216)",
        "rate = 0.5",
        "rows = [1, 2, 3]",
        "rows = [1, 2, 3, 4.0]",
        "low = 1",
        "rest = [2, 3, 4.0]",
    ]


def test_it_stops_behind_a_line_or_a_variable(desk: Desk) -> None:
    desk.record(PROGRAM)
    assert rerun(desk, "--until", "7") == "rows 3\n"
    assert len(json.loads(rerun(desk, "--until", "kind", "--json"))["steps"]) == 9
    assert len(json.loads(rerun(desk, "--until", "18", "--json"))["steps"]) == 9


@pytest.mark.parametrize(
    ("setting", "total"),
    [("rate=2", "'16.00'"), ("rate=0.25", "'2.00'"), ("rows=[4]", "'4.00'"), ("rate=1 + 1", None)],
)
def test_what_hangs_on_a_setting_follows(desk: Desk, setting: str, total: str | None) -> None:
    desk.record(PROGRAM)
    outcome = desk.clew("rerun", "total", "--set", setting, "--step")
    if total is None:
        # It is no literal, so it is a text.
        assert outcome.code == 1
        assert outcome.err.count("TypeError") == 2
    else:
        assert f"total = {total}" in outcome.err


def test_a_loop_variable_is_set_behind_its_statement(desk: Desk) -> None:
    desk.record("for i in range(3):\n    last = i\ndouble = last * 2\n")
    outcome = desk.clew("rerun", "double", "--set", "last=10", "--step")
    assert "double = 20" in outcome.err


def test_a_plan_says_what_each_step_needs(desk: Desk) -> None:
    desk.record(PROGRAM)
    assert rerun(desk, "total", "--plan") == (
        "    2  from __future__ import annotations\n"
        "    5  rate = 0.5\n"
        "    6  rows = [1, 2, 3]\n"
        "    9  def scale(x: Unknown):\n"
        "   21  rows.append(scale(8))\n"
        "       needs `rows` (line 6)\n"
        "       needs `scale` (line 9)\n"
        "       needs `rate` (line 5)\n"
        "   25  total = sum(x for x in rows if 0 < x <= 4) and f\"{rows[-1]:.2f}\"\n"
        "       needs `rows` (line 21)\n"
    )


def test_an_error_has_the_frames_and_lines_of_the_program(desk: Desk) -> None:
    text = "import json\nkeep = 1\n\n\ndef f(x):\n    unused = 2\n    return json.loads(x)\n\n\nbad = f('{')\n"
    desk.write("script.py", text)
    plain = desk.python("script.py")
    desk.clew("run", "script.py")
    outcome = desk.clew("rerun")
    assert outcome.code == plain.code == 1
    assert plain.err in outcome.err
    assert "line 10 raised JSONDecodeError" in outcome.err


def test_the_lines_of_an_error_are_those_of_the_whole_script(desk: Desk) -> None:
    desk.record("import os\n\ndef f():\n    other = 1\n    if other:\n        pass\n    return int(limit)\n\nlimit = '3'\nx = f()\n")
    outcome = desk.clew("rerun", "x", "--set", "limit=many")
    assert 'line 7, in f\n    return int(limit)\n' in outcome.err
    assert "ValueError: invalid literal" in outcome.err


@pytest.mark.parametrize(("end", "code", "err"), [("sys.exit(3)", 3, ""), ("sys.exit('bad')", 1, "bad\n")])
def test_the_exit_code_is_the_program_s(desk: Desk, end: str, code: int, err: str) -> None:
    desk.write("script.py", f"import sys\nx = 1\n{end}\n")
    desk.clew("run", "script.py")
    outcome = desk.clew("rerun", "--quiet")
    assert (outcome.code, outcome.err) == (code, err)


def test_what_runs_at_the_end_runs(desk: Desk) -> None:
    desk.record("import atexit\natexit.register(print, 'bye')\n")
    assert rerun(desk) == "bye\n"


def test_files_are_written_to_a_scratch_copy_unless_in_place(desk: Desk) -> None:
    desk.record("with open('out.txt', 'w') as f:\n    f.write('made')\n")
    (desk.folder / "out.txt").write_text("mine")
    rerun(desk)
    assert (desk.folder / "out.txt").read_text() == "mine"
    rerun(desk, "--in-place")
    assert (desk.folder / "out.txt").read_text() == "made"


def test_a_session_is_named_by_its_script(desk: Desk) -> None:
    desk.write("one.py", "print('one')\n")
    desk.clew("run", "one.py")
    desk.record("print('other')\n")
    assert rerun(desk, "one.py") == "one\n"


def test_json_is_all_of_standard_output(desk: Desk) -> None:
    desk.record(PROGRAM)
    outcome = desk.clew("rerun", "--json")
    assert json.loads(outcome.out)["exit_code"] == 0
    assert "rows 3" in outcome.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--until", "nope"], "no step that would run binds `nope`"),
        (["--until", "999"], "no step that would run stands on line 999"),
        (["--set", "low=1", "kind"], "no step that `kind` needs binds `low`"),
        (["--set", "nothing"], "it is given as NAME=VALUE"),
        (["nobody"], "no variable or artifact `nobody`"),
        (["--plan", "--step"], "cannot be used with"),
    ],
)
def test_what_is_given_wrongly_is_said(desk: Desk, words: list[str], said: str) -> None:
    desk.record(PROGRAM)
    outcome = desk.clew("rerun", *words)
    assert outcome.code != 0
    assert said in outcome.err


def test_nothing_differs_where_nothing_changed(desk: Desk) -> None:
    desk.record(PROGRAM, "--fingerprints")
    outcome = desk.clew("rerun", "--compare")
    assert outcome.code == 0
    assert "all the same as was recorded (8 of 12 values could be compared)" in outcome.out


def test_without_fingerprints_numbers_and_texts_are_compared(desk: Desk) -> None:
    desk.record("import os\nx = 2\ny = x * 3\nz = str(y)\n")
    compared = json.loads(desk.clew("rerun", "--compare", "--json").out)["comparison"]
    assert (compared["compared"], compared["values"]) == (4, 4)


@dataclass
class Planted:
    """A program, what changes behind its back, and the line and kind of cause that are to be named."""

    text: str
    line: int
    cause: str
    words: list[str] = field(default_factory=list)
    change: Callable[[Desk], object] | None = None
    files: dict[str, str] = field(default_factory=dict)


def package(version: str, value: object) -> dict[str, str]:
    return {
        "../site/tool/__init__.py": f"__version__ = {version!r}\nVALUE = {value!r}\ndef tune(x):\n    return x + VALUE\n",
        f"../site/tool-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: tool\nVersion: {version}\n",
        f"../site/tool-{version}.dist-info/RECORD": "tool/__init__.py,,\n",
        f"../site/tool-{version}.dist-info/top_level.txt": "tool\n",
    }


def upgrade(desk: Desk) -> None:
    for path in (desk.folder / "../site/tool-1.0.dist-info").iterdir():
        path.unlink()
    for name, text in package("2.0", 7).items():
        desk.write(name, text)


def rewrite(name: str, text: str) -> Callable[[Desk], object]:
    return lambda desk: desk.write(name, text)


HELPERS = {"helpers.py": "FACTOR = 2\ndef twice(x):\n    return x * FACTOR\n"}
CHANGED = rewrite("helpers.py", "FACTOR = 30\ndef twice(x):\n    return x * FACTOR\n")
TABLE = {"data.csv": "a,b\n1,2\n3,4\n"}

PLANTED = {
    # A variable is set.
    "set-number": Planted("a = 1\nb = a + 1\n", 1, "code", ["--set", "a=5"]),
    "set-unneeded-first": Planted("u = 0\na = 1\nb = a + 1\n", 2, "code", ["b", "--set", "a=5"]),
    "set-text": Planted("p = 'x'\nq = p * 2\n", 1, "code", ["--set", "p=y"]),
    "set-list": Planted("r = [1]\nn = len(r)\n", 1, "code", ["--set", "r=[1, 2]"]),
    "set-flag": Planted("f = True\nif f:\n    y = 1\nelse:\n    y = 2\n", 1, "code", ["--set", "f=False"]),
    # A module of the program's own is edited.
    "module-function": Planted("from helpers import twice\na = 4\nb = twice(a)\n", 3, "module", [], CHANGED, HELPERS),
    "module-constant": Planted("import helpers\na = 1\nc = helpers.FACTOR\n", 3, "module", [], CHANGED, HELPERS),
    "module-in-call": Planted("import helpers\nr = list(map(helpers.twice, [1]))\n", 2, "module", [], CHANGED, HELPERS),
    "module-in-main": Planted(
        "import helpers\ndef main():\n    return helpers.twice(2)\nx = 1\ny = main()\n", 5, "module", [], CHANGED, HELPERS
    ),
    "module-raises": Planted(
        "import helpers\na = 1\nb = helpers.twice(a)\n", 3, "module", [], rewrite("helpers.py", "x = 1\n"), HELPERS
    ),
    # A file that is read is another.
    "data-text": Planted(
        "t = open('data.csv').read()\nn = 1\n", 1, "data", [], rewrite("data.csv", "z"), TABLE
    ),
    "data-rows": Planted(
        "import csv\nwith open('data.csv') as f:\n    rows = list(csv.reader(f))\n",
        2, "data", [], rewrite("data.csv", "a,b\n9,9\n"), TABLE,
    ),
    "data-json": Planted(
        "import json\nname = 'd.json'\nd = json.load(open(name))\n",
        3, "data", [], rewrite("d.json", "[2]"), {"d.json": "[1]"},
    ),
    "data-path": Planted(
        "from pathlib import Path\np = 'data.csv'\nn = len(Path(p).read_text())\n",
        3, "data", [], rewrite("data.csv", "longer than before, by far\n"), TABLE,
    ),
    "data-gone": Planted(
        "a = 1\nt = open('data.csv').read()\n", 2, "data", [], lambda desk: (desk.folder / "data.csv").unlink(), TABLE
    ),
    # A library has another version.
    "package-constant": Planted("import tool\nv = tool.VALUE\n", 2, "package", [], upgrade, package("1.0", 3)),
    "package-function": Planted("import tool\nx = 1\nv = tool.tune(x)\n", 3, "package", [], upgrade, package("1.0", 3)),
    "package-from": Planted("from tool import tune\nv = tune(1)\n", 2, "package", [], upgrade, package("1.0", 3)),
    "package-in-function": Planted(
        "import tool\ndef f(x):\n    return tool.tune(x)\ny = f(2)\n", 4, "package", [], upgrade, package("1.0", 3)
    ),
    "package-needed-late": Planted(
        "import tool\na = 1\nb = a + 1\nc = tool.tune(b)\n", 4, "package", ["c"], upgrade, package("1.0", 3)
    ),
    # A generator without a seed, the time.
    "chance-random": Planted("import random\nx = random.random()\n", 2, "chance"),
    "chance-shuffle": Planted("import random\nr = list(range(50))\nrandom.shuffle(r)\n", 3, "chance"),
    "chance-time": Planted("import time\na = 1\nt = time.time()\n", 3, "chance"),
    "chance-uuid": Planted("import uuid\nu = str(uuid.uuid4())\n", 2, "chance"),
    "chance-in-function": Planted("import random\ndef f():\n    return random.random()\nx = f()\n", 4, "chance"),
    # The order of sets.
    "order-list": Planted("s = set('abcdefgh')\nr = list(s)\n", 2, "order"),
    "order-join": Planted("names = {'one', 'two', 'three', 'four', 'five'}\nt = '-'.join(names)\n", 2, "order"),
    "order-hash": Planted("h = hash('some text')\n", 1, "order"),
    "order-loop": Planted("r = []\nfor c in set('abcdefgh'):\n    r.append(c)\n", 2, "order"),
    # What the process was given.
    "process-open": Planted("import os\nfd = os.open('data.csv', os.O_RDONLY)\n", 2, "process", files=TABLE),
    "process-file": Planted("a = 1\nwith open('data.csv') as f:\n    n = f.fileno()\n", 2, "process", files=TABLE),
    "process-pipe": Planted("import os\nends = os.pipe()\n", 2, "process"),
    "process-environment": Planted("import os\ncount = len(os.environ)\n", 2, "process"),
    "process-in-function": Planted("import os\ndef f():\n    return sorted(os.environ)\nx = f()\n", 4, "process"),
    "order-in-function": Planted("def f():\n    return [*set('abcdefgh')]\nr = f()\n", 3, "order"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_first_difference_is_named_with_its_cause(tmp_path: Path, name: str) -> None:
    (tmp_path / "work").mkdir()
    desk = Desk(tmp_path / "work")
    planted = PLANTED[name]
    for file, text in planted.files.items():
        desk.write(file, text)
    desk.write("script.py", planted.text)
    environment = {"PYTHONPATH": str(tmp_path / "site"), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = desk.clew("run", "--fingerprints", "script.py", PYTHONHASHSEED="1", **environment)
    assert ran.code == 0, ran.err
    if planted.change is not None:
        planted.change(desk)
    outcome = desk.clew("rerun", "--compare", "--json", *planted.words, PYTHONHASHSEED="2", **environment)
    first = json.loads(outcome.out)["comparison"]["first"]
    assert first is not None, outcome.err
    assert (first["line"], [cause["what"] for cause in first["causes"]][:1]) == (planted.line, [planted.cause])
    assert outcome.code == 1


def test_a_program_that_ended_by_an_error_ends_so_again(desk: Desk) -> None:
    desk.write("script.py", "a = 1\nb = int('q')\n")
    desk.clew("run", "--fingerprints", "script.py")
    outcome = desk.clew("rerun", "--compare", "--quiet")
    assert outcome.code == 1
    assert "all the same as was recorded" in outcome.out


def test_it_is_said_where_a_value_that_was_saved_differs(desk: Desk) -> None:
    desk.write("in.txt", "1 2 3")
    desk.record("import clew\nrows = {'n': [int(n) for n in open('in.txt').read().split()]}\nclew.save(rows, 'rows')\n", "--fingerprints")
    desk.write("in.txt", "1 5 3")
    outcome = desk.clew("-q", "rerun", "--compare")
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        "line 2 is the first to differ: `rows` is {'n': [1, 5, 3]} (2 of 2 values could be compared)",
        "       rows = {'n': [int(n) for n in open('in.txt').read().split()]}",
        "       ['n'][1]: 2 was recorded, 5 is made",
        "       the file in.txt has changed since",
    ]
    first = json.loads(desk.clew("rerun", "--compare", "--json").out)["comparison"]["first"]
    assert first["difference"] == "['n'][1]: 2 was recorded, 5 is made"


def test_what_has_no_fingerprint_any_more_differs(desk: Desk) -> None:
    desk.write("helpers.py", "V = 3\n")
    desk.record("import helpers\nv = helpers.V\n", "--fingerprints")
    desk.write("helpers.py", "import threading\nV = threading.Lock()\n")
    outcome = desk.clew("rerun", "--compare")
    assert "line 2 is the first to differ: `v` is <unlocked _thread.lock" in outcome.out


def test_a_setting_behind_the_difference_does_not_hide_its_cause(desk: Desk) -> None:
    desk.record("import time\nt = time.time()\na = 1\n", "--fingerprints")
    outcome = desk.clew("rerun", "--compare", "--set", "a=5")
    assert "it makes another value each time that it runs" in outcome.out


def test_to_look_at_a_value_is_no_difference(desk: Desk) -> None:
    desk.record(
        "class Spy:\n"
        "    def __init__(self): object.__setattr__(self, 'log', [])\n"
        "    def __getattribute__(self, name):\n"
        "        if name != 'log': object.__getattribute__(self, 'log').append(name)\n"
        "        return object.__getattribute__(self, name)\n"
        "class Lazy:\n"
        "    def __repr__(self):\n"
        "        self.shown = True\n"
        "        return 'Lazy'\n"
        "spy, lazy = Spy(), Lazy()\n"
        "lazy.n = 1\n"
        "lazy.n += 1\n",
        "--fingerprints",
    )
    assert "all the same as was recorded" in desk.clew("rerun", "--compare").out


def test_what_fails_before_the_first_step_is_said(desk: Desk) -> None:
    desk.write("own.py", "x = 1\n")
    desk.clew("run", "-m", "own")
    (desk.folder / "own.py").unlink()
    outcome = desk.clew("rerun", "--in-place")
    assert outcome.code == 1
    assert "No module named own" in outcome.err


def test_lines_of_imports_in_part_and_of_warnings_are_right(desk: Desk) -> None:
    desk.record("#\n#\n#\n#\nfrom os import path, sep\nn = path.join('a', 'b')\n")
    assert rerun(desk, "n", "--plan").startswith("    5  from os import path\n")
    desk.write("script.py", "a = 1\n\n\nb = a is 1\n")
    desk.clew("run", "script.py")
    assert "script.py:4: " in desk.clew("rerun").err


def test_a_plan_speaks_of_what_is_kept_alone(desk: Desk) -> None:
    desk.record("big = 3\nkept = []\noth = 0\nfor i in range(3):\n    kept.append(i)\n    oth = oth + big\n")
    plan = rerun(desk, "kept", "--plan")
    assert plan == "    2  kept = []\n    4  for i in range(3):\n       needs `kept` (line 2)\n"
    assert "no step that `kept` needs binds `oth`" in desk.clew("rerun", "kept", "--set", "oth=3").err


NODES = {
    "literals": ("n0 = literal 1\nn1 = literal 2.5\nn2 = call add(n0, n1)", 3.5),
    "a call": ("n0 = lookup len\nn1 = literal \"abc\"\nn2 = call n0(n1)", 3),
    "a keyword": ("n0 = lookup int\nn1 = literal \"101\"\nn2 = literal 2\nn3 = call n0(n1, base=n2)", 5),
    "a starred argument": ("n0 = literal 1\nn1 = literal 2\nn2 = call list(n0, n1)\nn3 = lookup max\nn4 = call n3(*n2)", 2),
    "a mapping": (
        "n0 = literal \"sep\"\nn1 = literal \"-\"\nn2 = call dict(n0, n1)\nn3 = lookup dict\nn4 = call n3(**n2)",
        {"sep": "-"},
    ),
    "an import": ("n0 = import math\nn1 = literal \"sqrt\"\nn2 = call import_from(n0, n1)\nn3 = literal 9\nn4 = call n2(n3)", 3.0),
    "a module within": ("n0 = import os\nn1 = literal \"path\"\nn2 = call import_from(n0, n1)\nn3 = literal \"sep\"\nn4 = call getattr(n2, n3)", "/"),
    "a change": (
        "n0 = literal 3\nn1 = call list(n0)\nn2 = literal \"append\"\nn3 = call getattr(n1, n2)\nn4 = call n3(n0)\n"
        "n5 = mutate n1 by n4",
        [3, 3],
    ),
    "an item": ("n0 = literal \"k\"\nn1 = literal 4\nn2 = call dict(n0, n1)\nn3 = call getitem(n2, n0)", 4),
    "an item that is set": (
        "n0 = literal 0\nn1 = literal 4\nn2 = call list(n0)\nn3 = call setitem(n2, n0, n1)\nn4 = mutate n2 by n3", [4]
    ),
    "in place": ("n0 = literal 5\nn1 = call list(n0)\nn2 = call iadd(n1, n1)", [5, 5]),
    "a slice": ("n0 = literal 1\nn1 = literal 3\nn2 = literal None\nn3 = call slice(n0, n1, n2)\nn4 = literal \"abcd\"\nn5 = call getitem(n4, n3)", "bc"),
    "a builtin": ("n0 = lookup abs\nn1 = literal -4\nn2 = call n0(n1)", 4),
}
RUN_NODES = """
import json, sys, types
from clew import _clew
module = types.ModuleType("__main__")
module.__builtins__ = __builtins__
for graph in json.load(sys.stdin):
    done = _clew.run_nodes(module, graph)
    error = done["raised"]
    print(repr(done["values"][graph.count("\\n")]) if error is None else f"{type(error).__name__}: {error}")
"""


def run_nodes(desk: Desk, *graphs: str) -> list[str]:
    outcome = desk.python("-c", RUN_NODES, stdin=json.dumps(graphs).encode())
    assert outcome.code == 0, outcome.err
    return outcome.out.splitlines()


def test_nodes_run_alone_where_they_say_all_of_it(desk: Desk) -> None:
    made = run_nodes(desk, *(graph for graph, _ in NODES.values()))
    assert dict(zip(NODES, made)) == {name: repr(value) for name, (_, value) in NODES.items()}


def test_what_nodes_raise_is_what_python_raises(desk: Desk) -> None:
    assert run_nodes(
        desk,
        "n0 = lookup nobody",
        "n0 = literal 1\nn1 = literal 0\nn2 = call truediv(n0, n1)",
        "n0 = import nowhere",
        "n0 = literal 1\nn1 = call n0()",
        "n0 = lookup dict\nn1 = literal 1\nn2 = call n0(a=n1, a=n1)",
        "n0 = literal 1\nn1 = call compare(n0, n0)",
    ) == [
        "NameError: name 'nobody' is not defined",
        "ZeroDivisionError: division by zero",
        "ModuleNotFoundError: No module named 'nowhere'",
        "TypeError: 'int' object is not callable",
        "TypeError: dict() got multiple values for keyword argument 'a'",
        "RuntimeError: n1 could not be run: the host failed: `compare` does not stand alone: its step can be run",
    ]


BY_NODES = """
import json
from os import path as p, sep
import os.path
rate: float = 2
rows = other = [1, 2]
rows.append(rate)
first = rows[0]
first += 1
class Box: pass
box = Box()
box.rows = rows
box.rows[0] = {"a": (first, *rows)}
size = len(box.rows)
if size > 2:
    kind = "big"
total = first * size - 0.5
rows = sorted([3, 1], reverse=True)
last = other[-1] is rate
low, *rest = rows
def count():
    global seen
    seen = size
count()
text = f"{total} {seen}"
del box.rows
print(p.join("a", "b"), total, kind, rows, other, low, text, json.dumps(rows))
"""


def test_steps_run_by_their_nodes_where_these_say_all_of_it(desk: Desk) -> None:
    recorded = desk.record(BY_NODES, "--fingerprints")
    outcome = desk.clew("rerun", "--nodes", "--json")
    assert (outcome.code, outcome.err) == (0, recorded.out)
    steps = json.loads(outcome.out)["steps"]
    assert [step["text"].splitlines()[0] for step in steps if not step["by_nodes"]] == [
        "import os.path",
        "rate: float = 2",
        "class Box: pass",
        "if size > 2:",
        "last = other[-1] is rate",
        "low, *rest = rows",
        "def count():",
        "count()",
        'text = f"{total} {seen}"',
    ]
    assert "all the same as was recorded" in desk.clew("rerun", "--nodes", "--compare").out
    assert "total = 8.5" in desk.clew("rerun", "--nodes", "total", "--set", "first=2", "--step").err


def test_an_error_by_nodes_is_the_program_s_own(desk: Desk) -> None:
    text = "import json\n\n\ndef f(x):\n    unused = 2\n    return json.loads(x)\n\n\nfs = [f]\nbad = fs[0]('{') + 1\n"
    desk.write("script.py", text)
    plain = desk.python("script.py")
    desk.clew("run", "script.py")
    outcome = desk.clew("rerun", "--nodes")
    assert outcome.code == plain.code == 1
    assert plain.err in outcome.err


def test_values_are_let_go_of_with_the_last_step_that_needs_them(desk: Desk) -> None:
    desk.record(
        "import weakref\n"
        "class Big: pass\n"
        "big = Big()\n"
        "held = weakref.ref(big)\n"
        "pair = [big, 1]\n"
        "big = None\n"
        "before = held() is None\n"
        "pair = [held(), 2]\n"
        "pair = None\n"
        "after = held()\n"
        "import gc\n"
        "class Tall(list): pass\n"
        "size = Tall([1, 1]).count(1)\n"
        "left = sum(type(one) is Tall for one in gc.get_objects())\n"
        "print(before, after, left)\n"
    )
    assert rerun(desk, "--nodes") == "False None 0\n"


def test_what_looks_for_its_caller_finds_the_program(desk: Desk) -> None:
    desk.record("limit = 2\nn = eval('limit + 1')\nnames = sorted(k for k in globals() if k[0] != '_')\ns = str(vars()['limit'])\nprint(n, names, s)\n")
    assert rerun(desk, "--nodes") == "3 ['limit', 'n'] 2\n"


SAMPLE = [(path.stem, case) for path in sorted(reruns.FOLDER.glob("*.md")) for case in cases(path)][::80]


@pytest.mark.parametrize(("topic", "case"), SAMPLE, ids=[f"{topic}::{case.name}" for topic, case in SAMPLE])
def test_the_steps_of_a_program_make_what_the_program_made(tmp_path: Path, topic: str, case: Case) -> None:
    found = reruns.rerun(case, tmp_path)
    # What differs from one rerun to the next is not of their making.
    assert found.verdict in ("same", "left out", "unsteady"), found


def test_a_variable_that_a_thread_binds_is_no_error_by_nodes(desk: Desk) -> None:
    desk.record(
        "import threading\n"
        "go = threading.Event()\n"
        "def work():\n"
        "    global n\n"
        "    go.wait()\n"
        "    n = 5\n"
        "thread = threading.Thread(target=work)\n"
        "thread.start()\n"
        "go.set()\n"
        "thread.join()\n"
        "m = n + 1\n",
        "--fingerprints",
    )
    assert "all the same as was recorded" in desk.clew("rerun", "--nodes", "--compare").out
