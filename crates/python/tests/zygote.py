"""Zygote: a Python with its libraries imported that forks for every program.

Importing pandas and scikit-learn takes longer than most programs run. `Zygote` starts this file as
a program, which reads a task per line and answers each on a line, both as JSON, through two pipes.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from programs import LIMIT_IN_SECONDS, Outcome, environment, files_of, heed_interrupts

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
# The folder beside a program in which what is installed for it alone lies.
INSTALLED = "site-packages"
TO_WRITE = os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Zygote:
    """The process, seen from the tests."""

    def __init__(self, libraries: list[str], **more: str) -> None:
        questions, self._questions = os.pipe()
        self._answers, answers = os.pipe()
        # Its own streams stay as they are when a program starts.
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(questions), str(answers), *libraries],
            env=environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[questions, answers],
            preexec_fn=heed_interrupts,
            start_new_session=True,
        )
        os.close(questions)
        os.close(answers)
        self._answers = os.fdopen(self._answers)

    def ask(self, task: str, place: Path, **details: object) -> dict:
        """Does a task, `run`, `slices`, `replay` or `replays`, in a child and a folder of its own."""
        return self._ask({"task": task, "place": str(place), "details": details})

    def clew(
        self, words: list[str], folder: Path, stdin: bytes, variables: dict[str, str]
    ) -> Outcome:
        """Runs clew as `run_afresh` does, in a child that ends as a process of its own does."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        given, output, errors = (folder.with_name(name) for name in ("stdin", "stdout", "stderr"))
        given.write_bytes(stdin)
        streams = [str(given), str(output), str(errors)]
        details = {"words": words, "folder": str(folder), "variables": variables}
        code = self._ask({"task": "clew", "streams": streams, "details": details})
        return Outcome(code, output.read_bytes(), errors.read_bytes(), files_of(folder))

    def _ask(self, question: dict) -> object:
        os.write(self._questions, json.dumps(question).encode() + b"\n")
        answer = self._answers.readline()
        if not answer:
            raise RuntimeError(f"the zygote ended with {self._process.wait()}")
        return json.loads(answer)

    def end(self) -> None:
        os.close(self._questions)
        self._process.wait()


class Zygotes:
    """The processes that programs are forked from, started when they are first needed."""

    def __init__(self) -> None:
        self._running: dict[str, Zygote] = {}

    def plain(self) -> Zygote:
        return self._get("plain", [])

    def of(self, program: str) -> Zygote:
        if re.search(r"\b(import|from) (numpy|pandas|sklearn|scipy|matplotlib)\b", program):
            return self._get("libraries", LIBRARIES)
        return self.plain()

    def _get(self, kind: str, libraries: list[str]) -> Zygote:
        if kind not in self._running:
            self._running[kind] = Zygote(libraries)
        return self._running[kind]

    def end(self) -> None:
        for zygote in self._running.values():
            zygote.end()


def main() -> None:
    questions, answers, *libraries = sys.argv[1:]
    questions, answers = os.fdopen(int(questions)), os.fdopen(int(answers), "w")
    for stream in (questions, answers):
        os.set_inheritable(stream.fileno(), False)
    for library in libraries:
        importlib.import_module(library)
    import clew.__main__
    import clew._replay  # noqa: F401

    # What is here already is not looked at, and so not copied, by the children's collections.
    gc.collect()
    gc.freeze()
    tasks = {"run": run, "slices": slices, "replay": replay, "replays": replays}
    while line := questions.readline():
        question = json.loads(line)
        details = question["details"]
        if question["task"] == "clew":
            if (child := os.fork()) == 0:
                questions.close()
                answers.close()
                break
            answer = wait(child)
        else:
            task = functools.partial(tasks[question["task"]], **details)
            answer = forked(Path(question["place"]), task)
        print(json.dumps(answer), file=answers, flush=True)
    else:
        return
    # In the child, and with nothing of the zygote's above it: what ends it ends a process.
    become(question["streams"], **details)
    sys.exit(clew.__main__.main())


def become(streams: list[str], words: list[str], folder: str, variables: dict[str, str]) -> None:
    """Makes this process one that was started as `clew WORDS` in a folder."""
    os.setsid()
    os.chdir(folder)
    for number, path in enumerate(streams):
        redirect(number, Path(path), os.O_RDONLY if number == 0 else TO_WRITE)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv[1:] = words
    gc.unfreeze()


def run(file: str, store: str, names: list[str], options: list[str]) -> dict:
    """Runs a program under clew; what its variables hold at the end is compared later."""
    from clew import _clew

    find_libraries_of(file)
    try:
        code = _clew.main(["run", "--fingerprints", *options, "--store", store, file])
    except SystemExit as error:
        code = error.code
    namespace = sys.modules["__main__"].__dict__
    return {"code": code, "contents": {name: content(namespace, name) for name in names}}


def find_libraries_of(file: str) -> None:
    """Lets a program find what lies with installed libraries for it alone."""
    libraries = Path(file).with_name(INSTALLED)
    if libraries.is_dir():
        sys.path.append(str(libraries))


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
    find_libraries_of(file)
    [answer] = replays(code, file, [variable])
    return answer


def replays(
    code: str, file: str | None, variables: list[str], cells: bool = False, perturb: bool = False
) -> list[dict]:
    """Runs the slice of several variables as `clew verify` does, in a shell where it is of `cells` that want
    one; where wanted in memory that holds other bytes than usual, so that what reads it before writing to it
    makes other values."""
    if perturb:
        # `M_PERTURB` of the GNU library; elsewhere it is no option, and nothing happens.
        ctypes.CDLL(None).mallopt(-6, 0xA5)
    from clew import _replay

    found = _replay.answer(
        {
            "code": code,
            "cells": cells,
            "file": file,
            "arguments": [file or ""],
            "working_directory": os.getcwd(),
            "variables": variables,
            "artifact": None,
        }
    )
    return found["answers"]


def forked(place: Path, answer: Callable[[], dict]) -> dict:
    """Answers in a child whose folder, input and output are its own."""
    work, output, errors = place / "work", place / "stdout", place / "stderr"
    work.mkdir(parents=True, exist_ok=True)
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


def redirect(number: int, path: Path, flags: int = TO_WRITE) -> None:
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
