"""Notebooks: files of them, made of text and read again."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

HEAD = re.compile(r"^# %%(.*)\n", flags=re.MULTILINE)


def notebook(text: str, **metadata: object) -> str:
    """A notebook of the cells that begin with `# %%` in a text: `# %% [markdown]` is one of prose, and
    `# %% tag` has that tag."""
    _, *parts = HEAD.split(textwrap.dedent(text).lstrip("\n"))
    pairs = zip(parts[::2], parts[1::2], strict=True)
    made = [cell(head.strip(), body.strip("\n"), at) for at, (head, body) in enumerate(pairs)]
    return json.dumps(
        {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1
    )


def cell(head: str, body: str, number: int) -> dict:
    made = {"id": f"cell{number}", "metadata": {}, "source": body.splitlines(keepends=True)}
    if head == "[markdown]":
        return made | {"cell_type": "markdown"}
    if head:
        made["metadata"] = {"tags": [head]}
    return made | {"cell_type": "code", "execution_count": None, "outputs": []}


def shown(path: Path) -> list[str]:
    """The cells of a notebook's file with what they show, a line each."""
    lines = []
    for known in json.loads(path.read_text())["cells"]:
        source = "".join(known["source"])
        if known["cell_type"] != "code":
            lines.append(f"{known['cell_type']}: {source}")
            continue
        lines.append(f"[{known['execution_count']}] {source}")
        for output in known["outputs"]:
            match output["output_type"]:
                case "stream":
                    lines.append(f"    {output['name']}: {''.join(output['text'])}")
                case "error":
                    lines.append(f"    {output['ename']}: {output['evalue']}")
                case kind:
                    lines.append(f"    {kind}: {''.join(output['data']['text/plain'])}")
    return lines
