"""Disk: what a program does to the files of a folder, in order, and what is left of it after a power cut."""

from __future__ import annotations

import functools
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fault_kinds import Missing

# Disks write sectors of this size as a whole.
SECTOR = 512


@functools.cache
def library() -> str:
    """The library that has a program's changes logged. It takes a C compiler, which who links Rust has."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise Missing("there is no C compiler `cc`")
    made = Path(tempfile.mkdtemp(prefix="clew-disk-")) / "disk.so"
    source = Path(__file__).with_name("disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"], check=True)
    return str(made)


def watched(folder: Path, log: Path, cut: int | None = None) -> dict[str, str]:
    """The environment in which a program's changes to a folder are logged, up to the one before which it is
    ended."""
    variables = {"LD_PRELOAD": library(), "DISK_FOLDER": str(folder), "DISK_LOG": str(log)}
    return variables if cut is None else variables | {"DISK_CUT": str(cut)}


@dataclass
class Change:
    """A change to a file: `write`, `truncate`, `sync`, `unlink` or `rename`."""

    kind: str
    path: str
    # Where it is written, or the size that it is cut to.
    number: int
    content: bytes


def read(log: Path) -> list[Change]:
    """The changes of a log."""
    changes, content, at = [], log.read_bytes(), 0
    while at < len(content):
        end = content.index(b"\n", at)
        kind, number, length, path = content[at:end].decode().split(" ", 3)
        at = end + 1 + int(length)
        changes.append(Change(kind, path, int(number), content[end + 1 : at]))
    return changes


class Disk:
    """Files as they are on a disk whose cache is lost when the power goes: what was not synced is there, or
    not, or in part, and in any order."""

    def __init__(self) -> None:
        self.synced: dict[str, bytearray] = {}
        self.waiting: dict[str, list[Change]] = {}

    def take(self, change: Change) -> None:
        waiting = self.waiting.setdefault(change.path, [])
        if change.kind == "sync":
            content = self.synced.setdefault(change.path, bytearray())
            for before in waiting:
                apply(content, before)
            waiting.clear()
        elif change.kind == "unlink":
            self.synced.pop(change.path, None)
            waiting.clear()
        elif change.kind == "rename":
            to = change.content.decode()
            self.waiting[to] = self.waiting.pop(change.path, [])
            self.synced.pop(to, None)
            if change.path in self.synced:
                self.synced[to] = self.synced.pop(change.path)
        else:
            waiting.append(change)

    def cut(self, chance: random.Random) -> dict[str, bytes]:
        """What is found after the power has come back."""
        found = {}
        for path in self.synced.keys() | self.waiting.keys():
            waiting = self.waiting.get(path, [])
            if path not in self.synced and not waiting:
                continue
            content = bytearray(self.synced.get(path, b""))
            share = chance.random()
            for change in waiting:
                for part in sectors(change):
                    if chance.random() < share:
                        apply(content, part)
            found[path] = bytes(content)
        return found


def sectors(change: Change) -> list[Change]:
    """The parts of a change that are made as a whole."""
    if change.kind != "write":
        return [change]
    parts, at = [], 0
    while at < len(change.content):
        size = SECTOR - (change.number + at) % SECTOR
        part = change.content[at : at + size]
        parts.append(Change("write", change.path, change.number + at, part))
        at += size
    return parts


def apply(content: bytearray, change: Change) -> None:
    if change.kind == "truncate":
        del content[change.number :]
        content.extend(bytes(change.number - len(content)))
    else:
        content.extend(bytes(max(0, change.number - len(content))))
        content[change.number : change.number + len(change.content)] = change.content
