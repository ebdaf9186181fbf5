"""Proofs: slices that are replayed and widened until they make their value."""

from __future__ import annotations

import json
import textwrap

import pytest
from conftest import READ_BY_C, Desk

# A library that keeps to itself what clew is not told: it looks into files that C reads.
LIBRARY = (
    READ_BY_C
    + """
def note(path, text):
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    file = ctypes.c_void_p(c.fopen(path, b"w"))
    c.fputs(text, file)
    c.fclose(file)
noted = read
"""
)


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


def test_an_artifact_is_proven_from_python(desk: Desk) -> None:
    desk.write("script.py", "import clew\n" + WIDENED_SCRIPT + "    clew.save(out, 'a')\n")
    assert desk.clew("run", "script.py").code == 0
    asked = desk.python("-c", "import clew; print(clew.get('a').get_code(prove=True))")
    assert "OFFSET = 2" in asked.out, asked.err
    assert desk.json("artifacts")[0]["proven"]


WIDENED_SCRIPT = textwrap.dedent(WIDENED["spawned workers"])


def test_what_was_put_back_stays(desk: Desk) -> None:
    code, _ = prove(desk, WIDENED_SCRIPT)
    outcome = desk.clew("slice", "out")
    assert outcome.out == code
    assert "proven on" in outcome.err
    assert desk.clew("verify", "out").out.startswith("out: equal")


# Its users read a register that C keeps, so that nobody sees who fills it.
REGISTER = """
import ctypes
class Register:
    def set_up(self):
        ctypes.CDLL(None).setenv(b"CLEW_REGISTER", b"full", 1)
    def state(self):
        get = ctypes.CDLL(None).getenv
        get.restype = ctypes.c_char_p
        return get(b"CLEW_REGISTER")
_register = Register()
def set_up():
    _register.set_up()
def state():
    return _register.state()
def needs_it():
    if not _register.state():
        raise RuntimeError("nothing is set up for needs_it")
    return 1
"""


@pytest.mark.parametrize("asked", ["state", "needs_it"])
def test_what_a_proof_taught_helps_the_next_program(desk: Desk, asked: str) -> None:
    desk.write("library.py", REGISTER)
    text = f"import library\nx = 1\nlibrary.set_up()\ny = 2\nout = library.{asked}()\n"
    first = desk.write("script.py", text)
    assert desk.clew("run", "--fingerprints", first.name).code == 0
    if "set_up" in desk.clew("slice", "out").out:
        pytest.skip("it is seen without a proof")
    code = desk.clew("slice", "out", "--prove").out
    assert code == f"import library\nlibrary.set_up()\nout = library.{asked}()\n"
    desk.write("second.py", f"z = 5\nimport library\nlibrary.set_up()\nother = library.{asked}()\n")
    assert desk.clew("run", "second.py").code == 0
    code = desk.clew("slice", "other").out
    assert code == f"import library\nlibrary.set_up()\nother = library.{asked}()\n"
    suggested = desk.clew("annotate", "suggest")
    assert "# Without `library.set_up()`" in suggested.out
    assert "criteria: {function_name: set_up}" in suggested.out
    (desk.folder / "own.yaml").write_text(suggested.out)
    assert desk.clew("annotate", "check", "own.yaml").code == 0


def test_without_lessons_nothing_is_suggested(desk: Desk) -> None:
    desk.record("x = 1\n")
    outcome = desk.clew("annotate", "suggest")
    assert (outcome.code, outcome.out) == (0, "")
