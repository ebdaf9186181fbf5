"""Chore: a question that is asked of every script under some paths, with a report of each and figures
of all; `cargo xtask conform`, `cargo xtask soundness` and `cargo xtask notebooks` are
three."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from programs import Outcome, run_afresh
from scripts import Script, find


class Finding(Protocol):
    """What was found about a script."""

    def text(self, path: str) -> str: ...

    def json(self) -> dict: ...


class Summary(Protocol):
    """The figures of all scripts."""

    def text(self) -> str: ...

    def json(self) -> dict: ...

    def fault(self) -> str | None:
        """Why the chore fails, if it does."""


@dataclass
class Skipped:
    """It was not asked about, for this reason; most often it does not run to its end with plain Python either."""

    reason: str

    def text(self, path: str) -> str:
        return f"{'skipped':9}  {path}: {self.reason}"

    def json(self) -> dict:
        return {"verdict": "skipped", "reason": self.reason}


class Workplace:
    """A folder for programs to run in: emptied before each of them and always at the same path,
    which they may print."""

    def __init__(self, folder: Path, script: Script, limit: float) -> None:
        self.folder = folder
        self.script = script
        self.limit = limit
        self.file = script.place(folder / "script")
        self.store = folder / "store"

    def run(self, command: list[str], **variables: str) -> Outcome:
        """Runs the script by a command. Programs may print their environment, so it is the same
        each time."""
        words = [*command, str(self.file), *self.script.arguments]
        return self.run_beside(words, self.script.stdin, **variables)

    def run_beside(self, command: list[str], stdin: bytes = b"", **variables: str) -> Outcome:
        """Runs another program where the script ran."""
        fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "MPLBACKEND": "Agg"}
        variables = {**os.environ, **fixed, "CLEW_STORE": str(self.store), **variables}
        return run_afresh(command, self.folder / "work", stdin, self.limit, variables)


def share(part: float, whole: float) -> float:
    """What per cent of a whole a part is; of nothing it is nothing."""
    return 100.0 * part / whole if whole else 0.0


def main(
    judge: Callable[[Workplace, argparse.Namespace], Finding],
    summary: Callable[[list[Finding]], Summary],
    limit: float,
    *flags: str,
    suffix: str = ".py",
) -> int:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--timeout", type=float, default=limit)
    parser.add_argument("--json", action="store_true")
    for flag in flags:
        parser.add_argument(flag, action="store_true")
    parser.add_argument("paths", type=Path, nargs="+")
    arguments = parser.parse_args()
    try:
        scripts = find([path.absolute() for path in arguments.paths], suffix)
    except (OSError, ValueError) as error:
        return fail(str(error))
    if not scripts:
        return fail("there are no scripts under these paths")

    def report(script: Script) -> Finding:
        if script.wants_another_python:
            version = ".".join(map(str, sys.version_info[:2]))
            finding = Skipped(f"it is not for Python {version}")
        else:
            with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                place = Workplace(Path(folder), script, arguments.timeout)
                finding = judge(place, arguments)
        if not arguments.json:
            # In one piece, since scripts are judged at the same time.
            print(finding.text(script.name), flush=True)
        return finding

    with ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
        findings = list(pool.map(report, scripts))
    figures = summary(findings)
    if arguments.json:
        rows = [
            {"path": script.name, **finding.json()}
            for script, finding in zip(scripts, findings, strict=True)
        ]
        print(json.dumps({"scripts": rows, "summary": figures.json()}, indent=2))
    else:
        print(f"\n{figures.text()}")
    fault = figures.fault()
    return 0 if fault is None else fail(fault)


def fail(fault: str) -> int:
    print(f"xtask: {fault}", file=sys.stderr)
    return 1
