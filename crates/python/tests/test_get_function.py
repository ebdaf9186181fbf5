"""Functions of a slice: what they are written as, and that they make what the program made.

Each program is recorded; the module that `clew.get_module_definition` gives runs in a fresh process of plain Python,
in a folder without a store. With defaults its values have the fingerprints that were recorded, and with other
parameters those of the program changed by hand.
"""

from __future__ import annotations

import json
import textwrap
from importlib.util import find_spec

import pytest
from conftest import Desk
from get_function_cases import CASES

# Writes the module, or says why there is none.
WRITE = """
import json, sys
import clew
wanted = json.loads(sys.argv[1])
try:
    text = clew.get_module_definition([tuple(each) if isinstance(each, list) else each for each in wanted["names"]],
        wanted["parameters"], wanted["reused"])
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error.args[0]}"}))
else:
    known = {row.name: row.get_metadata()["fingerprint"] for row in clew.artifact_store()}
    print(json.dumps({"text": text, "recorded": known}))
"""

# Runs it as `__main__`, for the program's own classes are known by their module, and twice: a second call must find what
# the first one found.
RUN = """
import json, sys
from clew import _clew
given = json.loads(sys.argv[1])
with open("made.py", encoding="utf-8") as file:
    text = file.read()
exec(compile(text[:text.rindex("\\nif __name__")], "made.py", "exec"))
run_all_sessions(**json.loads(sys.argv[1]))
print("\\n" + json.dumps({name: _clew.fingerprint(value) for name, value in run_all_sessions(**given).items()}))
"""


def write(desk: Desk, names: list, parameters: list[str] = [], reused: list[str] = []) -> dict[str, object]:
    wanted = json.dumps({"names": names, "parameters": parameters, "reused": reused})
    outcome = desk.python("-c", WRITE, wanted)
    assert outcome.code == 0, outcome.err
    answer: dict[str, object] = json.loads(outcome.out)
    return answer


def values_of(desk: Desk, text: str, given: dict[str, object]) -> dict[str, str]:
    """The fingerprints of what a module makes, in a process that has no store of its own."""
    desk.write("made.py", "")
    (desk.folder / "made.py").write_text(text, encoding="utf-8")
    outcome = desk.python("-c", RUN, json.dumps(given))
    assert outcome.code == 0, outcome.err + text
    made: dict[str, str] = json.loads(outcome.out.splitlines()[-1])
    return made


@pytest.mark.parametrize("name", CASES)
def test_a_function_makes_what_the_program_made(desk: Desk, name: str) -> None:
    case = CASES[name]
    missing = [module for module in case.needs if find_spec(module) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    program = textwrap.dedent(case.program).lstrip("\n")
    first, other, alone = (Desk(desk.folder / folder) for folder in ("first", "other", "alone"))
    for each in (first, other, alone):
        each.write("helper.py", "import os\nsetting = os.environ.get('CLEW_TEST_SETTING')\n")
    record(first, program, case.arguments)
    answer = write(first, case.names, list(case.tried), case.reused)
    text = answer.get("text")
    assert isinstance(text, str), answer
    for piece in case.holds:
        assert piece in text, text
    for piece in case.lacks:
        assert piece not in text, text
    place = first if case.reused else alone
    assert values_of(place, text, {}) == {each: answer["recorded"][each] for each in case.names}, text
    if case.tried:
        for _, before, after in case.tried.values():
            assert before in program
            program = program.replace(before, after)
        record(other, program, case.arguments)
        by_hand = write(other, case.names)["recorded"]
        given = {key: value for key, (value, _, _) in case.tried.items()}
        assert values_of(place, text, given) == {each: by_hand[each] for each in case.names}, text


def record(desk: Desk, program: str, arguments: tuple[str, ...]) -> None:
    (desk.folder / "script.py").write_text(program, encoding="utf-8")
    outcome = desk.clew("run", "script.py", *arguments)
    assert outcome.code == 0, outcome.err


def made(desk: Desk, program: str, *names: object, parameters: list[str] = [], reused: list[str] = []) -> dict[str, object]:
    record(desk, textwrap.dedent(program).lstrip("\n"), ())
    return write(desk, list(names) or ["result"], parameters, reused)


REFUSED = {
    "exec": ("exec('result = 1')\nresult = [result]", "`exec` reads or binds variables of the module (script.py, line 2)"),
    "globals": ("a = 1\nresult = globals()['a']", "`globals` reads or binds variables of the module (script.py, line 3)"),
    "a star behind a function": (
        "def f():\n    return pi\nfrom math import *\nresult = f()",
        "`import *` has to stand at the module's level, before all else (script.py, line 4)",
    ),
    "a name of Python's": ("words = ['b', 'a']\nmax = max(words)\nresult = max", "it reads `max` of Python before it gives it another meaning (script.py, line 3)"),
    "a class body": (
        "size = [3]\nsize += [1]\nclass Box:\n    size = size + [1]\nresult = Box.size",
        "the body of `Box` binds `size` and reads that of the module (script.py, line 4)",
    ),
    "frames": (
        "import sys\ndef f():\n    return sys._getframe(1).f_globals['a']\na = 1\nresult = f()",
        "it looks for variables in the frames of functions (script.py, line 4)",
    ),
    "a query in a function": (
        "import pandas as pd\nlimit = [1]\nlimit.append(2)\ndef f(table):\n    return table.query('x in @limit')\nresult = len(f(pd.DataFrame({'x': [1, 5]})))",
        "a text in a function of it speaks of `limit`, which is looked for in frames (script.py, line 5)",
    ),
    "its own module": ("a = 1\nimport __main__\nresult = __main__.a", "it imports itself (script.py, line 3)"),
    "leaving": ("import sys\nresult = 1\nif result > 2:\n    sys.exit(1)\nresult += 1", None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_function_cannot_hold_is_refused_by_its_line(desk: Desk, name: str) -> None:
    program, reason = REFUSED[name]
    if "pandas" in program:
        pytest.importorskip("pandas")
    answer = made(desk, f"import clew\n{program}\nclew.save(result, 'result')\n")
    if reason is None:
        assert isinstance(answer.get("text"), str) or "it leaves the process (script.py, line 5)" in str(answer["error"])
    else:
        assert answer.get("error") == f"Unholdable: a function cannot hold the code of `result`: {reason}"


SIMPLE = """
import clew
a = 1
b = [a]
b[0] = 2
for c in range(3):
    a2 = c
a3 = 1
a3 = a3 + 1
print(b)
result = b + [c, a2, a3]
clew.save(result, "result")
clew.save(5, "other")
clew.save(6, "other")
"""

WRONG = {
    "unknown artifact": (["nothing"], [], [], "KeyError: no artifact `nothing`; there are: other, result"),
    "unknown version": ([["result", 7]], [], [], "KeyError: artifact `result` has no version 7"),
    "none": ([], [], [], "ValueError: a function is of one artifact at least; none is named"),
    "twice": (["other", ["other", 0]], [], [], "ValueError: artifact `other` is named twice; a function gives one version of it"),
    "unknown parameter": (["result"], ["zeta"], [], "ValueError: `zeta` cannot be a parameter: the code does not assign it; there are: a, b"),
    "no name": (["result"], ["a b"], [], "ValueError: a parameter is the name of a variable, not 'a b'"),
    "parameter twice": (["result"], ["a", "a"], [], "ValueError: the parameter `a` is named twice"),
    "assigned twice": (["result"], ["a3"], [], "ValueError: `a3` cannot be a parameter: it is assigned more than once (script.py, line 7, script.py, line 8)"),
    "a loop's": (["result"], ["c"], [], "ValueError: `c` cannot be a parameter: what binds it is no assignment of its own but `for` (script.py, line 5)"),
    "reuse of what is not needed": (["result"], [], ["other"], "ValueError: artifact `other` cannot be reused: it is no part of what `result` needs"),
}


def test_what_is_asked_wrongly_is_said_in_the_callers_terms(desk: Desk) -> None:
    record(desk, SIMPLE.lstrip("\n"), ())
    for names, parameters, reused, error in WRONG.values():
        assert write(desk, names, parameters, reused).get("error") == error
    said = desk.say("""
        import clew
        for wrong in ("result", [3], [("result", "0")]):
            try:
                clew.get_function(wrong)
            except TypeError as error:
                print(error)
    """)
    assert said.splitlines() == [
        "artifacts is a list of names, not the text 'result'",
        "an artifact is named by its name or (name, version), not 3",
        "an artifact is named by its name or (name, version), not ('result', '0')",
    ]


def test_an_artifact_without_code_has_no_function(desk: Desk) -> None:
    desk.say("import clew\nclew.save(3, 'plain')", without_lineage=True)
    error = str(write(desk, ["plain"]).get("error"))
    assert error.startswith("RuntimeError: no code is known for `plain`")


def test_a_slice_that_is_refused_has_no_function(desk: Desk) -> None:
    record(desk, "import clew, time\nresult = time.time()\nclew.save(result, 'result')\n", ())
    assert desk.clew("verify", "result@0").code == 1
    error = str(write(desk, ["result"]).get("error"))
    assert error.startswith("RuntimeError: the slice of `result` is refused: ")


def test_each_version_has_its_own_code(desk: Desk) -> None:
    for factor in (2, 3):
        record(desk, f"import clew\nresult = 5 * {factor}\nclew.save(result, 'result')\n", ())
    assert "5 * 2" in str(write(desk, [["result", 0]])["text"])
    assert "5 * 3" in str(write(desk, ["result"])["text"])


def test_several_sessions_run_in_the_order_of_time(desk: Desk) -> None:
    helper = "def scaled(x):\n    return x * {}\n"
    (desk.folder / "a.py").write_text(f"import clew\nn = 2\n{helper.format(2)}first = [scaled(n)]\nclew.save(first, 'first')\n")
    (desk.folder / "b.py").write_text(f"import clew\nm = 5\n{helper.format(3)}second = {{scaled(m)}}\nclew.save(second, 'second')\n")
    for script in ("a.py", "b.py"):
        assert desk.clew("run", script).code == 0
    answer = write(desk, ["second", "first"], ["m", "n"])
    text = answer["text"]
    assert isinstance(text, str)
    # What means different things in two sessions stands in the functions.
    assert "    def scaled(x):\n        return x * 2" in text and "    def scaled(x):\n        return x * 3" in text
    assert text.index("def run_session_including_first(n: int = 2)") < text.index("def run_session_including_second(m: int = 5)")
    assert values_of(desk, text, {}) == answer["recorded"]
    said = desk.say("""
        import clew
        print(clew.get_function(["second", "first"], ["m", "n"])(m=1, n=10))
        module = clew.get_module(["first"])
        print(module.get_first(), module.run_all_sessions(), module.__doc__.splitlines()[0])
    """)
    assert said.splitlines() == ["{'first': [20], 'second': {3}}", "[4] {'first': [4]} What makes `first`, as clew has recorded it."]


def test_a_parameter_of_two_sessions_means_the_same(desk: Desk) -> None:
    for script, value in (("a", 1), ("b", 1), ("c", 2)):
        (desk.folder / f"{script}.py").write_text(f"import clew\nn = {value}\nclew.save([n], '{script}')\n")
        assert desk.clew("run", f"{script}.py").code == 0
    assert "run_all_sessions(n: int = 1)" in str(write(desk, ["a", "b"], ["n"]).get("text"))
    assert write(desk, ["a", "c"], ["n"]).get("error") == (
        "ValueError: `n` cannot be a parameter: it is 1 in one session and 2 in another"
    )


def test_a_function_finds_the_programs_own_modules(desk: Desk) -> None:
    desk.write("app/tools.py", "def double(x): return 2 * x\n")
    desk.write("app/run.py", "import clew\nfrom tools import double\nn = 4\nclew.save(double(n), 'result')\n")
    assert desk.clew("run", "app/run.py").code == 0
    said = desk.say("import clew\nprint(clew.get_function(['result'], ['n'])(n=7))")
    assert said == "{'result': 14}\n"


def test_a_traceback_shows_the_line(desk: Desk) -> None:
    record(desk, "import clew\nn = 4\nresult = 8 // n\nclew.save(result, 'result')\n", ())
    said = desk.say("""
        import clew, traceback
        try:
            clew.get_function(["result"], ["n"])(n=0)
        except ZeroDivisionError:
            print(traceback.format_exc())
    """)
    assert "    return 8 // n\n" in said


def test_a_notebooks_cells_become_functions(desk: Desk) -> None:
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("nbclient")
    cells = ["import clew\nn = 3", "rows = list(range(n))\nrows.append(7)", "total = sum(rows)\nclew.save(total, 'total')"]
    nbformat.write(nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells))), desk.folder / "book.ipynb")
    assert desk.clew("run", "book.ipynb").code == 0
    answer = write(desk, ["total"], ["n"])
    text = answer.get("text")
    assert isinstance(text, str), answer
    assert "# cell [2], lines 1-2" in text and "book.ipynb" in text
    assert values_of(desk, text, {"n": 2}).keys() == {"total"} and values_of(desk, text, {}) == answer["recorded"]
