"""Commands: what each of them prints, leaves behind and exits with."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Desk
from programs import CLEW, PYTHON, REPOSITORY, environment, start

SESSION = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
RECORD_IN_TIME_IN_SECONDS = 20


def check_same(desk: Desk, *words: str, stdin: bytes = b"") -> None:
    """Both ways the same output and exit code."""
    plain, clew = desk.python(*words, stdin=stdin), desk.clew("run", *words, stdin=stdin)
    assert (clew.out, clew.err, clew.code) == (plain.out, plain.err, plain.code)


def check_slice(desk: Desk, script: str, name: str, expected: str) -> None:
    desk.record(script)
    assert desk.slice(name) == expected


# What the issue names, one by one.


def test_the_iris_model_comes_with_its_data_and_without_the_plot(desk: Desk) -> None:
    shutil.copy(REPOSITORY / "examples" / "iris.py", desk.folder / "iris.py")
    plain, clew = desk.python("iris.py", CLEW_STORE="elsewhere"), desk.clew("run", "iris.py")
    assert (clew.stdout, clew.err, clew.code) == (plain.stdout, "", 0)
    code = desk.slice("iris model")
    for needed in ["import numpy", "import pandas", "LinearRegression()", 'iris["is_virginica"] =']:
        assert needed in code
    for unneeded in ["plt", "savefig", "print", "widest", "score", "clew"]:
        assert unneeded not in code
    verified = desk.clew("verify", "iris model")
    assert (verified.code, verified.err) == (0, "")
    assert "equal" in verified.out


def test_a_list_changed_through_another_name_keeps_the_change(desk: Desk) -> None:
    text = "a = []; b = a; b.append(1); c = len(a)\n"
    check_slice(desk, text, "c", text)


def test_a_frame_changed_through_another_name_keeps_the_change(desk: Desk) -> None:
    text = 'import pandas as pd\ndf = pd.DataFrame({"y": [1]})\ndf2 = df; df2["x"] = 1\n'
    check_slice(desk, text, "df", text)


def test_statements_are_dropped_one_by_one(desk: Desk) -> None:
    check_slice(desk, "x = 1\ny = 2\nz = x\n", "z", "x = 1\nz = x\n")
    check_slice(desk, "x = 1; y = 2; z = x\n", "z", "x = 1; z = x\n")


@pytest.mark.parametrize(
    "text",
    [
        "def f(l):\n    l.append(1)\nx = []\nf(x)\n",
        "class O: pass\nx = O()\nx.v = 1\n",
        "class O:\n    def put(self, v): self.v = v\nx = O()\nx.put(1)\n",
        "x = 0\ndef f():\n    global x\n    x += 1\nf()\n",
    ],
    ids=["argument", "attribute from outside", "attribute by a method", "global"],
)
def test_changes_by_functions_and_to_objects_are_kept(desk: Desk, text: str) -> None:
    check_slice(desk, text, "x", text)


def test_a_name_of_the_branch_not_taken_is_defined(desk: Desk) -> None:
    text = "other = 5\ntest = True\nif test:\n    x = 1\nelse:\n    x = other\n"
    desk.record(text + "y = 2\n")
    code = desk.slice("x")
    assert "other = 5" in code and "y = 2" not in code
    desk.say(f"exec({code!r})")


# clew run


def test_output_is_that_of_plain_python(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        import sys
        sys.stdout.buffer.write(b"\\xff\\x00\\n")
        print("to err", file=sys.stderr)
        print(__name__, __file__, sys.argv, sys.path[0])
        print(repr(sys.stdin.read()))
        """,
    )
    plain = desk.python("script.py", "a", "-b", stdin=b"in")
    clew = desk.clew("run", "script.py", "a", "-b", stdin=b"in")
    assert (clew.stdout, clew.stderr, clew.code) == (plain.stdout, plain.stderr, 0)


def test_what_follows_the_script_is_the_scripts(desk: Desk) -> None:
    desk.write("script.py", "import sys\nprint(sys.argv)\n")
    words = ["script.py", "--store", "x", "--slice", "--help", "-c", "--", "-m"]
    check_same(desk, *words)
    assert not (desk.folder / "x").exists()


def test_a_relative_path_is_absolute_in_tracebacks_as_in_plain_python(desk: Desk) -> None:
    desk.write("deep/script.py", "def f():\n    return 1 / 0\nprint(__file__)\nf()\n")
    check_same(desk, "deep/script.py")
    check_same(desk, "deep/../deep/script.py")


def test_a_text_is_run_as_by_python_c(desk: Desk) -> None:
    check_same(desk, "-c", "import sys; x = 5; print(sys.argv, __name__)", "a", "-b")
    assert desk.slice("x") == "x = 5\n"
    check_same(desk, "-c", "import sys; print(sys.argv)", "--help", "--store", "x")


def test_a_module_is_run_as_by_python_m(desk: Desk) -> None:
    desk.write("tool.py", "import sys\nx = 5\nprint(sys.argv, __name__)\n")
    check_same(desk, "-m", "tool", "a", "-b")
    assert desk.slice("x") == "x = 5\n"
    check_same(desk, "-m", "json.tool", "--help")
    check_same(desk, "-m", "json.tool", stdin=b'{"a": 1}')


def test_a_module_that_is_not_there_is_named(desk: Desk) -> None:
    outcome = desk.clew("run", "-m", "no_such_tool")
    assert (outcome.code, outcome.out) == (1, "")
    assert "No module named no_such_tool" in outcome.err
    assert "Traceback" not in outcome.err


def test_slices_are_printed_after_the_output(desk: Desk) -> None:
    desk.write("script.py", "import clew\nx = 1\ny = 2\nprint(x)\nclew.save(y, 'kept')\n")
    outcome = desk.clew("run", "--slice", "x", "--slice", "kept", "script.py")
    assert (outcome.code, outcome.out, outcome.err) == (0, "1\nx = 1\ny = 2\n", "")


def test_a_slice_that_cannot_be_had_fails_the_command(desk: Desk) -> None:
    desk.write("script.py", "error_rate = 1\nprint('ran')\n")
    outcome = desk.clew("run", "--slice", "eror_rate", "script.py")
    assert (outcome.code, outcome.out) == (1, "ran\n")
    assert "did you mean `error_rate`?" in outcome.err


def test_the_store_is_where_it_is_said_to_be(desk: Desk) -> None:
    desk.write("script.py", "x = 1\n")

    def stores(**environment: str) -> Iterator[str]:
        yield from (path.parent.name for path in desk.folder.rglob("catalog.db"))

    desk.clew("run", "script.py")
    assert set(stores()) == {".clew"}
    desk.clew("run", "script.py", CLEW_STORE="by_variable")
    assert set(stores()) == {".clew", "by_variable"}
    desk.clew("run", "--store", "by_option", "script.py", CLEW_STORE="unused")
    assert set(stores()) == {".clew", "by_variable", "by_option"}
    assert desk.slice("x", "--store", "by_option") == "x = 1\n"
    assert desk.clew("slice", "x", CLEW_STORE="by_variable").out == "x = 1\n"


def test_a_store_is_made_with_the_folders_above_it(desk: Desk) -> None:
    desk.write("script.py", "x = 1\n")
    assert desk.clew("run", "--store", "a/b/c", "script.py").code == 0
    assert desk.slice("x", "--store", "a/b/c") == "x = 1\n"


def test_nothing_but_the_store_is_left_behind(desk: Desk) -> None:
    desk.record("x = 1\n")
    assert {path.name for path in desk.folder.iterdir()} == {"script.py", ".clew"}


# clew slice


def test_a_slice_is_of_the_last_session(desk: Desk) -> None:
    desk.record("x = 1\n")
    desk.record("x = 2\n")
    assert desk.slice("x") == "x = 2\n"


def test_an_older_session_is_asked_for_by_its_id(desk: Desk) -> None:
    desk.record("x = 1\n")
    first = desk.json("slice", "x")["session"]
    desk.record("x = 2\ny = 3\n")
    assert re.fullmatch(SESSION, first)
    assert desk.slice("x", "--session", first) == "x = 1\n"
    missing = desk.clew("slice", "y", "--session", first)
    assert (missing.code, missing.out) == (1, "")
    assert "`y`" in missing.err and first in missing.err


def test_a_session_that_is_not_there_is_named(desk: Desk) -> None:
    desk.record("x = 1\n")
    outcome = desk.clew("slice", "x", "--session", "ffffffff")
    assert (outcome.code, outcome.out) == (1, "")
    assert "no session `ffffffff`" in outcome.err


def test_a_slice_as_json_says_how_much_was_kept(desk: Desk) -> None:
    desk.record("x = 1\ny = 2\nz = x\n")
    row = desk.json("slice", "z")
    assert re.fullmatch(SESSION, row.pop("session"))
    code = "x = 1\nz = x\n"
    assert row == {"name": "z", "version": None, "code": code, "kept": 2, "statements": 3}


def test_all_slices_come_as_one_document(desk: Desk) -> None:
    desk.record("x = 1\ny = 2\ndel y\nz = x\ndef f(): return 4\nimport json\n_p = 3\n")
    assert desk.json("slice", "--all") == {
        "x": "x = 1\n",
        "z": "x = 1\nz = x\n",
        "f": "def f(): return 4\n",
        "json": "import json\n",
        "_p": "_p = 3\n",
    }


def test_names_that_are_almost_right_are_suggested(desk: Desk) -> None:
    desk.record("import clew\nmodel = 1\nclew.save(model, 'model of iris')\n")
    variable = desk.clew("slice", "modle")
    assert (variable.code, variable.out) == (1, "")
    assert "no variable or artifact `modle`" in variable.err
    assert "`model`" in variable.err
    assert "`model of iris`" in desk.clew("slice", "model of irs").err
    assert "did you mean" not in desk.clew("slice", "zzzzzz").err


def test_where_nothing_is_recorded_the_way_out_is_said(desk: Desk) -> None:
    for words in [["slice", "x"], ["slice", "--all", "--json"], ["verify", "x"]]:
        outcome = desk.clew(*words)
        assert (outcome.code, outcome.out) == (1, "")
        assert "nothing is recorded" in outcome.err and "clew run" in outcome.err


def test_slicing_runs_nothing(desk: Desk) -> None:
    desk.record("open('ran', 'a').write('x')\nx = 1\n")
    desk.slice("x")
    assert (desk.folder / "ran").read_text() == "x"


def test_a_slice_needs_no_script_any_more(desk: Desk) -> None:
    desk.record("x = 1\ny = 2\n")
    (desk.folder / "script.py").unlink()
    assert desk.slice("y") == "y = 2\n"


# clew artifacts


def test_artifacts_are_listed(desk: Desk) -> None:
    desk.record("import clew\nclew.save(1, 'one')\nclew.save([], 'a list')\nclew.save(2, 'one')\n")
    header, *rows = desk.clew("artifacts").out.splitlines()
    assert header.split() == ["NAME", "VERSION", "SAVED", "(UTC)", "TYPE", "SESSION"]
    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    for row, start, kind in zip(
        rows, [r"a list +0", r"one +0", r"one +1"], ["list", "int", "int"], strict=True
    ):
        assert re.fullmatch(rf"{start}  {moment}  builtins\.{kind} +{SESSION}", row)


def test_artifacts_as_json_have_all_that_is_known(desk: Desk) -> None:
    desk.record("import clew\nx = 1\nclew.save(x, 'one')\n")
    (row,) = desk.json("artifacts")
    assert row["session"] == desk.json("slice", "x")["session"]
    assert (row["name"], row["version"], row["type"]) == ("one", 0, "builtins.int")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["created"])


def test_without_artifacts_the_list_is_empty(desk: Desk) -> None:
    assert desk.json("artifacts") == []
    assert len(desk.clew("artifacts").out.splitlines()) == 1


# clew verify


@pytest.mark.parametrize(
    "text",
    [
        "x = [1]\nx.append(2)\nclew.save(x, 'a')\n",
        "x = 1\nclew.save(x, 'a')\nx = 2\n",
        "x = 1\nclew.save(x, 'a')\ndel x\n",
        "x = 1\nclew.save(x + 1, 'a')\n",
        "for i in range(3):\n    clew.save(i * 10, 'a')\n",
        "def f(v):\n    w = v + 1\n    clew.save(w, 'a')\nf(41)\n",
        "x = {'k': [1]}\nclew.save(x['k'], 'a')\nx = None\n",
    ],
    ids=["variable", "rebound", "deleted", "expression", "loop", "function", "item"],
)
def test_a_slice_that_makes_the_value_is_equal(desk: Desk, text: str) -> None:
    desk.record("import clew\n" + text)
    outcome = desk.clew("verify", "a")
    assert (outcome.code, outcome.err) == (0, "")
    assert re.fullmatch(r"a: equal \(the slice, .*\)\n", outcome.out)


def test_a_variable_is_verified_by_its_fingerprint(desk: Desk) -> None:
    desk.record("x = [1]\ny = 2\nx.append(y)\nz = 1\n", "--fingerprints")
    assert desk.clew("verify", "x").code == 0
    rows = desk.json("verify", "--all")
    assert {row["name"]: row["verdict"] for row in rows} == dict.fromkeys("xyz", "equal")


def test_a_slice_that_makes_another_value_is_different(desk: Desk) -> None:
    desk.record("import clew, os\nx = os.environ.get('COLOUR')\nclew.save(x, 'a')\n")
    outcome = desk.clew("verify", "a", COLOUR="red")
    assert outcome.code == 1
    assert outcome.out.startswith("a: different")


def test_a_slice_that_fails_is_reported_with_its_error(desk: Desk) -> None:
    (desk.folder / "data.txt").write_text("1")
    desk.record("import clew\nx = open('data.txt').read()\nclew.save(x, 'a')\n")
    (desk.folder / "data.txt").unlink()
    outcome = desk.clew("verify", "a")
    assert outcome.code == 1
    assert outcome.out.startswith("a: failed") and "FileNotFoundError" in outcome.out
    row = json.loads(desk.clew("verify", "a", "--json").out)
    assert (row["name"], row["verdict"]) == ("a", "failed")


def test_a_slice_is_verified_where_and_how_it_was_run(desk: Desk) -> None:
    (desk.folder / "data.txt").write_text("1")
    desk.write("helper.py", "ANSWER = 42\n")
    desk.write(
        "script.py",
        """
        import clew, sys, helper
        x = [open("data.txt").read(), sys.argv[1:], __name__, helper.ANSWER]
        clew.save(x, "a")
        """,
    )
    assert desk.clew("run", "script.py", "one", "--two").code == 0
    (desk.folder / "deep").mkdir()
    store = str(desk.folder / ".clew")
    outcome = Desk(desk.folder / "deep").clew("verify", "a", "--store", store)
    assert (outcome.code, outcome.err) == (0, "")


def test_an_unknown_name_cannot_be_verified(desk: Desk) -> None:
    desk.record("model = 1\n")
    outcome = desk.clew("verify", "modle")
    assert (outcome.code, outcome.out) == (1, "")
    assert "did you mean `model`?" in outcome.err


# From Python


SAVINGS = """
import clew
x = [1]
unneeded = 2
saved = clew.save(x, "from a variable")
print(saved.name, saved.version, saved.get_code(), saved.get_value())
clew.save(len(x) + 40, "from an expression")
def f(v):
    w = [v]
    clew.save(w, "from a function")
f(7)
for i in range(3):
    clew.save(i * 10, "from a loop")
x = None
"""


def test_an_artifact_is_known_at_once(desk: Desk) -> None:
    out = desk.record(SAVINGS).out
    assert out == "from a variable 0 x = [1]\n [1]\n"


@pytest.mark.parametrize(
    "name, version, value, code",
    [
        ("from a variable", 0, "[1]", "x = [1]\n"),
        (
            "from an expression",
            0,
            "41",
            'import clew\nx = [1]\nclew.save(len(x) + 40, "from an expression")\n',
        ),
        (
            "from a function",
            0,
            "[7]",
            "import clew\ndef f(v):\n    w = [v]\n    clew.save(w, 'from a function')\nf(7)\n",
        ),
        (
            "from a loop",
            2,
            "20",
            "import clew\nfor i in range(3):\n    clew.save(i * 10, 'from a loop')\n",
        ),
    ],
)
def test_an_artifact_has_code_and_value(
    desk: Desk, name: str, version: int, value: str, code: str
) -> None:
    desk.record(SAVINGS)
    said = desk.say(f"""
        import clew
        before = clew.get({name!r})
        executed = before.execute()
        after = clew.get({name!r})
        print(before.name, before.version, after.version)
        print(before.get_value(), executed)
        print(before.get_code(), end="")
    """)
    header = f"{name} {version} {version}\n{value} {value}\n"
    assert said.replace("'", '"') == header + code.replace("'", '"')


def test_an_older_version_of_a_loop_has_its_own_value(desk: Desk) -> None:
    desk.record(SAVINGS)
    said = desk.say("""
        import clew
        for version in range(3):
            artifact = clew.get("from a loop", version)
            print(artifact.version, artifact.get_value(), artifact.execute())
    """)
    assert said == "0 0 0\n1 10 10\n2 20 20\n"


def test_executing_leaves_the_callers_program_alone(desk: Desk) -> None:
    desk.record("import clew\nx = [1]\nclass C: pass\nx.append(C.__name__)\nclew.save(x, 'a')\n")
    said = desk.say("""
        import clew, sys
        x, main = "mine", sys.modules["__main__"]
        print(clew.get("a").execute(), x, sys.modules["__main__"] is main, "C" in globals())
        print(clew.save(x, "a").version)
    """, without_lineage=True)
    assert said == "[1, 'C'] mine True False\n1\n"


def test_a_value_is_kept_as_it_was(desk: Desk) -> None:
    desk.record("import clew\nx = [1]\nclew.save(x, 'a')\nx.append(2)\n")
    said = desk.say("""
        import clew
        a = clew.get("a")
        a.get_value().append(9)
        print(a.get_value(), a.execute())
    """)
    assert said == "[1] [1]\n"
    assert desk.slice("a") == "x = [1]\n"


def test_equal_values_are_not_mistaken_for_each_other(desk: Desk) -> None:
    desk.record("import clew\na = 1\nb = 1\nclew.save(b, 'b')\nclew.save(2 - 1, 'difference')\n")
    assert desk.slice("b") == "b = 1\n"
    assert desk.slice("difference") == "import clew\nclew.save(2 - 1, 'difference')\n"


def test_the_file_system_is_saved_by_what_wrote_files(desk: Desk) -> None:
    script = """
        import clew
        n = len("abc")
        with open("a.txt", "w") as f:
            f.write("alpha")
        clew.save(clew.file_system, "files")
        with open("b.txt", "w") as f:
            f.write("beta")
        """
    desk.record(textwrap.dedent(script))
    code = desk.slice("files")
    assert "a.txt" in code
    for unneeded in ["len", "b.txt"]:
        assert unneeded not in code
    verified = desk.clew("verify", "files")
    assert (verified.code, verified.err) == (0, "")
    assert "equal" in verified.out


def test_versions_grow_over_sessions(desk: Desk) -> None:
    for version in range(3):
        desk.record(f"import clew\nx = {version}\nprint(clew.save(x, 'a').version)\n")
    said = desk.say("""
        import clew
        print(clew.get("a").version)
        for version in range(3):
            artifact = clew.get("a", version)
            print(artifact.version, artifact.get_value(), artifact.get_code(), end="")
    """)
    assert said == "2\n0 0 x = 0\n1 1 x = 1\n2 2 x = 2\n"


def test_plain_python_saves_without_lineage_and_says_so(desk: Desk) -> None:
    desk.write("script.py", "import clew\nclew.save([1, 2], 'a')\nprint('went on')\n")
    outcome = desk.python("script.py")
    assert (outcome.code, outcome.out) == (0, "went on\n")
    assert "without lineage" in outcome.err and "`a` version 0" in outcome.err
    assert desk.say("import clew; print(clew.get('a').get_value())") == "[1, 2]\n"
    (row,) = desk.json("artifacts")
    assert (row["name"], row["version"]) == ("a", 0)
    for words in [["slice", "a"], ["verify", "a"]]:
        refused = desk.clew(*words)
        assert (refused.code, refused.out) == (1, "")
        assert "outside of `clew run`" in refused.err
    asked = desk.python("-c", "import clew; clew.get('a').get_code()")
    assert asked.code == 1 and "outside of `clew run`" in asked.err


def test_importing_clew_does_nothing_else(desk: Desk) -> None:
    names = ["Artifact", "db", "file_system", "get", "save"]
    assert desk.say("import clew; print(sorted(clew.__all__))") == f"{names}\n"
    assert list(desk.folder.iterdir()) == []


def test_an_unknown_artifact_is_a_key_error_that_names_the_others(desk: Desk) -> None:
    desk.record("import clew\nclew.save(1, 'model')\n")
    asked = desk.python("-c", "import clew; clew.get('modle')")
    assert asked.code == 1
    last = asked.err.splitlines()[-1]
    assert last.startswith("KeyError") and "`modle`" in last and "model" in last
    asked = desk.python("-c", "import clew; clew.get('model', 3)")
    assert "no version 3" in asked.err.splitlines()[-1]


@pytest.mark.parametrize(
    "call, error",
    [("clew.save(1, 2)", "TypeError"), ("clew.save(1, '')", "ValueError")],
)
def test_a_name_must_be_a_name(desk: Desk, call: str, error: str) -> None:
    desk.write("script.py", f"import clew\n{call}\n")
    for outcome in [desk.python("script.py"), desk.clew("run", "script.py")]:
        assert outcome.code == 1
        assert outcome.err.splitlines()[-1].startswith(error)


def test_a_value_that_cannot_be_kept_is_the_scripts_error(desk: Desk) -> None:
    text = "import clew\nx = (i for i in ())\ntry:\n    clew.save(x, 'a')\nexcept Exception as e:\n"
    desk.record(text + "    print(type(e).__name__)\n")
    assert desk.json("artifacts") == []


def test_functions_and_classes_of_the_script_are_kept(desk: Desk) -> None:
    desk.record("""
        import clew
        class Model:
            def __init__(self, n): self.n = n
            def predict(self, x): return double(x) + self.n
        def double(x): return 2 * x
        model = Model(1)
        clew.save(model, "model")
    """)
    said = desk.say("""
        import clew
        print(clew.get("model").get_value().predict(3), clew.get("model").execute().predict(3))
    """)
    assert said == "7 7\n"


def test_the_command_is_also_a_module(desk: Desk) -> None:
    desk.record("x = 1\n")
    outcome = desk.python("-m", "clew", "slice", "x")
    assert (outcome.code, outcome.out, outcome.err) == (0, "x = 1\n", "")


def test_help_says_what_clew_is_for(desk: Desk) -> None:
    outcome = desk.clew("--help")
    assert outcome.code == 0
    assert outcome.out.startswith("Runs Python and gives back the exact code behind any result")
    for command in ["run", "slice", "artifacts", "verify"]:
        assert desk.clew(command, "--help").code == 0


# Bad input


def test_a_script_that_is_not_there_is_named(desk: Desk) -> None:
    outcome = desk.clew("run", "nope.py")
    assert (outcome.code, outcome.out) == (2, "")
    assert "`nope.py`" in outcome.err and "no such file" in outcome.err
    assert desk.python("nope.py").code == outcome.code
    assert list(desk.folder.iterdir()) == []


def test_a_folder_is_no_script(desk: Desk) -> None:
    (desk.folder / "scripts").mkdir()
    outcome = desk.clew("run", "scripts")
    assert outcome.out == "" and outcome.code != 0
    assert "`scripts`" in outcome.err and "folder" in outcome.err


def test_no_script_at_all_is_a_wrong_command(desk: Desk) -> None:
    outcome = desk.clew("run")
    assert (outcome.code, outcome.out) == (2, "")
    assert "name a script" in outcome.err and "``" not in outcome.err


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\nprint('never')\nif x\n    y\n",
        "x = 1\n  y = 2\n",
        "x = 'open\n",
        "return 5\n",
        "x = 1\nx = \x00\n",
    ],
    ids=["colon", "indent", "string", "return", "null"],
)
def test_a_syntax_error_reads_as_in_plain_python(desk: Desk, text: str) -> None:
    desk.write("script.py", text)
    check_same(desk, "script.py")


@pytest.mark.parametrize(
    "text",
    [
        "x = [1]\nprint(nope)\n",
        "x = [1]\ndef f():\n    raise ValueError('no')\nf()\n",
        "x = [1]\nimport sys\nsys.exit(3)\n",
        "x = [1]\nimport sys\nsys.exit('text')\n",
        "x = [1]\nraise SystemExit\n",
        "x = [1]\nexit()\n",
        "x = [1]\nraise KeyboardInterrupt\n",
    ],
    ids=["name", "raise", "exit 3", "exit text", "SystemExit", "exit", "KeyboardInterrupt"],
)
def test_a_script_that_ends_early_ends_the_same_and_is_recorded(desk: Desk, text: str) -> None:
    desk.write("script.py", text)
    check_same(desk, "script.py")
    assert desk.slice("x") == "x = [1]\n"


@pytest.mark.parametrize(
    "text",
    ["import os\nprint(1, flush=True)\nos._exit(5)\n", "import os\nos.kill(os.getpid(), 15)\n"],
    ids=["_exit", "signal"],
)
def test_a_script_that_ends_its_process_ends_the_same(desk: Desk, text: str) -> None:
    desk.write("script.py", text)
    check_same(desk, "script.py")


def test_exit_codes_come_before_those_of_slices(desk: Desk) -> None:
    desk.write("script.py", "x = 1\nimport sys\nsys.exit(3)\n")
    outcome = desk.clew("run", "--slice", "x", "script.py")
    assert (outcome.code, outcome.out) == (3, "x = 1\n")


@contextmanager
def sleeping(desk: Desk, text: str, command: list[str]) -> Iterator[subprocess.Popen]:
    """A script that has got as far as saying so and sleeps."""
    desk.write("script.py", text + "import time\nprint('here', flush=True)\ntime.sleep(60)\n")
    process = start([*command, str(desk.folder / "script.py")], desk.folder)
    try:
        assert process.stdout.readline() == b"here\n"
        # It is on its way to the next line.
        time.sleep(0.2)
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_slice(desk: Desk, name: str) -> str:
    """The slice as soon as it can be had."""
    end = time.monotonic() + RECORD_IN_TIME_IN_SECONDS
    while (outcome := desk.clew("slice", name)).code != 0:
        assert time.monotonic() < end, outcome.err
        time.sleep(0.05)
    return outcome.out


def test_an_interrupt_ends_the_run_as_it_ends_python(desk: Desk) -> None:
    ends = []
    for command in [PYTHON, [*CLEW, "run"]]:
        with sleeping(desk, "x = [1]\nx.append(2)\n", command) as process:
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=30)
        ends.append((process.returncode, output, errors.decode()))
    assert ends[1] == ends[0]
    assert ends[0][0] == -signal.SIGINT
    assert desk.slice("x") == "x = [1]\nx.append(2)\n"


def test_an_interrupt_may_be_caught(desk: Desk) -> None:
    text = "x = 1\nimport time\ntry:\n    print('here', flush=True)\n    time.sleep(60)\n"
    desk.write("script.py", text + "except KeyboardInterrupt:\n    print('caught')\ny = 2\n")
    process = start([*CLEW, "run", "script.py"], desk.folder)
    assert process.stdout.readline() == b"here\n"
    # A signal between the print and the sleep may be missed by plain Python as well.
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output, errors) == (0, b"caught\n", b"")
    assert desk.slice("y") == "y = 2\n"


def test_a_session_is_sliced_while_it_runs(desk: Desk) -> None:
    with sleeping(desk, "x = [1]\nx.append(2)\n", [*CLEW, "run"]) as process:
        assert wait_for_slice(desk, "x") == "x = [1]\nx.append(2)\n"
        assert process.poll() is None


def test_what_was_recorded_outlives_a_killed_run(desk: Desk) -> None:
    with sleeping(desk, "x = [1]\nx.append(2)\n", [*CLEW, "run"]) as process:
        wait_for_slice(desk, "x")
        process.kill()
        process.wait()
    assert desk.slice("x") == "x = [1]\nx.append(2)\n"
    desk.record("y = 1\n")
    assert desk.slice("y") == "y = 1\n"


def test_what_is_saved_outlives_a_run_that_is_killed_at_once(desk: Desk) -> None:
    text = "import clew, os, signal\nx = [1]\nclew.save(x, 'a')\n"
    desk.write("script.py", text + "os.kill(os.getpid(), signal.SIGKILL)\n")
    assert desk.clew("run", "script.py").code == -signal.SIGKILL
    assert desk.say("import clew; print(clew.get('a').get_value())") == "[1]\n"
    assert desk.slice("a") == "x = [1]\n"


def test_a_file_is_no_store(desk: Desk) -> None:
    desk.write("script.py", "print('ran')\n")
    desk.write("store", "a file\n")
    for words in [["run", "script.py"], ["slice", "x"], ["artifacts"], ["verify", "x"]]:
        outcome = desk.clew(words[0], "--store", "store", *words[1:])
        assert (outcome.code, outcome.out) == (1, "")
        assert "store` is not a folder" in outcome.err
    assert (desk.folder / "store").read_text() == "a file\n"


def test_without_a_store_that_was_asked_for_the_script_runs_unrecorded(desk: Desk) -> None:
    desk.write("script.py", "print('ran')\nimport sys\nsys.exit(4)\n")
    desk.write(".clew", "a file\n")
    outcome = desk.clew("run", "script.py")
    assert (outcome.code, outcome.out) == (4, "ran\n")
    (line,) = outcome.err.splitlines()
    assert line.startswith("clew: ") and ".clew" in line and "unrecorded" in line


def test_a_store_that_cannot_be_written_is_said_so(desk: Desk) -> None:
    desk.write("script.py", "print('ran')\n")
    desk.write("in_the_way", "")
    outcome = desk.clew("run", "--store", "in_the_way/store", "script.py")
    assert (outcome.code, outcome.out) == (1, "")
    assert "in_the_way" in outcome.err and "not a folder" in outcome.err


def broken(desk: Desk, file: str) -> Path:
    """Puts garbage in the place of one of the store's files."""
    store = desk.folder / ".clew"
    for path in store.iterdir():
        if path.name.startswith(file):
            path.unlink()
    path = store / file
    path.write_bytes(b"garbage" * 1000)
    return path


def test_a_broken_catalog_is_said_so_and_left_alone(desk: Desk) -> None:
    desk.record("print('ran')\nx = 1\n")
    catalog = broken(desk, "catalog.db")
    for words in [["run", "--store", ".clew", "script.py"], ["slice", "x"], ["artifacts"]]:
        outcome = desk.clew(*words)
        assert (outcome.code, outcome.out) == (1, "")
        (line,) = outcome.err.splitlines()
        assert line.startswith("clew: ") and "catalog.db` is not a database" in line
    unnamed = desk.clew("run", "script.py")
    assert (unnamed.code, unnamed.out) == (0, "ran\n")
    assert "catalog.db" in unnamed.err and "unrecorded" in unnamed.err
    assert catalog.read_bytes() == b"garbage" * 1000


def test_broken_values_leave_the_code_as_it_is(desk: Desk) -> None:
    desk.record("import clew\nx = 1\nclew.save(x, 'a')\n")
    values = broken(desk, "values.db")
    assert desk.slice("a") == "x = 1\n"
    asked = desk.python("-c", "import clew; clew.get('a').get_value()")
    assert asked.code == 1
    assert "values.db` is not a database" in asked.err.splitlines()[-1]
    assert values.read_bytes() == b"garbage" * 1000


def test_a_broken_annotation_file_is_named_with_its_line(desk: Desk) -> None:
    desk.write("script.py", "print('ran')\n")
    desk.write(
        "mine.yaml",
        """
        - module: tools
          annotations:
          - criteria:
              function_nam: f
            pure: true
        """,
    )
    desk.write("torn.yaml", "- module: [tools\n  annotations: {\n")
    for file, place in [("mine.yaml", "mine.yaml:4:"), ("torn.yaml", "torn.yaml:2:")]:
        outcome = desk.clew("run", "--annotations", file, "script.py")
        assert (outcome.code, outcome.out) == (2, "")
        assert place in outcome.err
    missing = desk.clew("run", "--annotations", "none.yaml", "script.py")
    assert (missing.code, missing.out) == (2, "")
    assert "none.yaml" in missing.err


def test_annotations_of_ones_own_narrow_a_slice(desk: Desk) -> None:
    desk.write("tools.py", "import ctypes\ndef look(x): return ctypes.py_object(x) and 1\n")
    desk.write(
        "mine.yaml",
        """
        - module: tools
          annotations:
          - criteria:
              function_name: look
            pure: true
        """,
    )
    desk.record("import tools\nx = [1]\ntools.look(x)\n", "--annotations", "mine.yaml")
    assert desk.slice("x") == "x = [1]\n"


def test_a_command_that_does_not_exist_is_a_wrong_command(desk: Desk) -> None:
    for words in [["slise", "x"], ["slice"], ["verify"], ["artifacts", "--jsn"], []]:
        outcome = desk.clew(*words)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err != ""


# Several processes


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


def test_a_fork_runs_on_and_the_parent_is_recorded(desk: Desk) -> None:
    text = """
        import os, sys
        x = [1]
        pid = os.fork()
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
    told = desk.json("slice", "xs", "--why")
    assert [statement["text"] for statement in told["statements"]] == ["xs = []", "xs.append(1)"]
    assert told["statements"][0]["reasons"] == [
        {
            "need": "value",
            "variable": "xs",
            "by": None,
            "known": None,
            "state": None,
            "for": [{"cell": None, "line": 2}],
        }
    ]


def test_what_the_program_makes_anew_each_time_is_not_compared(desk: Desk) -> None:
    desk.record("import random\nx = random.random()\ny = 1\n", "--fingerprints")
    outcome = desk.clew("verify", "--all")
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


# Slices that are refused


def test_a_slice_that_was_replayed_to_another_value_is_refused(desk: Desk) -> None:
    desk.record("import clew, os\nx = os.environ.get('COLOUR')\nclew.save(x, 'a')\n")
    assert desk.clew("verify", "a", COLOUR="red").code == 1
    refused = desk.clew("slice", "a")
    assert (refused.code, refused.out) == (1, "")
    assert "the slice of `a` is refused: replayed, it made another value" in refused.err
    assert "--force gives it all the same" in refused.err
    forced = desk.clew("slice", "a", "--force")
    assert (forced.code, forced.err) == (0, "")
    assert "x = os.environ.get('COLOUR')" in forced.out
    asked = desk.python("-c", "import clew; clew.get('a').get_code()")
    assert "RuntimeError: the slice of `a` is refused" in asked.err
    asked = desk.python("-c", "import clew; print(clew.get('a').get_code(force=True), end='')")
    assert asked.out == forced.out


def test_an_equal_replay_lifts_a_refusal(desk: Desk) -> None:
    (desk.folder / "data.txt").write_text("1")
    desk.record("import clew\nx = open('data.txt').read()\nclew.save(x, 'a')\n")
    (desk.folder / "data.txt").unlink()
    assert desk.clew("verify", "a").code == 1
    assert "replayed, it failed: FileNotFoundError" in desk.clew("slice", "a").err
    (desk.folder / "data.txt").write_text("1")
    assert desk.clew("verify", "a").code == 0
    assert desk.clew("slice", "a").code == 0


def test_all_slices_leave_out_those_that_are_refused(desk: Desk) -> None:
    (desk.folder / "data.txt").write_text("1")
    desk.record("x = open('data.txt').read()\ny = 1\n", "--fingerprints")
    (desk.folder / "data.txt").unlink()
    assert desk.clew("verify", "x").code == 1
    outcome = desk.clew("slice", "--all")
    assert outcome.code == 0
    assert "y = 1" in outcome.out and "data.txt" not in outcome.out
    assert "the slice of `x` is refused: replayed, it failed: FileNotFoundError" in outcome.err
    assert "data.txt" in desk.clew("slice", "--all", "--force").out
