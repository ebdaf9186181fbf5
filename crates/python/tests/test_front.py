"""`clew ipython`, `clew jupyter` and `%clew stale`: front ends with clew in their kernels."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import Desk
from kernels import LOAD, Kernel
from notebooks import notebook, shown

CONFIGURATION = 'c.InteractiveShellApp.extensions = ["autoreload"]\n'
LOADED = 'print(sorted({n.split(".")[-1] for n in get_ipython().extension_manager.loaded} - {"storemagic"}))'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / ".jupyter"))
    desk = Desk(tmp_path)
    # What the user has configured stays.
    for program in ("ipython", "ipython_kernel"):
        desk.write(f".ipython/profile_default/{program}_config.py", f"c = get_config()\n{CONFIGURATION}")
    return desk


def test_ipython_records_what_is_run_in_it(desk: Desk) -> None:
    typed = f"{LOADED}\na = [1]\nb = 2\na.append(3)\n%clew slice a\n"
    outcome = desk.clew("ipython", "--no-banner", "--colors=NoColor", stdin=typed.encode())
    assert outcome.code == 0, outcome.err
    assert "['autoreload', 'clew']" in outcome.out
    assert "a = [1]\na.append(3)\n" in outcome.out
    assert desk.slice("a") == "a = [1]\na.append(3)\n"
    configured = (desk.folder / ".ipython/profile_default/ipython_config.py").read_text()
    assert configured.endswith(CONFIGURATION)


def test_what_ipython_is_given_is_its_own(desk: Desk) -> None:
    outcome = desk.clew("ipython", "--ext=autoreload", "-c", f"{LOADED}; a = 1")
    assert (outcome.code, outcome.out) == (0, "['autoreload', 'clew']\n")
    assert desk.slice("a").endswith("a = 1\n")
    assert "--no-banner" in desk.clew("ipython", "--help").out


def specification(desk: Desk, name: str, python: str, **more: object) -> None:
    command = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    told = {"argv": command, "display_name": name, "language": "python", **more}
    desk.write(f".jupyter/kernels/{name}/kernel.json", json.dumps(told))


def test_jupyter_records_the_cells_of_its_kernels(desk: Desk) -> None:
    specification(desk, "mine", sys.executable, env={"KERNEL": "mine"})
    cells = f"# %%\n{LOADED}\nimport os\n# %%\na = [os.environ['KERNEL']]\nb = 3\n# %%\na.append(2)\n"
    desk.write("a.ipynb", notebook(cells, kernelspec={"name": "mine", "display_name": "mine"}))
    outcome = desk.clew("jupyter", "execute", "--output=b.ipynb", "a.ipynb")
    assert outcome.code == 0, outcome.err
    assert shown(desk.folder / "b.ipynb")[1] == "    stdout: ['autoreload', 'clew']\n"
    assert desk.slice("a") == "import os\na = [os.environ['KERNEL']]\na.append(2)\n"
    assert sorted(path.name for path in (desk.folder / ".jupyter").rglob("*.json")) == ["kernel.json"]
    told = json.loads((desk.folder / ".jupyter/kernels/mine/kernel.json").read_text())
    assert told["argv"][-1] == "{connection_file}"


def test_kernels_of_other_pythons_are_left_alone(desk: Desk) -> None:
    from clew._front import write_kernels

    specification(desk, "mine", sys.executable)
    specification(desk, "other", "/opt/other/bin/python")
    desk.write(".jupyter/kernels/mine/logo.svg", "<svg/>")
    desk.write(".jupyter/kernels/stats/kernel.json", '{"argv": ["R"], "display_name": "R", "language": "R"}')
    made = desk.folder / "made"
    write_kernels(str(made))
    written = {path.name for path in (made / "kernels").iterdir()}
    assert {"mine", "python3"} <= written
    assert not {"other", "stats"} & written
    assert (made / "kernels/mine/logo.svg").read_text() == "<svg/>"


def test_what_is_missing_is_said_with_the_way_out(desk: Desk) -> None:
    if find_spec("jupyterlab"):
        pytest.skip("JupyterLab is installed")
    outcome = desk.clew("jupyter", "lab")
    assert (outcome.code, outcome.out) == (1, "")
    assert "pip install ipykernel jupyterlab` installs it" in outcome.err
    assert desk.clew("jupyter").code == 2


def test_cells_whose_inputs_have_changed_are_stale(tmp_path: Path) -> None:
    def stale(kernel: Kernel) -> str:
        [said, _] = kernel.run("%clew stale")
        return said.removeprefix("stdout: ")

    with Kernel(tmp_path) as kernel:
        kernel.run(LOAD)
        kernel.run("rate = 2")
        kernel.run("def scale(x):\n    return x * rate")
        kernel.run("low = [1]")
        kernel.run("high = scale(low[0])")
        kernel.run("total = high + 1")
        assert stale(kernel) == "no cell is stale\n"
        kernel.run("low.append(2)")
        assert stale(kernel) == (
            "cell 5: cell 8 has changed `low` since\ncell 6: `high` comes from cell 5, which is stale\n"
        )
        kernel.run("high = scale(low[0])")
        assert stale(kernel) == "cell 6: cell 10 has changed `high` since\n"
        kernel.run("total = high + 1")
        assert stale(kernel) == "no cell is stale\n"
        kernel.run("rate = 3")
        assert "cell 10: cell 14 has changed `rate` since" in stale(kernel)
