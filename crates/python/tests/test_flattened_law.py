"""Flattened law: what is written at module level and what is put into `def main():` are sliced to the same lines.

The programs are those of `tests/slices` that mean the same in a function. CI tries some; `CLEW_FLATTENED=1` tries all.
"""

from __future__ import annotations

import os
import re
import textwrap
from pathlib import Path

import pytest
from test_slices import FOLDER, Example, lines, needs
from topics import Case, parameters
from zygote import Zygotes

# What means another thing in a function, or is itself about functions that are followed.
MODULE_ALONE = re.compile(
    r"import \*|globals\(|locals\(|vars\(|exec|eval|__\w+__|\bglobal\b|\bclass\b|@|sys\.modules|\"\"\"|'''"
    r"|\\$|async|from __future__|del |multiprocessing|concurrent|_getframe|f_globals",
    re.MULTILINE,
)
# Where the law does not hold, and why.
REASONS = {
    "decimal_context": "`return` of a number reads how numbers are computed at that time",
    "decimal_context_within_with": "a `with` of a function is needed as a whole by what its manager changes",
    "attributes_of_a_local_context": "a `with` of a function is needed as a whole by what its manager changes",
    "warnings_that_are_gathered": "a `with` of a function is needed as a whole by what its manager changes",
    "A_generator_of_NumPy_s_that_a_function_draws_from": "a `return` whose value nobody uses is kept",
    "annotation_without_a_value_runs_and_binds_nothing": "annotations of a function's variables are not evaluated",
}
# One of how many programs is tried.
STEP = 1 if os.environ.get("CLEW_FLATTENED") == "1" else 12


def flattenable() -> list:
    """The programs that mean the same in a function."""
    found = []
    for parameter in parameters(FOLDER):
        path, case = parameter.values
        if path.stem.startswith("within_"):
            continue
        example = Example.of(case)
        wanted = example.slices[0]
        if (
            not (example.modules or example.libraries or needs(example.program))
            and not wanted.is_wanted
            and True in wanted.annotations
            and not MODULE_ALONE.search(example.program)
        ):
            found.append(pytest.param(case, id=parameter.id))
    return found[::STEP]


@pytest.mark.parametrize("case", flattenable())
def test_a_program_in_main_is_sliced_to_the_same_lines(
    case: Case, zygotes: Zygotes, tmp_path: Path
) -> None:
    example = Example.of(case)
    name = example.slices[0].variable
    body = textwrap.indent(example.program, "    ")
    program = f"def main():\n{body}\n    return {name}\nresult = main()\n"
    flat = slice_of(example.program, name, zygotes, tmp_path / "flat")
    inner = slice_of(program, "result", zygotes, tmp_path / "main")
    own = [line[4:] for line in lines(inner) if line.startswith("    ")]
    got = [line for line in own if line != f"return {name}"]
    if case.name in REASONS:
        assert got != lines(flat), "the law holds: its reason has to go"
    else:
        assert got == lines(flat)


def slice_of(program: str, name: str, zygotes: Zygotes, place: Path) -> str:
    place.mkdir()
    file, store = place / "prog.py", str(place / "store")
    file.write_text(program)
    zygote = zygotes.plain()
    ran = zygote.ask("run", place / "run", file=str(file), store=store, names=[name], options=[])
    assert ran["answer"] is not None, ran["stderr"]
    sliced = zygote.ask("slices", place / "slices", store=store, names=[name])
    code = sliced["answer"][name]
    assert code is not None, sliced["stderr"]
    return code
