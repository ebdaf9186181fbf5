"""`clew slice NAME --static FILE`: slices of texts that never ran."""

from __future__ import annotations

import json

import pytest
from conftest import Desk
from notebooks import notebook, shown

SCRIPT = """
import math
a = [1]
b = a
noise = open("never.txt")
b.append(2)
total = math.fsum(a)
"""
SLICE = "import math\na = [1]\nb = a\nb.append(2)\ntotal = math.fsum(a)\n"


def test_a_script_that_never_ran_is_sliced_and_that_is_said(desk: Desk) -> None:
    desk.write("a.py", SCRIPT)
    outcome = desk.clew("slice", "total", "--static", "a.py")
    assert (outcome.code, outcome.out) == (0, SLICE)
    assert outcome.err == (
        "clew: a.py was not run: these are 5 of its 6 statements, all that may make the value as far as its "
        "text and the rules about what it calls show\n"
    )
    # Nothing ran, and nothing was kept.
    assert sorted(path.name for path in desk.folder.iterdir()) == ["a.py"]
    told = json.loads(desk.clew("slice", "total", "--static", "a.py", "--json").out)
    assert (told["static"], told["kept"], told["code"]) == (True, 5, SLICE)


def test_a_notebook_that_never_ran_is_sliced(desk: Desk) -> None:
    pytest.importorskip("IPython")
    text = """
# %% [markdown]
The numbers.
# %%
%matplotlib inline
numbers = [1, 2]
# %% [markdown]
A picture.
# %%
import matplotlib.pyplot as plt
plt.plot(numbers)
# %%
%%time
numbers.append(3)
!ls
# %%
%time total = sum(numbers)
"""
    desk.write("a.ipynb", notebook(text))
    cut = desk.clew("slice", "total", "--static", "a.ipynb")
    assert cut.out == "numbers = [1, 2]\nnumbers.append(3)\ntotal = sum(numbers)\n"
    desk.clew("slice", "total", "--static", "a.ipynb", "-o", "b.ipynb")
    assert shown(desk.folder / "b.ipynb") == [
        "markdown: The numbers.",
        "[None] numbers = [1, 2]",
        "[None] numbers.append(3)",
        "[None] total = sum(numbers)",
    ]


def test_what_cannot_be_sliced_is_said(desk: Desk) -> None:
    desk.write("a.py", "total = 1\n")
    desk.write("b.py", "total = (\n")
    desk.write("c.ipynb", notebook("# %%\na = 1\n# %%\nb = )\n"))
    outcome = desk.clew("slice", "totl", "--static", "a.py")
    assert (outcome.code, outcome.err) == (
        1, "clew: no variable or artifact `totl` in a.py; did you mean `total`?\n"
    )  # fmt: skip
    assert "cannot read `b.py`" in desk.clew("slice", "total", "--static", "b.py").err
    assert "cell 2" in desk.clew("slice", "a", "--static", "c.ipynb").err
    assert desk.clew("slice", "a", "--static", "none.py").code == 2
    assert desk.clew("slice", "a", "--static", "a.py", "--prove").code == 2
