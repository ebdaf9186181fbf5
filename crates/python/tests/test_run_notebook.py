"""`clew run NOTEBOOK`: a notebook's file in a kernel of its own, and slices of what its cells made."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from conftest import Desk
from notebooks import notebook, shown
from programs import CLEW, start

SALES = """
# %% [markdown]
## Sales
# %%
import math
sales = [3, 4]
noise = 7
# %%
sales.append(5)
print("so far", noise)
# %%
total = math.fsum(sales)
total
"""
SLICE_OF_TOTAL = "import math\nsales = [3, 4]\nsales.append(5)\ntotal = math.fsum(sales)\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # Kernels' own settings and history stay out of it.
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / ".jupyter"))
    return Desk(tmp_path)


def ran(desk: Desk, *words: str) -> str:
    outcome = desk.clew("run", *words)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome.out


def test_outputs_are_shown_and_the_cells_recorded(desk: Desk) -> None:
    path = desk.write("notes/sales.ipynb", notebook(SALES))
    before = path.read_bytes()
    assert ran(desk, "--slice", "total", "notes/sales.ipynb") == f"so far 7\n12.0\n{SLICE_OF_TOTAL}"
    assert path.read_bytes() == before
    assert sorted(os.listdir(path.parent)) == ["sales.ipynb"]
    assert desk.slice("total") == SLICE_OF_TOTAL
    [session] = desk.json("sessions", "notes/sales.ipynb")
    assert (session["script"], session["exit_status"]) == ("sales.ipynb", "0")
    assert session["folder"] == str(path.parent)
    verified = desk.clew("verify", "total")
    assert verified.code == 0
    assert verified.out == "total: equal (the slice, 4 of 7 statements, makes the same value)\n"
    assert desk.clew("graph").out.startswith("n0 = import math ")


def test_what_only_a_shell_runs_is_verified(desk: Desk) -> None:
    text = """
# %%
form = %precision 3
# %%
count = len(form) + await __import__("asyncio").sleep(0, 5)
"""
    desk.write("a.ipynb", notebook(text))
    ran(desk, "a.ipynb")
    verified = desk.clew("verify", "count")
    assert verified.out == "count: equal (the slice, 2 of 2 statements, makes the same value)\n"


def test_what_a_shell_keeps_is_no_variable_of_the_user(desk: Desk) -> None:
    desk.write("a.ipynb", notebook("# %%\nx = 1\nx\n# %%\n!true\n"))
    ran(desk, "a.ipynb")
    assert sorted(row["name"] for row in desk.json("verify", "--all")) == ["x"]
    assert list(desk.json("slice", "--all")) == ["x"]
    assert desk.slice("_exit_code")


def test_a_file_takes_the_notebook_with_its_outputs(desk: Desk) -> None:
    path = desk.write("sales.ipynb", notebook(SALES))
    before = path.read_bytes()
    path.chmod(0o640)
    assert ran(desk, "sales.ipynb", "--output", "done.ipynb") == ""
    assert path.read_bytes() == before
    wanted = [
        "markdown: ## Sales",
        "[1] import math\nsales = [3, 4]\nnoise = 7",
        '[2] sales.append(5)\nprint("so far", noise)',
        "    stdout: so far 7\n",
        "[3] total = math.fsum(sales)\ntotal",
        "    execute_result: 12.0",
    ]
    assert shown(desk.folder / "done.ipynb") == wanted
    assert ran(desk, "--inplace", "sales.ipynb") == ""
    assert shown(path) == wanted
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_notebook_shows_what_it_shows_without_clew(desk: Desk) -> None:
    text = """
# %%
first = sorted(name for name in globals() if not name.startswith("_"))
first
# %%
_, In, __name__
# %%
%time x = 3
x + 1
# %%
import sys
print(len(sys.argv), "clew" in sys.modules and "recorded", file=sys.stderr)
from IPython.display import display, update_display
display("a", display_id="one")
update_display("b", display_id="one")
# %%
_3, __
# %% raises-exception
1 / 0
# %%
value = await __import__("asyncio").sleep(0, 5)
value
"""
    import nbformat
    from nbclient import NotebookClient

    desk.write("a.ipynb", notebook(text))
    plain = nbformat.read(desk.folder / "a.ipynb", as_version=4)
    NotebookClient(plain, record_timing=False, kernel_name="python3").execute()
    nbformat.write(plain, desk.folder / "plain.ipynb")
    ran(desk, "a.ipynb", "--output", "clew.ipynb")

    def alike(name: str) -> list[str]:
        lines = [re.sub(r"(times|time): .*", "time", line) for line in shown(desk.folder / name)]
        return [line.replace("recorded", "False") for line in lines]

    assert alike("clew.ipynb") == alike("plain.ipynb")


def test_parameters_are_bound_behind_the_cell_that_is_tagged(desk: Desk) -> None:
    text = """
# %%
before = 1
# %% parameters
alpha = 1
name = "none"
# %%
out = [name, alpha * 2]
"""
    desk.write("a.ipynb", notebook(text))
    words = ["--parameters", "alpha=0.5", "-p", "name=some one", "--parameters", "more=[1, None]"]
    ran(desk, "a.ipynb", *words, "--output", "b.ipynb")
    assert shown(desk.folder / "b.ipynb")[2] == (
        "[3] # Parameters\nalpha = 0.5\nname = 'some one'\nmore = [1, None]"
    )
    assert desk.slice("out") == (
        "# Parameters\nalpha = 0.5\nname = 'some one'\nout = [name, alpha * 2]\n"
    )
    # What was injected is replaced.
    ran(desk, "b.ipynb", "-p", "alpha=7", "-o", "c.ipynb")
    made = json.loads((desk.folder / "c.ipynb").read_text())["cells"]
    assert [cell["metadata"].get("tags") for cell in made] == [
        None, ["parameters"], ["injected-parameters"], None,
    ]  # fmt: skip
    assert "".join(made[2]["source"]) == "# Parameters\nalpha = 7"


def test_an_error_ends_the_run_and_what_was_made_is_kept(desk: Desk) -> None:
    text = """
# %%
a = [1]
print("begun")
# %%
a.append(2)
a.missing
# %%
b = 3
"""
    desk.write("a.ipynb", notebook(text))
    outcome = desk.clew("run", "a.ipynb", "--output", "b.ipynb")
    assert (outcome.code, outcome.out) == (1, "")
    assert "AttributeError: 'list' object has no attribute 'missing'" in outcome.err
    assert "\x1b" not in outcome.err
    assert shown(desk.folder / "b.ipynb") == [
        '[1] a = [1]\nprint("begun")',
        "    stdout: begun\n",
        "[2] a.append(2)\na.missing",
        "    AttributeError: 'list' object has no attribute 'missing'",
        "[None] b = 3",
    ]
    assert [session["exit_status"] for session in desk.json("sessions")] == ["1"]
    assert desk.slice("a") == "a = [1]\na.append(2)\n"
    shown_here = desk.clew("run", "a.ipynb")
    assert (shown_here.code, shown_here.out) == (1, "begun\n")
    assert shown_here.err == outcome.err


def test_an_interrupt_reaches_the_cell(desk: Desk) -> None:
    text = """
# %%
import time
a = 1
print("waiting", flush=True)
time.sleep(60)
# %%
b = 2
"""
    desk.write("a.ipynb", notebook(text))
    process = start([*CLEW, "run", "a.ipynb"], desk.folder)
    assert process.stdout.readline() == b"waiting\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (128 + signal.SIGINT, b"")
    assert b"KeyboardInterrupt" in err
    assert [session["exit_status"] for session in desk.json("sessions")] == ["interrupted"]
    assert desk.slice("a") == "a = 1\n"


def test_a_kernel_that_ends_ends_the_run(desk: Desk) -> None:
    desk.write("a.ipynb", notebook("# %%\na = 1\n# %%\nimport os\nos._exit(3)\n# %%\nb = 2\n"))
    outcome = desk.clew("run", "a.ipynb")
    assert (outcome.code, outcome.err) == (1, "clew: the kernel ended in cell 2\n")
    assert desk.slice("a") == "a = 1\n"


def specification(desk: Desk, name: str, **more: object) -> None:
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    told = {"argv": command, "display_name": name, "language": "python", **more}
    desk.write(f".jupyter/kernels/{name}/kernel.json", json.dumps(told))


def test_a_notebook_runs_in_the_kernel_that_it_names(desk: Desk) -> None:
    specification(desk, "other", env={"KERNEL": "other"})
    text = "# %%\nimport os\nprint(os.environ.get('KERNEL'))\n"
    desk.write("a.ipynb", notebook(text))
    desk.write("named.ipynb", notebook(text, kernelspec={"name": "other", "language": "python"}))
    desk.write("away.ipynb", notebook(text, kernelspec={"name": "away", "language": "python"}))
    assert ran(desk, "a.ipynb") == "None\n"
    assert ran(desk, "named.ipynb") == "other\n"
    assert ran(desk, "away.ipynb") == "None\n"
    assert ran(desk, "a.ipynb", "--kernel", "other") == "other\n"
    assert ran(desk, "named.ipynb", "--kernel", "python3") == "None\n"


def test_what_cannot_be_run_is_said_with_the_way_out(desk: Desk) -> None:
    specification(desk, "bare", env={"PYTHONPATH": str(desk.folder / "shadow")})
    desk.write("shadow/clew/__init__.py", "")
    desk.write("a.ipynb", notebook("# %%\nprint(1)\n"))
    desk.write("r.ipynb", notebook("# %%\n1\n", kernelspec={"name": "ir", "language": "R"}))
    desk.write("none.ipynb", "import this")

    def refused(*words: str, **environment: str) -> tuple[int | None, str]:
        outcome = desk.clew("run", *words, **environment)
        assert outcome.out == ""
        return outcome.code, outcome.err

    code, err = refused("a.ipynb", "--kernel", "bare")
    assert code == 1
    assert f"runs {sys.executable}, which has no clew" in err
    assert "--kernel python3" in err
    code, err = refused("a.ipynb", "--kernel", "away")
    assert code == 1
    assert "there is no kernel `away`; there are: bare, python3" in err
    code, err = refused("r.ipynb")
    assert (code, err) == (
        1, "clew: it is a notebook for R, and clew runs Python; --kernel names another kernel\n"
    )  # fmt: skip
    code, err = refused("none.ipynb")
    assert code == 1
    assert "`none.ipynb` cannot be read as a notebook" in err
    assert refused("away.ipynb")[0] == 2
    code, err = refused("a.ipynb", "x")
    assert code == 2
    assert "--parameters NAME=VALUE" in err
    code, err = refused("--inplace", "-c", "print(1)")
    assert (code, err) == (
        2, "clew: --inplace is for notebooks, and what is to run is none; a notebook's name ends in .ipynb\n"
    )  # fmt: skip
    assert refused("a.ipynb", "-p", "alpha")[0] == 2
    assert "there is no such folder" in refused("a.ipynb", "-o", "none/b.ipynb")[1]
    desk.write("lacking/nbclient.py", "raise ModuleNotFoundError('none', name='nbclient')")
    code, err = refused("a.ipynb", PYTHONPATH=str(desk.folder / "lacking"))
    assert code == 1
    assert "clew needs nbclient" in err
    assert "pip install 'clew[notebook]'" in err
