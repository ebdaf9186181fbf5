"""Zygote: a Python with its libraries imported that forks for every program.

Importing pandas and scikit-learn takes longer than most programs run. `Zygote` starts this file as
a program, which reads a task per line and answers each on a line, both as JSON.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from programs import environment

LIBRARIES = [
    "numpy",
    "pandas",
    "scipy.stats",
    "matplotlib.pyplot",
    "sklearn.cluster",
    "sklearn.compose",
    "sklearn.datasets",
    "sklearn.decomposition",
    "sklearn.ensemble",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.neighbors",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.svm",
    "sklearn.tree",
]
LIMIT_IN_SECONDS = 60


class Zygote:
    """The process, seen from the tests."""

    def __init__(self, libraries: list[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, *libraries],
            env=environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, task: str, place: Path, **details: object) -> dict:
        """Does a task, `run`, `slices` or `replay`, in a child and a folder of its own."""
        question = {"task": task, "place": str(place), "details": details}
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the zygote ended with {self._process.wait()}")
        return json.loads(answer)

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def main() -> None:
    for library in sys.argv[1:]:
        importlib.import_module(library)
    import clew._clew
    import clew._replay  # noqa: F401

    # What is here already is not looked at, and so not copied, by the children's collections.
    gc.collect()
    gc.freeze()
    tasks = {"run": run, "slices": slices, "replay": replay}
    for line in sys.stdin.buffer:
        question = json.loads(line)
        task, details = tasks[question["task"]], question["details"]
        answer = forked(Path(question["place"]), functools.partial(task, **details))
        print(json.dumps(answer), flush=True)


def run(file: str, store: str, names: list[str], options: list[str]) -> dict:
    """Runs a program under clew; what its variables hold at the end is compared later."""
    from clew import _clew

    try:
        code = _clew.main(["run", "--fingerprints", *options, "--store", store, file])
    except SystemExit as error:
        code = error.code
    namespace = sys.modules["__main__"].__dict__
    return {"code": code, "contents": {name: content(namespace, name) for name in names}}


def content(namespace: dict, name: str) -> dict:
    from clew import _clew

    if name not in namespace:
        return {"fingerprint": None, "reason": "it is not bound"}
    try:
        return {"fingerprint": _clew.fingerprint(namespace[name]), "reason": None}
    except Exception as error:
        return {"fingerprint": None, "reason": str(error)}


def slices(store: str, names: list[str]) -> dict:
    """The slices of variables; null where there is none."""
    from clew import _clew

    answers = {}
    for number, name in enumerate(names):
        output = Path(f"slice{number}.json")
        redirect(1, output)
        code = _clew.main(["slice", "--json", "--store", store, name])
        answers[name] = json.loads(output.read_text())["code"] if code == 0 else None
    return answers


def replay(code: str, file: str, variable: str) -> dict:
    """Runs a slice as `clew verify` does."""
    from clew import _replay

    [answer] = _replay.answer(
        {
            "code": code,
            "file": file,
            "arguments": [file],
            "working_directory": os.getcwd(),
            "variables": [variable],
            "artifact": None,
        }
    )
    return answer


def forked(place: Path, answer: Callable[[], dict]) -> dict:
    """Answers in a child whose folder, input and output are its own."""
    work, output, errors = place / "work", place / "stdout", place / "stderr"
    work.mkdir(parents=True)
    answered = place / "answer"
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.chdir(work)
            redirect(0, Path(os.devnull), os.O_RDONLY)
            redirect(1, output)
            redirect(2, errors)
            text = json.dumps(answer())
            sys.stdout.flush()
            sys.stderr.flush()
            answered.write_text(text)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            # Threads that the program started are not waited for.
            os._exit(0)
    status = wait(child)
    found = json.loads(answered.read_text()) if answered.exists() else None
    said = errors.read_text(errors="replace")
    return {"answer": found, "status": status, "stderr": said}


def redirect(number: int, path: Path, flags: int = os.O_RDWR | os.O_CREAT | os.O_TRUNC) -> None:
    descriptor = os.open(path, flags)
    os.dup2(descriptor, number)
    os.close(descriptor)


def wait(child: int) -> int:
    end = time.monotonic() + LIMIT_IN_SECONDS
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.0005)
    os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
