"""Keeping: commands that list, show, compare and change what is kept, and their JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess

import pytest
from conftest import Desk
from programs import CLEW, REPOSITORY, environment, run
from terminals import on_terminal

SCHEMA = json.loads((REPOSITORY / "docs" / "json-1.schema.json").read_text())
MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
SCRIPT = "import clew\nnumbers = [int(n) for n in open('in.txt').read().split()]\ntotal = sum(numbers)\nclew.save(total, 'total')\n"


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A store with three versions of `total`, of other data and then of other code, and a `label`."""
    desk.write("in.txt", "1 2 3\n")
    desk.record(SCRIPT)
    desk.write("in.txt", "1 2 3 4\n")
    desk.record(SCRIPT)
    desk.record(SCRIPT.replace("sum(", "max(") + "clew.save('x', 'label')\n")
    return desk


def check(desk: Desk, words: list[str], code: int, *said: str) -> str:
    """What a command prints; exit code and what stands in its output or its errors are as said."""
    outcome = desk.clew(*words)
    assert outcome.code == code, outcome.out + outcome.err
    for text in said:
        assert text in outcome.out + outcome.err
    assert "Traceback" not in outcome.err and "panicked" not in outcome.err
    return outcome.out


# JSON


@pytest.mark.parametrize(
    "shape, words",
    [
        ("artifacts list", ["artifacts"]),
        ("artifacts list", ["artifacts", "list"]),
        ("artifacts show", ["artifacts", "show", "total@1"]),
        ("artifacts history", ["artifacts", "history", "total"]),
        ("artifacts rm", ["artifacts", "rm", "total@0"]),
        ("diff", ["artifacts", "diff", "total"]),
        ("diff", ["diff", "total@0", "total@2"]),
        ("sessions list", ["sessions"]),
        ("sessions list", ["sessions", "list", "script.py"]),
        ("sessions list", ["log"]),
        ("sessions show", ["sessions", "show"]),
        ("sessions show", ["show"]),
        ("slice", ["slice", "total"]),
        ("slice --static", ["slice", "total", "--static", "script.py"]),
        ("slice --all", ["slice", "--all"]),
        ("slice --why", ["slice", "total", "--why"]),
        ("verify", ["verify", "total"]),
        ("verify --all", ["verify", "--all"]),
        ("rerun", ["rerun", "total"]),
        ("rerun", ["rerun", "--compare"]),
        ("rerun --plan", ["rerun", "--plan"]),
        ("graph", ["graph"]),
        ("config", ["config"]),
        ("doctor", ["doctor"]),
        ("trust", ["trust"]),
    ],
    ids=lambda given: given if isinstance(given, str) else " ".join(given),
)
def test_json_has_the_shape_that_is_documented(kept: Desk, shape: str, words: list[str]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    outcome = kept.clew(*words, "--json")
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    assert document, "there is something to look at"
    jsonschema.validate(document, {"$ref": f"#/$defs/{shape}", "$defs": SCHEMA["$defs"]})


# clew artifacts


def test_an_artifact_is_shown_with_its_code(kept: Desk) -> None:
    out = check(kept, ["artifacts", "show", "total"], 0)
    assert re.search(rf"^saved      {MOMENT} UTC$", out, flags=re.MULTILINE)
    assert "version    2\n" in out and "type       builtins.int\n" in out and "script     script.py\n" in out
    assert out.endswith("\n\nnumbers = [int(n) for n in open('in.txt').read().split()]\ntotal = max(numbers)\n")


@pytest.mark.parametrize("version, value", [("0", 0), ("latest", 2), ("first", 0)])
def test_a_version_is_a_number_a_word_or_a_tag(kept: Desk, version: str, value: int) -> None:
    check(kept, ["artifacts", "tag", "total@0", "first"], 0, "total@first is total@0")
    for command in (["artifacts", "show"], ["slice"]):
        assert json.loads(kept.clew(*command, f"total@{version}", "--json").out)["version"] == value


def test_a_version_is_one_of_a_day(kept: Desk) -> None:
    (day, *_) = kept.json("artifacts")[0]["created"].split()
    assert kept.json("artifacts", "show", f"total@{day}")["version"] == 2
    check(kept, ["artifacts", "show", "total@2001-01-01"], 1, "has no version `2001-01-01`; it has 0, 1, 2")


def test_a_tag_moves_and_goes(kept: Desk) -> None:
    check(kept, ["artifacts", "tag", "total@0", "best"], 0)
    check(kept, ["artifacts", "tag", "total", "best"], 0, "total@best is total@2")
    assert [row["tags"] for row in kept.json("artifacts")] == [[], [], [], ["best"]]
    check(kept, ["artifacts", "tag", "total", "--remove", "best"], 0)
    check(kept, ["artifacts", "tag", "total", "--remove", "best"], 1, "no tag `best`")
    for word in ("latest", "3", "2026-11-30", "a@b"):
        check(kept, ["artifacts", "tag", "total", word], 2, "cannot be a tag")
    check(kept, ["artifacts", "tag", "total"], 2, "TAG")


def test_history_says_what_differs_from_version_to_version(kept: Desk) -> None:
    header, *rows = check(kept, ["artifacts", "history", "total"], 0).splitlines()
    assert header.split() == ["VERSION", "SAVED", "(UTC)", "VALUE", "CHANGED", "TAGS"]
    told = [re.sub(MOMENT, "…", row).split() for row in rows]
    assert told == [["0", "…", "-", "-"], ["1", "…", "another", "data"], ["2", "…", "another", "code"]]


def test_versions_are_deleted_by_name(kept: Desk) -> None:
    check(kept, ["artifacts", "rm", "total"], 2, "`total` has 3 versions; name one as `total@0`, or all with --all")
    check(kept, ["artifacts", "rm", "total@0", "nothing"], 1, "no artifact `nothing`")
    assert len(kept.json("artifacts")) == 4, "all are found before any is deleted"
    check(kept, ["artifacts", "rm", "total@0", "--all"], 2, "name `total` without one")
    check(kept, ["artifacts", "rm", "total@0", "label"], 0, "deleted total@0\ndeleted label@0\n")
    check(kept, ["artifacts", "rm", "--all", "total"], 0, "deleted total@1\ndeleted total@2\n")
    assert kept.json("artifacts") == []
    check(kept, ["artifacts", "rm", "total"], 1, "no artifact `total`")


def test_a_renamed_artifact_is_replayed_as_before(desk: Desk) -> None:
    desk.record("import clew\nx = 1\nclew.save(x, 'a')\nclew.save(x + 1, 'b')\n")
    for old, new in (("a", "first"), ("b", "second one")):
        check(desk, ["artifacts", "rename", old, new], 0, f"{old} is {new} now (1 version)")
        assert "equal" in check(desk, ["verify", f"{new}@0"], 0)
        shown = desk.json("artifacts", "show", new)
        assert (shown["saved_as"], shown["name"]) == (old, new) and shown["proven"]
    assert desk.say("import clew\nprint(clew.get('second one').execute(), clew.get('first').execute())") == "2 1\n"
    check(desk, ["artifacts", "rename", "first", "second one"], 1, "there is an artifact `second one` already")
    check(desk, ["artifacts", "rename", "first@0", "x"], 2, "leave the version out")
    check(desk, ["artifacts", "rename", "first", ""], 2, "NEW")
    check(desk, ["artifacts", "rename", "firts", "x"], 1, "did you mean `first`?")


def test_what_is_almost_right_is_suggested(kept: Desk) -> None:
    check(kept, ["artifacts", "show", "totl"], 1, "no artifact `totl`; did you mean `total`?")
    check(kept, ["artifacts", "show", "total@9"], 1, "artifact `total` has no version `9`; it has 0, 1, 2")
    check(kept, ["artifcts"], 2, "unrecognized subcommand 'artifcts'", "artifacts")
    check(kept, ["artifacts", "shw", "total"], 2, "show")
    check(kept, ["artifacts", "--jsn"], 2, "--json")
    check(kept, ["config", "stor"], 2, "there is no setting `stor`; did you mean `store`?")


# clew diff


def test_two_versions_are_compared_the_likeliest_cause_first(kept: Desk) -> None:
    assert check(kept, ["diff", "total@0", "total@1"], 0) == (
        "total@0 and total@1 differ; the likeliest cause: the data that was read\n\n"
        "data:\n  in.txt: 6 bytes became 8 bytes\n\nvalue: 6 became 10\n"
    )
    assert "the likeliest cause: the code" in check(kept, ["diff", "total"], 0)
    out = check(kept, ["diff", "total@0", "total@latest", "--exit-code"], 1)
    assert out.index("code:") < out.index("data:")
    assert check(kept, ["diff", "total@1", "total@1", "--exit-code"], 0) == (
        "total@1 and total@1 are equal, and so is what made them\n"
    )
    check(kept, ["diff", "total@0"], 2, "has no version before 0")
    check(kept, ["diff", "total", "nothing"], 1, "no artifact `nothing`")


def test_a_module_that_the_code_does_not_name_is_the_lesser_cause(desk: Desk) -> None:
    desk.write("in.txt", "1\n")
    desk.write("rate.py", "RATE = 2\n")
    desk.write("tool.py", "from rate import RATE\ndef times(x): return x * RATE\n")
    script = "import clew\nfrom tool import times\nx = times(int(open('in.txt').read()))\nclew.save(x, 'x')\n"
    desk.record(script)
    desk.write("rate.py", "RATE = 3\n")
    desk.record(script)
    compared = desk.json("diff", "x@0", "x@1")
    assert [aspect["what"] for aspect in compared["aspects"]] == ["modules"]
    assert [file["name"] for file in compared["aspects"][0]["files"]] == ["rate.py"]


NAMES = {"numpy": "np", "pandas": "pd", "polars": "pl"}
# Each with two expressions, and what stands where in their values.
VALUES = {
    "numbers": ("1.5", "2", ["1.5 (float) became 2 (int)"]),
    "short texts": ("'a'", "'b'", ["'a' became 'b'"]),
    "long texts": ("'a' * 90", "'a' * 60 + 'b'", [f"from character 60 on: '{'a' * 20}' became 'b'"]),
    "lists": ("[1, [2, 3], 4]", "[1, [2, 5]]", ["[1][1]: 3 became 5", "[2]: 4 is no more"]),
    "dictionaries": ("{'a': 1, 'b': 2}", "{'b': 3, 'c': 4}", ["['a']: 1 is no more", "['b']: 2 became 3", "['c']: 4 is new"]),
    "sets": ("{1, 2}", "{2, 3}", ["1 is no more", "3 is new"]),
    "many": ("list(range(20))", "list(range(1, 21))", [*(f"[{n}]: {n} became {n + 1}" for n in range(8)), "and 12 more"]),
    "arrays": ("np.zeros((2, 2))", "np.array([[0, 0], [np.nan, 2]])", ["2 of 4 elements differ", "[1, 0]: 0.0 became nan", "[1, 1]: 0.0 became 2.0"]),
    "arrays with gaps": ("np.array([np.nan, 1.0])", "np.array([np.nan, 2.0])", ["1 of 2 elements differs", "[1]: 1.0 became 2.0"]),
    "arrays of another shape": ("np.zeros(2)", "np.zeros(3)", ["shape: (2,) became (3,)"]),
    "cells": (
        "pd.DataFrame({'a': [1, 2, 3], 'b': [1.5, None, 2.5]})",
        "pd.DataFrame({'a': [1, 7, 3], 'b': [1.5, None, 3.5]})",
        ["2 of 3 rows differ", "column 'a' row 1: 2 became 7", "column 'b' row 2: 2.5 became 3.5"],
    ),
    "columns": (
        "pd.DataFrame({'a': [1, 2], 'b': [1, 2]})",
        "pd.DataFrame({'a': [1.0, 2.5], 'c': [True, False]})",
        ["1 of 2 rows differs", "column 'a' dtype: int64 became float64", "column 'b': int64 is no more", "column 'c': bool is new", "column 'a' row 1: 2 became 2.5"],
    ),
    "rows": (
        "pd.DataFrame({'a': [1, 2]}, index=['x', 'y'])",
        "pd.DataFrame({'a': [3, 2, 1]}, index=['z', 'y', 'x'])",
        ["rows: 2 became 3", "row 'z': a=3 is new", "order of rows: ['x', 'y'] became ['z', 'y', 'x']"],
    ),
    "many rows": (
        "pd.DataFrame({'a': np.arange(30_000), 'b': 0.5})",
        "pd.DataFrame({'a': np.arange(30_000) // 29_997 * 7, 'b': 0.5})",
        ["29,999 of 30,000 rows differ", *(f"column 'a' row {n}: {n} became 0" for n in range(1, 9)), "and 29,991 more"],
    ),
    "the last rows": (
        "pd.DataFrame({'a': np.arange(300_000), 'b': 'x'})",
        "pd.DataFrame({'a': [*range(299_998), 1, 2], 'b': 'x'})",
        ["2 of 300,000 rows differ", "column 'a' row 299998: 299998 became 1", "column 'a' row 299999: 299999 became 2"],
    ),
    "two of them": (
        "{'kept': [pd.Series([1, 2, 3], name='s')]}",
        "{'kept': [pd.Series([1, 5, 6], name='s')]}",
        ["['kept'][0]: 2 of 3 rows differ", "['kept'][0] row 1: 2 became 5", "['kept'][0] row 2: 3 became 6"],
    ),
    "more than are looked at": (
        "pd.DataFrame({'a': [(n,) for n in range(25_000)]}).assign(b=[(n,) for n in range(25_000)])",
        "pd.DataFrame({'a': [(n // 20_000 * n + 1,) for n in range(25_000)]}).assign(b=[(n,) for n in range(25_000)])",
        ["at least 19,999 of 25,000 rows differ", *(f"column 'a' row {n}: ({n},) became (1,)" for n in (0, *range(2, 9))), "and at least 19,991 more"],
    ),
    "tables of polars": (
        "pl.DataFrame({'a': [1, None, 3], 's': ['x', 'y', 'z']})",
        "pl.DataFrame({'a': [1, 2, 3], 's': ['x', 'y', 'w']})",
        ["2 of 3 rows differ", "column 'a' row 1: None became 2", "column 's' row 2: 'z' became 'w'"],
    ),
    "columns of polars": ("pl.Series([1.0, float('nan')])", "pl.Series([1.5, float('nan')])", ["1 of 2 rows differs", "row 0: 1.0 became 1.5"]),
    "other rows": ("pd.Series([1, 2], index=['x', 'y'])", "pd.Series([1, 2], index=['x', 'z'])", ["row 'y': 2 is no more", "row 'z': 2 is new"]),
}


@pytest.mark.parametrize(("left", "right", "expected"), VALUES.values(), ids=VALUES)
def test_what_stands_where_in_two_values_is_shown(desk: Desk, left: str, right: str, expected: list[str]) -> None:
    imports = [f"import {name} as {word}\n" for name, word in NAMES.items() if f"{word}." in left + right]
    for name in (name for name, word in NAMES.items() if f"{word}." in left + right):
        pytest.importorskip(name)
    for value in (left, right):
        desk.record(f"import clew\n{''.join(imports)}x = {value}\nclew.save(x, 'x')\n")
    said = check(desk, ["diff", "x"], 0).partition("\nvalue:")[2].splitlines()
    told = [line.strip() for line in said if line.strip()]
    assert told == expected
    value = desk.json("diff", "x")["value"]
    assert value["fault"] is None and value["at_least"] == any("at least" in line for line in expected)
    rest = [line for line in expected if re.fullmatch(r"and .*[\d,]+ more", line)]
    more = sum(int(line.split()[-2].replace(",", "")) for line in rest)
    listed = [line for line in expected if line not in rest and not line.endswith((" differ", " differs"))]
    assert (len(value["parts"]), value["more"]) == (len(listed), more)


def test_objects_are_compared_by_their_attributes(desk: Desk) -> None:
    script = "import clew\nclass A:\n    def __init__(self, n): self.n = n\nx = [A({})]\nclew.save(x, 'x')\n"
    desk.record(script.format(1))
    desk.record(script.format(2))
    assert check(desk, ["diff", "x"], 0).endswith("\nvalue:\n  [0].n: 1 became 2\n")


def test_a_value_may_be_of_a_class_in_a_module_of_the_programs_own(desk: Desk) -> None:
    desk.write("kinds.py", "class A:\n    def __init__(self, n): self.n = n\n")
    script = "import clew\nfrom kinds import A\nx = A({})\nclew.save(x, 'x')\n"
    desk.record(script.format(1))
    desk.record(script.format(2))
    assert check(desk, ["diff", "x"], 0).endswith("\nvalue:\n  .n: 1 became 2\n")


def test_what_takes_longer_than_a_second_says_so_on_a_terminal(desk: Desk) -> None:
    desk.write("kinds.py", """
        import time
        def made(n):
            time.sleep(1.2 if 'script.py' not in __import__('sys').argv[0] else 0)
            return A(n)
        class A:
            def __init__(self, n): self.n = n
            def __reduce__(self): return made, (self.n,)
    """)
    script = "import clew\nfrom kinds import A\nx = A({})\nclew.save(x, 'x')\n"
    desk.record(script.format(1))
    desk.record(script.format(2))
    code, shown = on_terminal([*CLEW, "diff", "x"], desk.folder, (24, 80), TERM="xterm", CLEW_PAGER="")
    assert code == 0 and "clew: at work, 1 s" in shown and shown.endswith(".n: 1 became 2\n")
    _, shown = on_terminal([*CLEW, "-q", "diff", "x"], desk.folder, (24, 80), TERM="xterm", CLEW_PAGER="")
    assert "at work" not in shown


def test_a_comparison_has_colours_on_a_terminal_alone(kept: Desk) -> None:
    for variables, is_coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        given = {"TERM": "xterm", "CLEW_PAGER": "", **variables}
        _, shown = on_terminal([*CLEW, "diff", "total"], kept.folder, (50, 80), **given)
        assert ("\x1b[31m-total = sum(numbers)\x1b[0m" in shown) == is_coloured
        assert ("\x1b[1mcode:\x1b[0m" in shown) == is_coloured
    assert "\x1b" not in check(kept, ["diff", "total"], 0)


def test_a_table_is_no_wider_than_the_terminal(kept: Desk) -> None:
    for words in (["log"], ["artifacts"], ["config"], ["artifacts", "history", "total"]):
        for columns in (20, 60, 200):
            _, shown = on_terminal([*CLEW, *words], kept.folder, (50, columns), CLEW_PAGER="")
            assert max(map(len, shown.splitlines())) <= columns, words
    _, shown = on_terminal([*CLEW, "log"], kept.folder, (50, 75), CLEW_PAGER="")
    (session, *_) = (word for line in shown.splitlines()[1:] for word in line.split() if re.fullmatch(r"[-0-9a-f]{8,}", word) and "-" in word and not word.startswith("20"))
    assert f"session    {session}" in check(kept, ["show", session], 0)


def test_commands_that_look_run_no_module_of_the_current_folder(desk: Desk) -> None:
    desk.record("import clew\nimport pandas as pd\nx = pd.DataFrame({'a': [1, 2]})\nclew.save(x, 'x')\n")
    desk.record("import clew\nimport pandas as pd\nx = pd.DataFrame({'a': [1, 3]})\nclew.save(x, 'x')\n")
    kept = ["--store", "../.clew"]
    for name in ("random", "json", "pandas", "numpy", "cloudpickle", "pickle", "dataclasses", "clew", "ast", "sitecustomize"):
        desk.write(f"bad/{name}.py", "open('ran', 'w')\nraise SystemExit(9)\n")
    for words, said in {
        ("diff", "x", *kept): "column 'a' row 1: 2 became 3",
        ("doctor", *kept): "ok     extension",
        ("slice", "x", "--as", "pep723", *kept): "pandas==",
        ("export", "x", "--no-lock", *kept): "x.py",
    }.items():
        outcome = run([*CLEW, *words], desk.folder / "bad")
        assert outcome.code == 0 and said in outcome.out, outcome.out + outcome.err
    assert not (desk.folder / "bad" / "ran").exists()


def test_values_that_cannot_be_looked_at_say_why(desk: Desk) -> None:
    script = "import clew\nx = (n for n in [{}])\nclew.save(x, 'x')\n"
    for number in (1, 2):
        desk.write("script.py", script.format(number))
        assert desk.clew("run", "script.py").code == 0
    assert check(desk, ["diff", "x"], 0).endswith("\nvalue: no value is kept for `x`\n")
    assert desk.json("diff", "x")["value"] == {"counts": [], "parts": [], "more": 0, "at_least": False, "fault": "no value is kept for `x`"}


def test_equal_values_are_not_looked_at(desk: Desk) -> None:
    for text in ("x = 1 + 1", "x = 2"):
        desk.record(f"import clew\n{text}\nclew.save(x, 'x')\n")
    assert "value" not in check(desk, ["diff", "x"], 0).partition("\n")[2]
    assert desk.json("diff", "x")["value"] is None


def test_an_artifact_without_code_is_compared_by_the_rest(desk: Desk) -> None:
    for value in (1, 2):
        desk.say(f"import clew\nclew.save({value}, 'a')", without_lineage=True)
    out = check(desk, ["diff", "a"], 0)
    assert "not known" in out and "none is known for a@0" in out
    assert out.endswith("\nvalue: 1 became 2\n")


# clew sessions


def test_runs_are_listed_with_what_came_of_them(kept: Desk) -> None:
    kept.write("bad.py", "raise SystemExit(3)\n")
    assert kept.clew("run", "bad.py").code == 3
    header, first, *rest = check(kept, ["log"], 0).splitlines()
    assert header.split() == ["SCRIPT", "BEGAN", "(UTC)", "ENDED", "SESSION", "TOOK", "ARTIFACTS"]
    assert re.fullmatch(rf"bad\.py +{MOMENT}  with 3  [-0-9a-f]{{36}}  +\d+\.\d s +0", first)
    assert [row.split()[-1] for row in rest] == ["2", "1", "1"]
    assert check(kept, ["sessions"], 0) == check(kept, ["sessions", "list"], 0) == check(kept, ["log"], 0)
    assert len(check(kept, ["log", "-n", "2"], 0).splitlines()) == 3
    assert len(check(kept, ["log", "bad.py"], 0).splitlines()) == 2


def test_a_run_is_shown_with_what_it_read_and_saved(kept: Desk) -> None:
    kept.write("with.py", "import clew\nopen('out.txt', 'w').write(open('in.txt').read())\nz = 1\nclew.save(z, 'z')\n")
    assert kept.clew("run", "with.py", "an argument").code == 0
    out = check(kept, ["show"], 0)
    for line in ("script     with.py", "arguments  an argument", "artifacts  z@0", f"read       {kept.folder}/in.txt"):
        assert f"{line}\n" in out
    assert f"written    {kept.folder}/out.txt\n" in out
    session = kept.json("sessions")[-1]["session"]
    assert "arguments" not in check(kept, ["show", session], 0)
    assert "artifacts  total@0\n" in check(kept, ["show", session[:13]], 0) + check(kept, ["show", session], 0)
    check(kept, ["show", "zzz"], 1, "no session `zzz`")


def test_a_run_is_deleted_when_nothing_of_it_is_kept(kept: Desk) -> None:
    last, *_, first = [row["session"] for row in kept.json("sessions")]
    check(kept, ["sessions", "rm", first], 2, "has saved total@0; --artifacts deletes these as well")
    check(kept, ["sessions", "rm", first, "--artifacts"], 0, f"deleted {first} (script.py, ")
    assert first not in [row["session"] for row in kept.json("sessions")]
    assert [(row["name"], row["version"]) for row in kept.json("artifacts")] == [("label", 0), ("total", 1), ("total", 2)]
    assert "equal" in check(kept, ["verify", "total@1"], 0), "what others need is still there"
    check(kept, ["sessions", "rm", first], 1, "no session")
    check(kept, ["sessions", "rm", "--artifacts", last, first], 1, "no session")
    assert last in [row["session"] for row in kept.json("sessions")]


def test_a_run_without_an_end_is_not_deleted_unasked(desk: Desk) -> None:
    desk.write("killed.py", "import os\nx = 1\nos.kill(os.getpid(), 9)\n")
    assert desk.clew("run", "killed.py").code == -9
    (row,) = desk.json("sessions")
    check(desk, ["sessions", "rm", row["session"]], 2, "has not ended, or was killed; --force")
    check(desk, ["sessions", "rm", row["session"], "--force"], 0)
    assert desk.json("sessions") == []


# Where the store is


def test_a_store_is_found_from_the_folders_below_it(kept: Desk) -> None:
    below = kept.folder / "a" / "b"
    below.mkdir(parents=True)
    inside = Desk(below)
    assert inside.slice("total", "-q") == kept.slice("total")
    assert [row["name"] for row in inside.json("artifacts")] == ["label", "total", "total", "total"]
    assert inside.say("import clew; print(clew.get('total').version)") == "2\n"
    inside.record("import clew\nclew.save(1, 'below')\n")
    assert not (below / ".clew").exists()
    assert kept.json("artifacts", "show", "below")["script"] == "script.py"
    assert "found above" in check(inside, ["config"], 0)


# clew config


def test_flags_go_before_the_environment_and_that_before_the_file(desk: Desk) -> None:
    desk.write("pyproject.toml", '[project]\nname = "x"\n[tool.clew]\nstore = "by file"\nobserve = 0.5\n')
    rows = desk.json("config")
    assert (rows["store"]["value"], rows["store"]["from"]) == (f"{desk.folder}/by file", f"{desk.folder}/pyproject.toml")
    assert (rows["observe"]["value"], rows["timeout"]["from"]) == ("0.5", "default")
    assert desk.clew("config", "store", CLEW_STORE="by variable").out == f"{desk.folder}/by variable\n"
    assert desk.clew("config", "store", "--store", "by flag", CLEW_STORE="x").out == f"{desk.folder}/by flag\n"
    assert "$CLEW_STORE" in desk.clew("config", CLEW_STORE="x").out
    desk.record("x = 1\n")
    assert sorted(path.name for path in desk.folder.iterdir()) == ["by file", "pyproject.toml", "script.py"]
    assert desk.slice("x") == "x = 1\n"
    assert desk.say("import clew; print(clew.options.store.endswith('by file'))") == "True\n"


def test_a_projects_settings_hold_for_its_runs(desk: Desk) -> None:
    desk.write("clew.toml", 'redact = true\nannotations = ["rules.yaml"]\n')
    desk.write("rules.yaml", "- module: helpers\n  annotations: []\n")
    desk.write("script.py", "password = 'hunter2hunter2'\n")
    assert desk.clew("run", "script.py").err == ""
    assert "hunter2" not in desk.clew("slice", "password", "--force").out
    desk.write("rules.yaml", "- module: [\n")
    assert desk.clew("run", "script.py").code == 2
    check(desk, ["doctor"], 1, "fault", "rules.yaml")


def test_what_is_wrong_with_settings_is_said_and_the_program_runs(desk: Desk) -> None:
    desk.write("clew.toml", "obsrve = 1\nstrict = 3\n")
    desk.write("script.py", "print(1)\n")
    outcome = desk.clew("run", "script.py", CLEW_TIMEOUT="soon")
    assert (outcome.code, outcome.out) == (0, "1\n")
    assert "there is no setting `obsrve`" in outcome.err and "`strict` is not true or false" in outcome.err
    assert "$CLEW_TIMEOUT is not a number" in outcome.err
    assert desk.clew("--quiet", "run", "script.py").err == ""


# clew doctor, completions, man


def test_the_doctor_says_what_is_in_the_way(kept: Desk) -> None:
    out = check(kept, ["doctor"], 0)
    for line in (r"ok     python       .*\(3\.\d+\.\d+\)", r"ok     extension    clew \d", r"ok     store        .*: 3 sessions, 4 artifacts", r"ok     annotations  \d+ rules are built in"):
        assert re.search(f"^{line}", out, flags=re.MULTILINE), line
    check(kept, ["doctor", "--store", "in.txt"], 1, "fault  store")
    check(kept, ["doctor", "--store", "new"], 0, "not there, made by the first run")
    assert not (kept.folder / "new").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_given_what_completes_commands(desk: Desk, shell: str) -> None:
    out = check(desk, ["completions", shell], 0)
    assert all(word in out for word in ("artifacts", "rename", "store"))
    if shell == "bash":
        (desk.folder / "clew.bash").write_text(out)
        asked = "source clew.bash; COMP_WORDS=(clew artifacts re); COMP_CWORD=2; _clew clew re artifacts; echo ${COMPREPLY[@]}"
        done = subprocess.run(["bash", "-c", asked], cwd=desk.folder, capture_output=True, text=True, check=False)
        assert done.stdout.split() == ["rename"], done.stderr
    check(desk, ["completions", "powershel"], 2, "powershell")


def test_there_is_a_page_for_each_command(desk: Desk) -> None:
    assert check(desk, ["man"], 0).startswith(".ie")
    assert "NAME@2026\\-11\\-30" in check(desk, ["man", "artifacts"], 0)
    check(desk, ["man", "-o", "pages"], 0)
    pages = {path.name for path in (desk.folder / "pages").iterdir()}
    assert {"clew.1", "clew-slice.1", "clew-artifacts-rename.1", "clew-sessions-rm.1"} <= pages
    check(desk, ["man", "slic"], 2, "did you mean `slice`?")
    desk.write("file", "")
    check(desk, ["man", "-o", "file/x"], 1, "cannot write `file/x`")


# The terminal


@pytest.mark.parametrize(
    "words",
    [["artifacts"], ["artifacts", "show", "total"], ["artifacts", "history", "total"], ["diff", "total"], ["log"], ["show"], ["doctor"], ["config"], ["completions", "bash"], ["man"]],
    ids=" ".join,
)
def test_a_closed_pipe_ends_quietly(kept: Desk, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*CLEW, *words], cwd=kept.folder, env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*CLEW, *words], cwd=kept.folder, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1 and b"cannot write the output" in done.stderr


def test_quiet_leaves_errors(kept: Desk) -> None:
    static = ["slice", "total", "--static", "script.py"]
    assert "was not run" in kept.clew(*static).err
    for words in (["-q", *static], [*static, "--quiet"]):
        assert kept.clew(*words).err == ""
    assert "no artifact" in kept.clew("-q", "artifacts", "show", "nothing").err
    kept.write("args.py", "import sys\nprint(sys.argv[1:])\n")
    assert kept.clew("--quiet", "run", "args.py", "--quiet").out == "['--quiet']\n"


def test_no_colour_where_none_is_wanted(kept: Desk) -> None:
    for words in (["--help"], ["artifacts", "--jsn"]):
        outcome = kept.clew(*words, NO_COLOR="1", CLICOLOR_FORCE="")
        assert "\x1b" not in outcome.out + outcome.err


def test_help_names_every_command(desk: Desk) -> None:
    out = check(desk, ["--help"], 0)
    commands = re.findall(r"^  (\w+) ", out, flags=re.MULTILINE)
    assert {"run", "slice", "sessions", "log", "show", "artifacts", "diff", "verify", "doctor", "config", "completions", "man"} <= set(commands)
    for command in set(commands) - {"ipython", "jupyter"}:
        assert "Usage: clew" in check(desk, [command, "--help"], 0)


def test_commands_that_read_make_no_store(desk: Desk) -> None:
    for words, code in (
        (["artifacts"], 0),
        (["log"], 0),
        (["artifacts", "show", "x"], 1),
        (["artifacts", "rm", "x"], 1),
        (["diff", "x"], 1),
        (["show"], 1),
        (["sessions", "rm", "x"], 1),
        (["doctor"], 0),
        (["config"], 0),
    ):
        check(desk, words, code)
        assert list(desk.folder.iterdir()) == [], words


# clew graph NAME


def test_a_slice_is_drawn_as_a_picture_or_a_page(kept: Desk) -> None:
    svg = check(kept, ["graph", "total", "--format", "svg"], 0)
    assert svg.startswith("<svg ") and svg.count('class="row"') == 2 and "total@2" in svg
    check(kept, ["graph", "total", "-o", "total.html"], 0)
    page = (kept.folder / "total.html").read_text()
    assert "<script>" in page and "max(numbers)" in page
    check(kept, ["graph", "--format", "svg"], 2, "name one")
    check(kept, ["graph", "total", "-o", "no/such/folder.svg"], 1, "cannot write `no/such/folder.svg`")
    whole, needed = check(kept, ["graph"], 0), check(kept, ["graph", "total"], 0)
    assert 0 < len(needed.splitlines()) < len(whole.splitlines())
    assert set(needed.splitlines()) <= set(whole.splitlines())
