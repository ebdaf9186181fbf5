"""Writers: several programs that save into one store at once."""

from __future__ import annotations

import random
import signal

from fault_kinds import LIMIT_IN_SECONDS, Place, Round, kind

WRITER = """
import clew, sys
number = int(sys.argv[1])
for turn in range(int(sys.argv[2])):
    value = [number, turn]
    print(clew.save(value, "shared").version, number, turn, flush=True)
"""


@kind("eight-writers")
def eight_writers(place: Place, chance: random.Random) -> Round:
    """Eight programs save under one name, and some of them are killed."""
    outcome = Round()
    place.write("script.py", WRITER)
    started = [place.start("run", "script.py", str(number), "12") for number in range(8)]
    killed = chance.sample(range(8), chance.choice([0, 0, 2]))
    for number in killed:
        for _ in range(chance.randrange(1, 8)):
            started[number].stdout.readline()
        started[number].send_signal(signal.SIGKILL)
    values = {}
    for number, process in enumerate(started):
        said, errors = process.communicate(timeout=2 * LIMIT_IN_SECONDS)
        if number not in killed and (process.returncode != 0 or errors):
            outcome.ended.append(f"a writer ended with {process.returncode}: {errors.decode()}")
        for line in said.decode().split("\n")[:-1]:
            version, *value = map(int, line.split())
            if ("shared", version) in values:
                outcome.lost.append(f"version {version} was given twice")
            values["shared", version] = value
    place.check_saved(values, outcome)
    return outcome
