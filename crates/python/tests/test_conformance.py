"""Conformance: programs that must do the same with and without clew."""

from __future__ import annotations

from pathlib import Path

import pytest
from comparison import compare
from programs import (
    CLEW,
    LIMIT_IN_SECONDS,
    PYTHON,
    REPOSITORY,
    Outcome,
    environment,
    run_afresh,
)
from scripts import Script, find
from zygote import Zygotes

FOLDER = REPOSITORY / "tests" / "conformance"
# Topics whose programs look at how a process starts and ends, what it has imported or what it shares
# with others. clew runs them in processes of their own, others in a fork of one that is warm.
COLD = {"audit", "environment", "imports", "processes", "shadowed", "threads"}


def parameters() -> list:
    def name(script: Script) -> str:
        path = script.path.relative_to(FOLDER)
        return str(path) if script.case is None else f"{path.with_suffix('')}::{script.case}"

    return [pytest.param(script, id=name(script)) for script in find([FOLDER])]


def is_cold(script: Script) -> bool:
    topic = script.path.relative_to(FOLDER).parts[0].removesuffix(".md")
    # How a process ends by `SystemExit` is for the interpreter itself to say.
    return topic in COLD or script.path.stem == "exits"


@pytest.mark.parametrize("script", parameters())
def test_does_the_same_as_under_plain_python(
    script: Script, zygotes: Zygotes, tmp_path: Path
) -> None:
    if script.wants_another_python:
        pytest.skip(f"it is for another Python: {script.python}")
    file, work = script.place(tmp_path / "script"), tmp_path / "work"
    words = [str(file), *script.arguments]
    # A program may print its environment, so that is the same both ways.
    variables = environment(CLEW_STORE=str(tmp_path / "store"))

    def plain() -> Outcome:
        command = [*PYTHON, *words]
        return run_afresh(command, work, script.stdin, LIMIT_IN_SECONDS, variables)

    first = plain()
    assert set(script.files) <= set(first.files), "it says that it writes files and does not"
    if is_cold(script):
        command = [*CLEW, "run", *words]
        clew = run_afresh(command, work, script.stdin, LIMIT_IN_SECONDS, variables)
    else:
        clew = zygotes.plain().clew(["run", *words], work, script.stdin, variables)
    comparison = compare(first, clew, plain)
    assert comparison.differences == [], clew.stderr.decode(errors="replace")
    assert comparison.unsteady == []
