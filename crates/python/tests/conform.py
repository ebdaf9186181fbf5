"""Conform: do scripts do the same under clew as with plain Python?

`python conform.py [--jobs N] [--timeout SECONDS] [--json] PATH…`, which `cargo xtask conform` calls;
it asks the Python that it runs in.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

import chore
from chore import Skipped, Workplace, share
from comparison import Comparison, compare
from programs import Outcome


@dataclass
class Pair:
    """A script's two runs."""

    plain: Outcome
    clew: Outcome
    comparison: Comparison
    # How many nodes clew recorded and how many of those it knows nothing of, if it said so.
    nodes: int | None
    unknown: int | None

    @property
    def verdict(self) -> str:
        if self.comparison.differences:
            return "different"
        return "unsteady" if self.comparison.unsteady else "same"

    def text(self, path: str) -> str:
        nodes = "" if self.nodes is None else f", {self.nodes} nodes, {self.unknown} unknown"
        times = f"plain {self.plain.seconds:.2f} s, clew {self.clew.seconds:.2f} s"
        lines = [f"{self.verdict:9}  {path}: {times}{nodes}", *self.comparison.differences]
        for aspect in self.comparison.unsteady:
            lines.append(f"{aspect} also differs between plain runs")
        return f"\n{'':11}".join(lines)

    def json(self) -> dict:
        code = self.plain.code
        return {
            "verdict": self.verdict,
            "differences": self.comparison.differences,
            "unsteady": self.comparison.unsteady,
            "exit": None if code is None or code < 0 else code,
            "plain_seconds": self.plain.seconds,
            "clew_seconds": self.clew.seconds,
            "nodes": self.nodes,
            "unknown": self.unknown,
        }


def judge(place: Workplace, arguments: argparse.Namespace) -> Pair | Skipped:
    report = place.folder / "counts.json"

    def run(*command: str) -> Outcome:
        return place.run([sys.executable, *command], CLEW_REPORT=str(report))

    plain = run()
    if plain.code is None:
        return Skipped("plain Python did not end in time")
    for name in place.script.files:
        if name not in plain.files:
            return Skipped(f"it says that it writes `{name}` and does not")
    clew = run("-m", "clew", "run")
    counts = json.loads(report.read_bytes()) if report.exists() else {}
    comparison = compare(plain, clew, run)
    return Pair(plain, clew, comparison, counts.get("nodes"), counts.get("unknown"))


class Summary:
    def __init__(self, findings: list[Pair | Skipped]) -> None:
        pairs = [finding for finding in findings if isinstance(finding, Pair)]
        verdicts = [pair.verdict for pair in pairs]
        self.same, self.different = verdicts.count("same"), verdicts.count("different")
        self.unsteady = verdicts.count("unsteady")
        self.skipped = len(findings) - len(pairs)
        self.plain_seconds = sum(pair.plain.seconds for pair in pairs)
        self.clew_seconds = sum(pair.clew.seconds for pair in pairs)
        self.nodes = sum(pair.nodes or 0 for pair in pairs)
        self.unknown = sum(pair.unknown or 0 for pair in pairs)
        self.same_per_cent = share(self.same, self.same + self.different)

    def text(self) -> str:
        return (
            f"{self.same} of {self.same + self.different} scripts do the same "
            f"({self.same_per_cent:.1f}%); {self.unsteady} unsteady and {self.skipped} skipped "
            f"besides\nplain {self.plain_seconds:.1f} s, clew {self.clew_seconds:.1f} s; "
            f"{self.nodes} nodes, {self.unknown} unknown ({share(self.unknown, self.nodes):.1f}%)"
        )

    def json(self) -> dict:
        return vars(self)

    def fault(self) -> str | None:
        if self.different:
            return f"{self.different} of the scripts do something else under clew"
        return None if self.same else "nothing was compared"


if __name__ == "__main__":
    sys.exit(chore.main(judge, Summary, 60))
