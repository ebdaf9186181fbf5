"""Scripts, topics and comparisons: what the suites of programs are made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from comparison import Comparison, compare
from programs import REPOSITORY, Outcome
from scripts import Script, find
from topics import cases, fenced, replace_blocks


def script(text: str) -> Script:
    return Script(Path("script.py"), text.encode())


def check(outputs: list[str], differences: list[str], unsteady: list[str] = ()) -> None:
    """What plain Python, clew and plain Python once more print, and what the comparison says."""
    plain, clew, again = (Outcome(0, text.encode(), b"") for text in outputs)
    assert compare(plain, clew, lambda: again) == Comparison(differences, list(unsteady))


def test_directives_stand_in_the_first_five_lines() -> None:
    found = script(
        "\ufeff# args: -v  in.txt\n"
        "# stdin: one\\n\\ttwo\\xff\\q\n"
        "# python: >=3.12\n"
        "# files: a.txt b.txt\n"
        "x = 1  # args: none\n"
        "# stdin: too late\n"
    )
    assert found.arguments == ["-v", "in.txt"]
    assert found.stdin == b"one\n\ttwo\xff\\q"
    assert found.python == (3, 12)
    assert found.files == ["a.txt", "b.txt"]


def test_a_python_is_asked_for_in_one_way() -> None:
    assert not script("# python: >=3.11\n").wants_another_python
    assert script("# python: >=4.0\n").wants_another_python
    with pytest.raises(ValueError, match="is not as in"):
        script("# python: 3.12\n")


def test_parts_of_other_programs_are_passed_over(tmp_path: Path) -> None:
    names = "b.py a.py _part.py notes.txt README.md deep/c.py package/__init__.py package/d.py"
    for name in [*names.split(), "_data/e.py", ".hidden/f.py"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")

    def found(*names: str) -> list[str]:
        return [
            str(each.path.relative_to(tmp_path)) for each in find([tmp_path / name for name in names])
        ]

    assert found(".") == ["a.py", "b.py", "deep/c.py"]
    assert found("_part.py", "deep") == ["_part.py", "deep/c.py"]


def test_the_cases_of_a_topic_are_written_where_they_can_run(tmp_path: Path) -> None:
    topic = tmp_path / "topic.md"
    topic.write_text(
        "# Topic\n\nProse.\n\n## one\n\n```python\n# args: 7\na = 1\n```\n\n"
        "```python module beside\nb = 2\n```\n\n```python slice a\na = 1\n```\n\n"
        '## made\n\n```python that prints the program\nprint("c = 3")\n```\n'
    )
    one, made = find([topic])
    assert (one.name, one.arguments) == (f"{topic}::one", ["7"])
    placed = one.place(tmp_path / "script")
    assert placed.read_text() == "# args: 7\na = 1\n"
    assert (placed.parent / "beside.py").read_text() == "b = 2\n"
    assert made.program == b"c = 3\n"


def test_blocks_are_replaced_where_they_stand(tmp_path: Path) -> None:
    topic = tmp_path / "topic.md"
    topic.write_text("## one\n\n```python\na = 1\n```\n\n```python slice a\nb\n```\n\n## two\n")
    replace_blocks(topic, "one", {("slice", "a"): fenced(["slice", "a"], "a = 1\n")})
    assert topic.read_text() == (
        "## one\n\n```python\na = 1\n```\n\n```python slice a\na = 1\n```\n\n## two\n"
    )


def test_no_two_cases_of_a_topic_have_one_name(tmp_path: Path) -> None:
    topic = tmp_path / "topic.md"
    topic.write_text("## one\n\n```python\n```\n\n## one\n\n```python\n```\n")
    with pytest.raises(AssertionError, match="two cases are called `one`"):
        cases(topic)


def test_equal_runs_are_equal_and_need_no_third() -> None:
    run = Outcome(0, b"a", b"", {"f": b""})
    assert compare(run, run, lambda: pytest.fail("ran again")) == Comparison()


def test_addresses_are_no_difference() -> None:
    check(["<object at 0x7f12ab34cd>", "<object at 0x55dd34cd>", "<object at 0x7f12ab34cd>"], [])
    check(
        ["mask 0xff", "mask 0xfe", "mask 0xff"],
        ['stdout, line 1: plain Python has "mask 0xff" and clew "mask 0xfe"'],
    )


def test_times_taken_are_no_difference() -> None:
    check(["Ran 3 tests in 0.009s\n", "Ran 3 tests in 0.017s\n", "Ran 3 tests in 0.009s\n"], [])
    check(
        ["wait 1.5 s 2s", "wait 2.5 s 3s", "wait 1.5 s 2s"],
        ['stdout, line 1: plain Python has "wait 1.5 s 2s" and clew "wait 2.5 s 3s"'],
    )


def test_the_first_line_that_differs_is_named() -> None:
    check(
        ["a\nb\n", "a\nc\n", "a\nb\n"],
        ['stdout, line 2: plain Python has "b\\n" and clew "c\\n"'],
    )
    check(["a\n", "a\nb\n", "a\n"], ['stdout, line 2: plain Python has nothing and clew "b\\n"'])


def test_ends_and_files_must_be_the_same() -> None:
    plain, clew = Outcome(0, b"", b"", {"a": b"a"}), Outcome(-9, b"", b"", {"b": b"b"})
    assert compare(plain, clew, lambda: plain).differences == [
        'exit, line 1: plain Python has "exit status: 0" and clew "signal: 9 (SIGKILL)"',
        "file a is missing",
        "file b should not be there",
    ]


def test_numbers_may_differ_where_plain_python_differs_from_itself() -> None:
    check(["took 1.5", "took 1.7e-5", "took 1.4"], [])
    check(["[ 1.5  -2.0]", "[-17.5 2.0]", "[ 3.5   2.0]"], [])
    check(
        ["took 1.5", "lasted 1.7", "took 1.4"],
        ['stdout, line 1: plain Python has "took 1.5" and clew "lasted 1.7"'],
    )
    check(
        ["[1 2]", "[1]", "[1 3]"], ['stdout, line 1: plain Python has "[1 2]" and clew "[1]"']
    )
    check(
        ["took 1.5", "took 1.7", "took 1.5"],
        ['stdout, line 1: plain Python has "took 1.5" and clew "took 1.7"'],
    )


def test_what_plain_python_does_not_repeat_is_not_compared() -> None:
    check(["heads", "tails", "edge"], [], ["stdout"])


def test_every_topic_of_the_suites_can_be_read() -> None:
    # The contract of `executor` has blocks of its own.
    topics = sorted(
        topic for topic in (REPOSITORY / "tests").rglob("*.md") if topic.parent.name != "contract"
    )
    assert topics
    assert all(cases(topic) for topic in topics)
