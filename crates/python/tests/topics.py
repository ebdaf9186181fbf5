"""Topics: cases that share an idea, gathered in a Markdown file with prose between them.

A heading with fenced blocks below it is a case, named by the heading. A block's info string says
what the block is: `python` a program, and what else there is depends on the suite. Headings without
blocks and all other text are for the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Block:
    """A fenced block: the words after `python`, its text, and its lines in the file, fences
    included."""

    words: list[str]
    text: str
    lines: range


@dataclass
class Case:
    """A heading with the blocks below it."""

    title: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The title as one word, for test ids and file names."""
        return re.sub(r"\W+", "_", self.title).strip("_")

    @property
    def program(self) -> str:
        """The text of the one block that says nothing else."""
        [text] = [block.text for block in self.blocks if not block.words]
        return text


def cases(path: Path) -> list[Case]:
    """The cases of a topic, in the order of the file."""
    return list(_cases(path.read_bytes().decode()))


def parameters(folder: Path) -> list:
    """What a test of all cases of a folder's topics is given: for each its topic and the case."""
    # Only tests need it.
    import pytest

    return [
        pytest.param(path, case, id=f"{path.stem}::{case.name}")
        for path in sorted(folder.glob("*.md"))
        for case in cases(path)
    ]


def _cases(text: str) -> Iterator[Case]:
    # Only topics need it: other scripts are judged in interpreters that may lack it.
    from markdown_it import MarkdownIt

    case, names = None, set()
    tokens = MarkdownIt().parse(text)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open":
            case = Case(following.content)
        elif token.type == "fence":
            language, *words = token.info.split()
            assert language == "python", f"a block of `{token.info}`"
            if not case.blocks:
                assert case.name not in names, f"two cases are called `{case.name}`"
                names.add(case.name)
                yield case
            case.blocks.append(Block(words, token.content, range(*token.map)))


def fenced(words: list[str], text: str) -> list[str]:
    """The lines of a block."""
    return [" ".join(["```python", *words]), *text.removesuffix("\n").split("\n"), "```"]


def replace_blocks(path: Path, name: str, replacements: dict[tuple[str, ...], list[str]]) -> None:
    """Puts other lines in the place of blocks of a case, which are named by their words."""
    lines = path.read_bytes().decode().split("\n")
    [case] = [case for case in cases(path) if case.name == name]
    for block in reversed(case.blocks):
        if (new := replacements.get(tuple(block.words))) is not None:
            lines[block.lines.start : block.lines.stop] = new
    path.write_bytes("\n".join(lines).encode())
