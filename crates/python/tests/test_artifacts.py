"""Artifacts: what scripts save, and what is known of it from Python."""

from __future__ import annotations

import json
import textwrap

import pytest
from conftest import Desk

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
    names = {"Artifact", "db", "file_system", "get", "save"}
    assert desk.say(f"import clew; print({names} <= set(clew.__all__))") == "True\n"
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


def test_a_value_that_cannot_be_kept_is_the_scripts_error_where_it_is_strict(desk: Desk) -> None:
    text = "import clew\nx = (i for i in ())\ntry:\n    clew.save(x, 'a', strict=True)\nexcept Exception as e:\n"
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


# execute


def test_execute_runs_where_and_as_the_session_did(desk: Desk) -> None:
    desk.write("helper.py", "A = 1\n")
    (desk.folder / "data.txt").write_text("5")
    desk.write(
        "script.py",
        """
        import clew, os, sys, helper
        out = [open("data.txt").read(), __file__, sys.argv, helper.A, os.getcwd()]
        clew.save(out, "out")
        """,
    )
    assert desk.clew("run", "script.py", "one").code == 0
    (desk.folder / "elsewhere").mkdir()
    store = str(desk.folder / ".clew")
    text = (
        "import clew, os, sys; before = os.getcwd(), list(sys.argv), list(sys.path);"
        "a = clew.get('out'); print(a.execute() == a.get_value(),"
        " before == (os.getcwd(), sys.argv, sys.path))"
    )
    asked = Desk(desk.folder / "elsewhere").python("-c", text, CLEW_STORE=store)
    assert (asked.out, asked.err) == ("True True\n", "")


@pytest.mark.parametrize(
    ("made", "used"),
    [
        ("{'f': f}", "v['f'](1)"),
        ("functools.partial(f, 1)", "v()"),
        ("C().m", "v()"),
        ("[C()]", "v[0].m()"),
        ("lambda x: f(x)", "v(1)"),
        ("(1, {'a': [f]})", "v[1]['a'][0](1)"),
        ("C", "v().m()"),
        ("type('D', (C,), {})", "v().m()"),
    ],
)
def test_execute_gives_no_value_that_raises_where_the_saved_one_does_not(
    desk: Desk, made: str, used: str
) -> None:
    desk.record(
        "import functools, math, clew\n"
        "k = 3\n"
        "def f(x):\n    return math.floor(x) + k\n"
        "class C:\n    def m(self):\n        return f(1)\n"
        f"v = {made}\nclew.save(v, 'v')\n"
    )
    asked = desk.python(
        "-c",
        "import clew\n"
        "try:\n    v = clew.get('v').execute()\n"
        "except RuntimeError as error:\n    print(error)\n"
        f"else:\n    print({used})\n",
    )
    assert asked.out == "4\n" or "does not make" in asked.out, asked.err


def test_artifacts_belong_to_the_execution_that_made_them(desk: Desk) -> None:
    for n in range(2):
        desk.record(f"import clew\na, b = {n}, {n + 5}\nclew.save(a, 'a')\nclew.save(b, 'b')\n")
    made = json.loads(
        desk.say(
            "import json\nfrom clew import _clew\n"
            "print(json.dumps([[_clew.describe(name, version)['execution'] for name in 'ab'] for version in (0, 1)]))\n"
        )
    )
    [first, also_first], [second, also_second] = made
    assert first == also_first != second == also_second
