"""Workers: tasks done in a forked process, which is replaced where a task does not end or takes it down."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
from typing import Any, Callable, Iterator

# A task that is silent for longer is given up, with the process that is at it.
SECONDS = 60
# No example needs more memory.
MOST_BYTES = 6 << 30


def results(tasks: list[Any], work: Callable[[Any], Any], progress: Callable[[int], None]) -> Iterator[tuple[Any, Any]]:
    """Each task with what `work` made of it, or with the reason why there is nothing as a text."""
    done = 0
    while done < len(tasks):
        process, stream = start(tasks[done:], work)
        buffer = b""
        reason = "it took the process down"
        try:
            while done < len(tasks):
                ready, _, _ = select.select([stream], [], [], SECONDS)
                if not ready:
                    reason = f"it did not end within {SECONDS} seconds"
                    break
                piece = os.read(stream, 1 << 16)
                if not piece:
                    break
                *lines, buffer = (buffer + piece).split(b"\n")
                for line in lines:
                    yield tasks[done], json.loads(line)
                    done += 1
                    progress(done)
        finally:
            os.close(stream)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        if done < len(tasks):
            yield tasks[done], reason
            done += 1


def start(tasks: list[Any], work: Callable[[Any], Any]) -> tuple[int, int]:
    """Forks a process that does the tasks and writes a line for each."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    code = 1
    try:
        for task in tasks:
            os.write(writing, json.dumps(work(task)).encode() + b"\n")
        code = 0
    finally:
        os._exit(code)
