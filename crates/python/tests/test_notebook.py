"""Notebooks: cells in a real kernel, the same as without clew, and slices of what they made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Desk
from kernels import LIMIT_IN_SECONDS, LOAD, Kernel, cells

# Notebooks whose cells are to show what they show without clew.
NOTEBOOKS = {
    "results": """
x = 1
x
# %%
x + 1;
# %%
_ + 1
# %%
y = [x, 2]
y.append(3)
y
# %%
Out[1], In[1]
# %%
print("a"); print("b")
x, y
""",
    "errors": """
def fail(n):
    return 1 / n
# %%
a = 1
fail(
    0
)
b = 2
# %%
b
# %%
for i in range(3):
    if i == 2:
        raise ValueError(
            "two"
        )
# %%
x = (
# %%
return 3
# %%
raise SystemExit
# %%
a
""",
    "magics": """
%time x = sum(range(10))
# %%
x
# %%
%%capture shown
print("hidden")
y = x + 1
# %%
shown.stdout, y
# %%
files = !echo one two
files
# %%
%env CLEW_TEST=7
# %%
import os
os.environ["CLEW_TEST"]
# %%
%who
# %%
%%bash
echo from bash
# %%
%%writefile beside.py
VALUE = 5
# %%
%run beside.py
VALUE
# %%
?x
# %%
%unknown_magic
""",
    "loops": """
total = 0
for i in range(5):
    total += i
    if i == 3:
        break
else:
    total = -1
total
# %%
with open("a.txt", "w") as file:
    file.write("text")
open("a.txt").read()
# %%
try:
    1 / 0
except ZeroDivisionError as error:
    caught = str(error)
caught
# %%
class Point:
    def __init__(self, x):
        self.x = x
    def moved(self, by):
        return Point(self.x + by)
Point(1).moved(2).x
# %%
match [1, 2]:
    case [a, b]:
        both = a + b
both
# %%
[n for n in range(3) if n], {k: k for k in "ab"}, (lambda q: q * 2)(4)
""",
    "waiting": """
import asyncio
async def later(x):
    await asyncio.sleep(0)
    return x
# %%
value = await later(3)
value
# %%
[await later(n) for n in range(2)]
# %%
async with asyncio.timeout(5):
    got = await later(4)
got
# %%
task = asyncio.create_task(later(9))
# %%
await task
""",
    "sources": """
import inspect
def f(x):
    # a comment
    return x
print(inspect.getsource(f))
# %%
f.__code__.co_consts, f.__code__.co_firstlineno
# %%
from __future__ import annotations
def g(x: unknown) -> None: ...
g.__annotations__
# %%
def h(x: unknown) -> None: ...
h.__annotations__
# %%
get_ipython().run_cell("nested = 6\\nnested")
# %%
nested
# %%
get_ipython().ast_node_interactivity = "all"
# %%
1
for i in range(2):
    i
q = 3
q
# %%
"only a string"
""",
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_cells_show_what_they_show_without_clew(tmp_path: Path, name: str) -> None:
    notebook = cells(NOTEBOOKS[name])
    shown = []
    for first in ["%load_ext autoreload", LOAD]:
        folder = tmp_path / first[-4:]
        folder.mkdir()
        with Kernel(folder) as kernel:
            assert kernel.run(first) == ["ok 1"]
            shown.append([untimed(kernel.run(cell)) for cell in notebook])
    plain, clew = shown
    assert clew == plain


def untimed(shown: list[str]) -> list[str]:
    return ["times" if "Wall time" in line or "CPU times" in line else line for line in shown]


# Notebooks, the variable that is wanted, and the code behind it.
SLICES = {
    "what is not needed goes": (
        """
import math
noise = 3
# %%
a = [1, 2]
b = [4]
# %%
a.append(3)
b.append(5)
# %%
math.fsum(a)
# %%
c = len(a)
""",
        "c",
        """
a = [1, 2]
a.append(3)
c = len(a)
""",
    ),
    "a cell that runs twice is there twice": (
        """
a = [1]
# %%
a.append(len(a))
# %%
b = 1
""",
        "a",
        """
a = [1]
a.append(len(a))
a.append(len(a))
""",
    ),
    "functions keep what they read": (
        """
rate = 2
other = 3
# %%
def scale(x):
    return x * rate
# %%
out = [scale(n) for n in (1, 2)]
""",
        "out",
        """
rate = 2
def scale(x):
    return x * rate
out = [scale(n) for n in (1, 2)]
""",
    ),
    "what follows an error in a cell did not run": (
        """
a = 1
b = a + 1
missing
b = 100
# %%
c = b
""",
        "c",
        """
a = 1
b = a + 1
c = b
""",
    ),
    "timed cells are seen through": (
        """
n = 3
unused = 4
# %%
%%time
squares = [i * i for i in range(n)]
# %%
%time total = sum(squares)
""",
        "total",
        """
n = 3
squares = [i * i for i in range(n)]
total = sum(squares)
""",
    ),
    "what magics show is not needed": (
        """
a = [3]
# %%
%who
%matplotlib inline
!echo shown
# %%
%%capture
a.append(4)
print(a)
# %%
b = sum(a)
""",
        "b",
        """
a = [3]
a.append(4)
b = sum(a)
""",
    ),
    "variables of another kind of cell": (
        """
import os
x = 1
# %%
def first(values):
    return values[0]
# %%
class Counter:
    count = 0
    def step(self):
        self.count += x
        return self
# %%
counter = Counter()
other = Counter().step()
# %%
for _turn in range(3):
    counter.step()
# %%
reached = counter.count
""",
        "reached",
        """
x = 1
class Counter:
    count = 0
    def step(self):
        self.count += x
        return self
counter = Counter()
for _turn in range(3):
    counter.step()
reached = counter.count
""",
    ),
}


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_of_cells_makes_the_value(tmp_path: Path, name: str) -> None:
    text, wanted, expected = SLICES[name]
    notebook = cells(text)
    if name.startswith("a cell that runs twice"):
        notebook.insert(2, notebook[1])
    with Kernel(tmp_path) as kernel:
        kernel.run(LOAD)
        for cell in notebook:
            kernel.run(cell)
        code = kernel.slice(wanted)
        [value, _] = kernel.run(f"print(repr({wanted}))")
    assert code == expected.strip("\n")
    made = subprocess.run(
        [sys.executable, "-c", f"{code}\nprint(repr({wanted}))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"stdout: {made.stdout}" == value


def test_what_ran_before_is_named(tmp_path: Path) -> None:
    with Kernel(tmp_path) as kernel:
        kernel.run("base = [1]")
        kernel.run(LOAD)
        kernel.run("more = base + [2]")
        assert kernel.slice("more") == (
            "# Not recorded, and needed by this code: base\n"
            "# In cell 1, before recording began:\n"
            "#     base = [1]\n"
            "more = base + [2]"
        )


def test_a_terminal_slices_what_a_kernel_records(desk: Desk) -> None:
    with Kernel(desk.folder) as kernel:
        kernel.run(LOAD)
        kernel.run("import clew\na = [1]\nb = 2")
        kernel.run("a.append(3)\nclew.save(a, 'kept')")
        assert desk.slice("a") == "a = [1]\na.append(3)\n"
    assert desk.slice("kept") == "a = [1]\na.append(3)\n"


def test_a_graph_is_a_picture_where_pictures_are_shown(tmp_path: Path) -> None:
    with Kernel(tmp_path) as kernel:
        kernel.run(LOAD)
        kernel.run("a = [1]\nb = 2")
        kernel.run("a.append(3)")
        assert kernel.run("%clew graph a") == ["display: ['image/svg+xml', 'text/plain']", "ok 4"]
        [said, _] = kernel.run("%clew graph c")
        assert said.startswith("stderr: ") and "`c`" in said
        [nodes, _] = kernel.run("%clew graph")
        assert nodes.startswith("stdout: n0 = ")


def test_unloading_leaves_the_shell_as_it_was(tmp_path: Path) -> None:
    with Kernel(tmp_path) as kernel:
        kernel.run("before = type(get_ipython().compile)")
        kernel.run(LOAD)
        kernel.run("%unload_ext clew")
        [result, _] = kernel.run("type(get_ipython().compile) is before")
        assert result.endswith("True")
        assert kernel.slice("before").startswith("stderr: clew: nothing is recorded")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="what a process holds is asked of Linux")
def test_unloading_leaves_nothing_behind(tmp_path: Path) -> None:
    """No thread, no open file and no function of ours in the place of another, however often that is done."""
    held = "[len(os.listdir(f'/proc/self/{kind}')) for kind in ('task', 'fd')]"
    functions = "[vars(os.environ)[name] for name in ('encodekey', 'decodekey', 'encodevalue', 'decodevalue')]"
    hooks = "[len(calls) for calls in get_ipython().events.callbacks.values()]"
    now = f"({functions}, {hooks}, sys.excepthook, sys.displayhook, sys.meta_path[:], type.__setattr__)"
    with Kernel(tmp_path) as kernel:
        kernel.run("import os, sys, threading, pathlib")
        kernel.run(f"before, held = {now}, {held}")
        for _ in range(3):
            kernel.run(LOAD)
            kernel.run("x = [1]\nos.environ.get('HOME')")
            kernel.run("x.append(2)\nopen('kept', 'w').write('a')\nimport clew\nclew.save(x, 'x');")
            assert kernel.run("%unload_ext clew")[-1].startswith("ok")
        [result, _] = kernel.run(f"[(was, now) for was, now in zip(before, {now}) if was != now]")
        assert result.endswith(": []"), result
        # A kernel may close one of its own meanwhile.
        [result, _] = kernel.run(f"[(was, now) for was, now in zip(held, {held}) if was < now]")
        assert result.endswith(": []"), result


def test_a_kernel_that_starts_again_is_a_session_of_its_own(tmp_path: Path) -> None:
    """What lay in the first one's memory is gone; what it kept and wrote is there, with how it came about."""
    with Kernel(tmp_path) as first:
        cell_by_cell = ["base = [2, 3]", "total = sum(base)", "import clew", 'clew.save(total, "total");']
        for cell in [LOAD, *cell_by_cell, 'open("rows.txt", "w").write(str(base)); base.append(9)']:
            assert first.run(cell)[-1].startswith("ok")
        first.manager.restart_kernel(now=False)
        first.client.wait_for_ready(timeout=LIMIT_IN_SECONDS)
        assert first.run(LOAD) == ["ok 1"]
        assert "NameError" in first.run("base")[0]
        for cell in ["import clew, ast", 'again = clew.get("total").get_value()', "double = again * 2"]:
            assert first.run(cell)[-1].startswith("ok")
        assert first.run('rows = ast.literal_eval(open("rows.txt").read())')[-1].startswith("ok")
        assert first.slice("double") == "\n".join(
            ["import clew", 'again = clew.get("total").get_value()', "double = again * 2"]
        )
        assert first.slice("rows") == "\n".join(
            ["import ast", 'rows = ast.literal_eval(open("rows.txt").read())']
        )
        # How the artifact came about is still known.
        code = first.run('print(clew.get("total").get_code())')[0]
        assert code.removeprefix("stdout: ").rstrip("\n") == "base = [2, 3]\ntotal = sum(base)"
        assert first.run('clew.save(double, "double");')[-1].startswith("ok")
    sessions = subprocess.run(
        [sys.executable, "-m", "clew", "artifacts"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "total" in sessions.stdout and "double" in sessions.stdout
