"""Embedded: `with clew.session():` and `@clew.traced`, in programs that plain Python runs."""

from __future__ import annotations

import textwrap

import pytest
from conftest import Desk

# Each with what it prints, in a block and without.
SAME = {
    "what is bound lasts": """
        with SESSION:
            xs = [1]
            xs.append(2)
        print(xs)
        """,
    "texts of several lines keep theirs": """
        with SESSION:
            text = '''one
          two
        three'''
            # a comment
          # one further to the left
            both = (text,
          4)
        print(both)
        """,
    "in an if, a try and a loop": """
        for turn in range(3):
            try:
                if turn:
                    with SESSION:
                        for n in range(5):
                            if n == turn:
                                break
                        print(n)
                        1 / (turn - 2)
            except ZeroDivisionError as error:
                print(error, error.__traceback__.tb_lineno, error.__traceback__.tb_next)
        """,
    "functions from before stay what they are": """
        def f(x, by=2):
            return x * by
        g = f
        code = f.__code__
        with SESSION:
            print(f(2), g is f)
            def h(x): return f(x) + 1
        print(g is f, f.__code__ is code, f(3), h(3))
        """,
    "others trace on": """
        import sys
        seen = []
        def trace(frame, event, arg):
            seen.append(frame.f_code.co_name)
        sys.settrace(trace)
        with SESSION:
            a = 1
        def f(): pass
        f()
        print(sys.gettrace() is trace, seen[-1])
        sys.settrace(None)
        """,
}
WAYS_OUT = {
    "an error": """
        def inner(x):
            return 1 / x
        with SESSION:
            a = 3
            b = (a +
                 inner(a - 3))
        print("not here")
        """,
    "an exit": """
        import sys
        with SESSION:
            sys.exit(3)
        """,
    "an error in the last line": "with SESSION:\n    a = 1\n    raise KeyError('x')\n",
}


@pytest.mark.parametrize("program", [*SAME.values(), *WAYS_OUT.values()], ids=[*SAME, *WAYS_OUT])
def test_a_block_does_what_it_does_unrecorded(desk: Desk, program: str) -> None:
    program = "import clew, contextlib\n" + textwrap.dedent(program).lstrip("\n")
    outcomes = []
    # Neither is longer than the other, so that tracebacks are the same.
    for manager in ("clew.session()", "contextlib.nullcontext()"):
        desk.write("app.py", program.replace("SESSION", manager))
        outcomes.append(desk.python("app.py"))
    recorded, plain = outcomes
    assert (recorded.out, recorded.err, recorded.code) == (plain.out, plain.err, plain.code)
    assert desk.json("log")


def test_a_block_is_recorded_line_by_line(desk: Desk) -> None:
    desk.write("helpers.py", "def twice(xs):\n    return [2 * x for x in xs]\n")
    desk.write(
        "app.py",
        """
        import json
        import clew
        from helpers import twice
        RATE = 3
        UNNEEDED = 4

        def scaled(x):
            return x * RATE

        with clew.session() as session:
            xs = [1, 2]
            noise = json.dumps(xs)
            ys = twice(xs)
            ys.append(scaled(4))
            clew.save(ys, "ys")
        print(session.id)
        """,
    )
    outcome = desk.python("app.py")
    assert outcome.err == ""
    assert [known["session"] for known in desk.json("log")] == outcome.out.split()
    lines = desk.slice("ys").splitlines()
    assert [line for line in lines if line] == [
        "from helpers import twice",
        "RATE = 3",
        "def scaled(x):",
        "    return x * RATE",
        "xs = [1, 2]",
        "ys = twice(xs)",
        "ys.append(scaled(4))",
    ]
    assert "ys: equal" in desk.clew("verify", "ys").out
    assert desk.clew("export", "ys", "--check").code == 0


def test_what_a_block_needs_from_before_is_named(desk: Desk) -> None:
    desk.write(
        "app.py",
        """
        import os
        import random
        import clew
        rows = [len("abc")]
        rate = 2
        rate += 1
        def changed(): return rate
        changed = lambda: 3
        def counted(): return counted.n
        counted.n = 4
        random.seed(1)
        os.environ["RATE"] = "3"
        with clew.session():
            clew.save(rows[0] + 1, "one")
            clew.save(rate + 1, "two")
            clew.save(changed() + 1, "three")
            clew.save(counted() + 1, "five")
            clew.save(os.environ["RATE"] + "1", "six")
            clew.save(len(os.environ["PATH"]), "seven")
            clew.save(random.random(), "drawn")
            random.seed(2)
            clew.save(random.random(), "four")
        clew.save(rows, "after")
        """,
    )
    outcome = desk.python("app.py")
    assert "`after` version 0 without lineage" in outcome.err
    for name, needed in {"one": "rows", "two": "rate", "three": "changed", "five": "counted", "drawn": "random", "six": "RATE"}.items():
        refused = desk.clew("slice", name)
        assert refused.code != 0
        assert needed in refused.err.partition("no recorded statement made: ")[2]
    assert "PATH" in desk.slice("seven")
    assert "random.seed(2)" in desk.slice("four")
    assert "four: equal" in desk.clew("verify", "four").out


def test_a_block_that_begins_with_a_decorator_is_recorded(desk: Desk) -> None:
    desk.write(
        "app.py",
        """
        import functools
        import clew

        with clew.session():
            @functools.lru_cache
            def twice(x):
                return 2 * x

            clew.save(twice(4), "y")
        """,
    )
    assert desk.python("app.py").err == ""
    assert desk.slice("y").split("\n", 1)[0] == "import functools"
    assert "y: equal" in desk.clew("verify", "y").out


def test_a_block_in_another_folder_than_its_program_began_in(desk: Desk) -> None:
    desk.write("inner/a.txt", "x")
    desk.write(
        "app.py",
        """
        import os
        import clew
        os.chdir("inner")
        with clew.session():
            y = open("a.txt").read()
            clew.save(y, "y")
        """,
    )
    assert desk.python("app.py").err == ""
    inner = Desk(desk.folder / "inner")
    assert inner.slice("y").strip() == 'y = open("a.txt").read()'
    assert "y: equal" in inner.clew("verify", "y").out


REFUSED = {
    "in a function": ("def f():\n    with clew.session():\n        pass\nf()", "`@clew.traced`"),
    "on one line": ("with clew.session(): a = 1", "on lines of their own"),
    "beside others": ("with clew.session(), open(__file__) as f:\n    pass", "a `with` of their own"),
    "for a loop around it": ("for x in [1]:\n    with clew.session():\n        break", "put the loop into the block"),
    "without with": ("clew.session().__enter__()", "otherwise than by `with`"),
    "by a stack": (
        "import contextlib\nwith contextlib.ExitStack() as stack:\n    stack.enter_context(clew.session())",
        "at a module's top",
    ),
}


@pytest.mark.parametrize(("program", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_block_that_cannot_be_recorded_says_what_to_do_instead(desk: Desk, program: str, reason: str) -> None:
    desk.write("app.py", "import clew\n" + program + "\n")
    outcome = desk.python("app.py")
    assert outcome.code == 1
    assert "RuntimeError: clew.session() cannot record this block: " in outcome.err
    assert reason in outcome.err


def test_a_block_of_no_file_is_refused(desk: Desk) -> None:
    outcome = desk.python("-c", "import clew\nwith clew.session():\n    a = 1")
    assert "it stands in no file" in outcome.err


def test_a_file_that_was_edited_since_is_refused(desk: Desk) -> None:
    text = "import clew\nopen(__file__, 'a').write('b = 2')\nwith clew.session():\n    a = 1\n"
    desk.write("app.py", text)
    assert "is not what runs" in desk.python("app.py").err


PROGRAM = """
    import clew

    @clew.traced
    def total(rows):
        kept = [row for row in rows if row]
        return sum(kept)

    with clew.session():
        rows = [1, 0, 2]
        with clew.session():
            clew.save(total(rows), "sum")
    """


def test_within_what_is_recorded_both_do_nothing(desk: Desk) -> None:
    desk.write("app.py", PROGRAM)
    assert desk.python("app.py").err == ""
    assert len(desk.json("log")) == 1
    assert "no recorded statement made: total" in desk.clew("slice", "sum").err
    assert desk.clew("run", "app.py").err == ""
    assert len(desk.json("log")) == 2
    assert "sum: equal" in desk.clew("verify", "sum").out


JOBS = """
    import statistics
    import clew

    RATE = 2
    seen = []

    def scaled(xs, by):
        rows = xs
        return [by * x for x in rows]

    @clew.traced
    def train(rows, depth, *, label="a"):
        '''Trains.'''
        seen.append(label)
        big = scaled(rows, RATE)
        big.append(depth)
        mean = statistics.mean(big)
        return {"mean": mean,
                "depth": depth}

    class Model:
        def __init__(self, k):
            self.k = k

        @clew.traced(name="fit")
        def fit(self, rows):
            rows.append(1)
            total = self.k * sum(rows)
            return total
    """


@pytest.fixture
def jobs(desk: Desk) -> Desk:
    desk.write("jobs.py", JOBS)
    desk.write(
        "app.py",
        """
        import jobs
        rows = [1, 2, 3]
        print(jobs.train(rows, 4), jobs.train.__name__, jobs.train.__doc__)
        print(jobs.Model(3).fit(rows), rows)
        print(jobs.train(rows, depth=5, label="b"), jobs.seen)
        """,
    )
    return desk


def test_each_call_of_a_traced_function_is_a_session(jobs: Desk) -> None:
    outcome = jobs.python("app.py")
    assert outcome.err == ""
    assert outcome.out.splitlines() == [
        "{'mean': 4, 'depth': 4} train Trains.",
        "21 [1, 2, 3, 1]",
        "{'mean': 3.8, 'depth': 5} ['a', 'b']",
    ]
    assert len(jobs.json("log")) == 3
    lines = [line for line in jobs.slice("train@0").splitlines() if line]
    assert lines == [
        "import statistics",
        "RATE = 2",
        "def scaled(xs, by):",
        "    rows = xs",
        "    return [by * x for x in rows]",
        "import clew; depth = 4; rows = clew.get('train.rows', 0).get_value()",
        "big = scaled(rows, RATE)",
        "big.append(depth)",
        "mean = statistics.mean(big)",
        'result = {"mean": mean,',
        '        "depth": depth}',
    ]
    for name in ("train@0", "train@1", "fit"):
        assert f"{name}: equal" in jobs.clew("verify", name).out
    assert jobs.say("import clew; print(clew.get('train.rows', 1).get_value())") == "[1, 2, 3, 1]\n"


def test_what_a_traced_function_raises_comes_as_from_the_function(jobs: Desk) -> None:
    jobs.write("app.py", "import jobs\njobs.train('x', 1)\n")
    recorded = jobs.python("app.py").err
    jobs.write("jobs.py", "\n".join("" if "@clew" in line else line for line in textwrap.dedent(JOBS).splitlines()))
    plain = jobs.python("app.py").err
    ours, _, rest = recorded.partition("_embedded.py")
    assert rest
    assert ours.partition("During")[0] == plain.partition("During")[0]
    own = '  File "' + str(jobs.folder / "jobs.py")
    assert recorded[recorded.rindex(own) :] == plain[plain.rindex(own) :]
    assert jobs.json("log")[0]["exit_status"] == "1"


BODIES = {
    "other letters before it": "é = 'ü'; total = x + len(é); return total",
    "other letters in it": "größe = x + 1\n    return größe + len('é')",
    "nothing": "y = x\n    return",
    "brackets": "y = x\n    return(y + 1)",
    "several lines": "y = x\n    return (y +\n            1)",
    "a function first": "@staticmethod\n    def inner(y):\n        return y + 1\n    return inner(x)",
    "a function that keeps to builtins and constants": "def inner(y): return max(y, LIMIT)\n    return sorted([inner(x), 1], key=lambda v: -v)",
    "result is taken": "result = x + 1\n    return result + 1",
    "lists of the module's": "return x + len(kept)",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_traced_function_returns_what_it_returns_untraced(desk: Desk, body: str) -> None:
    text = f"import clew\nLIMIT = 3\nkept = [1]\nTRACED\ndef session(x):\n    {body}\nprint(repr(session(1)), repr(session(2)))\n"
    outcomes = []
    for line in ("@clew.traced", ""):
        desk.write("app.py", text.replace("TRACED", line))
        outcomes.append(desk.python("app.py"))
    recorded, plain = outcomes
    assert (recorded.out, recorded.err, recorded.code) == (plain.out, plain.err, plain.code)
    # It is called as a block is, and yet no part of the main script.
    assert [known["script"].rpartition("app.py")[2] for known in desk.json("log")] == [":session", ":session"]


def test_a_traced_function_follows_what_its_module_becomes(desk: Desk) -> None:
    desk.write(
        "app.py",
        """
        import clew
        RATE = 2

        def scaled(x):
            return x * RATE

        @clew.traced
        def f(x):
            y = scaled(x)
            return y

        print(f(2))
        if f:
            RATE = 3
        print(f(2))
        scaled = lambda x: 7
        print(f(2))
        """,
    )
    outcome = desk.python("app.py")
    assert (outcome.out, outcome.err) == ("4\n6\n7\n", "")
    assert len(desk.json("log")) == 3
    for name, needed in {"f@0": "RATE", "f@1": "RATE", "f@2": "scaled"}.items():
        sliced = desk.clew("slice", name)
        told = sliced.err.partition("no recorded statement made: ")[2]
        assert needed in told if sliced.code else f"{name}: equal" in desk.clew("verify", name).out


FAULTS = {
    "a block": ("Block.__init__", "with clew.session():\n    y = 1\nprint(y)"),
    "what was changed": ("Changes.by", "with clew.session():\n    y = 1\nprint(y)"),
    "a decoration": ("Traced._check", "@clew.traced\ndef f():\n    y = 1\n    return y\nprint(f())"),
    "a call": ("Changes.by", "@clew.traced\ndef f():\n    y = 1\n    return y\nprint(f())"),
}


@pytest.mark.parametrize(("broken", "program"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_its_own_leaves_the_program_alone(desk: Desk, broken: str, program: str) -> None:
    desk.write("app.py", f"import clew\nfrom clew._embedded import Block, Changes, Traced\n{broken} = lambda *_, **__: 1 / 0\n{program}\n")
    outcome = desk.python("app.py")
    assert (outcome.out, outcome.code) == ("1\n", 0)
    assert outcome.err.startswith("clew: ZeroDivisionError: division by zero; ")
    assert outcome.err.endswith(" unrecorded\n")


def test_arguments_that_do_not_fit_are_refused_by_python(jobs: Desk) -> None:
    jobs.write("app.py", "import jobs\njobs.train(1)\n")
    assert "TypeError: train() missing 1 required positional argument: 'depth'" in jobs.python("app.py").err


UNFIT = {
    "early": ("if x:\n        return 1\n    return 2", "let it return at its end only"),
    "generator": ("yield x", "one by one"),
    "global": ("global G\n    G = x\n    return x", "binds variables of others"),
    "reads what others bind": ("return x + COUNT", "make it a parameter"),
    "locals": ("return locals()", "`locals`"),
    "a class": ("class A:\n        y = x\n    return A.y", "put that at the module's top"),
    "a function of what may change": ("def g(): return later\n    return g", "may be another one later"),
    "a lambda of what may change": ("g = lambda: later\n    return g", "may be another one later"),
    "a helper below": ("y = below(x)\n    return y", "it reads `below`, which stands below it; move that up"),
    "an import below": ("y = json.dumps(x)\n    return y", "it reads `json`, which stands below it"),
    "a helper's helper below": ("y = above(x)\n    return y", "it reads `below`, which stands below it"),
    "nested nonlocal": ("def f():\n        nonlocal x\n        x = 2\n    f()\n    return x", "binds variables of others"),
}


@pytest.mark.parametrize(("body", "reason"), UNFIT.values(), ids=UNFIT)
def test_a_function_that_would_do_something_else_is_refused(desk: Desk, body: str, reason: str) -> None:
    before = "import clew\nCOUNT = 0\ndef count():\n    global COUNT\n    COUNT += 1\ndef above(x): return below(x)\nlater = 1\n"
    after = "later = 2\ndef below(x): return x\nimport json\nf(1)\n"
    desk.write("app.py", f"{before}@clew.traced\ndef f(x):\n    {body}\n{after}")
    outcome = desk.python("app.py")
    assert "ValueError: @clew.traced cannot record `f`: " in outcome.err
    assert reason in outcome.err


def test_functions_within_functions_and_other_callables_are_refused(desk: Desk) -> None:
    desk.write("app.py", "import clew\ndef g(y):\n    @clew.traced\n    def f(x):\n        return x\n    return f\ng(1)\n")
    assert "no function of some lines at the top" in desk.python("app.py").err
    assert "TypeError: @clew.traced is for functions" in desk.python("-c", "import clew; clew.traced(len)").err


def test_an_argument_that_cannot_be_kept_is_named_by_the_refusal(desk: Desk) -> None:
    desk.write(
        "app.py",
        """
        import clew
        import threading

        @clew.traced
        def f(lock, x):
            y = x + 1
            clew.save(y, "y")
            return lock.locked()

        print(f(threading.Lock(), 1))
        """,
    )
    outcome = desk.python("app.py")
    assert (outcome.out, outcome.err) == ("False\n", "")
    assert desk.slice("y") == "x = 1\ny = x + 1\n"
    assert "no recorded statement made: lock" in desk.clew("slice", "f").err
