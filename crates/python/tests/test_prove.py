"""Proofs: slices that are replayed and widened until they make their value."""

from __future__ import annotations

import json

import pytest
from conftest import Desk

# A library that keeps to itself what clew is not told: it looks into files that C reads.
LIBRARY = """
import ctypes
def note(path, text):
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    file = ctypes.c_void_p(c.fopen(path, b"w"))
    c.fputs(text, file)
    c.fclose(file)
def noted(path):
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    line = ctypes.create_string_buffer(80)
    file = c.fopen(path, b"r")
    c.fgets(line, 80, ctypes.c_void_p(file)) if file else None
    return line.value
"""


def prove(desk: Desk, text: str, name: str = "out") -> tuple[str, str]:
    desk.write("secret.py", LIBRARY)
    desk.write("script.py", text)
    assert desk.clew("run", "--fingerprints", "script.py").code == 0
    outcome = desk.clew("slice", name, "--prove")
    assert outcome.code == 0, outcome.err
    return outcome.out, outcome.err


def test_a_slice_that_makes_its_value_is_given_as_it_is(desk: Desk) -> None:
    code, said = prove(desk, "x = 1\ny = 2\nout = x\n")
    assert code == "x = 1\nout = x\n"
    assert said == "clew: proven: equal, 2 of 3 statements, 0 put back\n"


WIDENED = {
    "spawned workers": """
        import multiprocessing as mp
        OFFSET = 2
        OTHER = 3
        def f(x):
            return x + globals()["OFF" + "SET"]
        if __name__ == "__main__":
            with mp.get_context("spawn").Pool(1) as p:
                out = p.map(f, [1, 2])
    """,
    "a name that is looked up": """
        KEY_A = 1
        KEY_B = 2
        def get(name):
            return vars(__import__("__main__"))["KEY_" + name]
        out = get("A")
    """,
}


@pytest.mark.parametrize("text", WIDENED.values(), ids=WIDENED)
def test_a_slice_that_lacks_something_gets_it(desk: Desk, text: str) -> None:
    code, said = prove(desk, text)
    assert "proven: equal" in said
    alone = desk.folder / "alone"
    alone.mkdir()
    (alone / "slice.py").write_text(code + "\nif __name__ == '__main__': print(out)\n")
    whole = desk.folder / "whole"
    whole.mkdir()
    (whole / "script.py").write_text(
        (desk.folder / "script.py").read_text() + "\nif __name__ == '__main__': print(out)\n"
    )
    assert Desk(alone).python("slice.py").out == Desk(whole).python("script.py").out


def test_a_value_that_is_made_anew_each_time_is_not_proven(desk: Desk) -> None:
    desk.record("import random\nx = 1\nout = random.random()\n", "--fingerprints")
    outcome = desk.clew("slice", "out", "--prove")
    assert (outcome.code, outcome.out) == (1, "")
    assert "the slice of `out` is not proven" in outcome.err


def test_a_proof_is_said_with_the_slice(desk: Desk) -> None:
    prove(desk, "x = 1\ny = 2\nout = x\n")
    outcome = desk.clew("slice", "out")
    assert outcome.code == 0
    assert outcome.err.startswith("clew: proven on 2")
    assert json.loads(desk.clew("slice", "out", "--json").out)["proven"]
