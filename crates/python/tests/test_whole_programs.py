"""Whole programs: scripts of `main()`, functions and classes, as people write them.

`tests/programs` holds them. Each saves three artifacts within its functions, beside reports, plots,
logging and timing. Under clew a program does what it does under plain Python, and each artifact has
a slice that makes it again. How many statements a slice keeps may only become less.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from importlib.util import find_spec

import pytest
from conftest import Desk
from programs import REPOSITORY, Outcome

FOLDER = REPOSITORY / "tests" / "programs"
WITHOUT_LINEAGE = "without lineage: this program does not run under `clew run`"


@dataclass(frozen=True)
class Program:
    """A script, how many statements it has, and how many the slice of each artifact keeps at most."""

    name: str
    statements: int
    kept: dict[str, int]
    needs: tuple[str, ...] = ()


PROGRAMS = [
    Program(
        "access_log",
        statements=113,
        kept={"busiest_hour": 63, "worst_errors": 64, "flagged_hosts": 71},
    ),
    Program(
        "churn",
        statements=98,
        kept={"churn_by_age": 57, "minutes_by_plan": 63, "weekly_minutes": 59},
        needs=("numpy", "pandas"),
    ),
    Program(
        "expenses",
        statements=123,
        kept={"problems": 91, "paid": 91, "transfers": 112},
    ),
    Program(
        "inventory",
        statements=128,
        kept={"worth_before": 127, "refused": 127, "orders": 127},
    ),
    Program(
        "queue_simulation",
        statements=123,
        kept={"counters_needed": 101, "median_half_day": 95, "longest_line": 87},
    ),
    Program(
        "sales_report",
        statements=116,
        kept={"rejected_share": 51, "gross_by_region": 61, "best_products": 75},
    ),
    Program(
        "sensors",
        statements=121,
        kept={"gaps": 76, "sensor_groups": 85, "prediction": 85},
        needs=("numpy", "pandas", "sklearn"),
    ),
    Program(
        "signal_peaks",
        statements=112,
        kept={"first_second_peak": 108, "frequencies": 108, "loud_stretches": 108},
        needs=("matplotlib", "numpy"),
    ),
    Program(
        "text_search",
        statements=116,
        kept={"answers": 90, "word_pairs": 100, "longest_document": 115},
    ),
    Program(
        "train_model",
        statements=110,
        kept={"feature_means": 56, "linear_weights": 71, "tree_confusion": 85},
        needs=("matplotlib", "numpy", "sklearn"),
    ),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_whole_program_is_sliced_soundly(desk: Desk, program: Program) -> None:
    missing = [name for name in program.needs if find_spec(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    script = f"{program.name}.py"
    plain_desk, clew_desk = Desk(desk.folder / "plain"), Desk(desk.folder / "clew")
    for each in (plain_desk, clew_desk):
        each.folder.mkdir()
        shutil.copy(FOLDER / script, each.folder)
    plain, recorded = plain_desk.python(script), clew_desk.clew("run", script)
    assert said(recorded) == said(plain)

    for artifact, most in program.kept.items():
        # A function may have the same name.
        name = f"{artifact}@0"
        # Where an earlier slice was the same, it is said to be proven.
        sliced = clew_desk.clew("slice", name).out
        assert f'"{artifact}")' in sliced
        verified = clew_desk.clew("verify", name, "--json")
        assert verified.code == 0, verified.out + verified.err
        [answer] = [json.loads(line) for line in verified.out.splitlines()]
        assert (answer["name"], answer["verdict"]) == (name, "equal")
        assert answer["statements"] == program.statements
        assert answer["kept"] <= most, f"{artifact} keeps more than before:\n{sliced}"
    check_functions(clew_desk, Desk(desk.folder / "functions"), list(program.kept))


# Writes what makes artifacts as a module, and says what was recorded of them.
WRITE = """
import json, sys, clew
with open(sys.argv[1], "w") as file:
    file.write(clew.get_module_definition(sys.argv[2:]))
print(json.dumps([clew.get(name).get_metadata()["fingerprint"] for name in sys.argv[2:]]))
"""
CALL = """
import json, sys
from clew import _clew
with open("made.py") as file:
    text = file.read()
exec(text[:text.rindex("if __name__ ==")])
print("\\n" + json.dumps([_clew.fingerprint(value) for value in run_all_sessions().values()]))
"""


def check_functions(recorded: Desk, alone: Desk, artifacts: list[str]) -> None:
    """As functions, alone in a folder, the artifacts are made by one run of the program's `main`."""
    alone.folder.mkdir()
    made = alone.folder / "made.py"
    written = recorded.python("-c", WRITE, str(made), *artifacts)
    assert written.code == 0, written.err
    assert "clew.save" not in made.read_text()
    called = alone.python("-c", CALL)
    assert called.code == 0, called.err
    assert called.out.splitlines()[-1] == written.out.strip()


def said(outcome: Outcome) -> tuple[str, str, int | None]:
    """What a program said, but for what only plain Python says of artifacts."""
    errors = outcome.err.splitlines()
    return outcome.out, "\n".join(e for e in errors if WITHOUT_LINEAGE not in e), outcome.code

