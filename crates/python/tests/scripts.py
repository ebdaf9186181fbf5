"""Scripts: Python programs to try clew on, and how they want to be run.

Comments in a program's first five lines may say

    # args: --verbose input.txt
    # stdin: first line\\nsecond line\\n
    # python: >=3.12
    # files: written.txt

which are its arguments, its input, the oldest Python for it, and the files that it must write.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from programs import REPOSITORY, unescaped
from topics import Case, cases


@dataclass
class Script:
    """A program: a file of its own, or a case of a topic."""

    path: Path
    program: bytes
    case: str | None = None
    modules: dict[str, str] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    stdin: bytes = b""
    python: tuple[int, ...] = ()
    files: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A program in another encoding is Python's business; the directives are ASCII.
        text = self.program.decode("utf-8", "replace").removeprefix("\ufeff")
        for line in text.splitlines()[:5]:
            match re.match(r"\s*# (args|stdin|python|files): (.*)", line):
                case None:
                    continue
                case found:
                    self._heed(*found.groups())

    def _heed(self, word: str, rest: str) -> None:
        if word == "args":
            self.arguments = rest.split()
        elif word == "stdin":
            self.stdin = unescaped(rest)
        elif word == "files":
            self.files = rest.split()
        elif (version := re.fullmatch(r">=\s*(\d+)\.(\d+)\s*", rest)) is not None:
            self.python = tuple(int(part) for part in version.groups())
        else:
            raise ValueError(f"{self.name}: `# python: {rest}` is not as in `# python: >=3.12`")

    @property
    def name(self) -> str:
        return str(self.path) if self.case is None else f"{self.path}::{self.case}"

    @property
    def wants_another_python(self) -> bool:
        return sys.version_info < self.python

    def place(self, folder: Path) -> Path:
        """The file to run, which is written first where the script is a part of another file."""
        if self.case is None:
            return self.path
        folder.mkdir()
        for name, text in self.modules.items():
            (folder / f"{name}.py").write_text(text)
        file = folder / f"{self.case}.py"
        file.write_bytes(self.program)
        return file


def find(paths: list[Path], suffix: str = ".py") -> list[Script]:
    """The scripts under some paths, in the order of their names: files in `.py`, or another suffix, and
    the cases of this repository's topics. What begins with `_` and what lies in a package is part of another
    program, unless it was named itself."""
    return [script for path in paths for file in _files(path, suffix) for script in _read(file)]


def _files(path: Path, suffix: str) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for each in sorted(path.iterdir()):
        if each.name.startswith(("_", ".")):
            continue
        if each.is_dir():
            if not (each / "__init__.py").exists():
                yield from _files(each, suffix)
        elif each.suffix == suffix or (each.suffix == ".md" and _is_topic(each)):
            yield each


def _is_topic(path: Path) -> bool:
    return path.resolve().is_relative_to(REPOSITORY / "tests")


def _read(path: Path) -> Iterator[Script]:
    if path.suffix != ".md":
        yield Script(path, path.read_bytes())
        return
    for case in cases(path):
        modules = {block.words[1]: block.text for block in case.blocks if block.words[:1] == ["module"]}
        yield Script(path, program_of(case).encode(), case.name, modules)


def program_of(case: Case) -> str:
    """A case's program, which its block may print instead of saying it."""
    for block in case.blocks:
        if block.words == ["that", "prints", "the", "program"]:
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(block.text, {})
            return printed.getvalue()
    return case.program
