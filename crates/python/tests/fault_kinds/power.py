"""Power cuts, and deaths before each single change that a program makes to its store."""

from __future__ import annotations

import functools
import random
import shutil
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

from fault_kinds import Place, Round, disk, kind

# It notes each save that returned in a file that stands for somebody who was told.
SAVES = """
import clew, os
told = os.open("told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
unrelated = [1]
model = [0]
for step in range(1, 7):
    model.append(step)
    version = clew.save(model, "model").version
    os.write(told, f"{version} {step}\\n".encode())
table = [list(range(40)) for _ in range(90)]
version = clew.save(table, "table").version
os.write(told, f"table {version}\\n".encode())
"""


def told(lines: bytes) -> dict[tuple[str, int], object]:
    """What was acknowledged. The last line may be cut short."""
    values: dict[tuple[str, int], object] = {}
    for line in lines.decode().split("\n")[:-1]:
        first, second = line.split()
        if first == "table":
            values["table", int(second)] = [list(range(40)) for _ in range(90)]
        else:
            values["model", int(first)] = list(range(int(second) + 1))
    return values


STATES = ["new", "there", "of an earlier clew"]


def bring_into(place: Place, state: str) -> None:
    """Brings the store into one of the states that a program finds."""
    if state == "there":
        place.python("-c", "import clew; clew.save([0], 'before')", limit=60)
    elif state == "of an earlier clew":
        shutil.copytree(Path(__file__).parents[1] / "stores" / "0.1-without-seals", place.store)


def run_watched(place: Place, log: Path, cut: int | None = None, *words: str):
    variables = disk.watched(place.folder, log, cut) | {"CLEW_STORE": str(place.store)}
    return place.run(*(words or ("run", "script.py")), **variables)


@kind("power-cut")
def power_cut(place: Place, chance: random.Random) -> Round:
    """The power goes at some moment of a program: what it had not synced is lost, or kept in part."""
    outcome = Round()
    place.write("script.py", SAVES)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        folder = Path(folder).resolve()
        ran = run_watched(place, folder / "log")
        if ran.code != 0 or ran.err:
            outcome.ended.append(f"{ran.end}: {ran.err}")
        changes = disk.read(folder / "log")
        found, state = Place(folder), disk.Disk()
        moment = chance.randrange(len(changes) + 1)
        for change in changes[:moment]:
            state.take(change)
        for path, content in state.cut(chance).items():
            if Path(path).parent == place.store:
                found.store.mkdir(mode=0o700, exist_ok=True)
                (found.store / Path(path).name).write_bytes(content)
        said = [change.content for change in changes[:moment] if Path(change.path).name == "told"]
        said = b"".join(content for content in said if content)
        found.check_saved(told(said), outcome)
        if said and not outcome.lost:
            found.check_latest("model", outcome)
        outcome.lost = [f"before change {moment} of {len(changes)}: {what}" for what in outcome.lost]
    return outcome


@functools.cache
def changes_of(state: str) -> int:
    """How many changes a program makes that finds the store in some state."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder).resolve())
        place.write("script.py", SAVES)
        bring_into(place, state)
        with TemporaryDirectory(ignore_cleanup_errors=True) as logs:
            run_watched(place, Path(logs) / "log")
            return len(disk.read(Path(logs) / "log"))


@kind("death-before-a-change")
def death_before_a_change(place: Place, chance: random.Random) -> Round:
    """A program that makes, uses or brings up to date a store is killed before one of its changes to it; so
    is a reader afterwards."""
    outcome = Round()
    place.write("script.py", SAVES)
    state = chance.choice(STATES)
    bring_into(place, state)
    cut = chance.randrange(changes_of(state) + 1)
    with TemporaryDirectory(ignore_cleanup_errors=True) as logs:
        ran = run_watched(place, Path(logs) / "log", cut)
        if ran.err or ran.code not in (0, -signal.SIGKILL):
            outcome.ended.append(f"{state}, change {cut}: {ran.end}: {ran.err}")
        reading = chance.choice([("artifacts",), ("slice", "model"), ("sessions",)])
        run_watched(place, Path(logs) / "log", chance.randrange(6), *reading)
    acknowledged = place.folder / "told"
    values = told(acknowledged.read_bytes()) if acknowledged.exists() else {}
    place.check_saved(values, outcome)
    if values and not outcome.lost:
        place.check_latest("model", outcome)
    outcome.lost = [f"{state}, change {cut}: {what}" for what in outcome.lost]
    return outcome
