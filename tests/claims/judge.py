"""Judge: makes an example's call and compares what it did with what the rules say of this call."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import sys
import time
import warnings
from dataclasses import dataclass, field
from typing import Any

from automatic import attempts, variants
from content import fingerprint, parts, shared
from example import Call, Example, Values
from world import UNSEEN, Guard, World

Origin = tuple[str, int]
# No example takes long; one that does not end fails. The first is what it may compute, for the machine may have
# other work; the second, what it may wait.
SECONDS, WAITING = 5, 20
# How long to compute in search of arguments that a callable takes.
PATIENCE = 3


@dataclass
class Finding:
    """What was found of one call."""

    example: Example
    rules: list[Origin]
    # What happened and no rule says.
    contradictions: list[str] = field(default_factory=list)
    # What is claimed, could have been seen and did not happen.
    unseen: list[str] = field(default_factory=list)
    # Whether anything that is claimed happened.
    seen: bool = False
    # Why the call could not be made.
    failure: str | None = None
    result: Any = None

    def row(self) -> dict[str, Any]:
        """What is told of it."""
        words = ("rules", "contradictions", "unseen", "seen", "failure")
        return {"text": self.example.text, "name": self.example.name, **{word: getattr(self, word) for word in words}}


class Judge:
    """Asks the rules, makes the calls, and looks at what changed."""

    def __init__(self, annotations: Any, library: Any, folder: str):
        self.annotations = annotations
        self.library = library
        self.folder = folder
        self.guard = Guard(folder)
        self.world = World(library.SETTINGS, folder)

    def work(self, task: tuple) -> list[dict[str, Any]]:
        """What is found of a task: an example, or a callable and where it is."""
        if len(task) == 1:
            return [self.call(task[0]).row()]
        path, callee = task
        failed: list[Finding] = []
        end = time.process_time() + PATIENCE
        for text in attempts(self.library, path, callee):
            example = Example(text, automatic=True)
            # To look at what changes takes longer than the call.
            if time.process_time() > end:
                break
            if failed and self.call(example, watched=False).failure:
                continue
            finding = self.call(example)
            if not finding.failure:
                more = [self.call(Example(other, automatic=True), finding.result) for other in variants(self.library, text, callee)]
                return [found.row() for found in (finding, *more)]
            failed.append(finding)
        return [found.row() for found in failed[:1]]

    def call(self, example: Example, out: Any = None, watched: bool = True) -> Finding:
        """The finding of one example, or only whether it can be called."""
        values = Values(self.library.MAKERS, self.library.MODULES)
        streams = io.StringIO(), io.StringIO(), io.StringIO("1\n2\n")
        stdin, sys.stdin = sys.stdin, streams[2]
        try:
            with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
                with time_limit():
                    try:
                        call = example.call(values, out)
                    except Exception as error:
                        return Finding(example, [], failure=f"{type(error).__name__}: {error}"[:200])
                    try:
                        return self.watch(example, call) if watched else self.make(example, call)
                    except Exception as error:
                        return Finding(example, [], failure=f"it cannot be judged: {type(error).__name__}: {error}"[:200])
        finally:
            sys.stdin = stdin
            self.library.restore()
            self.world.restore()
            with os.scandir(self.folder) as entries:
                for entry in list(entries):
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path)
                    else:
                        os.remove(entry.path)

    def make(self, example: Example, call: Call) -> Finding:
        """Makes the call and looks at nothing but whether it fails."""
        finding = Finding(example, [])
        self.guard.on = True
        try:
            call.callee(*call.positional, **call.keyword)
        except BaseException as error:
            finding.failure = f"{type(error).__name__}: {error}"[:200]
        finally:
            self.guard.on = False
        return finding

    def watch(self, example: Example, call: Call) -> Finding:
        claims, rules = self.annotations.ask(call.callee, call.positional, call.keyword)
        finding = Finding(example, [tuple(rule) for rule in rules])
        places = {name: value for name, value in call.places().items() if not isinstance(value, type)}
        before = {name: fingerprint(value) for name, value in places.items()}
        inner = {
            name: [(part, fingerprint(part)) for part in parts(value)] for name, value in places.items()
        }
        world = self.world.snapshot()
        self.guard.read.clear()
        self.guard.started = False
        self.guard.on = True
        try:
            finding.result = call.callee(*call.positional, **call.keyword)
        except BaseException as error:
            finding.failure = f"{type(error).__name__}: {error}"[:200]
            if isinstance(error, KeyboardInterrupt):
                raise
            return finding
        finally:
            self.guard.on = False
        after_world = self.world.snapshot()
        after = {name: fingerprint(value) for name, value in places.items()}

        changed = {name for name in places if before[name] != after[name]}
        states = {name for name in world if world[name] != after_world.get(name, world[name])}
        if self.guard.started:
            states.add("process")
        self.judge_changes(finding, claims, changed, places, inner)
        self.judge_states(finding, claims, states, world, after_world, call)
        self.judge_views(finding, claims, places)
        allowed = example.allowed
        finding.contradictions = [
            text for text in finding.contradictions if text.partition(" ")[0] not in allowed
        ]
        return finding

    def judge_changes(self, finding: Finding, claims: list, changed: set, places: dict, inner: dict) -> None:
        mutated, shallow = {}, {}
        for word, place, depth in claims:
            if word in ("mutates", "consumes"):
                for name in named(place, places):
                    mutated[name] = word
                    shallow[name] = depth == "shallow" and shallow.get(name, True)
        said = {id(places[name]) for name in mutated}
        for name in changed:
            if name not in mutated:
                if id(places[name]) in said:
                    continue
                finding.contradictions.append(f"{name} changed")
            else:
                finding.seen = True
                deeper = [part for part, print_ in inner[name] if fingerprint(part) != print_]
                if shallow[name] and deeper:
                    finding.contradictions.append(f"{name} changed in its depth")
        for name, word in mutated.items():
            if name not in changed and word == "mutates" and fingerprint(places[name]) not in (None, "atom"):
                finding.unseen.append(f"{name} did not change")

    def judge_states(self, finding: Finding, claims: list, states: set, before: dict, after: dict, call: Call) -> None:
        written = {}
        read = set()
        for word, state, key in claims:
            if word == "writes":
                written.setdefault(state, []).append(key)
            elif word == "reads":
                read.add(state)
        handles = {state for word, _, state in claims if word == "handles"}
        # A file that is open for writing stands for what is on the disk.
        on_file = any(word in ("mutates", "consumes") for word, _, _ in claims) and any(
            isinstance(value, io.IOBase) or hasattr(value, "fileno") or type(value).__name__ in self.library.HANDLES
            for value in call.places().values()
        )
        for state in states:
            if state in written:
                finding.seen = True
                if state == "file_system":
                    self.judge_paths(finding, written[state], before[state], after[state], call)
            # A database is a file too.
            elif state == "file_system" and (on_file or state in handles or "db" in written):
                finding.seen = True
            # What stands in a figure of pyplot's is a handle of it: to change the one is to change the other.
            elif state == "pyplot" and any(word == "mutates" for word, _, _ in claims):
                finding.seen = True
            else:
                finding.contradictions.append(f"{state} changed")
        for state in written:
            if state not in states and state in before and state not in UNSEEN | {"process"}:
                finding.unseen.append(f"{state} did not change")
        if self.guard.read and not {"file_system", "import_system"} & (read | set(written)) and not on_file:
            names = sorted(os.path.basename(path) for path in self.guard.read)
            finding.contradictions.append(f"file_system was read: {', '.join(names)}")

    def judge_paths(self, finding: Finding, keys: list, before: dict, after: dict, call: Call) -> None:
        """Whether what was written lies where the rules say."""
        places = call.places()
        allowed = []
        for key in keys:
            value = places.get(key)
            if key and isinstance(value, (str, bytes, os.PathLike)):
                allowed.append(os.path.realpath(os.fsdecode(value)))
            else:
                return
        for path in before.keys() | after.keys():
            real = os.path.realpath(path)
            # A folder that had to be made on the way holds what was asked for.
            if before.get(path) != after.get(path) and not any(
                real.startswith(wanted) or wanted.startswith(real + os.sep) for wanted in allowed
            ):
                finding.contradictions.append(f"file_system changed at {os.path.basename(path)}")

    def judge_views(self, finding: Finding, claims: list, places: dict) -> None:
        together = [place.split() for word, place, _ in claims if word == "views"]
        if finding.result is None or type(finding.result).__name__ == "module":
            return
        for name, value in places.items():
            words = shared(finding.result, value)
            if words is None:
                continue
            grouped = [names_in(group, places) for group in together if "result" in group]
            if any(id(value) == id(places[other]) for group in grouped for other in group):
                finding.seen = True
            elif not self.library.is_no_view(finding.result, value):
                finding.contradictions.append(f"views: the result and {name}: {words}")


def named(place: str, places: dict) -> list[str]:
    """The places that a claim's place stands for."""
    if place == "*":
        return [name for name in places if name.isdigit()]
    if place == "**":
        return [name for name in places if name != "self"]
    return [place] if place in places else []


def names_in(group: list[str], places: dict) -> set[str]:
    return {name for place in group for name in named(place, places)}


@contextlib.contextmanager
def time_limit():
    """Breaks off what does not end."""

    def ring(number: int, frame: Any) -> None:
        raise TimeoutError("it did not end in its time")

    signal.signal(signal.SIGPROF, ring)
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(WAITING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
