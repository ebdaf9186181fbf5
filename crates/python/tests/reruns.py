"""Reruns: do the steps of a recorded program, run again one by one, make what the program made?

`python reruns.py [--nodes] [--every N] [--from N] [TOPIC…|SCRIPT.py…]` records the programs of `tests/slices`, or scripts in
copies of their folders, runs each again with `clew rerun --compare`, and says of how many all values that could be compared
are the same, and why of the rest.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from programs import CLEW, REPOSITORY, Outcome, run
from topics import Case, cases

FOLDER = REPOSITORY / "tests" / "slices"


@dataclass
class Rerun:
    """What came of one program."""

    name: str
    verdict: str
    reason: str = ""
    compared: int = 0
    values: int = 0
    steps: int = 0
    by_nodes: int = 0


def rerun(case: Case, folder: Path, *words: str) -> Rerun:
    """Records a program and runs it again."""
    program = case.program
    needs = re.match(r"# needs: (.*)", program)
    if needs is not None and not all(find_spec(name) for name in re.split(r"[ ,]+", needs[1].strip())):
        return Rerun(case.name, "left out", "a library is not there")
    for block in case.blocks:
        if block.words[:1] in (["module"], ["library"]):
            path = folder / block.words[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
    (folder / "program.py").write_bytes(program.encode())
    return rerun_script(case.name, folder, "program.py", *words)


def rerun_script(name: str, folder: Path, script: str, *words: str) -> Rerun:
    """Records a script in a folder and runs it again."""
    try:
        recorded = clew(folder, "run", "--fingerprints", script)
        again = clew(folder, "rerun", "--compare", "--recorded-files", "--json", *words)
    except TimeoutError:
        return Rerun(name, "left out", "it takes too long")
    try:
        answer = json.loads(again.out)
    except ValueError:
        return Rerun(name, "not run", again.err.strip().splitlines()[-1] if again.err.strip() else "")
    comparison, first = answer["comparison"], answer["comparison"]["first"]
    by_nodes = sum(step["by_nodes"] for step in answer["steps"])
    counts = {"steps": len(answer["steps"]), "by_nodes": by_nodes, "compared": comparison["compared"], "values": comparison["values"]}
    if answer["blocked"]:
        return Rerun(name, "blocked", answer["blocked"][0], **counts)
    if recorded.code != answer["exit_code"]:
        reason = f"exit code {answer['exit_code']} for {recorded.code}: {answer['raised']}"
        return Rerun(name, "other end", reason, **counts)
    if first is not None:
        causes = [cause["what"] for cause in first["causes"]]
        reason = f"line {first['line']}, {first['variable']}: {', '.join(causes) or 'nothing known'}"
        verdict = "unsteady" if set(causes) & {"chance", "order"} else "different"
        return Rerun(name, verdict, reason, **counts)
    return Rerun(name, "same", **counts)


def clew(folder: Path, *words: str) -> Outcome:
    return run([*CLEW, *words], folder, b"", PYTHONHASHSEED="1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only each so many-th program")
    parser.add_argument("--from", dest="first", type=int, default=0, help="from this program on")
    parser.add_argument("--nodes", action="store_true", help="by their nodes where these say all of it")
    parser.add_argument("programs", nargs="*", help="only topics of these names, or scripts by their paths")
    asked = parser.parse_args()
    scripts = [Path(name) for name in asked.programs if name.endswith(".py")]
    topics = [name for name in asked.programs if not name.endswith(".py")]
    paths = [path for path in sorted(FOLDER.glob("*.md")) if not scripts and (not topics or path.stem in topics)]
    programs = [(path.stem, case) for path in paths for case in cases(path)] + [(path.parent.name, path) for path in scripts]
    words = ["--nodes"] if asked.nodes else []
    found: list[Rerun] = []
    for topic, program in programs[asked.first :: asked.every]:
        with tempfile.TemporaryDirectory() as folder:
            if isinstance(program, Path):
                copy = Path(folder) / "folder"
                shutil.copytree(program.parent, copy)
                one = rerun_script(program.name, copy, program.name, *words)
            else:
                one = rerun(program, Path(folder), *words)
        found.append(one)
        if one.verdict != "same":
            print(f"{one.verdict:10} {topic}::{one.name}: {one.reason}", flush=True)
    counts = Counter(one.verdict for one in found)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()))
    print(f"{sum(one.compared for one in found)} of {sum(one.values for one in found)} values compared")
    if asked.nodes:
        print(f"{sum(one.by_nodes for one in found)} of {sum(one.steps for one in found)} steps by their nodes")


if __name__ == "__main__":
    main()
