"""What do cells cost under clew? Runs a notebook in kernels with clew and without, in turn, and prints as JSON how
long each run took, by the clock on the wall and by the time that the kernel's threads were busy.

`python notebook.py REPEATS`
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import KernelManager

CELLS = 200
LIMIT_IN_SECONDS = 600


def one_line() -> list[str]:
    """Cells that do next to nothing: what is left is what a cell costs."""
    return [f"x{number} = {number} + 1" for number in range(CELLS)]


def analysis() -> list[str]:
    """An analysis as people write it: a few lines a cell, and results that are shown."""
    cells = ["import numpy as np\nimport pandas as pd\nrng = np.random.default_rng(0)"]
    for number in range((CELLS - 1) // 4 + 1):
        cells += [
            f"rows = 200_000\ntable = pd.DataFrame({{'key': rng.integers(0, 50, rows), "
            f"'value': rng.normal(size=rows), 'n': np.arange(rows)}})\ntable['n'] += {number}",
            "means = table.groupby('key')['value'].agg(['mean', 'std', 'count'])\nmeans.head()",
            "top = table.sort_values('value', ascending=False).head(100)\n"
            "top['share'] = top['value'] / table['value'].abs().sum()\ntop.describe()",
            "total = 0.0\nfor key, part in table.groupby('key'):\n    total += part['value'].max()\ntotal",
        ]
    return cells[:CELLS]


NOTEBOOKS = {"one-line cells": one_line, "an analysis": analysis}


def cost(cells: list[str], first: str | None) -> dict[str, float]:
    """What the cells take in a fresh kernel."""
    with tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder, ".ipython"))
        variables = {**os.environ, "IPYTHONDIR": home, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"}
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(cwd=folder, env=variables)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=LIMIT_IN_SECONDS)
            if first:
                run(client, first)
            began, busy = time.perf_counter(), cpu_seconds(client)
            for cell in cells:
                run(client, cell)
            return {
                "seconds": time.perf_counter() - began,
                "cpu_seconds": cpu_seconds(client) - busy,
            }
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=False)


def cpu_seconds(client: object) -> float:
    """How long the kernel's threads have been busy so far."""
    reply = client.execute_interactive(
        "",
        silent=True,
        user_expressions={"busy": "__import__('time').process_time()"},
        output_hook=lambda _: None,
        timeout=LIMIT_IN_SECONDS,
    )
    return float(reply["content"]["user_expressions"]["busy"]["data"]["text/plain"])


def run(client: object, cell: str) -> None:
    reply = client.execute_interactive(
        cell, output_hook=lambda _: None, timeout=LIMIT_IN_SECONDS, allow_stdin=False
    )
    if reply["content"]["status"] != "ok":
        raise SystemExit(f"this cell failed: {cell}\n{reply['content']}")


def main() -> None:
    repeats = int(sys.argv[1])
    rows = []
    for name, made in NOTEBOOKS.items():
        row = {"notebook": name, "cells": CELLS, "plain": [], "clew": []}
        for _ in range(repeats):
            row["plain"].append(cost(made(), None))
            row["clew"].append(cost(made(), "%load_ext clew"))
        rows.append(row)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
