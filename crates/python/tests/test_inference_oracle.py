"""What calls do change is covered by what was inferred of them: each case runs its calls in turn.

The answer to an earlier call must not be taken for a later one for which it does not hold. An answer
that says nothing cannot be wrong, so those are counted: there may not be more of them than before.
"""

from __future__ import annotations

import gc
import importlib.util
import sys
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from clew._clew import Annotations
from inference_oracle import ask_and_call, cases, says_nothing

LIBRARIES = sorted(Path(__file__).with_name("inference_libraries").glob("*.py"))
CASES = [
    pytest.param(path, case, id=f"{path.stem}::{case}") for path in LIBRARIES for case in cases(path)
]
# How many answers to a case say nothing.
SAY_NOTHING = {
    "ask(as_list, Counter())": 1,
    "ask(as_text, Counter())": 1,
    "ask(as_truth, Counter())": 1,
    "ask(generator_throws, [[1]])": 1,
    "ask(Child)": 1,
    "ask(Point, [1])": 1,
    "ask(unfollowed)": 1,
}


@pytest.fixture
def load():
    """Imports a library anew, since its cases change it."""
    loaded: list[str] = []

    def load(path: Path) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"clew_oracle_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        loaded.append(spec.name)
        spec.loader.exec_module(module)
        return module

    yield load
    for name in loaded:
        del sys.modules[name]


@pytest.mark.parametrize(("path", "case"), CASES)
def test_what_changes_is_covered(load, path: Path, case: str) -> None:
    library = load(path)
    asked = Annotations()
    missed: list[str] = []
    nothing = 0

    def ask(callable, *values, **named):
        nonlocal nothing
        answer = ask_and_call(asked, library, callable, values, named)
        missed.extend(answer.missed)
        nothing += says_nothing(answer.lines)

    names = {**vars(library), "library": library, "np": np, "gc": gc, "ask": ask}
    for part in case.split(";; "):
        exec(part, names)
    assert missed == []
    known = SAY_NOTHING.get(case, 0)
    assert nothing <= known, f"{nothing} answers say nothing, where {known} did"
    if nothing < known:
        warnings.warn(f"of `{case}` more is said than SAY_NOTHING knows: lower it", stacklevel=1)


def test_the_cases_that_say_nothing_are_there() -> None:
    assert SAY_NOTHING.keys() <= {case for path in LIBRARIES for case in cases(path)}
