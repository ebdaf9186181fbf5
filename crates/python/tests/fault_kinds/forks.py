"""Forks: programs that fork while they save, and what is saved beside or after the main program."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from fault_kinds import LIMIT_IN_SECONDS, Place, Round, kind

# Each process writes its acknowledgements into a file of its own.
HEAD = """
import clew, os, sys, threading, time
acknowledged = open(f"acknowledged-{os.getpid()}", "a")
def save(value):
    kept = clew.save(value, "value")
    with open(f"acknowledged-{os.getpid()}", "a") as file:
        file.write(f"{kept.version} {value}\\n")
"""

CHILDREN = """
delay = float(sys.argv[1])
for turn in range(6):
    save(turn)
    child = os.fork()
    if child == 0:
        for own in range(3):
            save(1000 * turn + own)
            time.sleep(delay)
        open(f"done-{turn}", "x").close()
        os._exit(0)
    save(100 + turn)
    if turn % 2:
        os.waitpid(child, 0)
if sys.argv[2] == "wait":
    for turn in range(3):
        os.wait()
"""

SAVERS = """
# The first save imports what pickles: Python's logging complains at a fork right then, when no fork began
# with its lock.
save(-1)
stop = threading.Event()
def keep(number):
    turn = 0
    while not stop.is_set():
        save(1000 * number + turn)
        turn += 1
        time.sleep(0.002)
threads = [threading.Thread(target=keep, args=(number,)) for number in range(2)]
for thread in threads:
    thread.start()
for turn in range(8):
    time.sleep(float(sys.argv[1]))
    child = os.fork()
    if child == 0:
        save(9000 + turn)
        os._exit(0)
    os.waitpid(child, 0)
stop.set()
for thread in threads:
    thread.join()
print("ended")
"""

POOLS = """
# The first save imports what pickles: Python's logging complains at a fork right then, when no fork began
# with its lock.
save(-1)
import multiprocessing, warnings
warnings.simplefilter("ignore")
def work(number):
    save(9000 + number)
    return number + 1
def keep():
    for turn in range(12):
        save(turn)
thread = threading.Thread(target=keep)
thread.start()
with multiprocessing.get_context("fork").Pool(3) as pool:
    print(sum(pool.map(work, range(6))))
thread.join()
"""

AFTER_THE_END = """
import atexit
def late():
    time.sleep(float(sys.argv[1]))
    for turn in range(3):
        save(turn)
def last():
    save(99)
atexit.register(last)
threading.Thread(target=late).start()
print("main ends")
"""


def play(place: Place, text: str, said: str, *words: str, children: int = 0) -> Round:
    """Runs a program that forks and looks for all that its processes were told is kept. Some of them may
    outlive it: so many tell of their end."""
    outcome = Round()
    place.write("script.py", HEAD + text)
    ran = place.run("run", "script.py", *words)
    if not wait_for(lambda: len([*place.folder.glob("done-*")]) == children):
        outcome.ended.append("not all children came to their end")
    if (ran.code, ran.out) != (0, said):
        outcome.ended.append(f"{ran.end}, it said {ran.out!r} {ran.err!r}")
    if "Error" in ran.err or "not saved" in ran.err:
        outcome.ended.append(ran.err)
    values = {}
    for path in place.folder.glob("acknowledged-*"):
        for line in path.read_text().split("\n")[:-1]:
            version, value = line.split()
            if not version.isdigit():
                outcome.lost.append(f"{value} was not saved")
            elif ("value", int(version)) in values:
                outcome.lost.append(f"version {version} was given twice")
            else:
                values["value", int(version)] = int(value)
    place.check_saved(values, outcome)
    return outcome


def wait_for(is_so: Callable[[], bool]) -> bool:
    """Waits until something is so; whether it was in time."""
    end = time.monotonic() + LIMIT_IN_SECONDS
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@kind("fork-and-save")
def fork_and_save(place: Place, chance: random.Random) -> Round:
    """Children save beside their parent, and in half of the rounds some of them when it has ended."""
    words = [str(chance.random() * 0.05), chance.choice(["wait", "leave"])]
    return play(place, CHILDREN, "", *words, children=6)


@kind("fork-while-threads-save")
def fork_while_threads_save(place: Place, chance: random.Random) -> Round:
    return play(place, SAVERS, "ended\n", str(chance.random() * 0.02))


@kind("pool-while-a-thread-saves")
def pool_while_a_thread_saves(place: Place, _: random.Random) -> Round:
    return play(place, POOLS, "21\n")


@kind("save-after-the-end")
def save_after_the_end(place: Place, chance: random.Random) -> Round:
    """Threads outlive the main program and save, and so do functions that run at exit."""
    return play(place, AFTER_THE_END, "main ends\n", str(chance.random() * 0.1))
