"""Newcomer: the README followed from its top, in an empty environment and a fresh folder, timed.

``newcomer.py WHEEL`` is a chore and no test, for it asks the network for what the README's example imports;
`cargo xtask newcomer` calls it, and CI does.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from programs import REPOSITORY
from test_docs import play_document

# What the wheel brings, and what the README's example imports.
BROUGHT = {"clew", "cloudpickle"}
LIBRARIES = ["pandas", "matplotlib"]
# How many milliseconds `import clew` may take beyond an interpreter's start.
IMPORT_LIMIT = 20


def main(wheel: str) -> None:
    with tempfile.TemporaryDirectory(prefix="newcomer-") as place:
        programs = Path(place) / "venv" / "bin"
        timed("an empty environment", lambda: venv.create(programs.parent, with_pip=True))
        before = installed(programs)
        timed("pip install of the wheel", lambda: pip(programs, wheel))
        brought = installed(programs) - before
        if brought != BROUGHT:
            sys.exit(f"the wheel brings {', '.join(sorted(brought))}")
        took = import_time(programs)
        print(f"`import clew` takes {took:.1f} ms")
        if took > IMPORT_LIMIT:
            sys.exit(f"`import clew` takes more than {IMPORT_LIMIT} ms")
        timed(f"pip install of {' and '.join(LIBRARIES)}", lambda: pip(programs, *LIBRARIES))
        folder = Path(place) / "fresh"
        folder.mkdir()
        timed("the README, from its top", lambda: play_document(REPOSITORY / "README.md", folder, programs))


def timed(what: str, work) -> None:
    start = time.perf_counter()
    work()
    print(f"{what}: {time.perf_counter() - start:.1f} s", flush=True)


def pip(programs: Path, *words: str) -> None:
    command = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(command, check=True)


def installed(programs: Path) -> set[str]:
    """The names of the distributions that are there."""
    code = "import importlib.metadata as m; print(*{d.metadata['Name'] for d in m.distributions()})"
    return set(said_by(programs, code).split())


def import_time(programs: Path) -> float:
    """How many milliseconds of CPU an import takes, as the median of some."""
    code = "import time; start = time.process_time(); import clew; print(1000 * (time.process_time() - start))"
    return statistics.median(float(said_by(programs, code)) for _ in range(9))


def said_by(programs: Path, code: str) -> str:
    command = [programs / "python", "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main(sys.argv[1])
