"""Kills: programs that are ended while a statement that saves has not ended."""

from __future__ import annotations

import os
import random
import signal
import time

from fault_kinds import LIMIT_IN_SECONDS, Place, Round, kind

# Programs that save a list `model` and end right after the third time; what it holds then is 0 to 3.
SHAPES = {
    "for": """
        model = [0]
        for step in range(1, 9):
            model.append(step)
            save()
    """,
    "while": """
        model, step = [0], 0
        while step < 9:
            step += 1
            model += [step]
            save()
    """,
    "nested loops": """
        rows = [[1, 2], [3, 4], [5]]
        model = [0]
        for row in rows:
            for number in row:
                model.append(number)
                save()
    """,
    "a list that is bound in the loop": """
        model = [0]
        for step in range(1, 9):
            model = model + [step]
            save()
    """,
    "function": """
        def train(steps):
            for step in range(1, steps):
                model.append(step)
                save()
        model = [0]
        train(9)
    """,
    "function of functions": """
        first = 1
        def add(to, number):
            to.append(number)
        def turn(to, step):
            add(to, step)
            save()
        def train(to):
            for step in range(first, 9):
                turn(to, step)
        model = [0]
        train(model)
    """,
    "comprehension": """
        model = [0]
        def turn(step):
            model.append(step)
            save()
            return step
        steps = [turn(step) for step in range(1, 9)]
    """,
    "generator": """
        def steps():
            for step in range(1, 9):
                model.append(step)
                yield step
        model = [0]
        for step in steps():
            save()
    """,
    "method": """
        class Trainer:
            def fit(self, to, steps):
                for step in steps:
                    to.append(step)
                    save()
        model = [0]
        trainer = Trainer()
        trainer.fit(model, range(1, 9))
    """,
    "with": """
        import contextlib
        @contextlib.contextmanager
        def phase(name):
            yield name
        model = [0]
        with phase("fit") as name:
            for step in range(1, 9):
                model.append(step)
                save()
    """,
    "try": """
        model = [0]
        try:
            {}["no"]
        except KeyError:
            for step in range(1, 9):
                model.append(step)
                save()
    """,
    "if": """
        model, ready = [0], True
        if ready:
            for step in range(1, 9):
                model.append(step)
                save()
    """,
    "alias": """
        model = [0]
        kept = {"inner": model}
        for step in range(1, 9):
            kept["inner"].append(step)
            save()
    """,
    "call that is given a callback": """
        import functools
        def turn(so_far, step):
            so_far.append(step)
            save()
            return so_far
        model = [0]
        end = functools.reduce(turn, range(1, 9), model)
    """,
    "sorting": """
        def key(number):
            model.append(number)
            save()
            return number
        model = [0]
        ordered = sorted([1, 2, 3, 4], key=key)
    """,
    "thread": """
        import threading
        def train():
            for step in range(1, 9):
                model.append(step)
                save()
        model = [0]
        thread = threading.Thread(target=train)
        thread.start(); thread.join()
    """,
    "class": """
        model = [0]
        class Config:
            for step in range(1, 9):
                model.append(step)
                save()
    """,
    "exec": """
        model = [0]
        exec("for step in range(1, 9):\\n    model.append(step)\\n    save()")
    """,
}

DEATHS = {
    "os._exit": "os._exit(7)",
    "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
    "SIGTERM": "os.kill(os.getpid(), signal.SIGTERM)",
    "execv": "os.execv('/bin/true', ['true'])",
}

HEAD = """
import clew, os, signal
unrelated = ["no", "part", "of", "it"]
def save():
    clew.save(model, "model")
    if len(model) > 3:
        {death}
"""


def program(shape: str, death: str) -> str:
    """A program of a shape that ends by a death."""
    lines = SHAPES[shape].strip("\n").splitlines()
    margin = len(lines[0]) - len(lines[0].lstrip())
    body = "\n".join(line[margin:] for line in lines)
    return HEAD.format(death=DEATHS[death]) + body + "\n"


@kind("death-after-save")
def death_after_save(place: Place, chance: random.Random) -> Round:
    """A program of some shape saves and ends at once."""
    shape, death = chance.choice(sorted(SHAPES)), chance.choice(sorted(DEATHS))
    return died(place, shape, death)


def died(place: Place, shape: str, death: str) -> Round:
    """What is left of a program that died right after its third save."""
    outcome = Round()
    place.write("script.py", program(shape, death))
    ran = place.run("run", "script.py")
    if ran.code is None or ran.err:
        outcome.ended.append(f"{shape}, {death}: {ran.end}: {ran.err}")
    values = {("model", version): list(range(version + 2)) for version in range(3)}
    place.check_saved(values, outcome)
    place.check_slice("model", [0, 1, 2, 3], outcome)
    outcome.wrong = [f"{shape}, {death}: {what}" for what in outcome.wrong]
    return outcome


TRAINING = """
import clew
def fit(model, step):
    model.append(step)
    return clew.save(model, "model")
model = [0]
for step in range(1, 100_000):
    print(fit(model, step).version, flush=True)
"""


@kind("random-kill")
def random_kill(place: Place, chance: random.Random) -> Round:
    """A program that saves in a loop is killed from outside at some moment."""
    outcome = Round()
    place.write("script.py", TRAINING)
    process = place.start("run", "script.py")
    if chance.random() < 0.8:
        process.stdout.readline()
        time.sleep(chance.random() * 0.3)
        said = b"0\n"
    else:
        time.sleep(chance.random())
        said = b""
    os.kill(process.pid, chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGKILL]))
    said += process.communicate(timeout=LIMIT_IN_SECONDS)[0]
    # The last line may be cut short.
    versions = [int(line) for line in said.decode().split("\n")[:-1]]
    values = {("model", version): list(range(version + 2)) for version in versions}
    place.check_saved(values, outcome)
    if versions:
        check_training(place, outcome)
    return outcome


def check_training(place: Place, outcome: Round) -> None:
    """The slice of a loop that would go on for long is looked at, and not run."""
    cut = place.run("slice", "model")
    wanted = {"def fit(model, step):", "    model.append(step)", "model = [0]"}
    lines = set(cut.out.splitlines())
    if cut.code != 0:
        outcome.wrong.append(f"no slice: {cut.err.strip()}")
    elif not wanted <= lines or not any(line.startswith("for step") for line in lines):
        outcome.wrong.append(f"the slice lacks lines: {'; '.join(cut.out.splitlines())}")
