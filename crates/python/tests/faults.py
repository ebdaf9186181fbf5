"""Faults: does clew keep what it acknowledged, cut right slices and let programs be, whatever happens?

`cargo xtask faults [--seconds N] [--seed N] [--json] [KIND…]` plays kinds of faults in turns until the
time is up, each at least once, and prints figures. What they are stands in `fault_kinds/`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import fault_kinds
from fault_kinds import Missing, Place, Round


@dataclass
class Figures:
    """What came of all rounds of a kind."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    wrong: int = 0
    ended: int = 0
    faults: list[str] = field(default_factory=list)
    # Why none was played.
    missing: str | None = None

    def add(self, seed: int, outcome: Round) -> None:
        self.rounds += 1
        self.acknowledged += outcome.acknowledged
        self.lost += len(outcome.lost)
        self.wrong += len(outcome.wrong)
        self.ended += len(outcome.ended)
        self.faults.extend(f"seed {seed}: {fault}" for fault in outcome.faults)

    def text(self, name: str) -> str:
        if self.missing is not None:
            return f"{name:32} not played: {self.missing}"
        return (
            f"{name:32} {self.rounds:6} rounds  {self.acknowledged:7} acknowledged saves  "
            f"{self.lost:4} lost  {self.wrong:4} wrong slices  {self.ended:4} programs ended"
        )


def play(name: str, seed: int) -> Round:
    """Plays one round of a kind."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return fault_kinds.load()[name](Place(Path(folder).resolve()), random.Random(seed))


def rounds(
    names: list[str], seed: int, seconds: float
) -> Iterator[tuple[str, int, Round | Missing]]:
    """Rounds of all kinds in turns, of each at least one; of a kind that takes more than there is, why."""
    names = list(names)
    end = time.monotonic() + seconds
    first = seed
    while names and (seed == first or time.monotonic() < end):
        for name in list(names):
            if seed == first or time.monotonic() < end:
                try:
                    yield name, seed, play(name, seed)
                except Missing as missing:
                    names.remove(name)
                    yield name, seed, missing
        seed += 1


def main() -> int:
    kinds = fault_kinds.load()
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(sorted(kinds)))
    arguments = parser.parse_args()
    unknown = [name for name in arguments.kinds if name not in kinds]
    if unknown:
        print(f"xtask: there is no kind of fault `{unknown[0]}`", file=sys.stderr)
        return 1
    names = arguments.kinds or sorted(kinds)
    figures = {name: Figures() for name in names}
    for name, seed, outcome in rounds(names, arguments.seed, arguments.seconds):
        if isinstance(outcome, Missing):
            figures[name].missing = str(outcome)
            continue
        figures[name].add(seed, outcome)
        if not arguments.json:
            for fault in outcome.faults:
                print(f"{name}, seed {seed}: {fault}", flush=True)
    if arguments.json:
        print(json.dumps({name: vars(of) for name, of in figures.items()}, indent=2))
    else:
        for name, of in figures.items():
            print(of.text(name))
    return int(any(of.faults for of in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
