"""Scratch copy: the session's folders as a replay may change them, gone when the replay has ended.

Where the system allows it, the folders stay under their own names and what is written there lands
elsewhere (an overlay in a mount namespace of this process); otherwise they are copied.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from clew import _clew

# What a copy may cost. Larger files, and all files beyond, are links to the original.
MOST_BYTES = 256 << 20
MOST_FILES = 20_000
LARGE_FILE = 32 << 20

# How many files are looked at for whether they are older than the session.
MOST_LOOKS = 50_000

# Nothing that a program means to read as its data; looking for leftover files passes them by.
PASSED_BY = {".git", ".hg", ".svn", ".clew", ".venv", "venv", "node_modules", "__pycache__", "site-packages"}


class Scratch:
    """The folders of a session, to be changed without harm."""

    def __init__(self, folder: str, roots: list[str], more: list[str], overlay: bool) -> None:
        self.folder = folder
        self.notes: list[str] = []
        # Where each folder is found: under its own name, or that of its copy.
        self._places: list[tuple[str, str]] = []
        self._searched = len(roots)
        self.isolated = overlay and self._overlaid(roots, more)
        if not self.isolated:
            self._copied(roots)

    @property
    def roots(self) -> list[str]:
        """The folders that a replay may write to."""
        return [place for _, place in self._places]

    def place(self, path: str) -> str:
        """Where a file of the session is found."""
        for root, place in self._places:
            if is_within(path, root):
                return place + path[len(root) :]
        return path

    def leave_out(self, path: str) -> None:
        """Takes a file or an empty folder away, as it was not there when the session began."""
        place = self.place(path)
        if not any(is_within(place, root) for root in self.roots):
            return
        try:
            if os.path.isdir(place) and not os.path.islink(place):
                os.rmdir(place)
            else:
                os.unlink(place)
        except OSError:
            pass

    def put(self, path: str, content: bytes) -> None:
        """Puts a file in the place of the one that is there, never in that of an original."""
        place = self.place(path)
        if not any(is_within(place, root) for root in self.roots):
            self.notes.append(f"{path} is not as it was before the session")
            return
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if os.path.islink(place):
            os.unlink(place)
        with open(place, "wb") as file:
            file.write(content)

    def written_between(self, spans: list[tuple[int, int]]) -> Iterator[str]:
        """The files that were last written in one of these spans of time, in microseconds."""
        looks = 0
        for root, place in self._places[: self._searched]:
            for folder, folders, files in os.walk(place):
                folders[:] = [name for name in folders if name not in PASSED_BY and not is_environment(folder, name)]
                for name in files:
                    looks += 1
                    if looks > MOST_LOOKS:
                        self.notes.append(f"of the files in {root} only {MOST_LOOKS} were looked at")
                        return
                    path = os.path.join(folder, name)
                    try:
                        at = os.lstat(path).st_mtime_ns // 1000
                    except OSError:
                        continue
                    if any(begin <= at <= end for begin, end in spans):
                        yield root + path[len(place) :]

    def _overlaid(self, roots: list[str], more: list[str]) -> bool:
        if not all(os.access(root, os.W_OK) for root in roots):
            # An overlay asks for the permissions of what is below.
            return False
        layers = []
        for number, root in enumerate([*roots, *more]):
            layer = os.path.join(self.folder, f"layer{number}")
            os.makedirs(os.path.join(layer, "upper"))
            os.makedirs(os.path.join(layer, "work"))
            upper, work = os.path.join(layer, "upper"), os.path.join(layer, "work")
            layers.append((root, upper, work, number < len(roots)))
        try:
            _clew.isolate(layers)
        except OSError:
            return False
        # Of what is not needed some may not have come about, and is not written to then.
        there = {line.split()[4] for line in open("/proc/self/mountinfo", encoding="utf-8", errors="replace")}
        self._places = [(root, root) for root in [*roots, *(root for root in more if root in there)]]
        return True

    def _copied(self, roots: list[str]) -> None:
        budget = [MOST_BYTES, MOST_FILES]
        for number, root in enumerate(roots):
            place = os.path.join(self.folder, f"copy{number}", os.path.basename(root))
            os.makedirs(place)
            linked: list[str] = []
            _copy(root, place, budget, linked)
            self._places.append((root, place))
            if linked:
                shown = ", ".join(linked[:3]) + (f" and {len(linked) - 3} more" if len(linked) > 3 else "")
                self.notes.append(f"not copied, but read where they are: {shown}")


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def is_environment(folder: str, name: str) -> bool:
    """Whether a folder holds an installation of Python."""
    return os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))


def _copy(source: str, target: str, budget: list[int], linked: list[str]) -> None:
    try:
        entries = list(os.scandir(source))
    except OSError:
        return
    for entry in entries:
        to = os.path.join(target, entry.name)
        try:
            if entry.is_symlink():
                # What it leads to is relative to where it was.
                os.symlink(os.path.join(os.path.dirname(entry.path), os.readlink(entry.path)), to)
            elif entry.is_dir():
                if entry.name in PASSED_BY or is_environment(source, entry.name) or budget[1] <= 0:
                    os.symlink(entry.path, to)
                else:
                    os.mkdir(to)
                    _copy(entry.path, to, budget, linked)
            elif entry.is_file():
                size = entry.stat().st_size
                if size > LARGE_FILE or size > budget[0] or budget[1] <= 0:
                    os.symlink(entry.path, to)
                    linked.append(entry.name)
                else:
                    shutil.copy2(entry.path, to)
                    budget[0] -= size
                    budget[1] -= 1
        except OSError:
            linked.append(entry.name)
