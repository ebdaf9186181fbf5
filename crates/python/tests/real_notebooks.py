"""Real notebooks: do notebooks show the same with clew in their kernel, and do slices of all of their variables
rebuild the values?

`python real_notebooks.py [--jobs N] [--timeout SECONDS] [--json] PATH…`, which `cargo xtask notebooks`
calls; it asks the Python that it runs in. A notebook runs in a copy of its folder, with and without clew,
after a cell that seeds generators. One that does not run to its end without clew is skipped. Where the
environment names a folder as `KEEP_SLICES`, slices are written there.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import chore
from chore import Skipped, Workplace, share
from clew._shell import wants_shell
from comparison import Comparison, compare
from IPython.core.inputtransformer2 import TransformerManager
from kernels import LOAD
from notebook_cases import CaseKernel, Cell
from programs import Outcome
from zygote import Zygote

HERE = Path(__file__).parent
# What lies beside a notebook is copied up to this.
LARGEST_FOLDER_IN_BYTES = 50_000_000
# The first cell of each, so that what draws without a seed draws alike each time.
SEEDS = "import random\nrandom.seed(0)"
if find_spec("numpy") is not None:
    SEEDS += "\nimport numpy\nnumpy.random.seed(0)"
# Where kernels draw.
BACKEND = "module://matplotlib_inline.backend_inline"
VERDICTS = ("equal", "wrong", "failed", "refused", "not comparable")


class Unrunnable(Exception):
    """A notebook does not run to its end."""


@dataclass
class Variable:
    """What a slice made of a variable's value."""

    name: str
    verdict: str
    reason: str = ""


@dataclass
class Examined:
    """What a notebook showed, and what the slices of its variables made."""

    comparison: Comparison
    variables: list[Variable]
    # Without clew, and with it.
    seconds: tuple[float, float]

    @property
    def shows(self) -> str:
        return "different" if self.comparison.differences else "same"

    def text(self, path: str) -> str:
        counts = Counter(variable.verdict for variable in self.variables)
        slices = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
        plain, clew = self.seconds
        lines = [f"{self.shows:9}  {path}: slices {slices or 'none'}; plain {plain:.1f} s, clew {clew:.1f} s"]
        lines += self.comparison.differences
        lines += [f"{aspect} is unsteady" for aspect in self.comparison.unsteady]
        for variable in self.variables:
            if variable.verdict != "equal":
                lines.append(f"{variable.name} is {variable.verdict}: {variable.reason}")
        return f"\n{'':11}".join(lines)

    def json(self) -> dict:
        return {
            "differences": self.comparison.differences,
            "unsteady": self.comparison.unsteady,
            "variables": [vars(variable) for variable in self.variables],
            "seconds": self.seconds,
        }


@dataclass
class Notebook:
    """The cells of a notebook's file that run."""

    path: Path
    cells: list[str]
    # Those that may end with an exception.
    may_raise: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> Notebook:
        notebook = cls(path, [SEEDS])
        for cell in json.loads(path.read_bytes())["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] != "code" or not text.strip():
                continue
            if "raises-exception" in cell["metadata"].get("tags", ()):
                notebook.may_raise.add(len(notebook.cells))
            notebook.cells.append(text)
        return notebook

    @property
    def program(self) -> str:
        """All cells as one text, magics as the calls that they are."""
        parts = []
        for number, cell in enumerate(self.cells):
            if number in self.may_raise:
                parts.append(f"get_ipython().run_cell({cell!r})\n")
            else:
                parts.append(TransformerManager().transform_cell(cell))
        return "".join(parts)

    @property
    def libraries(self) -> list[str]:
        """The modules that it imports and that are installed."""
        try:
            tree = ast.parse(self.program)
        except SyntaxError:
            return []
        named: dict[str, None] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                named.update((alias.name, None) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                named[node.module] = None
        return [name for name in named if name.partition(".")[0] != "clew" and is_installed(name)]


def is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


class Run:
    """A notebook's run in a kernel of its own."""

    def __init__(self, place: Workplace, notebook: Notebook) -> None:
        folder = place.folder / "work"
        shutil.rmtree(folder, ignore_errors=True)
        copy_beside(notebook.path, folder)
        self.notebook = notebook
        settings = {"CLEW_STORE": str(place.store), "OMP_NUM_THREADS": "1", "MPLBACKEND": BACKEND}
        self.kernel = CaseKernel(folder, **settings)
        self.kernel.limit = place.limit
        self.outcome = Outcome(0, b"", b"")

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *reason: object) -> None:
        self.kernel.__exit__(*reason)

    def ask(self, expression: str) -> dict:
        """What an expression is in the kernel, beside its cells."""
        return self.kernel.quietly("", asked=expression)["asked"]

    def cells(self) -> Outcome:
        """What each cell shows."""
        began = time.monotonic()
        for number, text in enumerate(self.notebook.cells, 1):
            shown = self.kernel.show(Cell(text))
            self.outcome.files[f"cell {number}"] = "\n".join(shown).encode()
            if '"status": "error"' in shown[-1] and number - 1 not in self.notebook.may_raise:
                raise Unrunnable(f"cell {number}: {shown[-1][:300]}")
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def fingerprints(self) -> dict[str, list[str | None]]:
        """The fingerprint of each variable, or none and the reason."""
        module = str(HERE / "kernel_values.py")
        asked = f"__import__('runpy').run_path({module!r})['values'](get_ipython())"
        answer = self.ask(asked)
        if answer["status"] != "ok":
            raise Unrunnable(f"its values cannot be looked at: {answer}")
        return ast.literal_eval(answer["data"]["text/plain"])


def copy_beside(path: Path, folder: Path) -> None:
    """Copies what lies beside a notebook, but for other notebooks."""
    beside = [each for each in path.parent.rglob("*") if each.suffix != ".ipynb"]
    if sum(each.stat().st_size for each in beside if each.is_file()) > LARGEST_FOLDER_IN_BYTES:
        folder.mkdir()
        return
    shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns("*.ipynb", ".*"))


def judge(place: Workplace, arguments: argparse.Namespace) -> Examined | Skipped:
    notebook = Notebook.read(place.file)

    def plainly() -> Outcome:
        with Run(place, notebook) as run:
            return run.cells()

    try:
        plain = plainly()
    except (Unrunnable, TimeoutError) as error:
        return Skipped(str(error).replace("\n", " ")[:300])
    try:
        with Run(place, notebook) as run:
            run.kernel.quietly(LOAD)
            clew = run.cells()
            # Before values are looked at, which may run their code.
            run.kernel.quietly("%unload_ext clew")
            values = run.fingerprints()
    except (Unrunnable, TimeoutError, AssertionError) as error:
        fault = str(error).replace("\n", " ")
        return Examined(Comparison([f"with clew it does not run: {fault[:600]}"]), [], (0, 0))
    comparison = compare(plain, clew, plainly)
    variables = list(replayed(place, notebook, values))
    return Examined(comparison, variables, (plain.seconds, clew.seconds))


def replayed(
    place: Workplace, notebook: Notebook, values: dict[str, list[str | None]]
) -> Iterator[Variable]:
    """Makes each variable again by its slice."""
    comparable = [name for name, (fingerprint, _) in values.items() if fingerprint is not None]
    for name, (fingerprint, reason) in values.items():
        if fingerprint is None:
            yield Variable(name, "not comparable", reason)
    replay = Replay(place, notebook)
    try:
        store = str(place.store)
        sliced = replay.zygote(in_shell=False).ask("slices", place.folder / "slices", store=store, names=comparable)
        codes = sliced["answer"] or {}
        by_code: dict[str, list[str]] = {}
        for name in comparable:
            if (code := codes.get(name)) is None:
                yield Variable(name, "refused", refusal(sliced["stderr"], name))
            else:
                by_code.setdefault(code, []).append(name)
        different: list[Variable] = []
        for code, names in by_code.items():
            for variable in replay.of(code, names, values):
                if variable.verdict == "wrong":
                    different.append(variable)
                else:
                    yield variable
        # What all cells do not make twice, no slice can.
        names = [variable.name for variable in different]
        again = list(replay.of(notebook.program, names, values, perturb=True)) if names else []
        for variable, whole in zip(different, again, strict=True):
            if whole.verdict == "wrong":
                whole.verdict, whole.reason = "not comparable", "all cells make another value each time"
                yield whole
            else:
                variable.reason += f"; all cells made again are {whole.verdict} {whole.reason}".rstrip()
                yield variable
    finally:
        replay.end()


@dataclass
class Replay:
    """Replays of slices, each in a child of a process that has imported the libraries, in a shell or not."""

    place: Workplace
    notebook: Notebook
    zygotes: dict[bool, Zygote] = field(default_factory=dict)
    count: int = 0

    def zygote(self, in_shell: bool) -> Zygote:
        """The process for code that wants a shell, or for what does not."""
        if in_shell not in self.zygotes:
            first = ["shell_first"] if in_shell else []
            self.zygotes[in_shell] = Zygote([*first, *self.notebook.libraries], MPLBACKEND=BACKEND)
        return self.zygotes[in_shell]

    def end(self) -> None:
        for zygote in self.zygotes.values():
            zygote.end()

    def of(
        self,
        code: str,
        names: list[str],
        values: dict[str, list[str | None]],
        perturb: bool = False,
    ) -> Iterator[Variable]:
        self.count += 1
        folder = self.place.folder / f"replay{self.count}"
        copy_beside(self.notebook.path, folder / "work")
        details = {"code": code, "file": None, "variables": names, "cells": True, "perturb": perturb}
        done = self.zygote(wants_shell(code)).ask("replays", folder, **details)
        if code != self.notebook.program:
            keep(code, names)
        answers = done["answer"] or [None] * len(names)
        for name, answer in zip(names, answers, strict=True):
            if answer is None:
                said = done["stderr"].strip().splitlines()[-1:]
                if done["status"] == -signal.SIGKILL:
                    yield Variable(name, "not comparable", "the replay's time was up")
                    continue
                yield Variable(name, "failed", f"the replay ended with {done['status']}: {said}")
            elif answer["failed"]:
                yield Variable(name, "failed", answer["reason"])
            elif answer["fingerprint"] is None:
                yield Variable(name, "not comparable", answer["reason"])
            elif answer["fingerprint"] != values[name][0]:
                yield Variable(name, "wrong", f"{values[name][1]} is recorded")
            else:
                yield Variable(name, "equal")
        shutil.rmtree(folder, ignore_errors=True)


def keep(code: str, names: list[str]) -> None:
    """Writes a slice where a person can read it, if one asked for that."""
    folder = os.environ.get("KEEP_SLICES")
    if folder and names:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for name in names:
            (Path(folder) / f"{name}.py").write_text(code)


def refusal(said: str, name: str) -> str:
    """What clew says of a variable that it gives no slice of."""
    lines = [line for line in said.splitlines() if f"`{name}`" in line]
    return lines[-1].removeprefix("clew: ") if lines else said.strip()[-200:]


class Summary:
    def __init__(self, findings: list[Examined | Skipped]) -> None:
        examined = [finding for finding in findings if isinstance(finding, Examined)]
        self.skipped = len(findings) - len(examined)
        self.same = sum(finding.shows == "same" for finding in examined)
        self.different = len(examined) - self.same
        counts = Counter(variable.verdict for each in examined for variable in each.variables)
        self.slices = {verdict: counts[verdict] for verdict in VERDICTS}
        self.plain_seconds = sum(each.seconds[0] for each in examined)
        self.clew_seconds = sum(each.seconds[1] for each in examined)

    def text(self) -> str:
        slices = ", ".join(f"{count} {verdict}" for verdict, count in self.slices.items())
        all_slices = sum(self.slices.values())
        return (
            f"{self.same} of {self.same + self.different} notebooks show the same; {self.skipped} skipped "
            f"besides\nslices: {slices} ({share(self.slices['equal'], all_slices):.1f}% equal)\n"
            f"plain {self.plain_seconds:.1f} s, clew {self.clew_seconds:.1f} s"
        )

    def json(self) -> dict:
        return vars(self)

    def fault(self) -> str | None:
        if self.different:
            return f"{self.different} of the notebooks show something else with clew"
        if lost := self.slices["wrong"] + self.slices["failed"]:
            return f"{lost} of the slices do not rebuild their values"
        return None if self.same else "nothing was compared"


if __name__ == "__main__":
    sys.exit(chore.main(judge, Summary, 120, suffix=".ipynb"))
