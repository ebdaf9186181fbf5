"""Commands: what each of them prints, leaves behind and exits with."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator

import pytest
from conftest import Desk, check_same, check_slice
from programs import REPOSITORY, run, start

SESSION = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"


# What clew promises, one by one.


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


def test_a_text_of_thousands_of_statements_is_cut_as_a_short_one(desk: Desk) -> None:
    lines = [f"v{n} = {n}\n" for n in range(2500)]
    total = "def total(*values): return sum(values) + v900\n"
    last = "a = total(v7, v1500)\n"
    expected = lines[7] + lines[900] + lines[1500] + total + last
    check_slice(desk, "".join([*lines, total, last]), "a", expected)
    sliced = desk.json("slice", "--all")
    assert sliced["a"] == expected
    assert (sliced["v0"], sliced["v2499"]) == (lines[0], lines[2499])


def test_what_cpython_makes_of_a_text_is_made_when_it_is_asked_for(desk: Desk) -> None:
    text = """\
import sys
def f():
    return [n for n in (1, 2)]
try:
    raise KeyError(f)
except KeyError as error:
    traceback = error.__traceback__
code = sys._getframe().f_code
print(code is sys._getframe().f_code, code.co_code.hex(), f.__code__.co_code.hex())
print(f.__code__ in code.co_consts, traceback.tb_lasti, traceback.tb_frame.f_code is code)
"""
    path = desk.write("asked.py", text)
    check_same(desk, str(path))


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
    assert row == {
        "name": "z",
        "script": "script.py",
        "version": None,
        "code": code,
        "kept": 2,
        "statements": 3,
        "proven": None,
    }


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
    assert header.split() == [
        "NAME",
        "VERSION",
        "SAVED",
        "(UTC)",
        "TYPE",
        "SESSION",
        "PROVEN",
        "(UTC)",
    ]
    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    for row, start, kind in zip(
        rows, [r"a list +0", r"one +0", r"one +1"], ["list", "int", "int"], strict=True
    ):
        assert re.fullmatch(rf"{start}  {moment}  builtins\.{kind} +{SESSION} +-", row)


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


def large(desk: Desk, name: str) -> None:
    """Writes a file of which too much is in it to be kept."""
    (desk.folder / name).write_text("1" * (2 << 20))


def test_a_slice_that_fails_is_reported_with_its_error(desk: Desk) -> None:
    large(desk, "data.txt")
    desk.record("import clew\nx = len(open('data.txt').read())\nclew.save(x, 'a')\n")
    (desk.folder / "data.txt").unlink()
    outcome = desk.clew("verify", "a")
    assert outcome.code == 1
    assert outcome.err == "clew: data.txt is gone\n"
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
    large(desk, "data.txt")
    desk.record("import clew\nx = len(open('data.txt').read())\nclew.save(x, 'a')\n")
    (desk.folder / "data.txt").unlink()
    assert desk.clew("verify", "a").code == 1
    assert "replayed, it failed: FileNotFoundError" in desk.clew("slice", "a").err
    large(desk, "data.txt")
    assert desk.clew("verify", "a").code == 0
    assert desk.clew("slice", "a").code == 0


def test_all_slices_leave_out_those_that_are_refused(desk: Desk) -> None:
    large(desk, "data.txt")
    desk.record("x = len(open('data.txt').read())\ny = 1\n", "--fingerprints")
    (desk.folder / "data.txt").unlink()
    assert desk.clew("verify", "x").code == 1
    outcome = desk.clew("slice", "--all")
    assert outcome.code == 0
    assert "y = 1" in outcome.out and "data.txt" not in outcome.out
    assert "the slice of `x` is refused: replayed, it failed: FileNotFoundError" in outcome.err
    assert "data.txt" in desk.clew("slice", "--all", "--force").out


def test_the_store_is_seen_by_no_listing_and_not_by_git(desk: Desk) -> None:
    desk.write(
        "look.py",
        """
        import glob, os
        from pathlib import Path
        folder = os.open(".", os.O_RDONLY)
        print(os.listdir(), os.listdir(b"."), os.listdir(Path(".")), os.listdir(folder))
        print([each.name for each in os.scandir()], list(os.walk(".")), sorted(Path().iterdir()))
        print(glob.glob(".*"), glob.glob("*", include_hidden=True), list(Path().rglob("*")))
        os.makedirs("inner/.clew")
        print(os.listdir("inner"), list(os.walk("inner")), os.listdir)
        os.removedirs("inner/.clew")
        """,
    )
    check_same(desk, "look.py")
    assert (desk.folder / ".clew").is_dir()
    run(["git", "init", "-q"], desk.folder)
    assert run(["git", "status", "--short"], desk.folder).out == "?? look.py\n"


def test_options_of_python_itself_may_stand_before_the_script(desk: Desk) -> None:
    desk.write(
        "options.py",
        """
        import sys, warnings
        assert False, "left out by -O"
        print(sys.flags, sys.warnoptions, sys._xoptions, sys.argv, sys.path[0], __debug__)
        warnings.warn("an error by -W")
        """,
    )
    check_same(desk, "-u", "-O", "-W", "error", "-X", "dev", "options.py", "-v", "--help")
    check_same(desk, "-OO", "-Wignore", "-c", "import sys; print(sys.flags, sys.argv)", "-u")
    assert desk.slice("sys") == "import sys\n"


def test_a_program_may_come_by_standard_input(desk: Desk) -> None:
    text = b"import sys\nx = [sys.argv, sys.path[0], sys.stdin.read()]\nprint(x, __name__)\n1 / 0\n"
    check_same(desk, "-", "a", "-b", stdin=text)


def test_a_folder_and_an_archive_run_their_main(desk: Desk) -> None:
    desk.write(
        "app/__main__.py",
        """
        import sys, helper
        print(sys.argv, sys.path[0], __name__, __file__, __package__, __spec__.origin)
        print(type(__loader__), __spec__.name)
        x = helper.twice(2)
        print(x)
        """,
    )
    desk.write("app/helper.py", "def twice(x):\n    return x * 2\n")
    check_same(desk, "app", "-x")
    assert desk.slice("x") == "import helper\nx = helper.twice(2)\n"
    shutil.make_archive(str(desk.folder / "app"), "zip", desk.folder / "app")
    check_same(desk, "app.zip", "-x")
    (desk.folder / "empty").mkdir()
    failed = desk.clew("run", "empty")
    assert failed.code == 2
    assert "it is a folder without a __main__.py" in failed.err


def test_what_cannot_be_pickled_is_reported_and_its_code_kept(desk: Desk) -> None:
    desk.write(
        "locks.py",
        """
        import threading
        import clew
        class Model: pass
        model = Model()
        model.parts = {"lock": [1, threading.Lock()]}
        print(clew.save(model, "model"))
        try:
            clew.save(model, "again", strict=True)
        except TypeError as error:
            print(error)
        """,
    )
    outcome = desk.clew("run", "locks.py")
    assert outcome.code == 0
    assert outcome.out == "Artifact('model', version=0, value not kept)\ncannot pickle '_thread.lock' object\n"
    assert outcome.err == (
        "clew: artifact `model`: the value is not kept, but its code is: `parts['lock'][1]` "
        "(_thread.lock) cannot be pickled (TypeError: cannot pickle '_thread.lock' object)\n"
    )
    assert 'model.parts = {"lock"' in desk.slice("model")
    assert desk.say("import clew; print('Model' in clew.get('model').get_code())") == "True\n"


def test_a_name_means_the_latest_session_before_older_artifacts(desk: Desk) -> None:
    desk.write("a.py", "import clew\nx = 1\nold = 3\nclew.save(x, 'x')\ny = x\nclew.save(y, 'y')\ny = 0\n")
    desk.write("b.py", "x = 5\nz = x * 2\n")
    for script in ["a.py", "b.py"]:
        assert desk.clew("run", script).code == 0
    desk.say("import clew; clew.save(1, 'alone')", without_lineage=True)
    found = desk.clew("slice", "x")
    assert found.out == "x = 5\n"
    assert re.fullmatch(
        r"clew: `x` is the variable of b\.py at the end of its latest run of [-0-9]+ [:0-9]+ UTC; "
        r"what a\.py saved under this name is `x@0`\n",
        found.err,
    )
    assert desk.slice("x@0") == desk.slice("a.py:x") == "x = 1\n"
    assert desk.slice("y") == desk.slice("a.py:y@0") == "x = 1\ny = x\n"
    assert desk.slice("z") == "x = 5\nz = x * 2\n"
    sessions = {row["script"]: row["session"] for row in desk.json("sessions")}
    assert list(sessions) == ["-c", "b.py", "a.py"]
    assert desk.clew("slice", "y", "--session", sessions["a.py"]).out == "y = 0\n"
    assert desk.clew("slice", "y", "--session", sessions["b.py"]).code == 1
    failed = desk.clew("slice", "old")
    assert "a.py had one at" in failed.err
    assert f"`old --session {sessions['a.py']}`" in failed.err
    assert [row["script"] for row in desk.json("sessions", "a.py")] == ["a.py"]
