"""Memory: nothing that a program lets go of is kept alive by clew."""

from __future__ import annotations

import os
from pathlib import Path

from conftest import Desk
from programs import CLEW, PYTHON, environment

CHAIN = """
import numpy as np
import pandas as pd

df = pd.DataFrame(np.ones((1_250_000, 20)))
{steps}
print(df.shape, float(df.iloc[0, 0]))
"""


def peak_in_kilobytes(command: list[str], folder: Path) -> int:
    """The most memory that a program had at any time."""
    out = os.open(folder / "out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    child = os.posix_spawn(
        command[0],
        command,
        environment(OPENBLAS_NUM_THREADS="1"),
        file_actions=[(os.POSIX_SPAWN_DUP2, out, 1)],
    )
    os.close(out)
    _, status, usage = os.wait4(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return usage.ru_maxrss


def test_a_chain_of_frames_peaks_as_under_plain_python(tmp_path: Path) -> None:
    steps = ["df = df.add(1)", "df = df.clip(lower=0)", "df = df * 2", "df = df.copy()"] * 5
    script = tmp_path / "chain.py"
    script.write_text(CHAIN.format(steps="\n".join(steps)))
    plain = peak_in_kilobytes([*PYTHON, str(script)], tmp_path)
    said = (tmp_path / "out").read_text()
    store = ["--store", str(tmp_path / "store")]
    clew = peak_in_kilobytes([*CLEW, "run", *store, str(script)], tmp_path)
    assert (tmp_path / "out").read_text() == said
    # Two frames of 200 MB are alive at a time.
    assert plain > 400_000
    assert clew < 1.1 * plain


def test_what_a_program_lets_go_of_is_gone_at_once(desk: Desk) -> None:
    desk.write(
        "script.py",
        """
        import weakref

        class Thing:
            def __init__(self, name):
                self.name = name
            def __del__(self):
                print("gone", self.name)
            def next(self):
                return Thing(self.name + "'")

        a = Thing("a")
        seen = weakref.ref(a)
        a = a.next()
        print(seen())
        held = [Thing("b"), Thing("c")]
        held.append(Thing("d"))
        held.pop(0)
        print("popped")
        held[0] = None
        print("replaced")
        def make():
            inner = Thing("e")
            return weakref.ref(inner)
        print(make()())
        print([Thing("f").name for _ in range(2)])
        weak = weakref.WeakValueDictionary()
        weak["g"] = Thing("g")
        print(len(weak))
        try:
            raise ValueError(Thing("h"))
        except ValueError as error:
            print("caught")
        print("handled")
        with open(__file__) as file:
            pass
        watched = weakref.ref(file)
        del file
        print(watched())
        (lambda thing: None)(Thing("i"))
        print("end")
        """,
    )
    plain = desk.python("script.py")
    clew = desk.clew("run", "script.py")
    assert plain.code == 0, plain.err
    assert (clew.out, clew.err, clew.code) == (plain.out, plain.err, plain.code)
