"""A stored session of a real program of pandas and scikit-learn, run by the executor on CPython: as a graph, a slice, a package."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from conftest import Desk
from programs import Outcome

pytest.importorskip("sklearn")
FOLDER = Path(__file__).parent / "projects" / "houses"
PROGRAM, HELPERS = ((FOLDER / name).read_text() for name in ("train.py", "helpers.py"))

# It is told of a folder and of what is asked, and runs elsewhere.
RUN = """
import gc, json, os, sys, traceback, types, warnings
project, asked = sys.argv.pop(1), json.loads(sys.argv.pop(1))
from clew import _clew
_clew.use_store(project + "/.clew")
module = types.ModuleType("__main__")
module.__builtins__, module.__file__ = __builtins__, project + "/train.py"
sys.modules["__main__"] = module
sys.argv[0], sys.path[0] = module.__file__, project
import pandas
before, here = len([one for one in gc.get_objects() if isinstance(one, pandas.DataFrame)]), os.getcwd()
done = _clew.run_session(module, file=module.__file__, **asked)
assert os.getcwd() == here
gc.collect()
frames = len([one for one in gc.get_objects() if isinstance(one, pandas.DataFrame)]) - before
def content(value):
    try:
        return _clew.fingerprint(value)
    except Exception:
        return None
made = {name: content(value) for name, value in done.pop("values").items()}
own = {name: content(value) for name, value in vars(module).items() if not name.startswith("__")}
raised = done.pop("raised")
trace = "".join(traceback.format_exception(raised)) if raised else ""
json.dump(done | {"made": made, "own": own, "frames": frames, "trace": trace}, sys.stderr)
"""

PLAIN = """
import json, os, runpy, sys
project = sys.argv.pop(1)
os.chdir(project)
sys.argv[0], sys.path[0] = project + "/train.py", project
from clew import _clew
def content(value):
    try:
        return _clew.fingerprint(value)
    except Exception:
        return None
made = runpy.run_path("train.py", run_name="__main__")
json.dump({name: content(value) for name, value in made.items() if not name.startswith("__")}, sys.stderr)
"""


def houses() -> str:
    r = random.Random(3)
    lines = ["area,rooms,price"]
    for at in range(80):
        area, rooms = r.randint(5, 200), r.randint(1, 8)
        lines.append(f"{area},{'' if at % 9 == 0 else rooms},{area * 1000 + rooms * 500 + r.randint(0, 900)}")
    return "\n".join(lines) + "\n"


class Project:
    """A folder with a recorded program, and another one from which it is run again."""

    def __init__(self, folder: Path) -> None:
        (folder / "project").mkdir()
        (folder / "elsewhere").mkdir()
        self.desk, self.elsewhere = Desk(folder / "project"), Desk(folder / "elsewhere")
        for name, text in {"train.py": PROGRAM, "helpers.py": HELPERS, "houses.csv": houses()}.items():
            (self.desk.folder / name).write_text(text)
        self.recorded = self.desk.clew("run", "--fingerprints", "train.py", "0.5")
        assert (self.recorded.code, self.recorded.err) == (0, "")
        (self.desk.folder / "report.csv").unlink()

    def run(self, **asked: object) -> tuple[Outcome, dict]:
        folder = str(self.desk.folder)
        outcome = self.elsewhere.python("-c", RUN, folder, json.dumps(asked), "0.5")
        assert outcome.code == 0, outcome.err
        return outcome, json.loads(outcome.err)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("real"))


def test_a_stored_session_runs_as_a_graph_in_its_folder(project: Project) -> None:
    outcome, done = project.run()
    assert (done["error"], outcome.out) == (None, project.recorded.out)
    assert (project.desk.folder / "report.csv").exists()
    assert not list(project.elsewhere.folder.iterdir())
    plain = json.loads(project.elsewhere.python("-c", PLAIN, str(project.desk.folder), "0.5").err)
    assert done["own"] == plain
    assert {name: plain[name] for name in done["made"]} == done["made"]
    assert sum(content is not None for content in plain.values()) >= 22
    starts = [done["times"][name][0] for name in ("alpha", "model", "score", "error")]
    assert starts == sorted(starts)
    assert all(start <= end for start, end in done["times"].values())


def test_values_are_forgotten_that_no_later_step_needs(project: Project) -> None:
    _, done = project.run()
    # Those of `frame`, `report` and `again`, and none of what was made on the way.
    assert done["frames"] == 3
    assert len(done["made"]) <= done["kept"] < done["nodes"] / 4


def test_a_slice_runs_only_what_it_needs(project: Project) -> None:
    (project.desk.folder / "report.csv").unlink(missing_ok=True)
    outcome, done = project.run(wanted=["score"])
    _, whole = project.run()
    assert (outcome.out, done["error"]) == ("", None)
    assert done["made"]["score"] == whole["made"]["score"]
    assert "densest" not in done["own"]
    assert any(event.endswith("skipped") for event in done["events"])


def test_a_second_execution_makes_what_the_first_made(project: Project) -> None:
    outcome, done = project.run(again=True)
    assert outcome.out == 2 * project.recorded.out
    assert done["own"] == project.run()[1]["own"]


def test_the_version_of_a_file_is_the_node_that_wrote_it(project: Project) -> None:
    _, done = project.run()
    [(key, node)] = [(key, node) for key, node in done["states"].items() if key.startswith("file_system ")]
    assert key == f"file_system {project.desk.folder / 'report.csv'}"
    assert any(event.startswith(f"n{node} finished; mutates <{key}>") for event in done["events"])
    assert any(f"finished; depends on n{node}" in event for event in done["events"])


def test_annotations_that_are_reloaded_hold_from_then_on(project: Project) -> None:
    def scaled(done: dict) -> list[str]:
        """What a method of pandas and the program's own helper did."""
        return [event for event in done["events"] if "(assumed)" in event]

    annotations = "- module: helpers\n  annotations:\n  - criteria: {function_name: scaled}\n    pure: true\n"
    before, after = scaled(project.run()[1]), scaled(project.run(annotations=annotations)[1])
    assert len(before) == 1
    assert before[0] not in after
    # No rule speaks of pandas any more.
    assert len(after) > 10


def test_an_error_is_the_programs_own_and_the_folder_is_left(project: Project) -> None:
    data = project.desk.folder / "houses.csv"
    kept = data.read_text()
    data.unlink()
    try:
        _, done = project.run()
        plain = project.desk.python(str(project.desk.folder / "train.py"), "0.5")
    finally:
        data.write_text(kept)
    assert "raised FileNotFoundError" in done["error"]
    lines = done["trace"].splitlines()
    assert lines[:3] == plain.err.splitlines()[:3]
    assert "clew" not in "".join(line for line in lines if "File" in line and "site-packages" not in line).replace(str(project.desk.folder), "")
    assert done["events"][-1].endswith("skipped")


def test_what_does_not_stand_alone_runs_by_its_text(project: Project) -> None:
    outcome = project.desk.clew("rerun", "--nodes", "--json")
    assert (outcome.code, outcome.err) == (0, project.recorded.out)
    steps = json.loads(outcome.out)["steps"]
    by_text = [step["text"].splitlines()[0] for step in steps if not step["by_nodes"]]
    assert by_text == [
        'frame.loc[frame["area"] < 10, "area"] = 10',
        'columns = [name for name in frame.columns if name != "price"]',
        'X, y = frame[columns].to_numpy(), frame["price"].to_numpy()',
        "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
        "if score > 0 and alpha:",
        "match kind:",
        "def note(value):",
        "note(score)",
        "best, *others = sorted(zip(np.abs(model.coef_), columns), reverse=True)",
        "weights = {name: round(float(weight), 6) for weight, name in [best, *others]}",
        'text = f"{here}: {score:.4f}, {kind}, off by {error:.2f}"',
    ]
    compared = project.desk.clew("rerun", "--nodes", "--compare")
    assert "all the same as was recorded" in compared.out


def test_a_module_of_a_package_runs_with_its_arguments(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for name, text in {"__init__.py": "", "helpers.py": HELPERS, "train.py": PROGRAM}.items():
        desk.write(f"houses/{name}", text)
    module = desk.folder / "houses" / "train.py"
    module.write_text(PROGRAM.replace("import helpers", "from . import helpers"))
    (tmp_path / "houses.csv").write_text(houses())
    recorded = desk.clew("run", "--fingerprints", "-m", "houses.train", "0.5")
    assert (recorded.code, recorded.err) == (0, "")
    for words in ([], ["--nodes"]):
        outcome = desk.clew("rerun", "--compare", *words)
        assert (outcome.code, recorded.out in outcome.out) == (0, True), outcome.err
        assert "all the same as was recorded" in outcome.out
