"""Random statements, recorded, and run again one by one: by their nodes and by their texts they make what Python made."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path

import pytest
from conftest import Desk
from statements import Statements

# `FIRST:COUNT`, of seeds; each is a program of 200 statements.
FIRST, COUNT = map(int, os.environ.get("CLEW_STATEMENTS", "0:3").split(":"))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + COUNT))
def test_statements_make_again_what_they_made(tmp_path: Path, seed: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = Statements(seed).program(200)
    desk = Desk(tmp_path)
    desk.write("script.py", program)
    recorded = desk.clew("run", "--fingerprints", "script.py", PYTHONHASHSEED="1")
    assert recorded.code == 0, recorded.err
    for words in (["--nodes"], []):
        outcome = desk.clew("rerun", "--compare", "--json", *words, PYTHONHASHSEED="1")
        answer = json.loads(outcome.out)
        assert outcome.code == 0, (outcome.err, answer["comparison"])
        assert answer["comparison"]["first"] is None
        by_nodes = sum(step["by_nodes"] for step in answer["steps"])
        # Else it says nothing.
        assert by_nodes > 40 if words else by_nodes == 0
        assert answer["comparison"]["compared"] > 100
