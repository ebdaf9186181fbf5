"""Unknown calls: what is said of calls that no rule speaks of, and rules of one's own."""

from __future__ import annotations

import textwrap

import pytest
from conftest import Desk, check_slice


def test_a_thousand_lines_are_sliced_to_the_first(desk: Desk) -> None:
    lines = [f"v{i} = v{i - 1} + {i}\n" for i in range(1, 1001)]
    desk.record("v0 = 0\n" + "".join(lines))
    assert len(desk.slice("v1000").splitlines()) == 1001


OWN_PACKAGE = """
def change(x): x.append(1)
def look(x): return len(x)
def scale(x): x *= 2
def pop(x): x.pop().append(1)
def fail(x):
    x.append(2)
    raise ValueError
"""


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("a = [1]\nown.look(a)\nown.change(a)\nown.look(a)\n", "a", "a = [1]\nown.change(a)\n"),
        (
            "import numpy as np\nb = np.arange(4)\nown.look(b)\nown.scale(b[:2])\n",
            "b",
            "import numpy as np\nb = np.arange(4)\nown.scale(b[:2])\n",
        ),
        ("b = []\na = [b]\nown.pop(a)\n", "b", "b = []\na = [b]\nown.pop(a)\n"),
        (
            "a = []\ntry:\n    own.fail(a)\nexcept ValueError:\n    pass\n",
            "a",
            "a = []\ntry:\n    own.fail(a)\nexcept ValueError:\n    pass\n",
        ),
    ],
    ids=["argument", "memory of an array", "taken out of a container", "before it raised"],
)
def test_of_unknown_calls_those_are_kept_that_were_seen_to_change_a_value(
    desk: Desk, text: str, name: str, kept: str
) -> None:
    (desk.folder / "own.py").write_text(OWN_PACKAGE)
    check_slice(desk, f"import own\n{text}", name, f"import own\n{kept}")


def test_why_tells_what_each_statement_is_needed_for(desk: Desk) -> None:
    desk.record(
        """
        import random
        random.seed(1)
        xs = [3]
        unused = 1
        xs.append(random.random())
        if len(xs) > 1:
            total = sum(xs)
        """
    )
    assert desk.slice("total", "--why") == textwrap.dedent(
        """\
        1: import random
            gives `random`, for 2, 5
        2: random.seed(1)
            leaves random behind, for 5
        3: xs = [3]
            gives `xs`, for 5
        5: xs.append(random.random())
            changes `xs` by list.append (annotated), for 6, 7
        6: if len(xs) > 1:
            decides what runs, for 7
        7: total = sum(xs)
            is what was asked for
        """
    )


def test_why_as_json_names_the_call_and_how_it_is_known(desk: Desk) -> None:
    desk.record("xs = []\nxs.append(1)\n")
    shown = desk.json("slice", "xs", "--why")
    assert [statement["text"] for statement in shown["statements"]] == ["xs = []", "xs.append(1)"]
    assert shown["statements"][0]["reasons"] == [
        {
            "need": "value",
            "variable": "xs",
            "by": None,
            "known": None,
            "state": None,
            "because": None,
            "for": [{"cell": None, "line": 2}],
        }
    ]


def test_what_the_program_makes_anew_each_time_is_not_compared(desk: Desk) -> None:
    desk.record("import random\nx = random.random()\ny = 1\n", "--fingerprints")
    outcome = desk.clew("verify", "--all", "--whole")
    assert (outcome.code, outcome.err) == (0, "")
    reason = "the whole program makes another value each time that it runs"
    assert f"x: not comparable ({reason})" in outcome.out
    assert "y: equal" in outcome.out


RULE = """
- module: tools
  annotations:
  - criteria:
      function_name: peek
    side_effects:
    - mutated_value:
        positional_argument_index: 0
"""


def test_annotations_that_are_kept_are_obeyed_by_later_runs(desk: Desk) -> None:
    desk.write("tools.py", "def peek(xs):\n    return len(xs)\n")
    program = "import tools\nxs = [1]\ntools.peek(xs)\ny = xs\n"
    desk.record(program)
    assert desk.slice("y") == "xs = [1]\ny = xs\n"
    desk.write("mine.yaml", RULE)
    added = desk.clew("annotate", "add", "mine.yaml")
    assert (added.code, added.out, added.err) == (0, "added mine (1 rule for tools)\n", "")
    desk.record(program)
    assert desk.slice("y") == program
    listed = desk.clew("annotate", "list").out.splitlines()
    assert listed[0].startswith("mine: 1 rule for tools (")
    assert listed[1].startswith("built in: ")
    assert desk.clew("annotate", "remove", "mine").code == 0
    desk.record(program)
    assert desk.slice("y") == "xs = [1]\ny = xs\n"


def test_annotations_are_checked_all_at_once(desk: Desk) -> None:
    desk.write("good.yaml", RULE)
    desk.write("bad.yaml", RULE.replace("mutated_value", "mutated_valu").replace("tools", "[]"))
    outcome = desk.clew("annotate", "check", "good.yaml", "bad.yaml")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    assert lines[0] == "good.yaml: 1 rule for tools"
    assert [line.split(": ")[0] for line in lines[1:]] == ["bad.yaml:1:11", "bad.yaml:6:7"]
    missing = desk.clew("annotate", "check", "none.yaml")
    assert missing.code == 2
    assert missing.err == "clew: cannot read the annotations `none.yaml`: there is no such file\n"


def test_a_kept_file_that_is_broken_does_not_stop_the_program(desk: Desk) -> None:
    desk.write(".clew/annotations/torn.yaml", "- module: tools\n")
    desk.write("script.py", "print('ran')\n")
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.out) == (0, "ran\n")
    assert outcome.err.count("\n") == 1
    assert "torn.yaml:1:3: " in outcome.err
    assert "the program runs without this file" in outcome.err


def test_other_annotations_of_a_name_that_is_kept_are_refused(desk: Desk) -> None:
    desk.write("mine.yaml", RULE)
    desk.clew("annotate", "add", "mine.yaml")
    desk.write("mine.yaml", RULE.replace("peek", "poke"))
    refused = desk.clew("annotate", "add", "mine.yaml")
    assert refused.code == 1
    assert "annotations `mine` are kept already" in refused.err
    assert desk.clew("annotate", "add", "--replace", "mine.yaml").code == 0
    unknown = desk.clew("annotate", "remove", "min")
    assert unknown.code == 1
    assert "no annotations `min` are kept" in unknown.err


def test_an_instance_that_an_unknown_call_only_reads_is_not_changed(desk: Desk) -> None:
    desk.write(
        "tools.py",
        """
        def names(thing):
            return sorted(vars(thing))

        def raised(thing):
            thing.x += 1
        """,
    )
    desk.record(
        """
        import tools
        class Thing:
            def __init__(self):
                self.x = 1
        a = Thing()
        b = Thing()
        tools.names(a)
        tools.raised(b)
        """
    )
    assert "tools" not in desk.slice("a")
    assert "tools.raised(b)" in desk.slice("b")


def test_a_generator_of_an_unknown_call_changes_what_it_was_given_as_it_goes_on(desk: Desk) -> None:
    desk.write(
        "tools.py",
        """
        def filling(xs):
            for x in range(3):
                xs.append(x)
                yield x
        """,
    )
    program = "import tools\nxs = []\ng = tools.filling(xs)\nfor _ in g:\n    pass\n"
    desk.record(program + "other = 1\n")
    assert desk.slice("xs") == program


def test_modules_beside_a_script_may_go_by_names_that_clew_knows(desk: Desk) -> None:
    desk.write("keyword.py", "MINE = [1]\n")
    desk.write("json.py", "MINE = [2]\n")
    desk.write("script.py", "import json\nimport keyword\nx = keyword.MINE + json.MINE\n")
    outcome = desk.clew("run", "--fingerprints", "script.py")
    assert (outcome.code, outcome.err) == (0, "")
    verified = desk.clew("verify", "x")
    assert (verified.code, verified.err) == (0, "")


SESSIONS = """
_current = None
_state = {"default": None}
_known = {}

class Session:
    def __init__(self, name):
        self.name = name

def start(name):
    global _current
    _current = Session(name)
    return _current

def current():
    return _current.name

def connect(name):
    _state["default"] = Session(name)
    return _state["default"]

def default():
    return _state["default"].name

def register(name, function):
    _known[name] = function
    return function

def names():
    return sorted(_known)
"""


@pytest.mark.parametrize(
    ("change", "use"),
    [
        ("start('a')", "current()"),
        ("connect('a')", "default()"),
        ("register('a', len)", "names()"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--no-annotations"]], ids=["rules", "no rules"])
def test_a_call_may_keep_for_its_library_what_it_gives(
    desk: Desk, change: str, use: str, options: list[str]
) -> None:
    desk.write("site-packages/sessions.py", SESSIONS)
    head = "import sys\nsys.path.insert(0, 'site-packages')\nimport sessions\n"
    needed = f"{head}kept = sessions.{change}\nout = sessions.{use}\n"
    desk.record(f"{head}kept = sessions.{change}\nother = [1]\nout = sessions.{use}\n", *options)
    assert desk.slice("out") == needed
