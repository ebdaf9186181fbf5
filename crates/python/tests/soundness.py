"""Soundness: does the slice of every variable rebuild its value?

`python soundness.py [--jobs N] [--timeout SECONDS] [--json] [--no-annotations] PATH…`, which
`cargo xtask soundness` calls; it asks the Python that it runs in.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass

import chore
from chore import Skipped, Workplace, share
from programs import Outcome

# What `clew verify` says of a slice, and what that makes it.
VERDICTS = {
    "equal": "sound",
    "different": "unsound",
    "failed": "unsound",
    "not comparable": "not comparable",
    "refused": "refused",
}


@dataclass
class Broken:
    """clew could not run it or could not verify it, for this reason."""

    reason: str

    def text(self, path: str) -> str:
        return f"broken   {path}: {self.reason}"

    def json(self) -> dict:
        return {"broken": self.reason}


@dataclass
class Variable:
    """What clew found about a variable, and how many of the program's statements its slice keeps."""

    name: str
    verdict: str
    reason: str
    kept: int
    statements: int


@dataclass
class Variables:
    """What clew says of each variable of a script."""

    variables: list[Variable]

    def of(self, verdict: str) -> list[Variable]:
        return [variable for variable in self.variables if variable.verdict == verdict]

    def text(self, path: str) -> str:
        word = "unsound" if self.of("unsound") else "sound"
        sound = len(self.of("sound"))
        lines = [f"{word:7}  {path}: {sound} of {len(self.variables)} slices"]
        for verdict in ("unsound", "refused", "not comparable"):
            for variable in self.of(verdict):
                reason = f": {variable.reason}" if variable.reason else ""
                lines.append(f"{variable.name} is {verdict}{reason}")
        return f"\n{'':9}".join(lines)

    def json(self) -> dict:
        return {"variables": [asdict(variable) for variable in self.variables]}


def judge(place: Workplace, arguments: argparse.Namespace) -> Variables | Skipped | Broken:
    clew = [sys.executable, "-m", "clew"]
    options = ["--no-annotations"] if arguments.no_annotations else []
    under_clew = place.run([*clew, "run", "--fingerprints", *options])
    if under_clew.code != 0:
        plain = place.run([sys.executable])
        if plain.code == 0:
            return Broken(f"clew run: {end(under_clew)}")
        return Skipped(f"it does not run: {end(plain)}")
    # The folder is emptied in between, so a slice finds no file that it should have written.
    verified = place.run_beside([*clew, "verify", "--all", "--whole", "--json"])
    try:
        rows = json.loads(verified.stdout)
        return Variables([variable(row) for row in rows])
    except (ValueError, KeyError) as error:
        return Broken(f"clew verify: {error}; {end(verified)}")


def variable(row: dict) -> Variable:
    if row["verdict"] not in VERDICTS:
        raise ValueError(f"clew's verdict is not one of those known: {row}")
    return Variable(
        row["name"],
        VERDICTS[row["verdict"]],
        row.get("reason") or "",
        row.get("kept") or 0,
        row.get("statements") or 0,
    )


def end(outcome: Outcome) -> str:
    """How a program ended, in one line."""
    if outcome.code is None:
        return "its time was up"
    lines = outcome.stderr.decode(errors="replace").rstrip().splitlines()
    return f"{outcome.end}, {lines[-1] if lines else 'without a word'}"


class Summary:
    def __init__(self, findings: list[Variables | Skipped | Broken]) -> None:
        examined = [finding for finding in findings if isinstance(finding, Variables)]
        verdicts = [variable.verdict for finding in examined for variable in finding.variables]
        # A slice that was refused keeps nothing, which says nothing of how tight it is.
        given = [
            variable
            for finding in examined
            for variable in finding.variables
            if variable.verdict != "refused"
        ]
        self.scripts = len(findings)
        self.skipped = sum(isinstance(finding, Skipped) for finding in findings)
        self.broken = sum(isinstance(finding, Broken) for finding in findings)
        self.sound, self.unsound = verdicts.count("sound"), verdicts.count("unsound")
        self.not_comparable = verdicts.count("not comparable")
        self.refused = verdicts.count("refused")
        self.sound_per_cent = share(self.sound, self.sound + self.unsound)
        statements = sum(variable.statements for variable in given)
        self.kept_per_cent = share(sum(variable.kept for variable in given), statements)

    def text(self) -> str:
        return (
            f"{self.sound} of {self.sound + self.unsound} comparable slices are sound "
            f"({self.sound_per_cent:.1f}%); {self.not_comparable} not comparable and "
            f"{self.refused} refused besides\n"
            f"a slice keeps {self.kept_per_cent:.1f}% of the statements; of {self.scripts} scripts "
            f"{self.skipped} were skipped and {self.broken} broke clew"
        )

    def json(self) -> dict:
        return vars(self)

    def fault(self) -> str | None:
        if self.broken:
            return f"clew failed on {self.broken} of the scripts"
        if self.unsound:
            return f"{self.unsound} of the slices do not rebuild their values"
        return None if self.sound else "nothing was compared"


if __name__ == "__main__":
    sys.exit(chore.main(judge, Summary, 300, "--no-annotations"))
