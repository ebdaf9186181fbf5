"""Programs: processes started in a folder of their own, and what they did there."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

REPOSITORY = Path(__file__).parents[3]
PYTHON = [sys.executable]
# The console script, as people call it.
CLEW = [str(Path(sys.executable).with_name("clew"))]
LIMIT_IN_SECONDS = 60


@dataclass
class Outcome:
    """What a program did."""

    # The negative number of the signal that ended it, or none where it was stopped because its time
    # was up.
    code: int | None
    stdout: bytes
    stderr: bytes
    # What it left in its folder, where that was looked at.
    files: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def out(self) -> str:
        return self.stdout.decode()

    @property
    def err(self) -> str:
        return self.stderr.decode()

    @property
    def end(self) -> str:
        """How it ended, in words."""
        if self.code is None:
            return "stopped, as its time was up"
        if self.code < 0:
            return f"signal: {-self.code} ({signal.Signals(-self.code).name})"
        return f"exit status: {self.code}"


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would change the programs' ways."""
    kept = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "Agg"}
    return kept | fixed | more


def _is_ours(name: str) -> bool:
    ours = ("CLEW_", "PYTEST_", "PYTHON", "COVERAGE_", "LINES", "COLUMNS", "RUST_BACKTRACE")
    return name.startswith(ours)


def start(command: list[str], folder: Path, **more: str) -> subprocess.Popen:
    """Starts a program whose output can be read while it runs."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Whoever reads a line leaves the rest for `communicate`.
        bufsize=0,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )


def heed_interrupts() -> None:
    """A program that a shell put into the background ignores Ctrl-C, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(command: list[str], folder: Path, stdin: bytes = b"", **more: str) -> Outcome:
    """Runs a program to its end, which has to come in time."""
    outcome = execute(command, folder, stdin, LIMIT_IN_SECONDS, environment(**more))
    if outcome.code is None:
        raise TimeoutError(f"{command} did not end in time")
    return outcome


def run_afresh(
    command: list[str], folder: Path, stdin: bytes, limit: float, variables: dict[str, str]
) -> Outcome:
    """Runs a program in a folder that is emptied first, and says what it left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    outcome = execute(command, folder, stdin, limit, variables)
    outcome.files = files_of(folder)
    return outcome


def execute(
    command: list[str], folder: Path, stdin: bytes, limit: float, variables: dict[str, str]
) -> Outcome:
    """Runs a program. Its output goes to files, so that a child that outlives it cannot hold up the
    reading."""
    with TemporaryFile() as given, TemporaryFile() as output, TemporaryFile() as errors:
        given.write(stdin)
        given.seek(0)
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            preexec_fn=heed_interrupts,
            stdin=given,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            code = None
        seconds = time.monotonic() - started
        output.seek(0)
        errors.seek(0)
        return Outcome(code, output.read(), errors.read(), seconds=seconds)


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
