"""Rerun cost: what does running a program again step by step add to running it as a whole?

`python rerun_cost.py [STATEMENTS]` prints, for programs of small statements and of library calls, the CPU time of plain
`exec`, of its steps by their texts and by their nodes, and what a step costs beside plain Python, in microseconds.
"""

from __future__ import annotations

import json
import sys
import time
import types
from collections.abc import Callable

from clew import _clew

SMALL = [("v{0} = {0} + 1", 'n{1} = literal {0}\nn{2} = literal 1\nn{3} = call add(n{1}, n{2})', 3)]
LIBRARY = [("v{0} = sorted(data)", 'n{1} = lookup sorted\nn{2} = lookup data\nn{3} = call n{1}(n{2})', 3)]
SETUP = "import random\ndata = [random.random() for _ in range(5000)]\n"


def program(kind: list, count: int) -> tuple[str, str, list[dict]]:
    """The text, the graph and the steps of a program of so many statements."""
    lines, nodes, steps, node = [], [], [], 0
    for at in range(count):
        text, graph, made = kind[at % len(kind)]
        text = text.format(at)
        nodes.append(graph.format(at, node, node + 1, node + 2))
        ids = list(range(node, node + made))
        node += made
        lines.append(text)
        steps.append(
            {
                "span": {"source": 0, "start": 0, "end": 0},
                "text": text + "\n",
                "lines": [at + 1],
                "is_first": False,
                "nodes": ids,
                "is_said_by_nodes": True,
                "needs": [],
                "variables": [{"name": f"v{at}", "node": ids[-1]}],
            }
        )
    return "\n".join(lines) + "\n", "\n".join(nodes), steps


def timed(run: Callable[[types.ModuleType], object]) -> float:
    """The best of three, each in a fresh module."""
    times = []
    for _ in range(3):
        module = types.ModuleType("__main__")
        module.__dict__["__builtins__"] = __builtins__
        exec(SETUP, module.__dict__)
        start = time.process_time()
        run(module)
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for name, kind, size in (("small", SMALL, count), ("library", LIBRARY, count // 4)):
        text, graph, steps = program(kind, size)
        source = [(0, "script.py", text)]
        told = lambda *_: None  # noqa: E731
        plain = timed(lambda module: exec(compile(text, "script.py", "exec"), module.__dict__))
        print(f"{name}, {size} statements: plain {plain:.4f} s")
        for way, given in (("texts", None), ("nodes", graph)):
            took = timed(lambda module: _clew.run_steps(module, source, json.dumps(steps), told, given))
            print(f"  by {way}: {took:.4f} s, {took / plain:.3f} times, {(took - plain) / size * 1e6:.1f} µs a step")


if __name__ == "__main__":
    main()
