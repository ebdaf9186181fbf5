"""Claims: calls the real functions and holds them against what clew's rules say of each call.

`python tests/claims [--json] LIBRARY`; `cargo xtask annotations` runs every library.
"""

import importlib
import json
import os
import sys
import tempfile
import warnings
from collections import defaultdict


def main(words: list[str]) -> int:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    as_json = "--json" in words
    (name,) = [word for word in words if word != "--json"]
    folder = os.path.realpath(tempfile.mkdtemp(prefix="claims"))
    os.chdir(folder)
    os.environ.update(MPLBACKEND="Agg", MPLCONFIGDIR=tempfile.mkdtemp(), HOME=folder)
    warnings.simplefilter("ignore")

    import content
    from automatic import as_example, attempts, targets, variants
    from clew import _clew
    from example import read
    from judge import Judge

    library = importlib.import_module(f"libraries.{name}")
    content.of_library = getattr(library, "content", None)
    annotations = _clew.Annotations()
    claims = [claim for package in library.PACKAGES for claim in annotations.claims(package)]
    judge = Judge(annotations, library, folder)
    findings, failures = [], []
    for example in read(library.EXAMPLES):
        finding = judge.call(example)
        (failures if finding.failure else findings).append(finding)
    unmade, done = [], set()
    for path, callee in targets(library, claims):
        if path in done or path in library.SKIPPED:
            continue
        done.add(path)
        for text in attempts(library, path, callee):
            finding = judge.call(as_example(text))
            if not finding.failure:
                findings.append(finding)
                for other in variants(library, text, callee):
                    more = judge.call(as_example(other), finding.result)
                    if not more.failure:
                        findings.append(more)
                break
        else:
            unmade.append(path)

    backed, seen = defaultdict(int), set()
    for finding in findings:
        for rule in finding.rules:
            backed[rule] += 1
            if finding.seen or not finding.unseen:
                seen.add(rule)
    rules = {tuple(claim[0]) for claim in claims}
    contradicted = [f for f in findings if f.rules and f.contradictions]
    report = {
        "library": name,
        "rules": len(rules),
        "backed": len(rules & backed.keys()),
        "calls": len(findings),
        "callables": len({f.example.name for f in findings if f.rules}),
        "contradicted": [
            {"call": f.example.text, "rules": [f"{file}:{line}" for file, line in f.rules], "what": f.contradictions}
            for f in contradicted
        ],
        "not_seen": sorted(f"{file}:{line}" for file, line in (rules & backed.keys()) - seen),
        "not_backed": sorted(f"{file}:{line}" for file, line in rules - backed.keys()),
        "broken": [f"{f.example.text}: {f.failure}" for f in failures],
        "unmade": unmade,
    }
    if as_json:
        print(json.dumps(report))
    else:
        for row in report["contradicted"]:
            print(row["call"], row["rules"], row["what"])
        print("broken", report["broken"])
        print("unmade", len(unmade), unmade)
        print("not seen", report["not_seen"])
        print("not backed", report["not_backed"])
        print({key: value for key, value in report.items() if isinstance(value, (int, str))}, len(contradicted))
    return 1 if contradicted or failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
