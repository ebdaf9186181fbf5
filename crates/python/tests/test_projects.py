"""Projects: three that grew as such things grow, each from there to a checked folder in three commands at most.

They lie in `projects/`: a flat script with helpers and tables, a package with a `main()` and arguments, a notebook.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import Desk
from notebooks import notebook
from programs import CLEW, PYTHON, run

PROJECTS = Path(__file__).parent / "projects"


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    shutil.copytree(PROJECTS / request.param, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    return Desk(tmp_path / "project")


def carry_out(desk: Desk, commands: list[str]) -> str:
    """Gives some commands; what the last one prints."""
    assert len(commands) <= 3
    said = ""
    for command in commands:
        outcome = run([*CLEW, *command.split()[1:]], desk.folder)
        assert outcome.code == 0, outcome.out + outcome.err
        assert "Traceback" not in outcome.err, outcome.err
        said = outcome.out
    assert said.endswith("checked: equal\n"), said
    return said


def elsewhere(desk: Desk, folder: str) -> Path:
    """The exported folder where nothing else of the project is."""
    place = desk.folder.parent / "elsewhere"
    shutil.copytree(desk.folder / folder, place)
    shutil.rmtree(desk.folder)
    return place


@pytest.mark.parametrize("project", ["flat"], indirect=True)
def test_a_flat_script_with_helpers_and_tables(project: Desk) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib")
    said = carry_out(project, ["clew run --fingerprints analysis.py", "clew export margins --no-lock --check"])
    files = {line.strip() for line in said.splitlines() if line.startswith("  ")}
    modules = {"cleaning.py", "numerals.py", "regions.py"}
    assert files == {"README.md", "requirements.txt", "margins.py", "costs.json", "data/customers.csv", "data/orders.csv", *modules}
    place = elsewhere(project, "margins")
    text = (place / "margins.py").read_text()
    for needless in ("plt", "print", "smooth", "DEBUG", "share", "report-", "import os"):
        assert needless not in text, text
    required = [line.partition("==")[0] for line in (place / "requirements.txt").read_text().splitlines()]
    assert "pandas" in required and "matplotlib" not in required
    ran = run([*PYTHON, "-i", "margins.py"], place, b"print(margins)\n")
    assert ran.out == "{'north': 18.93, 'south': 281.48}\n"


@pytest.mark.parametrize("project", ["package"], indirect=True)
def test_a_package_with_a_main_and_arguments(project: Desk) -> None:
    said = carry_out(
        project,
        [
            "clew run -m forecast data/sold.csv --horizon 3 --settings settings.json -v",
            "clew export forecasts --no-lock --check",
        ],
    )
    files = {line.strip() for line in said.splitlines() if line.startswith("  ")}
    assert {"data/sold.csv", "settings.json", "forecast/models.py", "forecast/series.py"} <= files
    assert not {"data/sold-2024.csv", "forecast/report.py"} & files
    place = elsewhere(project, "forecasts")
    command = (place / "README.md").read_text().splitlines()[-1].partition("&& ")[2].split()
    assert command[-6:] == ["data/sold.csv", "--horizon", "3", "--settings", "settings.json", "-v"]


@pytest.mark.parametrize("project", ["notebook"], indirect=True)
def test_a_notebook_with_detours(project: Desk) -> None:
    for name in ("nbclient", "pandas", "matplotlib"):
        pytest.importorskip(name)
    cells = project.folder / "study.py"
    (project.folder / "study.ipynb").write_text(notebook(cells.read_text()))
    cells.unlink()
    said = carry_out(project, ["clew run --fingerprints study.ipynb", "clew export answer --as notebook --no-lock --check"])
    files = {line.strip() for line in said.splitlines() if line.startswith("  ")}
    assert files == {"README.md", "requirements.txt", "answer.ipynb", "plants.csv", "weather.py"}
    place = elsewhere(project, "answer")
    made = json.loads((place / "answer.ipynb").read_text())
    text = "".join("".join(cell["source"]) + "\n" for cell in made["cells"])
    assert "# Which garden grows best?" in text and "Now the answer" in text
    for needless in ("describe", "old_means", "!ls", "scatter", "to_csv", "plt"):
        assert needless not in text, text
    ran = run([*CLEW, "run", "answer.ipynb"], place)
    assert ran.code == 0, ran.out + ran.err
