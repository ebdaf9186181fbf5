"""Programs whose slices are written as functions: what is asked of each, and what its module holds."""

from __future__ import annotations

from dataclasses import dataclass, field


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
