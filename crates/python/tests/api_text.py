"""API text: the reference of the Python package, from its docstrings. `python api_text.py` prints it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import clew

HEAD = """\
# From Python

What `import clew` offers. This page is made from the docstrings: `UPDATE_EXPECT=1 pytest test_docs.py -k reference` writes it.
"""
FUNCTIONS = "save get delete artifact_store visualize get_function get_module get_module_definition session traced reload".split()
CLASSES = "Artifact ArtifactStore".split()
# What has a value, with what it is an object of.
VALUES = {"options": "", "file_system": "stands for the files that a program leaves behind, as in `clew.save(clew.file_system, \"files\")`", "db": "stands for databases, likewise"}


def reference() -> str:
    """The whole page."""
    parts = [HEAD, "## Functions\n"]
    parts += [entry(f"clew.{name}", getattr(clew, name)) for name in FUNCTIONS]
    for name in CLASSES:
        kind = getattr(clew, name)
        parts += [f"## `clew.{name}`\n", text_of(kind)]
        parts += [entry(f".{member}", found) for member, found in members(kind)]
    parts += ["## Values\n"]
    for name, what in VALUES.items():
        value = getattr(clew, name)
        parts.append(f"`clew.{name}`\n: {what}.\n" if what else f"`clew.{name}`\n\n{text_of(type(value))}")
        parts += [entry(f"clew.{name}.{member}", found) for member, found in members(type(value)) if not what]
    return "\n".join(parts)


def members(kind: type) -> Iterator[tuple[str, object]]:
    """What a class of ours has, in the order in which it is written down."""
    for name, found in vars(kind).items():
        if not name.startswith("_") and (callable(found) or isinstance(found, property)):
            yield name, found


def entry(name: str, found: object) -> str:
    """One name with its signature and what is said of it."""
    return f"### `{name}{'' if isinstance(found, property) else signature(found)}`\n\n{text_of(found)}"


def signature(function: object) -> str:
    """How it is called, without `self`."""
    text = str(inspect.signature(function))  # type: ignore[arg-type]
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)
    return re.sub(r"^\(self(?:, )?", "(", text)


def text_of(found: object) -> str:
    """A docstring as Markdown: its examples in blocks of code."""
    lines: list[str] = []
    inside = False
    for line in (inspect.getdoc(found) or "").replace("  # doctest: +SKIP", "").splitlines():
        begins = line.startswith(">>> ")
        if begins and not inside:
            lines.append("```pycon")
            inside = True
        elif inside and not line:
            lines.append("```")
            inside = False
        lines.append(line if inside else line.replace("``", "`"))
    if inside:
        lines.append("```")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(reference(), end="")
