"""Claims: calls the real functions and holds them against what clew's rules say of each call.

`python -I tests/claims [--json] [--missing] LIBRARY`; `cargo xtask annotations` runs every library.
"""

import fnmatch
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections import defaultdict

# The library of each file, where it does not come with Python.
NEEDED = {"numpy": "numpy", "pandas": "pandas", "scipy": "scipy", "sklearn": "sklearn", "matplotlib": "matplotlib"}


def main(words: list[str]) -> int:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    flags = {word for word in words if word.startswith("--")}
    (name,) = [word for word in words if word not in flags]
    if name in NEEDED and importlib.util.find_spec(NEEDED[name]) is None:
        print(json.dumps({"library": name, "absent": True}) if "--json" in flags else f"{name} is not installed")
        return 0
    folder = os.path.realpath(tempfile.mkdtemp(prefix="claims"))
    settings = tempfile.mkdtemp(prefix="claims")
    os.chdir(folder)
    # Threads of their own would only be in the way of so small calls, and of forking.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    os.environ.update(MPLBACKEND="Agg", MPLCONFIGDIR=settings, HOME=folder, TMPDIR=folder)
    tempfile.tempdir = None
    warnings.simplefilter("ignore")
    try:
        report = examine(name, folder)
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(settings, ignore_errors=True)
    if "--json" in flags:
        print(json.dumps(report))
    else:
        tell(report, "--missing" in flags)
    return 1 if report["contradicted"] or report["broken"] else 0


def examine(name: str, folder: str) -> dict:
    """Makes every call of a library's examples and tells what came of it."""
    import content
    from automatic import targets
    from clew import _clew
    from coverage import coverage
    from example import Example, read
    from judge import Judge
    from library import Library
    from workers import results

    started = time.monotonic()
    library = Library(name)
    content.library = library
    annotations = _clew.Annotations()
    claims = [claim for package in library.PACKAGES for claim in annotations.claims(package)]
    judge = Judge(annotations, library, folder)

    tasks = [(example,) for example in read(library.EXAMPLES)]
    generated = library.GENERATED() if callable(library.GENERATED) else library.GENERATED
    tasks += [(Example(text, automatic=True),) for text in generated]
    paths = dict(targets(library, claims))
    tasks += [pair for pair in paths.items() if not any(fnmatch.fnmatchcase(pair[0], each) for each in library.SKIPPED)]

    def progress(done: int) -> None:
        if done % 500 == 0:
            print(f"{name}: {done} of {len(tasks)}, {time.monotonic() - started:.0f} s", file=sys.stderr)

    findings, broken, unmade, given_up = [], [], [], []
    for task, rows in results(tasks, judge.work, progress):
        label = task[0].text if isinstance(task[0], Example) else task[0]
        if isinstance(rows, str):
            given_up.append(f"{label}: {rows}")
            continue
        made = [row for row in rows if not row["failure"]]
        findings += made
        if made or not rows:
            continue
        if isinstance(task[0], Example) and not task[0].automatic:
            broken.append(f"{label}: {rows[0]['failure']}")
        else:
            unmade.append(f"{label}: {rows[0]['failure']}")

    calls, seen = defaultdict(int), set()
    for row in findings:
        for rule in map(tuple, row["rules"]):
            calls[rule] += 1
            if row["seen"] or not row["unseen"]:
                seen.add(rule)
    rules = {tuple(claim[0]) for claim in claims}
    public, missing = coverage(annotations, library)
    place = lambda rule: f"{rule[0]}:{rule[1]}"
    return {
        "library": name,
        "rules": len(rules),
        "backed": len(rules & calls.keys()),
        "calls": sum(1 for row in findings if row["rules"]),
        "callables": len({row["name"] for row in findings if row["rules"]}),
        "contradicted": [
            {"call": row["text"], "rules": [place(rule) for rule in row["rules"]], "what": row["contradictions"]}
            for row in findings
            if row["rules"] and row["contradictions"]
        ],
        "not_seen": sorted(map(place, (rules & calls.keys()) - seen)),
        "not_backed": sorted(map(place, rules - calls.keys())),
        "broken": broken,
        "given_up": given_up,
        "unmade": unmade,
        "public": public,
        "missing": missing,
        "seconds": round(time.monotonic() - started, 1),
    }


def tell(report: dict, with_missing: bool) -> None:
    for row in report["contradicted"]:
        print(row["call"], row["rules"], row["what"])
    for list_ in ("broken", "given_up", "not_seen", "not_backed"):
        print(list_.replace("_", " "), len(report[list_]), *report[list_], sep="\n  ")
    print("unmade", len(report["unmade"]), *report["unmade"][:: 1 if with_missing else 10], sep="\n  ")
    if with_missing:
        print("missing", *report["missing"], sep="\n  ")
    print({key: value for key, value in report.items() if isinstance(value, (int, float, str))}, end=" ")
    print(len(report["contradicted"]), "contradicted,", len(report["missing"]), "missing")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
