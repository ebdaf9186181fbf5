"""Terminals: programs that are started on one."""

from __future__ import annotations

import os
import pty
import subprocess
import termios
import time
from collections.abc import Callable
from pathlib import Path

from programs import LIMIT_IN_SECONDS, environment, heed_interrupts


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command: list[str], folder: Path, size: tuple[int, int] = (0, 0), **more: str) -> None:
        """`size` is how many lines there are, and columns."""
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, size)
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(**{"TERM": "dumb", **more}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=heed_interrupts,
        )
        os.close(theirs)
        self._read = b""
        self._waited_for = 0

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def wait_for(self, text: str) -> None:
        """Reads until a text has been shown, after the one that was waited for last."""
        sought = text.encode()
        self._read_while(lambda: sought not in self._read[self._waited_for :])
        self._waited_for = self._read.find(sought, self._waited_for) + len(sought)

    def end(self) -> tuple[int, str]:
        """The exit code and all that was shown."""
        self._read_while(lambda: True)
        code = self.process.wait(LIMIT_IN_SECONDS)
        os.close(self._ours)
        return code, self._read.decode(errors="replace").replace("\r\n", "\n")

    def _read_while(self, goes_on: Callable[[], bool]) -> None:
        end = time.monotonic() + LIMIT_IN_SECONDS
        while goes_on():
            assert time.monotonic() < end, self._read
            try:
                more = os.read(self._ours, 65536)
            except OSError:
                # Nobody has the other end open any more.
                return
            if not more:
                return
            self._read += more


def on_terminal(
    command: list[str], folder: Path, size: tuple[int, int] = (0, 0), **more: str
) -> tuple[int, str]:
    """Runs a program on a terminal to its end."""
    return Terminal(command, folder, size, **more).end()
