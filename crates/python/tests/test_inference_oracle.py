"""What calls do change is covered by what was inferred of them: each case runs its calls in turn.

The answer to an earlier call must not be taken for a later one for which it does not hold.
"""

from __future__ import annotations

import gc
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from clew._clew import Annotations
from inference_oracle import ask_and_call

LIBRARY = Path(__file__).with_name("inference_library.py")


@pytest.fixture
def library() -> ModuleType:
    spec = importlib.util.spec_from_file_location("clew_oracle_library", LIBRARY)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


CASES = [
    line.removeprefix("#: ").strip()
    for line in LIBRARY.read_text().splitlines()
    if line.startswith("#: ")
]


@pytest.mark.parametrize("case", CASES)
def test_what_changes_is_covered(library: ModuleType, case: str) -> None:
    names = {**vars(library), "library": library, "np": np, "gc": gc}
    asked = Annotations()
    found: list[str] = []

    def ask(callable, *values, **named):
        found.extend(ask_and_call(asked, library, callable, values, named))

    names["ask"] = ask
    for part in case.split(";; "):
        exec(part, names)
    assert found == []
