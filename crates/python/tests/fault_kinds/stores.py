"""Stores: what becomes of programs and readers when a store is full, goes away or is damaged."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import time

from fault_kinds import LIMIT_IN_SECONDS, Missing, Place, Round, kind
from programs import CLEW, PYTHON, environment, execute

# It goes on whatever becomes of what it saves, and says the same in plain Python.
GOES_ON = """
import clew
model = [0]
for step in range(1, 60):
    model.append(step)
    clew.save(model, "model")
    print(step, sum(model), flush=True)
raise SystemExit(3)
"""


def removed(place: Place, chance: random.Random) -> None:
    shutil.rmtree(place.store, ignore_errors=True)


def renamed(place: Place, chance: random.Random) -> None:
    place.store.rename(place.folder / "elsewhere")


def replaced(place: Place, chance: random.Random) -> None:
    renamed(place, chance)
    place.store.mkdir()


def one_removed(place: Place, chance: random.Random) -> None:
    chance.choice(files(place)).unlink(missing_ok=True)


def cut_short(place: Place, chance: random.Random) -> None:
    file = chance.choice(files(place))
    os.truncate(file, chance.randrange(file.stat().st_size + 1))


def overwritten(place: Place, chance: random.Random) -> None:
    file = chance.choice(files(place))
    with open(file, "r+b") as opened:
        opened.seek(chance.randrange(file.stat().st_size + 1))
        opened.write(chance.randbytes(4096))


HARMS = [removed, renamed, replaced, one_removed, cut_short, overwritten]


def files(place: Place) -> list:
    return sorted(path for path in place.store.iterdir() if path.is_file())


@kind("store-goes-away")
def store_goes_away(place: Place, chance: random.Random) -> Round:
    """Something happens to the store at some moment of a program."""
    outcome = Round()
    place.write("script.py", GOES_ON)
    process = place.start("run", "script.py")
    said = process.stdout.readline()
    time.sleep(chance.random() * 0.2)
    harm = chance.choice(HARMS)
    try:
        harm(place, chance)
    except OSError:
        # The program made or removed a file of it just then.
        pass
    rest, errors = process.communicate(timeout=LIMIT_IN_SECONDS)
    wanted = "".join(f"{step} {sum(range(step + 1))}\n" for step in range(1, 60))
    lines = errors.decode().splitlines()
    strange = [line for line in lines if not line.startswith("clew: ") or "panicked" in line]
    if (said + rest).decode() != wanted or process.returncode != 3 or strange:
        outcome.ended.append(f"{harm.__name__}: {process.returncode}: {errors.decode()}")
    return outcome


COMMANDS = [
    ["artifacts"],
    ["artifacts", "--json"],
    ["sessions"],
    ["sessions", "--json"],
    ["slice", "model"],
    ["slice", "model", "--why"],
    ["slice", "model@1", "--json"],
    ["slice", "--all"],
    ["graph"],
    ["verify", "model"],
    ["annotate", "list"],
    ["run", "script.py"],
]


@kind("damaged-store")
def damaged_store(place: Place, chance: random.Random) -> Round:
    """Bytes of a store's files, or values in its tables, are others than those that were written: every
    command ends by itself, with an answer or with an error."""
    outcome = Round()
    place.write("script.py", "import clew\nmodel = [0]\nmodel.append(1)\nclew.save(model, 'model')\n")
    for _ in range(2):
        place.run("run", "script.py")
    damage = chance.choice([damage_bytes, damage_rows])
    where = damage(place, chance)
    for command in chance.sample(COMMANDS, 4):
        ran = place.run(*command)
        is_told = "panicked" not in ran.err and "Traceback" not in ran.err
        if ran.code not in (0, 1, 2) or not is_told:
            outcome.ended.append(f"{' '.join(command)}, {where}: {ran.end}: {ran.err}")
    return outcome


def damage_bytes(place: Place, chance: random.Random) -> str:
    file = chance.choice(files(place))
    content = bytearray(file.read_bytes())
    places = [chance.randrange(len(content)) for _ in range(chance.choice([1, 8, 200]))] if content else []
    for at in places:
        content[at] = chance.randrange(256)
    file.write_bytes(content)
    return f"{file.name}: bytes {places[:8]}"


def damage_rows(place: Place, chance: random.Random) -> str:
    name = chance.choice(["catalog.db", "values.db"])
    connection = sqlite3.connect(place.store / name)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    table = chance.choice(sorted(row[0] for row in connection.execute(query)))
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    column = chance.choice(columns)
    value = chance.choice([None, -1, 2**62, "", "\x1b[31m", "x" * 70_000, b"\xff\x00", 0.5])
    try:
        with connection:
            connection.execute(f'UPDATE "{table}" SET "{column}" = ?', [value])
    except sqlite3.Error:
        pass
    connection.close()
    return f"{name}: {table}.{column} = {str(value)[:20]!r}"


# Saves more than there is room for, and tells of what it was told that it is kept.
FILLS = """
import clew, os
told = open("told", "a")
model = []
for step in range(40):
    model.append(str(step) * 900)
    saved = clew.save(list(model), "model")
    if saved.fault is None:
        told.write(f"{saved.version} {step}\\n")
        told.flush()
print("done", len(model))
raise SystemExit(3)
"""

NO_DISK = 77
IN_A_SMALL_DISK = f"""
mount -t tmpfs -o size="$1",mode=700 tmpfs .clew || exit {NO_DISK}
shift
"$@" run script.py; code=$?
cp -r .clew full
exit $code
"""


@kind("full-disk")
def full_disk(place: Place, chance: random.Random) -> Round:
    """A program saves onto a disk that has no room for it."""
    outcome = Round()
    place.write("script.py", FILLS)
    place.store.mkdir(mode=0o700)
    size = f"{chance.randrange(160, 1200)}k"
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", IN_A_SMALL_DISK, "sh"]
    try:
        ran = execute([*inside, size, *CLEW], place.folder, b"", 2 * LIMIT_IN_SECONDS, environment())
    except FileNotFoundError as error:
        raise Missing("there is no `unshare`") from error
    if ran.code == NO_DISK or ran.err.startswith("unshare: "):
        raise Missing(f"no small disk can be made: {ran.err.strip()}")
    strange = [line for line in ran.err.splitlines() if not line.startswith("clew: ")]
    if ran.code != 3 or ran.out != "done 40\n" or strange:
        outcome.ended.append(f"{size}: {ran.end}: {ran.out}{ran.err}")
    place.store.rmdir()
    (place.folder / "full").rename(place.store)
    values = {}
    if (place.folder / "told").exists():
        for line in (place.folder / "told").read_text().splitlines():
            version, step = map(int, line.split())
            values["model", version] = [str(number) * 900 for number in range(step + 1)]
    place.check_saved(values, outcome)
    outcome.lost = [f"{size}: {what[:300]}" for what in outcome.lost]
    return outcome
