"""Mutated programs: what Python refuses is refused in Python's own words, byte for byte.

As a program, with a number of programs to try: `python test_mutated.py 10000`.
"""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from programs import CLEW, PYTHON, REPOSITORY, environment, run
from scripts import find

PIECES = "( ) [ ] { } ' \" ''' f'{ \\ : ; # = := -> * ** 0_1 1e é \t \n \r \x0c \x00 \xa0".split(" ")
WORDS = ["if ", "else ", "lambda ", "await ", "def f(", "match x:\n", "import ", "return\n", "del "]


def refused() -> Iterator[bytes]:
    """Mutated programs that do not compile; the same ones each time."""
    chance = random.Random(0)
    folder = REPOSITORY / "tests" / "conformance"
    sources = [script.program for script in find([folder]) if len(script.program) < 10_000]
    assert len(sources) > 100
    while True:
        text = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text) + 1)
            end = at + chance.choice([0, 1, 1, 2, 5, 20])
            piece = chance.choice(PIECES + WORDS).encode()
            text[at:end] = piece if chance.random() < 0.7 else b""
        if not compiles(bytes(text)):
            yield bytes(text)


def compiles(text: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "program.py", "exec", dont_inherit=True)
        except Exception:
            return False
    return True


def differing(count: int, folder: Path) -> list[tuple[bytes, bytes, bytes]]:
    """The programs that are refused in other words under clew, with both words."""
    import clew._clew

    program, said = folder / "program.py", folder / "said"
    command = ["run", "--store", str(folder / "store"), str(program)]
    found = []
    for text in itertools.islice(refused(), count):
        program.write_bytes(text)
        plain = subprocess.run(
            [*PYTHON, str(program)], env=environment(), stderr=subprocess.PIPE, check=False
        ).stderr
        child = os.fork()
        if child == 0:
            try:
                descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(descriptor, 1)
                os.dup2(descriptor, 2)
                sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)
                clew._clew.main(command)
                sys.stderr.flush()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        if said.read_bytes() != plain:
            # This process has imported modules that a fresh one has not, `warnings` for one.
            again = run([*CLEW, *command], folder).stderr
            if again != plain:
                found.append((text, plain, again))
    return found


def test_what_python_refuses_is_refused_in_its_own_words(tmp_path: Path) -> None:
    assert differing(200, tmp_path) == []


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        for text, plain, clew in differing(int(sys.argv[1]), Path(name)):
            print("\n".join(f"{part.decode(errors='replace')}" for part in [plain, clew]))
            print(repr(text))
