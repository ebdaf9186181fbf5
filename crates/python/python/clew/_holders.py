"""Holders: what runs between a shell's cells, so that what the program handed to it may be changed then.

These are the widgets that a front end talks to, tasks and callbacks of the event loop, threads, and whoever asked
to be called around cells.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from IPython.core.interactiveshell import InteractiveShell


class Holders:
    """What a shell leads to without its program, and what has joined it since."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.threads = threading.active_count()
        self.numbers = {thread.ident for thread in threading.enumerate()}
        self.kernel = getattr(shell, "kernel", None)
        parts = ("comm_manager", "control_thread", "io_loop", "iopub_thread", "parent", "session", "shell_stream")
        # Where a look ends: these lead to all that is the shell's, and so to all that cells made.
        own = [loop(), self.kernel, *(getattr(self.kernel, part, None) for part in parts)]
        own += [sys.stdin, sys.stdout, sys.stderr, sys.displayhook, shell.display_pub]
        self.own = [part for part in own if part is not None]
        self.known: set[int] = set()

    def begin(self) -> None:
        """What is there now is the shell's and clew's own."""
        self.known = {id(held) for held in self.all()}

    def now(self) -> list[object]:
        return [held for held in self.all() if id(held) not in self.known]

    def all(self) -> Iterator[object]:
        yield from self.comms()
        yield from self.waiting()
        yield from self.around_cells()
        yield from self.running()

    def comms(self) -> Iterator[object]:
        """What front ends send messages to."""
        manager = getattr(self.kernel, "comm_manager", None)
        if manager is not None:
            yield from list(manager.comms.values())
            yield from list(manager.targets.values())

    def waiting(self) -> Iterator[object]:
        """What the event loop will do."""
        if (running := loop()) is None:
            return
        current = asyncio.current_task(running)
        for task in asyncio.all_tasks(running):
            # Those that wait for the cell to end go on when it has.
            if not waits_for(task, current):
                yield task
        for handles in ("_ready", "_scheduled"):
            yield from list(getattr(running, handles, ()))

    def around_cells(self) -> Iterator[object]:
        """What is called before cells and after them."""
        shell = self.shell
        for callbacks in shell.events.callbacks.values():
            yield from callbacks
        yield from shell.ast_transformers
        yield from shell.input_transformers_post

    def running(self) -> Iterator[object]:
        """What other threads are at."""
        yield from threading.enumerate()
        # Before 3.13 a frame keeps what it was asked for once, and with it values that the program lets go of.
        if sys.version_info < (3, 13) or threading.active_count() == self.threads:
            return
        own = threading.get_ident()
        for number, frame in sys._current_frames().items():
            if number != own and number not in self.numbers:
                yield from values_of(frame)


def waits_for(task: asyncio.Future | None, other: asyncio.Task | None) -> bool:
    """Whether a task is another one, or waits for it, be it by way of others."""
    while task is not None and task is not other:
        task = getattr(task, "_fut_waiter", None)
    return task is not None


def values_of(frame: FrameType | None) -> Iterator[object]:
    """The values that a frame and those that called it are at."""
    while frame is not None:
        yield from frame.f_locals.values()
        frame = frame.f_back


def loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
