"""Infers the calls of libraries' cases in a process of its own, for `test_findings.py`.

`python inference_elsewhere.py LIBRARY…`, with what earlier processes found out on stdin; gives for
each case what is inferred, what of the change is not covered, and what was found out anew.
"""

from __future__ import annotations

import gc
import importlib.util
import pickle
import sys
from pathlib import Path

import numpy as np

from clew._clew import Annotations
from inference_oracle import ask_and_call, cases


def examine(path: Path, case: str, earlier: list) -> tuple[list, list, list]:
    spec = importlib.util.spec_from_file_location(f"elsewhere_{path.stem}", path)
    library = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = library
    spec.loader.exec_module(library)
    asked = Annotations()
    for about, content in earlier:
        asked.remember(about, content)
    lines, missed = [], []

    def ask(callable, *values, **named):
        answer = ask_and_call(asked, library, callable, values, named)
        lines.append(answer.lines)
        missed.extend(answer.missed)

    names = {**vars(library), "library": library, "np": np, "gc": gc, "ask": ask}
    for part in case.split(";; "):
        exec(part, names)
    return lines, missed, asked.findings()


def main(*paths: str) -> None:
    earlier = pickle.load(sys.stdin.buffer)
    libraries = [Path(path) for path in paths]
    found = {case: examine(path, case, earlier) for path in libraries for case in cases(path)}
    pickle.dump(found, sys.stdout.buffer)


main(*sys.argv[1:])
