"""Reading: output that is longer than the screen, and errors that point into a text."""

from __future__ import annotations

import pytest
from conftest import Desk
from programs import CLEW
from terminals import on_terminal

# Says what it was given, so that it is seen that it was asked.
PAGER = "sed 's/^/paged: /'"
SCREEN = {"TERM": "xterm", "CLEW_PAGER": PAGER}


@pytest.fixture
def long(desk: Desk) -> Desk:
    desk.record("import clew\n" + "".join(f"a{n} = {n}\n" for n in range(30)) + "x = 1\nclew.save(x, 'x')\n")
    return desk


def test_what_is_longer_than_the_screen_goes_to_the_pager(long: Desk) -> None:
    code, shown = on_terminal([*CLEW, "graph"], long.folder, (20, 80), **SCREEN)
    assert code == 0
    assert shown.splitlines()[0].startswith("paged: n0 = ")
    assert len(shown.splitlines()) > 30


@pytest.mark.parametrize(
    ("words", "size", "more"),
    [
        (["slice", "x"], (20, 80), {}),
        (["graph"], (200, 80), {}),
        (["graph", "--no-pager"], (20, 80), {}),
        (["graph"], (20, 80), {"CLEW_PAGER": ""}),
        (["graph"], (20, 80), {"CLEW_PAGER": "no-such-program 2> /dev/null"}),
        (["graph"], (20, 80), {"TERM": "dumb"}),
        (["graph"], (0, 0), {}),
    ],
    ids=["short", "tall", "not wanted", "none", "not there", "dumb", "unknown"],
)
def test_else_it_is_printed(long: Desk, words: list[str], size: tuple[int, int], more: dict[str, str]) -> None:
    code, shown = on_terminal([*CLEW, *words], long.folder, size, **{**SCREEN, **more})
    assert code == 0
    assert "paged" not in shown
    assert shown.splitlines()[-1] == long.clew(*[word for word in words if word != "--no-pager"]).out.splitlines()[-1]


def test_no_pager_is_asked_where_nobody_reads(long: Desk) -> None:
    assert "paged" not in long.clew("graph", **SCREEN).out


def test_a_pager_may_leave_before_the_end(long: Desk) -> None:
    code, shown = on_terminal([*CLEW, "graph"], long.folder, (5, 80), TERM="xterm", PAGER="head -n 1")
    assert (code, len(shown.splitlines())) == (0, 1)


def test_a_text_that_is_no_python_is_shown_where_it_is_none(desk: Desk) -> None:
    desk.write("broken.py", "a = 1\nb = (2 +\nc = 3\n")
    outcome = desk.clew("slice", "a", "--static", "broken.py")
    assert outcome.code == 2
    said, *lines = outcome.err.splitlines()
    assert said.startswith("clew: cannot read `broken.py`: line 3: ")
    assert lines == ["  |", "3 | c = 3", "  |   ^"]


def test_settings_that_mean_nothing_are_shown(desk: Desk) -> None:
    desk.record("a = 1")
    for name, text, line in [
        ("clew.toml", "redact = true\ncolour = 1\n", "2 | colour = 1\n  | ^^^^^^"),
        ("clew.toml", "redact = \n", "1 | redact =\n"),
        ("pyproject.toml", "[tool.clew]\nobserve = -1\n", "2 | observe = -1\n  | ^^^^^^^"),
    ]:
        (desk.folder / "clew.toml").unlink(missing_ok=True)
        desk.write(name, text)
        outcome = desk.clew("slice", "a")
        assert outcome.code == 0
        assert f"  |\n{line}" in outcome.err


RULES = """
- module: tools
  annotations:
    - criteria: {function_name: f}
      sideeffects: []
"""


def test_rules_that_mean_nothing_are_shown_to_those_who_read(desk: Desk) -> None:
    desk.write("rules.yaml", RULES)
    desk.write("script.py", "a = 1\n")
    given = desk.clew("run", "--annotations", "rules.yaml", "script.py")
    assert given.code == 2
    assert "4 |       sideeffects: []\n  |       ^^^^^^^^^^^" in given.err
    assert len(desk.clew("annotate", "check", "rules.yaml").out.splitlines()) == 1
    _, shown = on_terminal([*CLEW, "annotate", "check", "rules.yaml"], desk.folder)
    assert "4 |       sideeffects: []" in shown


def test_a_refusal_says_why(desk: Desk) -> None:
    desk.write("script.py", "from clew import _clew\n_clew.panic_in_recorder()\nx = 1\n")
    desk.clew("run", "script.py")
    refused = desk.clew("slice", "x")
    assert refused.code != 0
    assert refused.err.startswith("clew: the slice of `x` is refused: ")


def test_colours_are_for_terminals_that_take_them(desk: Desk) -> None:
    desk.write("broken.py", "b = (2 +\n")
    words = [*CLEW, "slice", "a", "--static", "broken.py"]
    assert "\x1b[" in on_terminal(words, desk.folder, TERM="xterm")[1]
    assert "\x1b[" not in on_terminal(words, desk.folder, TERM="xterm", NO_COLOR="1")[1]
    assert "\x1b[" not in desk.clew(*words[len(CLEW) :], TERM="xterm").err


def test_a_command_with_two_signs_turned_round_is_known(desk: Desk) -> None:
    outcome = desk.clew("lgo")
    assert outcome.code == 2
    assert "a similar subcommand exists: 'log'" in outcome.err


def test_a_narrow_terminal_shows_a_long_line_around_what_is_meant(desk: Desk) -> None:
    desk.write("broken.py", "a = [" + ", ".join(map(str, range(200))) + ", wrong wrong, " + "0, " * 100 + "]\n")
    _, shown = on_terminal([*CLEW, "slice", "a", "--static", "broken.py"], desk.folder, (30, 60))
    *_, line, marks = shown.splitlines()
    assert max(map(len, (line, marks))) <= 60
    assert line[marks.index("^") :].startswith("wrong")


