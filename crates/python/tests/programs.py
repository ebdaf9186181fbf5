"""Programs: processes started in a folder of their own, and what they did there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
PYTHON = [sys.executable]
# The console script, as people call it.
CLEW = [str(Path(sys.executable).with_name("clew"))]
LIMIT_IN_SECONDS = 60


@dataclass
class Outcome:
    """What a program did; its code is the negative number of the signal that ended it."""

    code: int
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes]

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def err(self) -> str:
        return self.stderr.decode()


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would change the programs' ways."""
    kept = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "Agg"}
    return kept | fixed | more


def _is_ours(name: str) -> bool:
    return name.startswith(("CLEW_", "PYTEST_", "PYTHON", "COVERAGE_", "LINES", "COLUMNS"))


class Workplace:
    """A folder for programs to run in: emptied before each and always at the same path, which
    they may print."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def beside(self, name: str) -> Path:
        """A path that programs do not run in and that is not emptied."""
        return self.folder / name

    def run(self, command: list[str], stdin: bytes = b"", **more: str) -> Outcome:
        """Runs a program in the emptied folder. Its output goes to files, so that a child that
        outlives it cannot hold up the reading."""
        work = self.beside("work")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        self.beside("stdin").write_bytes(stdin)
        output, errors = self.beside("stdout"), self.beside("stderr")
        with self.beside("stdin").open("rb") as a, output.open("wb") as b, errors.open("wb") as c:
            process = subprocess.Popen(
                command,
                cwd=work,
                env=environment(**more),
                stdin=a,
                stdout=b,
                stderr=c,
                start_new_session=True,
            )
            try:
                code = process.wait(LIMIT_IN_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
        return Outcome(code, output.read_bytes(), errors.read_bytes(), files_of(work))


def files_of(folder: Path) -> dict[str, bytes]:
    """All that lies in a folder, by its path in it."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            files[name + "@"] = os.readlink(path).encode()
        elif path.is_dir():
            files[name + "/"] = b""
        elif path.is_file():
            files[name] = path.read_bytes() if os.access(path, os.R_OK) else b""
    return files


def unescaped(text: str) -> bytes:
    r"""Reads `\n`, `\r`, `\t`, `\\` and `\xff`; any other backslash stays."""
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}

    def replacement(match: re.Match[bytes]) -> bytes:
        word = match[1]
        return plain[word] if word in plain else bytes.fromhex(word[1:].decode())

    return re.sub(rb"\\(n|r|t|\\|x[0-9a-fA-F]{2})", replacement, text.encode())
