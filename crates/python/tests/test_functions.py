"""Functions: what is saved in them, and their variables and lines as what is sliced."""

from __future__ import annotations

import sys

import pytest
from conftest import Desk

PROGRAM = """
import argparse
import clew


def load(n):
    print("loading", n)
    rows = [{"i": i, "v": i * i} for i in range(n)]
    return rows


def report(rows):
    for row in rows:
        print(row)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=4)
    options = parser.parse_args()
    rows = load(options.size)
    report(rows)
    total = sum(row["v"] for row in rows)
    label = f"{total} in all"
    print(label)
    clew.save(total, "total")
    clew.save([label], "label")


if __name__ == "__main__":
    main()
"""


def test_what_main_saves_is_sliced_within_main(desk: Desk) -> None:
    desk.record(PROGRAM)
    assert desk.slice("total").split("\n\n\n") == [
        "import argparse\nimport clew",
        'def load(n):\n    rows = [{"i": i, "v": i * i} for i in range(n)]\n    return rows',
        "def main():\n"
        "    parser = argparse.ArgumentParser()\n"
        '    parser.add_argument("--size", type=int, default=4)\n'
        "    options = parser.parse_args()\n"
        "    rows = load(options.size)\n"
        '    total = sum(row["v"] for row in rows)\n'
        '    clew.save(total, "total")',
        'if __name__ == "__main__":\n    main()\n',
    ]
    assert "label" not in desk.slice("total")
    assert "report" not in desk.slice("label")


def test_what_main_saves_is_proven(desk: Desk) -> None:
    desk.record(PROGRAM)
    verified = desk.clew("verify", "total")
    assert (verified.code, "total: equal" in verified.out) == (0, True), verified.out
    verified = desk.clew("verify", "label")
    assert (verified.code, "label: equal" in verified.out) == (0, True), verified.out


def test_the_slice_runs_with_the_arguments_that_were_recorded(desk: Desk) -> None:
    desk.write("script.py", PROGRAM)
    assert desk.clew("run", "script.py", "--size", "3").code == 0
    verified = desk.clew("verify", "total")
    assert (verified.code, "total: equal" in verified.out) == (0, True), verified.out


def test_a_variable_of_a_function_is_sliced_by_its_name(desk: Desk) -> None:
    desk.record(PROGRAM)
    assert desk.slice("main.label").splitlines()[-6:-3] == [
        '    total = sum(row["v"] for row in rows)',
        '    label = f"{total} in all"',
        "",
    ]
    rows = desk.slice("load.rows")
    assert "rows = [{" in rows
    assert "label" not in rows
    unknown = desk.clew("slice", "main.lable")
    assert unknown.code != 0
    assert "main.label" in unknown.err


def test_the_statement_on_a_line_is_sliced(desk: Desk) -> None:
    desk.record(PROGRAM)
    line = 1 + PROGRAM.lstrip("\n").splitlines().index('    label = f"{total} in all"')
    sliced = desk.slice(f"script.py:{line}")
    assert "    label = f" in sliced
    assert "clew.save" not in sliced
    assert desk.clew("slice", "script.py:1000").code != 0


def test_what_is_gone_with_its_function_is_not_compared(desk: Desk) -> None:
    desk.record(PROGRAM)
    for words in (["verify"], ["slice", "--prove"], ["export", "--check"]):
        refused = desk.clew(*words, "main.label")
        assert (refused.code != 0, refused.out) == (True, "")
        assert "`main.label` cannot be compared: it is gone when the function" in refused.err
    # What could not be compared is held against nobody.
    assert desk.slice("main.label") == desk.slice("main.label")
    assert desk.clew("verify", "label").code == 0


def test_locals_are_listed_where_they_are_asked_for(desk: Desk) -> None:
    desk.record(PROGRAM)
    everything = desk.json("slice", "--all")
    assert sorted(everything) == ["argparse", "clew", "load", "main", "report"]
    with_locals = desk.json("slice", "--all", "--locals")
    assert {"main.rows", "main.total", "load.rows", "load.n", "report.rows"} <= set(with_locals)


@pytest.mark.parametrize(
    ("program", "kept", "dropped"),
    [
        (
            """
            import clew
            def work(n):
                note = n * 2
                print(note)
                for i in range(n):
                    clew.save(i * 10, "x")
            work(3)
            """,
            "clew.save(i * 10",
            "note",
        ),
        (
            """
            import clew
            def work(n):
                print("work")
                return [clew.save(i, "x") for i in range(n)]
            saved = work(3)
            """,
            "clew.save(i",
            "print",
        ),
        (
            """
            import clew
            def done(value):
                kept = value + 1
                clew.save(kept, "x")
            def work(callback):
                print("work")
                callback(4)
            work(done)
            """,
            "clew.save(kept",
            'print("work")',
        ),
        (
            """
            import threading
            import clew
            def work(into):
                into.append(5)
                clew.save(into, "x")
            def main():
                print("main")
                into = []
                thread = threading.Thread(target=work, args=(into,))
                thread.start()
                thread.join()
            main()
            """,
            "clew.save(into",
            'print("main")',
        ),
        (
            """
            import clew
            class Job:
                def __init__(self):
                    self.rows = [1]
                    print("job")
                def finish(self):
                    self.rows.append(2)
                    clew.save(self.rows, "x")
            Job().finish()
            """,
            "clew.save(self.rows",
            'print("job")',
        ),
        (
            """
            import clew
            rows = [0]
            def turn(step):
                print("turn")
                rows.append(step)
                if step == 2:
                    clew.save(rows, "x")
                return step
            steps = (turn(1), turn(2), turn(3))
            """,
            "clew.save(rows",
            "print",
        ),
        (
            """
            import clew
            total = 0
            def work():
                global total
                print("work")
                total = 5
                clew.save(total, "x")
                return 6
            total = work()
            """,
            "clew.save(total",
            "print",
        ),
    ],
    ids=["loop", "comprehension", "callback", "thread", "method", "calls", "rebound"],
)
def test_a_save_stands_in_its_slice(desk: Desk, program: str, kept: str, dropped: str) -> None:
    desk.record(program)
    sliced = desk.slice("x")
    assert kept in sliced
    assert dropped not in sliced
    verified = desk.clew("verify", "x")
    assert (verified.code, "x: equal" in verified.out) == (0, True), verified.out + verified.err


def test_a_save_goes_whose_value_is_a_variable_s_when_the_slice_has_run(desk: Desk) -> None:
    desk.record(
        """
        import clew
        rows = [0]
        def turn(step):
            rows.append(step)
            clew.save(rows, f"x{step}")
            return step
        def main():
            first = turn(1)
            turn(2)
            return first
        main()
        """
    )
    assert "clew" not in desk.slice("x1")
    assert "turn(2)" not in desk.slice("x1")


def test_who_asks_for_a_functions_variable_hears_that_it_may_be_an_earlier_calls(desk: Desk) -> None:
    desk.record(
        """
        def once(x):
            y = x + 1
            return y
        def often(x):
            y = x * 2
            return y
        a = once(1)
        b = often(1)
        for i in range(3):
            b = often(i)
        """
    )
    assert "may have run again" in desk.clew("slice", "often.y").err
    assert "may have run again" not in desk.clew("slice", "once.y").err


@pytest.mark.parametrize(
    ("program", "line", "reason"),
    [
        pytest.param(
            """
            def double(n):
                print(n)
                return n * 2
            x = [double(i) for i in range(3)]
            """,
            "def double(n):",
            "is kept whole: it is called in a loop, a comprehension or a lambda, for 4",
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 12),
                reason="comprehensions are no functions any more (PEP 709), and what they call is followed",
            ),
        ),
        (
            """
            def double(n):
                print(n)
                return n * 2
            x = 0
            for i in range(3):
                x += double(i)
            """,
            "def double(n):",
            "is kept whole: it is called in a loop, a comprehension or a lambda, for 6",
        ),
        (
            """
            def some(n):
                print(n)
                yield n
            x = list(some(3))
            """,
            "def some(n):",
            "is kept whole: it is a generator or coroutine, for 4",
        ),
        (
            """
            def names(n):
                m = n
                return sorted(locals())
            x = names(3)
            """,
            "def names(n):",
            "is kept whole: it may look at its variables by itself, for 4",
        ),
        (
            """
            def double(n):
                return n * 2
            x = double(0) + double(1) + double(2) + double(3) + double(4)
            x += double(5) + double(6) + double(7) + double(8)
            """,
            "def double(n):",
            "is kept whole: it was called more than eight times, for 4",
        ),
        (
            """
            def key(n):
                print(n)
                return -n
            x = sorted([1, 2], key=key)
            """,
            "def key(n):",
            "is kept whole: calls of it are not followed there, or it is handed on, for 4",
        ),
        (
            """
            def take(n, rows):
                rows.append(n)
                if n > 3:
                    return n
                return 0
            seen = []
            take(1, seen)
            x = take(5, seen)
            """,
            "    return 0",
            "runs in another call of its function, too, for 7",
        ),
    ],
    ids=["comprehension", "loop", "generator", "locals", "often", "callback", "shared"],
)
def test_why_says_what_keeps_a_function_whole(
    desk: Desk, program: str, line: str, reason: str
) -> None:
    desk.record(program)
    why = desk.slice("x", "--why").splitlines()
    [at] = [number for number, said in enumerate(why) if said.endswith(f": {line.strip()}")]
    reasons = []
    for said in why[at + 1 :]:
        if not said.startswith("    "):
            break
        reasons.append(said.strip())
    assert reason in reasons


def test_why_does_not_say_of_a_followed_function_that_it_is_whole(desk: Desk) -> None:
    desk.record(PROGRAM)
    assert "kept whole" not in desk.slice("total", "--why")
    kept = desk.json("slice", "main.label", "--why")["statements"]
    assert {reason["because"] for each in kept for reason in each["reasons"]} == {None}


def test_tracebacks_of_followed_functions_are_pythons_own(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        def inner(values):
            note = "x"
            return values[3] + len(
                note)
        def outer():
            data = [1]
            return inner(data)
        outer()
        """,
    )
    plain, recorded = desk.python("script.py"), desk.clew("run", "script.py")
    assert (recorded.code, recorded.out, recorded.err) == (plain.code, plain.out, plain.err)


def test_what_a_followed_function_raises_reaches_its_caller(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        import argparse
        def fail(kind):
            print("fails")
            raise kind("x")
        def main():
            parser = argparse.ArgumentParser()
            parser.parse_args(["--help"])
        for kind in (ValueError, KeyError):
            pass
        try:
            fail(KeyError)
        except KeyError as error:
            print(repr(error))
        try:
            fail(OSError)
        finally:
            main()
        """,
    )
    plain, recorded = desk.python("script.py"), desk.clew("run", "script.py")
    assert (recorded.code, recorded.out, recorded.err) == (plain.code, plain.out, plain.err)


def test_what_was_saved_before_nobody_handled_an_exception_is_sliced_without_it(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        import clew
        def work(rows):
            return rows[9]
        def main():
            rows = [1, 2]
            clew.save(rows, "rows")
            work(rows)
        main()
        """,
    )
    assert desk.clew("run", "script.py").code == 1
    assert "rows[9]" not in desk.slice("rows")
    verified = desk.clew("verify", "rows")
    assert (verified.code, "rows: equal" in verified.out) == (0, True), verified.out + verified.err


def test_frames_and_code_of_followed_functions_are_the_programs_own(desk: Desk) -> None:
    text = """
        import sys, inspect
        def main():
            here = sys._getframe()
            there = inspect.currentframe().f_code
            print(here.f_code is main.__code__, there is main.__code__, here.f_lineno)
            print(main.__code__.co_consts, len(main.__code__.co_code), main.__code__.co_names)
            print(sorted(here.f_locals), here.f_lasti)
        main()
        """
    desk.write("script.py", text)
    plain, recorded = desk.python("script.py"), desk.clew("run", "script.py")
    assert (recorded.code, recorded.out, recorded.err) == (plain.code, plain.out, plain.err)
