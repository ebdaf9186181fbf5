"""`clew slice --as`: slices as notebooks, and as scripts that name what they need."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import Desk
from kernels import LOAD, Kernel
from notebooks import notebook, shown

STUDY = """
# %% [markdown]
# A study
# %% [markdown]
The numbers, with a picture.
# %%
import math
numbers = [3, 4]
# %% [markdown]
A detour.
# %%
detour = 7
print(detour)
# %% [markdown]
One more number.
# %%
numbers.append(5); detour += 1
%matplotlib --list
# %% [markdown]
The total.
# %%
%time total = math.fsum(numbers)
# %% [markdown]
The end.
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # Kernels' own settings and history stay out of it.
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    return Desk(tmp_path)


def test_only_a_script_closes_the_figures_that_cells_closed(desk: Desk) -> None:
    pytest.importorskip("matplotlib")
    cells = """
# %%
import matplotlib.pyplot as plt
plt.plot([1, 2])
first = plt.gca()
# %%
plt.plot([3])
second = plt.gca()
# %%
lines = [len(axes.lines) for axes in (first, second)]
"""
    desk.write("a.ipynb", notebook(cells))
    outcome = desk.clew("run", "a.ipynb", MPLBACKEND="module://matplotlib_inline.backend_inline")
    assert outcome.code == 0
    assert desk.slice("lines").count('plt.close("all")\n') == 1
    kept = json.loads(desk.slice("lines", "--as", "notebook"))["cells"]
    assert [len(cell["source"]) for cell in kept] == [3, 2, 1]
    assert not any("close" in line for cell in kept for line in cell["source"])
    assert desk.clew("verify", "lines").code == 0


def test_a_notebook_keeps_the_needed_cells_and_the_prose_above_them(desk: Desk) -> None:
    made = json.loads(notebook(STUDY))
    made["cells"][1]["attachments"] = {"a.png": {"image/png": ""}}
    desk.write("study.ipynb", json.dumps(made))
    assert desk.clew("run", "study.ipynb").code == 0
    assert desk.slice("total", "--as", "notebook", "-o", "out.ipynb") == ""
    assert shown(desk.folder / "out.ipynb") == [
        "markdown: # A study",
        "markdown: The numbers, with a picture.",
        "[None] import math\nnumbers = [3, 4]",
        "markdown: One more number.",
        "[None] numbers.append(5)",
        "markdown: The total.",
        "[None] total = math.fsum(numbers)",
    ]
    cells = json.loads((desk.folder / "out.ipynb").read_text())["cells"]
    assert cells[1]["attachments"] == {"a.png": {"image/png": ""}}
    assert [cell["id"] for cell in cells] == [
        "cell0", "cell1", "cell2", "cell5", "cell6", "cell7", "cell8",
    ]  # fmt: skip
    # It is a notebook, and makes the value.
    assert desk.clew("run", "out.ipynb", "--slice", "total").out == desk.slice("total")


def test_a_cell_that_ran_twice_is_there_twice_and_its_prose_once(desk: Desk) -> None:
    text = "# %% [markdown]\nPush.\n# %%\na.append(len(a))\n# %% [markdown]\nBegin.\n# %%\na = [7]\n"
    file = desk.write("a.ipynb", notebook(text))
    with Kernel(desk.folder, JPY_SESSION_NAME=str(file)) as kernel:
        kernel.run(LOAD)
        kernel.run("a = [7]")
        kernel.run("a.append(len(a))")
        kernel.run("a.append(len(a))")
        desk.slice("a", "-o", "out.ipynb")
    assert shown(desk.folder / "out.ipynb") == [
        "markdown: Begin.",
        "[None] a = [7]",
        "markdown: Push.",
        "[None] a.append(len(a))",
        "[None] a.append(len(a))",
    ]
    cells = json.loads((desk.folder / "out.ipynb").read_text())["cells"]
    assert len({cell["id"] for cell in cells}) == 5


def test_a_notebook_that_is_gone_or_changed_loses_its_prose_only(desk: Desk) -> None:
    path = desk.write("study.ipynb", notebook(STUDY))
    assert desk.clew("run", "study.ipynb").code == 0
    desk.write("study.ipynb", notebook(STUDY.replace("numbers = [3, 4]", "numbers = [3]")))
    changed = json.loads(desk.slice("total", "--as", "notebook"))
    assert "".join(changed["cells"][0]["source"]) == "import math\nnumbers = [3, 4]"
    assert len(changed["cells"]) == 5
    path.unlink()
    outcome = desk.clew("slice", "total", "--as", "notebook")
    assert outcome.code == 0
    assert "study.ipynb cannot be read, so that its prose is left out" in outcome.err
    assert [cell["cell_type"] for cell in json.loads(outcome.out)["cells"]] == ["code"] * 3


def test_a_script_becomes_a_notebook(desk: Desk) -> None:
    desk.record("# %% begin\na = [1]\nb = 2\n\n# %% end\na.append(3)\n")
    assert desk.slice("a", "-o", "out.ipynb") == ""
    assert shown(desk.folder / "out.ipynb") == ["[None] a = [1]", "[None] a.append(3)"]


def header(text: str) -> dict:
    """The inline metadata of a script, as PEP 723 reads it."""
    lines = text.splitlines()
    begin = lines.index("# /// script")
    end = lines.index("# ///", begin)
    return tomllib.loads("\n".join(line[2:] for line in lines[begin + 1 : end]))


def test_a_script_names_the_python_and_the_distributions_that_it_needs(desk: Desk) -> None:
    pytest.importorskip("pandas")
    desk.record("""
    import json, os
    import numpy, pandas as pd
    import nbformat
    frame = pd.DataFrame({"a": [1, 2]})
    total = int(frame["a"].sum())
    other = nbformat.__name__
    """)
    text = desk.slice("total", "--as", "pep723")
    version = importlib.metadata.version
    needed = header(text)
    assert needed["requires-python"] == f"=={sys.version_info[0]}.{sys.version_info[1]}.*"
    assert needed["dependencies"] == [f"pandas=={version('pandas')}"]
    constraints = needed["tool"]["uv"]["constraint-dependencies"]
    assert f"numpy=={version('numpy')}" in constraints
    assert not [known for known in constraints if known.startswith("pandas")]
    made = subprocess.run(
        [sys.executable, "-c", f"{text}\nprint(total)"], capture_output=True, text=True, check=True
    )
    assert made.stdout == "3\n"
    assert text.endswith(desk.slice("total"))


def test_a_script_that_needs_nothing_says_so_below_its_first_lines(desk: Desk) -> None:
    desk.record("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport math\na = math.pi\nb = 2\n")
    text = desk.slice("a", "--as", "pep723", "-o", "out.py")
    assert text == ""
    text = (desk.folder / "out.py").read_text()
    assert text.startswith("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# /// script\n")
    assert header(text)["dependencies"] == []
    assert text.endswith("# ///\nimport math\na = math.pi\n")


def test_what_a_script_does_not_bring_is_said(desk: Desk) -> None:
    desk.write("helpers.py", "def double(x):\n    return 2 * x\n")
    desk.record("from helpers import double\na = double(2)\n")
    outcome = desk.clew("slice", "a", "--as", "pep723")
    assert outcome.code == 0
    assert header(outcome.out)["dependencies"] == []
    assert outcome.err == (
        "clew: it imports helpers.py, which is not in it and has to lie beside it\n"
    )


def test_a_form_goes_with_one_slice(desk: Desk) -> None:
    desk.record("a = 1\n")
    assert desk.clew("slice", "--all", "--as", "notebook").code == 2
    assert desk.clew("slice", "a", "--why", "-o", "b.py").code == 2
    outcome = desk.clew("slice", "a", "-o", "none/b.py")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("clew: cannot write `none/b.py`: ")
    assert json.loads(desk.clew("slice", "a", "--as", "notebook", "--json").out)["name"] == "a"
