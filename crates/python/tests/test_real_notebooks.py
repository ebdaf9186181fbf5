"""`cargo xtask notebooks`: what it says of notebooks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from notebooks import notebook
from programs import REPOSITORY, run

CHORE = [sys.executable, str(REPOSITORY / "crates/python/tests/real_notebooks.py")]
STEADY = """
# %%
%matplotlib inline
import os
import random
from beside import VALUE
draw = random.random()
other = random.random()
# %% raises-exception
1 / 0
# %%
print(VALUE)
lines = !echo one
await __import__("asyncio").sleep(0)
late = [draw, await __import__("asyncio").sleep(0, 5)]
process = os.getpid()
stream = open(os.devnull)
"""


def test_outputs_are_compared_and_slices_replayed(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("VALUE = 3\n")
    (tmp_path / "steady.ipynb").write_text(notebook(STEADY))
    (tmp_path / "raises.ipynb").write_text(notebook("# %%\nx = 1\n# %%\n1 / 0\n"))
    done = run([*CHORE, "--json", "--jobs", "2", str(tmp_path)], tmp_path)
    assert done.code == 0, done.err
    raises, steady = json.loads(done.out)["scripts"]
    assert raises["reason"].startswith("cell 3: ")
    assert steady["differences"] == []
    verdicts = {variable["name"]: variable["verdict"] for variable in steady["variables"]}
    assert verdicts == {
        "VALUE": "equal",
        "draw": "equal",
        "other": "equal",
        "lines": "equal",
        "late": "equal",
        "process": "not comparable",
        "stream": "not comparable",
    }
