"""Bulk: are slices of short programs over many libraries right, and how long are they?

`python bulk.py [--jobs N] [--prove] [--no-annotations] FILE…`, with the Python that has clew and the
libraries of `tests/bulk/libraries.txt`. A file holds programs that begin with `## name`; the wanted
value is in `out`, and `#n` marks the lines that it does not need. A program is *mended* where its slice
is wrong and the one that `--prove` gives is not.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from programs import Outcome, environment, execute

LIMIT_IN_SECONDS = 300
# Printed past whatever the program made of `sys.stdout`.
PRINT = "\nimport sys as _sys\n_sys.__stdout__.write('\\n@@' + repr(out) + '@@\\n')\n"


@dataclass
class Program:
    """A program and the lines that its value does not need."""

    name: str
    text: str

    @property
    def needless(self) -> list[str]:
        lines = [line.rstrip() for line in self.text.splitlines()]
        return [bare(line) for line in lines if line.endswith("#n")]


def main() -> int:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--prove", action="store_true")
    parser.add_argument("--no-annotations", action="store_true")
    parser.add_argument("files", type=Path, nargs="+")
    arguments = parser.parse_args()
    programs = [program for file in arguments.files for program in read(file)]
    counts: Counter[str] = Counter()

    def judged(program: Program) -> tuple[str, str]:
        with TemporaryDirectory() as folder:
            return judge(program, Path(folder), arguments)

    with ThreadPoolExecutor(arguments.jobs) as pool:
        for program, (verdict, detail) in zip(programs, pool.map(judged, programs)):
            counts[verdict] += 1
            if verdict != "right":
                print(f"{verdict:8}  {program.name}: {detail}", flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()))
    return int(counts["wrong"] > 0)


def read(file: Path) -> list[Program]:
    parts = re.split(r"(?m)^## (\w+)\s*$", file.read_text())
    names, texts = parts[1::2], parts[2::2]
    return [Program(f"{file.stem}/{name}", text) for name, text in zip(names, texts)]


def judge(program: Program, folder: Path, arguments: argparse.Namespace) -> tuple[str, str]:
    """What became of a program's slice, and why."""
    wanted, outcome = value(program.text, folder / "plain")
    if wanted is None:
        return "skipped", last_line(outcome)
    work = folder / "work"
    work.mkdir()
    (work / "program.py").write_text(program.text)
    options = ["--no-annotations"] if arguments.no_annotations else []
    ran = run(["-m", "clew", "run", *options, "program.py"], work)
    if ran.code != 0:
        return "broken", last_line(ran)
    options = ["--prove"] if arguments.prove else []
    verdict, detail = judge_slice(program, wanted, folder, options)
    if verdict == "wrong" and not arguments.prove:
        proven, proof = judge_slice(program, wanted, folder, ["--prove"])
        if proven in ("right", "needless"):
            return "mended", detail
        if proven == "refused":
            return "mended", f"{detail}; refused: {proof}"
    return verdict, detail


def judge_slice(
    program: Program, wanted: str, folder: Path, options: list[str]
) -> tuple[str, str]:
    """What is to be said of the slice that is given with these options."""
    sliced = run(["-m", "clew", "slice", "out", *options], folder / "work")
    if sliced.code != 0:
        return "refused", last_line(sliced)
    made, outcome = value(sliced.out, folder / f"slice{len(options)}")
    if made != wanted:
        return "wrong", last_line(outcome) if made is None else f"{made[:60]}, not {wanted[:60]}"
    kept = {bare(line) for line in sliced.out.splitlines()}
    needless = [line for line in program.needless if line in kept]
    return ("needless", " | ".join(needless)) if needless else ("right", "")


def value(text: str, folder: Path) -> tuple[str | None, Outcome]:
    """What a program leaves in `out`, run in a folder of its own."""
    folder.mkdir()
    (folder / "program.py").write_text(text + PRINT)
    outcome = run(["program.py"], folder)
    found = re.search(r"@@(.*)@@\n\Z", outcome.stdout.decode(errors="replace"), re.DOTALL)
    return (found[1] if found else None), outcome


def run(words: list[str], folder: Path) -> Outcome:
    command = [sys.executable, *words]
    variables = environment(OMP_NUM_THREADS="1")
    return execute(command, folder, b"", LIMIT_IN_SECONDS, variables)


def last_line(outcome: Outcome) -> str:
    lines = outcome.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else outcome.end


def bare(line: str) -> str:
    return line.rstrip().removesuffix("#n").strip()


if __name__ == "__main__":
    sys.exit(main())
