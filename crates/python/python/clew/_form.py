"""Form: a slice written as a notebook, or as a script that names what it needs.

Its `main` is what the process does that `clew slice --as` starts: it reads a task and writes an answer,
both as JSON.
"""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# What begins a cell in a script, as editors know it.
MARK = re.compile(r"^# %%.*\n", flags=re.MULTILINE)
# What must stand in the first two lines of a script to be heeded.
PREAMBLE = re.compile(r"(#!.*\n)?([ \t\f]*#.*?coding[:=].*\n)?")
TIMED = re.compile(r"^([ \t]*)%time (.*)", flags=re.MULTILINE)
SEPARATORS = re.compile(r"[-_.]+")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def main() -> None:
    """Does the task on standard input."""
    task = json.load(sys.stdin)
    match task["form"]:
        case "cells":
            answer = {"cells": cells(task["notebook"])}
        case "notebook":
            text, notes = notebook(task)
            answer = {"text": text, "notes": notes}
        case _:
            text, notes = script(task)
            answer = {"text": text, "notes": notes}
    json.dump(answer, sys.stdout)


def cells(file: str) -> list[tuple[int, str]]:
    """The cells of a notebook as Python, with their places among all cells, counted from one."""
    try:
        with open(file, encoding="utf-8") as opened:
            known = json.load(opened)["cells"]
    except (ValueError, KeyError) as error:
        sys.exit(f"`{file}` cannot be read as a notebook: {error}")
    code = [(at, cell) for at, cell in enumerate(known, start=1) if cell["cell_type"] == "code"]
    return [(at, as_python(seen_through(source_of(cell)))) for at, cell in code]


def seen_through(text: str) -> str:
    """A cell's text without magics that run Python."""
    head, _, body = text.partition("\n")
    if head.startswith(("%%time", "%%capture", "%%prun")):
        text = body
    return TIMED.sub(r"\1\2", text)


def source_of(cell: dict) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def notebook(task: dict) -> tuple[str, list[str]]:
    """A slice as a notebook: its cells, with the prose that stands above them in the notebook's file."""
    notes: list[str] = []
    written = Written.read(task["notebook"], notes)
    cells: list[dict] = []
    for part in task["parts"]:
        known, prose = written.cell_of(part["whole"])
        cells += prose
        cells += [code_cell(text, known) for text in MARK.split(part["code"]) if text.strip()]
    given = set()
    for number, cell in enumerate(cells):
        if cell.get("id") in given or "id" not in cell:
            cell["id"] = f"slice-{number}"
        given.add(cell["id"])
    python = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": python, "language_info": {"name": "python", "version": python_of(task)}}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n", notes


def code_cell(text: str, known: dict | None) -> dict:
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    if known is not None and "id" in known:
        cell["id"] = known["id"]
    return cell | {"source": text.strip("\n").splitlines(keepends=True)}


class Written:
    """A notebook's file: which of its cells ran as which text, and the prose above each."""

    def __init__(self, cells: list[dict]) -> None:
        self.cells = cells
        self.texts = [texts_of(cell) for cell in cells]
        # Behind the cell that was found last; those that ran in order are looked for in order.
        self.at = 0
        self.used: set[int] = set()

    @classmethod
    def read(cls, file: str | None, notes: list[str]) -> Written:
        """The cells of a file; none where there is none."""
        if file is None:
            return cls([])
        try:
            with open(file, encoding="utf-8") as opened:
                return cls(json.load(opened)["cells"])
        except (OSError, ValueError, KeyError) as error:
            notes.append(f"{file} cannot be read, so that its prose is left out: {error}")
            return cls([])

    def cell_of(self, text: str) -> tuple[dict | None, list[dict]]:
        """The cell that ran as a text, and the prose that stands right above it and was not given yet."""
        order = [*range(self.at, len(self.cells)), *range(self.at)]
        found = next((at for at in order if text.strip() in self.texts[at]), None)
        if found is None:
            return None, []
        self.at = found + 1
        first = found
        while first > 0 and self.cells[first - 1]["cell_type"] == "markdown":
            first -= 1
        prose = [at for at in range(first, found) if at not in self.used]
        self.used.update(prose)
        return self.cells[found], [self.cells[at] for at in prose]


def texts_of(cell: dict) -> set[str]:
    """The texts that a cell may have run as: its own, as IPython changes it, and what a magic runs of it."""
    if cell["cell_type"] != "code":
        return set()
    text = source_of(cell)
    texts = {as_python(seen_through(text)).strip(), text.strip(), as_python(text).strip()}
    if text.startswith("%%"):
        body = text.partition("\n")[2]
        texts |= {body.strip(), as_python(body).strip()}
    # What `%time` runs is a text of its own.
    return texts | {timed.strip() for _, timed in TIMED.findall(text)}


def as_python(text: str) -> str:
    """A cell's text with its magics as calls."""
    try:
        from IPython.core.inputtransformer2 import TransformerManager
    except ImportError:
        return text
    try:
        return TransformerManager().transform_cell(text)
    except SyntaxError:
        return text


def script(task: dict, is_beside: bool = False) -> tuple[str, list[str]]:
    """A slice as a script with the Python and the distributions that it needs (PEP 723), and what is to be said of
    it; the program's own files may lie beside it already."""
    code, python = task["code"], python_of(task)
    major, minor, *_ = python.split(".")
    notes = []
    if sys.version_info[:2] != (int(major), int(minor)):
        here = ".".join(map(str, sys.version_info[:2]))
        notes.append(f"the session ran in Python {python}; the versions named are those of Python {here}")
    needed = Needed.of(code, task["folders"])
    notes += needed.notes
    if not is_beside:
        notes += [f"it imports {file}, which is not in it and has to lie beside it" for file in needed.own]
    if "get_ipython" in code:
        notes.append("it holds magics, and runs in IPython only")
    lines = ["/// script", f'requires-python = "=={major}.{minor}.*"']
    lines += listed("dependencies", needed.direct)
    if needed.further:
        # Only what these come with: `uv` heeds it, others install what is newest.
        lines += ["", "[tool.uv]", *listed("constraint-dependencies", needed.further)]
    lines += ["///"]
    head = "".join(f"# {line}".rstrip() + "\n" for line in lines)
    preamble = PREAMBLE.match(code).group()
    return f"{preamble}{head}{code[len(preamble) :]}", notes


def python_of(task: dict) -> str:
    """The version of the Python that a slice ran in; that at hand where it never ran."""
    return task["python"] or ".".join(map(str, sys.version_info[:3]))


def listed(key: str, entries: Iterable[str]) -> list[str]:
    entries = list(entries)
    if not entries:
        return [f"{key} = []"]
    return [f"{key} = [", *(f"    {json.dumps(entry)}," for entry in entries), "]"]


class Needed(NamedTuple):
    """The distributions that a text needs."""

    # Those that it imports from, as PEP 508 writes them.
    direct: list[str]
    # Those that come with them.
    further: list[str]
    notes: list[str]
    # The program's own files that it imports.
    own: list[str]

    @classmethod
    def of(cls, code: str, folders: list[str]) -> Needed:
        providers = importlib.metadata.packages_distributions()
        names: set[str] = set()
        notes, own = [], []
        for module in sorted(imported(code)):
            file = own_file(module, folders)
            if file is not None:
                own.append(file)
            elif module in providers:
                names.update(map(normal, providers[module]))
            else:
                notes.append(f"no installed distribution has the module `{module}`")
        direct = []
        for name in sorted(names):
            requirement, note = requirement_of(importlib.metadata.distribution(name))
            direct.append(requirement)
            notes += note
        further = sorted(closure(names) - names)
        pinned = (importlib.metadata.distribution(name) for name in further)
        return cls(direct, [f"{normal(known.name)}=={known.version}" for known in pinned], notes, own)


def imported(code: str) -> set[str]:
    """The modules that a text imports and that do not come with Python, as they are looked for first."""
    modules = set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import(names=names):
                modules.update(alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                modules.add(module)
    first = {module.partition(".")[0] for module in modules}
    return first - set(sys.stdlib_module_names)


def own_file(module: str, folders: Iterable[str]) -> str | None:
    """The program's own file that a module is, if it is one."""
    for folder in folders:
        for file in (f"{module}.py", os.path.join(module, "__init__.py")):
            if os.path.exists(os.path.join(folder, file)):
                return file
    return None


def requirement_of(known: importlib.metadata.Distribution) -> tuple[str, list[str]]:
    """A distribution as it is installed, and what is to be known of it."""
    name = normal(known.name)
    origin = json.loads(known.read_text("direct_url.json") or "{}")
    url = origin.get("url", "")
    if version := origin.get("vcs_info"):
        return f"{name} @ {version['vcs']}+{url}@{version['commit_id']}", []
    if not url:
        return f"{name}=={known.version}", []
    notes = [f"{name} is installed from {url}, which is on this machine"]
    return f"{name} @ {url}", notes if url.startswith("file:") else []


def closure(names: Iterable[str]) -> set[str]:
    """Distributions with all that they may need, as far as it is installed."""
    reached: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += requirements(name)
    return reached


def requirements(name: str) -> Iterator[str]:
    for text in importlib.metadata.requires(name) or []:
        # What is needed for an extra only is no part of an environment that did not ask for it.
        if "extra ==" in text:
            continue
        other = normal(NAME.match(text).group())
        try:
            importlib.metadata.distribution(other)
        except importlib.metadata.PackageNotFoundError:
            continue
        yield other


def normal(name: str) -> str:
    return SEPARATORS.sub("-", name).lower()
