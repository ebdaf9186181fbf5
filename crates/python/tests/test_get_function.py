"""Functions of a slice: what they are written as, and that they make what the program made.

Each program is recorded; the module that `clew.get_module_definition` gives runs in a fresh process of plain Python,
in a folder without a store. With defaults its values have the fingerprints that were recorded, and with other
parameters those of the program changed by hand.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from importlib.util import find_spec

import pytest
from conftest import Desk

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


@dataclass
class Case:
    """A program, what is asked of it, and what the module holds."""

    program: str
    names: list[str] = field(default_factory=lambda: ["result"])
    # Of each parameter the other value to try, and how that is written in the program in the place of what.
    tried: dict[str, tuple[object, str, str]] = field(default_factory=dict)
    holds: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=lambda: ["clew.save"])
    reused: list[str] = field(default_factory=list)
    needs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


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


CASES: dict[str, Case] = {
    "a parameter has its literal as default and its type": Case(
        """
        import clew
        alpha = 0.3
        unused = 5
        result = 2 * alpha
        clew.save(result, "result")
        """,
        tried={"alpha": (0.5, "alpha = 0.3", "alpha = 0.5")},
        holds=["def get_result(alpha: float = 0.3):", "    return 2 * alpha", "# script.py, line 4", "def run_all_sessions(alpha: float = 0.3):"],
        lacks=["clew.save", "unused", "import clew"],
    ),
    "texts with an equals sign and negative numbers are defaults": Case(
        """
        import clew
        url = "http://host/?a=b"
        shift = -3
        result = url * 2 + str(shift)
        clew.save(result, "result")
        """,
        tried={"url": ("x=y", '"http://host/?a=b"', '"x=y"'), "shift": (4, "shift = -3", "shift = 4")},
        holds=['url: str = "http://host/?a=b", shift: int = -3'],
    ),
    "a list is made anew by each call": Case(
        """
        import clew
        columns = ["a", "b"]
        columns.append("c")
        result = ",".join(columns)
        clew.save(result, "result")
        """,
        tried={"columns": (["z"], '["a", "b"]', '["z"]')},
        holds=["columns: list | None = None", "    if columns is None:\n        columns = [\"a\", \"b\"]"],
    ),
    "what is computed can be a parameter": Case(
        """
        import clew
        base = 3
        size = base * 7
        result = [size] * 2
        clew.save(result, "result")
        """,
        tried={"size": (5, "base * 7", "5")},
        holds=["def get_result(size=None):", "if size is None:"],
    ),
    "a parameter that is another variable's value stays it": Case(
        """
        import clew
        count = iter(range(9))
        first = second = next(count)
        c = d = []
        c.append(1)
        result = (first, second, next(count), len(d))
        clew.save(result, "result")
        """,
        tried={"second": (7, "first = second = next(count)", "first = next(count); second = 7")},
    ),
    "two artifacts of one part": Case(
        """
        import clew
        model = dict(a=1, b=2)
        history = model.pop("a")
        twice = [history]
        twice.append(2)
        clew.save(history, "history")
        clew.save(model, "model")
        clew.save(twice, "one")
        clew.save(twice, "two")
        """,
        names=["history", "model", "one", "two"],
    ),
    "an assignment of several leaves the others": Case(
        """
        import clew
        a, b = 1, "x"
        c = d = 2.5
        result = (a, b, c, d)
        clew.save(result, "result")
        """,
        tried={"a": (9, 'a, b = 1, "x"', 'a, b = 9, "x"'), "c": (1.5, "c = d = 2.5", "c = 1.5; d = 2.5")},
        holds=['b = "x"', "d = 2.5", "a: int = 1, c: float = 2.5"],
    ),
    "an annotation stays": Case(
        """
        import clew
        rate: float = 1
        result = rate + 1
        clew.save(result, "result")
        """,
        tried={"rate": (2, "rate: float = 1", "rate: float = 2")},
        holds=["rate: float = 1)"],
    ),
    "a function that reads a parameter is within": Case(
        """
        import clew
        factor = 2
        def scaled(x):
            return x * factor
        def added(x):
            return x + 1
        result = [scaled(added(x)) for x in range(3)]
        clew.save(result, "result")
        """,
        tried={"factor": (3, "factor = 2", "factor = 3")},
        holds=["\ndef added(x):", "\n    def scaled(x):"],
    ),
    "a function that reads a constant stays outside with it": Case(
        """
        import clew
        VAT = 0.19
        def gross(x):
            return x * (1 + VAT)
        result = gross(100)
        clew.save(result, "result")
        """,
        holds=["# script.py, lines 2-4\nVAT = 0.19", "\ndef gross(x):", "    return gross(100)"],
    ),
    "what a function fills is made anew by each call": Case(
        """
        import clew
        seen = []
        def note(x):
            seen.append(x)
            return len(seen)
        note(1)
        result = note(2)
        clew.save(result, "result")
        """,
        holds=["    seen = []", "    def note(x):"],
    ),
    "a variable that a function binds is that of the function around it": Case(
        """
        import clew
        count = 0
        def more():
            global count
            count += 1
        more()
        more()
        result = count
        clew.save(result, "result")
        """,
        tried={},
        holds=["        nonlocal count"],
    ),
    "a class that reads a variable is within": Case(
        """
        import clew
        size = 3
        class Box:
            width = size
            def area(self):
                return self.width * size
        result = Box().area()
        clew.save(result, "result")
        """,
        tried={"size": (4, "size = 3", "size = 4")},
        holds=["    class Box:"],
    ),
    "an instance of an own class is the same": Case(
        """
        from dataclasses import dataclass
        import clew
        @dataclass
        class Point:
            x: int
            y: int = 2
        result = repr(Point(1))
        clew.save(result, "result")
        """,
        holds=["\n@dataclass\nclass Point:", "# script.py, lines 3-6\n@dataclass"],
    ),
    "texts keep their lines and comments stand": Case(
        '''
        import clew
        # What is said.
        text = """one
          two
        three"""
        if text:  # always
            # inside
            result = text.upper()
        clew.save(result, "result")
        ''',
        holds=["    # What is said.\n", "# always", "        # inside", '"""one\n  two\nthree"""'],
    ),
    "a save of an expression is what is returned": Case(
        """
        import clew
        n = 4
        clew.save(n ** 2, "n squared")
        """,
        names=["n squared"],
        tried={"n": (5, "n = 4", "n = 5")},
        holds=["def get_n_squared(n: int = 4):", "    return n ** 2", '{"n squared": n_squared}'],
    ),
    "a save in a block": Case(
        """
        import clew
        n = 4
        if n > 3:
            clew.save([n], "result")
        """,
        tried={"n": (5, "n = 4", "n = 5")},
        holds=["        result = [n]"],
    ),
    "a save in a function": Case(
        """
        import clew
        n = 4
        def main():
            total = n * 2
            print("total", total)
            clew.save(total, "result")
        if __name__ == "__main__":
            main()
        """,
        tried={"n": (5, "n = 4", "n = 5")},
        holds=["    saved = {}", '        saved["result"] = total', "\n    main()\n", '    return saved["result"]'],
    ),
    "what a function saves is made by one run of it": Case(
        """
        import clew
        n = 4
        def main():
            print("begun")
            rows = list(range(n))
            clew.save(len(rows), "count")
            total = sum(rows)
            clew.save(total, "total")
        main()
        """,
        names=["total", "count"],
        tried={"n": (5, "n = 4", "n = 5")},
        holds=["def get_total_and_count(n: int = 4):", '    return saved["total"], saved["count"]'],
    ),
    "what a function changes when it has saved it is made by another run": Case(
        """
        import clew
        def main():
            rows = [1, 2]
            clew.save(rows, "rows")
            rows.append(3)
            clew.save(sum(rows), "total")
        main()
        """,
        names=["rows", "total"],
        holds=["def get_rows():", "def get_total():"],
    ),
    "a loop that uses up what it is passed": Case(
        """
        from collections import deque
        import clew
        todo = deque([3, 4])
        sizes = []
        steps = 0
        while todo:
            sizes.append(todo.popleft())
            steps += 1
        clew.save(sizes, "sizes")
        clew.save(steps, "steps")
        """,
        names=["sizes", "steps"],
    ),
    "a program that exits": Case(
        """
        import sys
        import clew
        def main():
            clew.save({"a": 1}, "result")
            return 0
        if __name__ == "__main__":
            sys.exit(main())
        """,
        lacks=["clew.save", "sys.exit"],
    ),
    "a command line is the one that it had": Case(
        """
        import argparse
        import sys
        import clew
        parser = argparse.ArgumentParser()
        parser.add_argument("--factor", type=int, default=1)
        options = parser.parse_args()
        result = options.factor * len(sys.argv)
        clew.save(result, "result")
        """,
        arguments=("--factor", "7"),
        holds=["parse_args(['--factor', '7'])"],
    ),
    "several on a line": Case(
        """
        import clew; a = 1; b = 2  # both
        import math
        result = math.sqrt(a + b); clew.save(result, "result")
        """,
        tried={"a": (7, "a = 1", "a = 7")},
        holds=["    b = 2  # both\n", "    return math.sqrt(a + b)"],
    ),
    "imports come first, conditional ones stay": Case(
        """
        import clew
        numbers = [1, 4]
        import math
        try:
            import nowhere_to_be_found as fast
        except ImportError:
            fast = None
        from os import path as p
        result = (math.sqrt(numbers[1]), fast, p.join("a", "b"))
        clew.save(result, "result")
        """,
        holds=['"""\n\nimport math\nfrom os import path as p\n', "    try:\n        import nowhere_to_be_found as fast"],
    ),
    "everything of a module, before all else": Case(
        """
        from math import *
        import clew
        side = 2
        result = sqrt(side) * pi
        clew.save(result, "result")
        """,
        tried={"side": (3, "side = 2", "side = 3")},
        holds=["\nfrom math import *\n"],
    ),
    "future imports come before": Case(
        """
        from __future__ import annotations
        import json
        import clew
        def f(x: Nowhere) -> None:
            return x
        result = json.dumps(f([1]))
        clew.save(result, "result")
        """,
        holds=['"""\n\nfrom __future__ import annotations\n\nimport json'],
    ),
    "a name is deleted, and a loop's is known after it": Case(
        """
        import clew
        total = 0
        for n in range(4):
            total += n
        spare = [total]
        copy = list(spare)
        del spare
        result = copy + [n]
        clew.save(result, "result")
        """,
    ),
    "names never collide with the program's": Case(
        """
        import clew
        def get_result(x):
            return x + 1
        run_all = 3
        saved = get_result(run_all)
        clew.save(saved, "result")
        """,
        tried={"run_all": (8, "run_all = 3", "run_all = 8")},
        holds=["def get_result_2(run_all: int = 3):", "return get_result(run_all)"],
    ),
    "names that are no identifiers, and a keyword": Case(
        """
        import clew
        x = 1
        clew.save([x], "class")
        clew.save((x,), "2 übrig – é")
        """,
        names=["class", "2 übrig – é"],
        tried={"x": (2, "x = 1", "x = 2")},
        holds=["def get_class(", "def get_value_2_übrig_é("],
    ),
    "a query reads the function's variables": Case(
        """
        import clew
        import pandas as pd
        limit = 2
        frame = pd.DataFrame({"x": [1, 2, 3]})
        result = frame.query("x >= @limit")
        clew.save(result, "result")
        """,
        tried={"limit": (3, "limit = 2", "limit = 3")},
        needs=("pandas",),
    ),
    "an evaluated text reads the function's variables": Case(
        """
        import clew
        a = 3
        result = eval("a + 1")
        clew.save(result, "result")
        """,
        tried={"a": (4, "a = 3", "a = 4")},
    ),
    "what several need is computed once": Case(
        """
        import clew
        path = "abc"
        rows = [sign.upper() for sign in path]
        count = len(rows)
        names = sorted(rows, reverse=True)
        clew.save(count, "count")
        clew.save(names, "names")
        """,
        names=["names", "count"],
        tried={"path": ("zz", '"abc"', '"zz"')},
        holds=["def get_rows(path: str = \"abc\"):", "def get_count(rows):", "def get_names(rows):", '{"names": names, "count": count}'],
    ),
    "an artifact on the way is passed on": Case(
        """
        import clew
        seed = 3
        rows = list(range(seed))
        clew.save(rows, "rows")
        total = sum(rows)
        clew.save(total, "total")
        """,
        names=["total", "rows"],
        tried={"seed": (5, "seed = 3", "seed = 5")},
        holds=["def get_rows(seed: int = 3):", "def get_total(rows):", "Returns `rows`, which `total` needs as well."],
    ),
    "what one changes is computed by each": Case(
        """
        import clew
        rows = list(range(4))
        clew.save(rows, "rows")
        rows.append(100)
        total = sum(rows)
        clew.save(total, "total")
        """,
        names=["rows", "total"],
        holds=["def get_total():"],
    ),
    "a change within a function is seen": Case(
        """
        import clew
        rows = list(range(4))
        def add(to):
            to.append(100)
        clew.save(rows, "rows")
        add(rows)
        total = sum(rows)
        clew.save(total, "total")
        """,
        names=["rows", "total"],
        holds=["def get_total():"],
    ),
    "what changes between two uses is computed by each": Case(
        """
        import clew
        rows = list(range(4))
        first = len(rows)
        rows.append(100)
        last = sum(rows)
        clew.save([first, last], "both")
        clew.save(last, "last")
        """,
        names=["both", "last"],
    ),
    "a function that reads what is bound anew later": Case(
        """
        import clew
        k = 1
        def f():
            return k
        a = [f()]
        k = 2
        b = [f()]
        clew.save(a, "a")
        clew.save(b, "b")
        """,
        names=["a", "b"],
    ),
    "an artifact in the place of what makes it": Case(
        """
        import clew
        rows = [x * x for x in range(5)]
        clew.save(rows, "rows")
        scale = 2
        result = sum(rows) * scale
        clew.save(result, "result")
        """,
        reused=["rows"],
        tried={"scale": (3, "scale = 2", "scale = 3")},
        holds=['rows = clew.get("rows", 0).get_value()', "import clew"],
        lacks=["range(5)"],
    ),
    "a module's text may hold anything": Case(
        '''
        import clew
        text = "\\\\d '\\"" + """x"""
        clew.save(text, 'he said "no" \\\\ """')
        ''',
        names=['he said "no" \\ """'],
    ),
    "settings of imports come before them": Case(
        """
        import os
        os.environ["CLEW_TEST_SETTING"] = "on"
        import clew
        import helper
        result = helper.setting
        clew.save(result, "result")
        """,
        holds=['os.environ["CLEW_TEST_SETTING"] = "on"\nimport helper'],
    ),
    "frames and models": Case(
        """
        import clew
        import pandas as pd
        from sklearn.linear_model import Ridge

        alpha = 0.3
        power = 2
        frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 4.0, 9.5, 16.0]})
        frame["x2"] = frame["x"] ** power
        print(frame.describe())
        model = Ridge(alpha=alpha).fit(frame[["x", "x2"]], frame["y"])
        weights = pd.Series(model.coef_, index=["x", "x2"]).round(6)
        means = frame.groupby(frame["y"] > 5).mean()
        clew.save(model, "model")
        clew.save(weights, "weights")
        clew.save(means, "means")
        """,
        names=["model", "weights", "means"],
        tried={"alpha": (2.5, "alpha = 0.3", "alpha = 2.5"), "power": (3, "power = 2", "power = 3")},
        holds=["def get_frame(power: int = 2):", "def get_model(frame, alpha: float = 0.3):", "def get_weights(model):", "def get_means(frame):"],
        lacks=["clew.save", "describe"],
        needs=("pandas", "sklearn"),
    ),
    "draws of a generator": Case(
        """
        import clew
        import numpy as np
        seed = 1
        rng = np.random.default_rng(seed)
        noise = rng.normal(size=3).round(6)
        more = rng.normal(size=2).round(6)
        clew.save(noise, "noise")
        clew.save(more, "more")
        """,
        names=["more", "noise"],
        tried={"seed": (2, "seed = 1", "seed = 2")},
        needs=("numpy",),
    ),
    "a figure is drawn as the slice has it": Case(
        """
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt
        import clew
        top = 5
        figure, axes = plt.subplots()
        axes.plot([1, 2, 3])
        axes.set_ylim(0, top)
        limits = axes.get_ylim()
        plt.close(figure)
        clew.save([float(limit) for limit in limits], "result")
        """,
        tried={"top": (8, "top = 5", "top = 8")},
        holds=['import matplotlib\nmatplotlib.use("Agg")\nimport matplotlib.pyplot as plt'],
        needs=("matplotlib",),
    ),
}


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
