"""The executor's contract on CPython: the cases of `tests/contract`, which the native host keeps as well."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from conftest import Desk
from programs import REPOSITORY

FOLDER = REPOSITORY / "tests" / "contract"

RUN = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from clew import _clew
from host import main, shown

def run(case):
    source = case.get("source")
    pairs = (line.split("=n") for line in case.get("variables", "").splitlines())
    here = os.getcwd()
    done = _clew.run_nodes(
        main(), case["graph"], annotations=case["annotations"],
        source=("<text>", source.rstrip()) if source is not None else None,
        file=case["file"].rstrip() if "file" in case else None,
        variables={name: int(node) for name, node in pairs} if "variables" in case else None,
        folder=case["folder"].rstrip() if "folder" in case else None,
    )
    assert os.getcwd() == here
    last = len(case["graph"].splitlines()) - 1
    value = shown(done["values"][last]) if last in done["values"] else "no value"
    return {"events": done["events"], "end": f"error {done['error']}" if done["error"] else f"value {value}", "times": done["times"]}

json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
"""


def cases() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.md")):
        for title, text in re.findall(r"^## (.*)\n((?:(?!^## ).*\n?)*)", path.read_text(), re.MULTILINE):
            found[f"{path.stem}: {title}"] = dict(re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    return found


CASES = cases()


@pytest.fixture(scope="module")
def came_of_it(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    desk = Desk(tmp_path_factory.mktemp("contract"))
    annotations = (FOLDER / "annotations.yaml").read_text()
    given = [case | {"annotations": annotations} for case in CASES.values()]
    outcome = desk.python("-c", RUN, str(FOLDER), stdin=json.dumps(given).encode())
    assert outcome.code == 0, outcome.err
    return dict(zip(CASES, json.loads(outcome.out)))


@pytest.mark.parametrize("name", CASES)
def test_cpython_keeps_the_contract(came_of_it: dict[str, dict], name: str) -> None:
    case, found = CASES[name], came_of_it[name]
    if "events" in case:
        assert found["events"] == case["events"].splitlines()
    else:
        told = [line for line in found["events"] if "; " in line or "raised" in line]
        assert [*told, found["end"]] == case["log"].splitlines()
    for one, relation, other in (line.split() for line in case.get("times", "").splitlines()):
        (start, end), (other_start, other_end) = (found["times"][node[1:]] for node in (one, other))
        assert (start, end) == (other_start, other_end) if relation == "=" else start >= other_end


def run(desk: Desk, text: str) -> list[str]:
    """Runs a text that calls `nodes(graph, …)` in a fresh main module, and gives what it prints."""
    start = (
        "import os, sys, traceback, types\nfrom clew import _clew\n"
        "module = types.ModuleType('__main__')\nmodule.__builtins__ = __builtins__\n"
        "def nodes(graph, **named): return _clew.run_nodes(module, graph, **named)\n"
    )
    outcome = desk.python("-c", start + text)
    assert outcome.code == 0, outcome.err
    return outcome.out.splitlines()


def test_an_error_has_the_frame_of_its_node_and_none_of_ours(tmp_path: Path) -> None:
    text = "import json\n\nx = 2 + json.loads('{')\n"
    (tmp_path / "own.py").write_text(text)
    graph = (
        'n0 = import json @s0:7-11\\nn1 = literal 2\\nn2 = literal "loads"\\nn3 = call getattr(n0, n2) @s0:21-31\\n'
        'n4 = literal "{"\\nn5 = call n3(n4) @s0:21-36\\nn6 = call add(n1, n5) @s0:13-36'
    )
    told = run(
        Desk(tmp_path),
        f"done = nodes('{graph}', source=('own.py', {text!r}))\n"
        "print(''.join(traceback.format_exception(done['raised'])))\n",
    )
    plain = Desk(tmp_path).python("own.py").err.splitlines()
    assert [line for line in told if line] == [line.replace(str(tmp_path) + os.sep, "") for line in plain]


def test_what_is_called_finds_the_module_around_it(tmp_path: Path) -> None:
    text = "\n\nwarn('mind', stacklevel=1)\n"
    told = run(
        Desk(tmp_path),
        "import sys, warnings\n"
        "module.x = 5\n"
        "def where(): return sys._getframe(1).f_lineno, sys._getframe(1).f_globals is module.__dict__\n"
        "module.where = where\n"
        "done = nodes('n0 = lookup eval\\nn1 = literal \"x + 1\"\\nn2 = call n0(n1)\\nn3 = lookup where\\nn4 = call n3() @s0:2-8',"
        f" source=('own.py', {text!r}))\n"
        "print(done['values'][2], done['values'][4])\n",
    )
    assert told == ["6 (3, True)"]


def test_a_graph_runs_in_its_folder_which_is_left_again(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    told = run(
        Desk(tmp_path),
        "def where(): return os.path.basename(os.getcwd())\n"
        "def fail(): raise OSError('no')\n"
        "module.where, module.fail = where, fail\n"
        "before = os.getcwd()\n"
        "done = nodes('n0 = lookup where\\nn1 = call n0()\\nn2 = lookup fail\\nn3 = call n2()', folder=before + '/inner')\n"
        "print(done['values'][1], done['error'], os.getcwd() == before)\n"
        "print(nodes('n0 = literal 1', folder=before + '/nowhere')['error'].startswith('the working directory cannot'))\n",
    )
    assert told == ["inner n3 raised OSError: no True", "True"]


LAWS = """
import random

def graph(r):
    lines, values, branches = ["n0 = lookup first"], [], []
    for n in range(1, r.randint(2, 30)):
        value = lambda: r.choice(values)
        under = f" under {r.choice(branches)}" if branches and r.random() < 0.3 else ""
        kinds = ["literal"] if not values else ["literal", "list", "alias", "mutate", "call", "call", "if"]
        kind = r.choice(kinds)
        text = {
            "literal": lambda: "literal 1", "list": lambda: f"call list({value()}, {value()})",
            "alias": lambda: f"call alias({value()})", "mutate": lambda: f"mutate {value()} by {value()}",
            "call": lambda: f"call n0({value()}, {value()})", "if": lambda: f"if {value()}",
        }[kind]()
        lines.append(f"n{n} = {text}{under}")
        (branches if kind == "if" else values).append(f"n{n}")
    return "\\n".join(lines), len(lines), [int(v[1:]) for v in values]

def needs(line):
    name, _, rest = line.partition(" = ")
    import re
    return name, re.findall(r"\\bn[0-9]+\\b", rest)

module.first = lambda value, other: value
for seed in range(200):
    text, count, values = graph(random.Random(seed))
    whole = nodes(text, folder=".")
    ended = []
    for event in whole["events"]:
        node, what = event.split(";")[0].split(" ")[:2]
        if what == "started":
            assert set(dict(map(needs, text.splitlines()))[node]) <= set(ended), (text, event)
        else:
            ended.append(node)
    assert len(ended) == count
    assert nodes(text, folder=".", again=True)["values"].keys() == whole["values"].keys()
    again = nodes(text, folder=".", again=True)["values"]
    shown = lambda values: {at: repr(value) for at, value in values.items() if at}
    assert shown(again) == shown(whole["values"]), text
    if values:
        sink = random.Random(seed).choice(values)
        assert repr(nodes(text, folder=".", sinks=[sink])["values"][sink]) == repr(whole["values"][sink]), text
print("held")
"""


def test_laws_hold_of_random_graphs(tmp_path: Path) -> None:
    """All that a node needs has run before it; a second execution makes what the first made; a slice, what the whole makes."""
    assert run(Desk(tmp_path), LAWS) == ["held"]
