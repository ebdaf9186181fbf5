"""Infers the calls of a library's cases in a process of its own, for `test_findings.py`.

`python inference_elsewhere.py LIBRARY`, with what earlier processes found out on stdin; gives for each
case what is inferred, what of the change is not covered, and what was found out anew.
"""

from __future__ import annotations

import gc
import importlib.util
import pickle
import sys

import numpy as np

from clew._clew import Annotations
from inference_oracle import ask_and_call


def examine(path: str, case: str, earlier: list) -> tuple[list, list, list]:
    spec = importlib.util.spec_from_file_location("elsewhere_library", path)
    library = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = library
    spec.loader.exec_module(library)
    asked = Annotations()
    for about, content in earlier:
        asked.remember(about, content)
    lines, missed = [], []

    def ask(callable, *values, **named):
        lines.append(asked.infer(callable, values, named))
        missed.extend(ask_and_call(asked, library, callable, values, named))

    names = {**vars(library), "library": library, "np": np, "gc": gc, "ask": ask}
    for part in case.split(";; "):
        exec(part, names)
    return lines, missed, asked.findings()


def main(path: str) -> None:
    earlier = pickle.load(sys.stdin.buffer)
    with open(path) as file:
        cases = [line.removeprefix("#: ").strip() for line in file if line.startswith("#: ")]
    pickle.dump({case: examine(path, case, earlier) for case in cases}, sys.stdout.buffer)


main(sys.argv[1])
