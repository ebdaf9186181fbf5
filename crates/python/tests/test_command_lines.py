"""Command lines: every command with every flag, given well and given badly, in a process of its own.

The list of commands and flags is read from `--help`; what no line below gives is missing.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import Desk
from notebooks import notebook
from programs import CLEW, REPOSITORY, environment
from terminals import on_terminal

SCHEMA = json.loads((REPOSITORY / "docs" / "json-1.schema.json").read_text())

SCRIPT = """\
import clew
rate = 2
with open('in.txt') as file:
    numbers = [int(n) for n in file.read().split()]
print(len(numbers))
total = sum(numbers) * rate
clew.save(total, 'total')
"""
MAIN = "def main():\n    x = [1]\n    x.append(2)\n    return x\nmade = main()\n"
RULES = "- module: tool\n  annotations:\n    - criteria: {function_name: f}\n      pure: true\n"
CELLS = "# %% parameters\nn = 1\n# %%\nm = n + 1\n"

# Each in the folder of `prepared`, with what it prints.
GOOD = {
    "--help": "Commands:",
    "-h": "Commands:",
    "--version": "clew ",
    "-V": "clew ",
    "run script.py": "4\n",
    "run --quiet --no-pager script.py": "4\n",
    "run --store other script.py": "4\n",
    "run --slice total --slice rate script.py": "total = sum(numbers) * rate",
    "run --no-annotations --observe 0 --fingerprints --redact --strict script.py": "4\n",
    "run --annotations rules.yaml script.py": "4\n",
    "run -c 'print(7)'": "7\n",
    "run -m pathed": "by module\n",
    "run -u -O -W error -X dev script.py": "4\n",
    "run book.ipynb --kernel python3 -p n=5": "",
    "run book.ipynb --parameters n=5 --output done.ipynb": "",
    "run book.ipynb -o done.ipynb": "",
    "run book.ipynb --inplace": "",
    "slice total": "total = sum(numbers) * rate\n",
    "slice total@0 --why": "is what was asked for",
    "slice total --why --json": "",
    "slice total --json": "",
    "slice --all": "numbers",
    "slice --all --locals --json": "",
    "slice main.x --session SESSION": "x.append(2)",
    "slice total --static script.py": "total = sum(numbers) * rate\n",
    "slice total --static script.py --json": "",
    "slice total --force": "total",
    "slice total --prove --timeout 50 --allow-effects --allow-untrusted": "total",
    "slice total --as notebook --output out.ipynb": "",
    "slice total -o out.py": "",
    "slice total --store .clew --no-pager --quiet": "total",
    "sessions": "script.py",
    "sessions -n 1": "script.py",
    "sessions --limit 1": "script.py",
    "sessions --json": "",
    "sessions list --limit 1": "script.py",
    "sessions list -n 1 --json": "",
    "sessions list script.py --store .clew --no-pager -q": "script.py",
    "sessions show": "variables",
    "sessions show SESSION --json": "",
    "sessions rm SESSION": "deleted SESSION",
    "sessions rm SESSION --artifacts --force --json": "",
    "log": "script.py",
    "log -n 1 --json": "",
    "log script.py --limit 2": "script.py",
    "show": "variables",
    "show SESSION --json": "",
    "artifacts": "total",
    "artifacts --json": "",
    "artifacts list": "total",
    "artifacts list --json": "",
    "artifacts show total": "total = sum(numbers) * rate",
    "artifacts show total@0 --json": "",
    "artifacts history total": "VERSION",
    "artifacts history total --json": "",
    "artifacts rm total@0": "deleted total@0",
    "artifacts rm total --all --json": "",
    "artifacts rename total sum": "total is sum now (2 versions)",
    "artifacts rename total sum --json": "",
    "artifacts tag total@0 best": "total@best is total@0",
    "artifacts tag total best --json": "",
    "artifacts tag total --remove first": "",
    "artifacts tag total --remove first --json": "",
    "artifacts diff total": "value: 12 became 20",
    "artifacts diff total@0 total@1 --json": "",
    "artifacts diff total total --exit-code": "are equal",
    "diff total": "value: 12 became 20",
    "diff total@0 total@1 --json": "",
    "diff total total --exit-code": "are equal",
    "export total": "`total` is made by total.py",
    "export total -o out --replace --no-lock": "total.py",
    "export total --output out --as pep723 --check --allow-effects --force --no-lock": "checked: equal",
    "export total --as module --parameters rate --session TOTAL --no-lock": "run_all_sessions",
    "export total --no-lock --json": "",
    "verify total": "total: equal",
    "verify total --json": "",
    "verify --all --session SESSION": "made",
    "verify --all --json": "",
    "verify total --whole --timeout 50 --allow-effects --allow-untrusted": "total: equal",
    "rerun": "4\n",
    "rerun total --until numbers": "",
    "rerun total --set rate=5 --step": "",
    "rerun total --plan": "total = sum(numbers) * rate",
    "rerun total --nodes --json": "",
    "rerun total --plan --json": "",
    "rerun --compare --json": "",
    "rerun total --in-place --session TOTAL": "",
    "rerun total --recorded-files --timeout 50 --allow-effects --allow-untrusted --json": "",
    "trust": "",
    "trust --json": "",
    "trust KEY --name Ada": "",
    "trust --remove TRUSTED": "",
    "annotate check rules.yaml": "rules.yaml: ",
    "annotate check rules.yaml --json": "",
    "annotate add rules.yaml --name mine --replace": "added mine",
    "annotate add rules.yaml --json": "",
    "annotate list": "built in: ",
    "annotate list --builtin": "built in, numpy: ",
    "annotate list --json": "",
    "annotate suggest": "",
    "annotate suggest --json": "",
    "annotate remove kept": "removed kept",
    "annotate remove kept --json": "",
    "graph": "total",
    "graph total --format svg": "<svg",
    "graph total --format html --output page.html": "",
    "graph total -o total.svg": "",
    "graph total --format json": '"artifact":"total@1"',
    "graph --session SESSION --json": "",
    "ipython --version": "",
    "jupyter --help": "Usage: clew jupyter",
    "jupyter -h": "Usage: clew jupyter",
    "doctor": "ok     extension",
    "doctor --json": "",
    "config": "timeout",
    "config timeout": "600",
    "config --json": "",
    "completions bash": "_clew",
    "man": ".TH clew 1",
    "man slice": "clew\\-slice",
    "man --output pages": "",
    "man -o pages": "",
}

# Each with its exit code, which is not 1 where that is by a verdict, and what is said.
BAD = {
    "": (2, "Usage: clew"),
    "nope": (2, "unrecognized subcommand 'nope'"),
    "slise total": (2, "a similar subcommand exists: 'slice'"),
    "run": (2, "name a script"),
    "run nope.py": (2, "`nope.py`"),
    "run --slice '' script.py": (2, "--slice"),
    "run --annotations nope.yaml script.py": (2, "nope.yaml"),
    "run --observe often script.py": (2, "often"),
    "run --observe -1 script.py": (2, "-1"),
    "run --kernel none book.ipynb": (1, "none"),
    "run book.ipynb -o no/such/folder.ipynb": (1, "no/such/folder.ipynb"),
    "run book.ipynb -p n": (2, "NAME=VALUE"),
    "run book.ipynb --output a.ipynb --inplace": (2, "--inplace"),
    "run --strct script.py": (2, "--strict"),
    "run -m": (2, "-m"),
    "slice": (2, "NAME"),
    "slice totl": (1, "did you mean `total`?"),
    "slice total@9": (1, "has no version `9`; it has 0, 1"),
    "slice total --session zz": (1, "zz"),
    "slice total --static nope.py": (2, "nope.py"),
    "slice total --as poem": (2, "poem"),
    "slice total -o no/such/out.py": (1, "no/such/out.py"),
    "slice total --prove --timeout soon": (2, "soon"),
    "slice total --all": (2, "--all"),
    "slice --locals": (2, "--all"),
    "slice total --store in.txt": (1, "in.txt"),
    "sessions -n few": (2, "few"),
    "sessions --limt 1": (2, "--limit"),
    "sessions list -n -1": (2, "-1"),
    "sessions show zz": (1, "zz"),
    "sessions rm": (2, "<SESSION>"),
    "sessions rm TOTAL": (2, "--artifacts deletes these as well"),
    "log --limit few": (2, "few"),
    "show zz": (1, "zz"),
    "artifacts lst": (2, "list"),
    "artifacts list total": (2, "total"),
    "artifacts show": (2, "<NAME>"),
    "artifacts show totl": (1, "did you mean `total`?"),
    "artifacts history totl": (1, "did you mean `total`?"),
    "artifacts rm total": (2, "2 versions"),
    "artifacts rm total@0 --all": (2, "--all is for all versions"),
    "artifacts rename total": (2, "<NEW>"),
    "artifacts rename total@0 sum": (2, "leave the version out"),
    "artifacts tag total": (2, "TAG"),
    "artifacts tag total latest": (2, "cannot be a tag"),
    "artifacts tag total --remove none": (1, "no tag `none`"),
    "artifacts diff total@0": (2, "has no version before 0"),
    "artifacts diff totl": (1, "did you mean `total`?"),
    "diff total@0": (2, "has no version before 0"),
    "diff total total@x": (1, "has no version `x`"),
    "export": (2, "<NAME>"),
    "export totl": (1, "did you mean `total`?"),
    "export total -o in.txt --no-lock": (2, "in.txt"),
    "export total -o full --no-lock": (2, "--replace"),
    "export total --as poem": (2, "poem"),
    "export total --as function --parameters numbrs --no-lock": (2, "numbrs"),
    "export total --session zz": (1, "zz"),
    "verify": (2, "NAME"),
    "verify totl": (1, "did you mean `total`?"),
    "verify total --timeout soon": (2, "soon"),
    "verify total --session zz": (1, "zz"),
    "rerun totl": (1, "totl"),
    "rerun total --until nowhere": (2, "nowhere"),
    "rerun total --set rate": (2, "NAME=VALUE"),
    "rerun total --set rte=1": (2, "did you mean `rate`?"),
    "rerun total --session zz": (1, "zz"),
    "rerun total --timeout soon": (2, "soon"),
    "trust ada": (2, "ada"),
    "trust --remove ada": (2, "ada"),
    "trust --name Ada": (2, "KEY"),
    "trust --remove KEY": (1, "was not trusted"),
    "annotate": (2, "Usage: clew annotate"),
    "annotate check": (2, "<FILE>"),
    "annotate check nope.yaml": (2, "nope.yaml"),
    "annotate check broken.yaml": (1, "broken.yaml:"),
    "annotate add broken.yaml": (1, "broken.yaml:"),
    "annotate add rules.yaml rules.yaml --name both": (2, "--name is for one file"),
    "annotate list all": (2, "all"),
    "annotate suggest all": (2, "all"),
    "annotate remove kpt": (1, "kpt"),
    "graph totl": (1, "did you mean `total`?"),
    "graph total --format jpeg": (2, "jpeg"),
    "graph --format svg": (2, "name one"),
    "graph total -o no/such/picture.svg": (1, "no/such/picture.svg"),
    "graph total --session zz": (1, "zz"),
    "jupyter": (2, "APPLICATION"),
    "jupyter --port 1": (1, "name an application of Jupyter's first"),
    "jupyter nope": (1, "nope"),
    "ipython --no-such-flag=1": (2, "no-such-flag"),
    "doctor all": (2, "all"),
    "config timout": (2, "did you mean `timeout`?"),
    "completions csh": (2, "csh"),
    "man slise": (2, "did you mean `slice`?"),
    "man -o in.txt/pages": (1, "in.txt/pages"),
}


# Whose flags are those of another program, all but that for help.
FRONTS = ("ipython", "jupyter")
# What every command has.
COMMON = {"-h", "--help", "-q", "--quiet", "--no-pager", "--store"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of an artifact, and a run that saved nothing."""
    desk = Desk(tmp_path_factory.mktemp("template"))
    desk.write("script.py", SCRIPT)
    desk.write("rules.yaml", RULES)
    desk.write("broken.yaml", RULES.replace("pure", "pur"))
    desk.write("book.ipynb", notebook(CELLS))
    desk.write("pathed.py", "print('by module')\n")
    desk.write("full/file", "")
    desk.write("main.py", MAIN)
    assert desk.clew("run", "--fingerprints", "main.py").code == 0
    for numbers in ("1 2 3", "1 2 3 4"):
        desk.write("in.txt", numbers)
        assert desk.clew("run", "--fingerprints", "script.py").code == 0
    assert desk.clew("artifacts", "tag", "total@0", "first").code == 0
    assert desk.clew("annotate", "add", "rules.yaml", "--name", "kept").code == 0
    return desk.folder


@pytest.fixture
def prepared(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shutil.copytree(template, tmp_path / "desk", symlinks=True)
    return Desk(tmp_path / "desk")


def words_of(line: str, desk: Desk) -> list[str]:
    """The words of a line; SESSION is the run that saved nothing, TOTAL the last that saved, KEY another user's."""
    runs = {row["script"]: row["session"] for row in reversed(desk.json("log"))} if re.search("SESSION|TOTAL", line) else {}
    known = keys(desk) if re.search("KEY|TRUSTED", line) else {}
    known |= {"SESSION": runs.get("main.py", ""), "TOTAL": runs.get("script.py", "")}
    return [known.get(word, word) for word in shlex.split(line)]


def keys(desk: Desk) -> dict[str, str]:
    others = {"XDG_CONFIG_HOME": str(desk.folder.parent / "others")}
    key = json.loads(desk.clew("trust", "--json", **others).out)["own"]
    return {"KEY": key, "TRUSTED": key}


def help_of(words: list[str]) -> str:
    done = subprocess.run([*CLEW, *words, "--help"], env=environment(), capture_output=True, text=True, check=True)
    return done.stdout


def all_commands() -> dict[str, set[str]]:
    """Every command with the flags that its help names."""
    found: dict[str, set[str]] = {}

    def visit(words: list[str]) -> None:
        text = help_of(words)
        flags = re.findall(r"^ {2,6}(?:(-\w)(?:, | <))?(--[a-z-]+)?(?: |$)", text, flags=re.MULTILINE)
        found[" ".join(words)] = {flag for pair in flags for flag in pair if flag}
        inner = re.search(r"^Commands:\n(.*?)\n\n", text, flags=re.MULTILINE | re.DOTALL)
        for name in re.findall(r"^  ([a-z]+) ", inner[1], flags=re.MULTILINE) if inner else []:
            if name in FRONTS:
                found[name] = {"--help"}
            else:
                visit([*words, name])

    visit([])
    return found


def given(lines: dict[str, object], commands: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Which flags of which commands some lines give; without one, the command alone."""
    found = set()
    for line in lines:
        words = shlex.split(line)
        name = ""
        for word in words:
            if (longer := f"{name} {word}".strip()) not in commands:
                break
            name = longer
        found.add((name, ""))
        for word in words:
            flag = word.partition("=")[0]
            if flag in commands[name] or flag in COMMON:
                found.add((name, flag))
    return found


def test_every_command_and_flag_is_given_well_and_badly() -> None:
    commands = all_commands()
    assert len(commands) > 30
    good, bad = given(GOOD, commands), given({**GOOD, **BAD}, commands)
    pairs = [("-o", "--output"), ("-n", "--limit"), ("-p", "--parameters"), ("-h", "--help")]
    same = {flag: pair for pair in pairs for flag in pair}
    missing = [
        (name, flag)
        for name, flags in commands.items()
        for flag in sorted(flags - COMMON)
        if not {(name, flag), *((name, other) for other in same.get(flag, ()))} & good
    ]
    assert missing == [], "no line gives these"
    assert [name for name in commands if (name, "") not in given(BAD, commands)] == [], "no line gives these badly"
    assert {flag for _, flag in good} >= COMMON
    assert [(name, flag) for name, flag in bad if name not in commands] == []


@pytest.mark.parametrize("line", GOOD)
def test_what_is_given_well_is_done(prepared: Desk, line: str) -> None:
    words = words_of(line, prepared)
    if "TRUSTED" in line:
        assert prepared.clew("trust", words[-1]).code == 0
    outcome = prepared.clew(*words)
    assert outcome.code == 0, outcome.out + outcome.err
    assert "Traceback" not in outcome.err and "panicked" not in outcome.err
    said = GOOD[line]
    for name in ("SESSION", "TOTAL"):
        if name in said:
            said = said.replace(name, words[line.split().index(name)])
    assert said in outcome.out
    if "--json" in words or "--format json" in line:
        check_shape(line, outcome.out)


def check_shape(line: str, text: str) -> None:
    """Output has the shape that is documented for the command."""
    jsonschema = pytest.importorskip("jsonschema")
    aliases = {"sessions": "sessions list", "log": "sessions list", "show": "sessions show", "artifacts": "artifacts list", "artifacts diff": "diff"}
    name = max((name for name in [*SCHEMA["$defs"], *aliases] if f"{line} ".startswith(f"{name} ")), key=len)
    name = aliases.get(name, name)
    for flag in ("--format json", "--why", "--all", "--static", "--plan"):
        if flag in line and f"{name} {flag}" in SCHEMA["$defs"]:
            name = f"{name} {flag}"
    jsonschema.validate(json.loads(text), {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})


@pytest.mark.parametrize("line", BAD)
def test_what_is_given_badly_is_said_and_nothing_is_done(prepared: Desk, line: str) -> None:
    words, before = words_of(line, prepared), files(prepared)
    outcome = prepared.clew(*words)
    code, said = BAD[line]
    assert (outcome.code, outcome.out if not line.startswith("annotate check") else "") == (code, ""), outcome.err
    assert said in outcome.err + outcome.out
    assert "Traceback" not in outcome.err and "panicked" not in outcome.err
    assert files(prepared) == before


def files(desk: Desk) -> set[str]:
    """The files of a folder but those that SQLite keeps beside a store that is open."""
    paths = {path.relative_to(desk.folder).as_posix() for path in desk.folder.rglob("*")}
    return {path for path in paths if not path.endswith(("-wal", "-shm"))}


# A line for each command that prints something to be read.
READ = [
    line
    for line in GOOD
    if GOOD[line] and not line.startswith(("run ", "rerun", "ipython", "jupyter", "-", "slice main", "verify --all", "sessions rm"))
]


@pytest.mark.parametrize("line", READ)
def test_what_is_read_may_go_anywhere(prepared: Desk, line: str) -> None:
    words = words_of(line, prepared)
    reading, writing = os.pipe()
    os.close(reading)
    again = shutil.copytree(prepared.folder, prepared.folder.parent / "again", symlinks=True)
    done = subprocess.run([*CLEW, *words], cwd=again, env=environment(), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.returncode == 0 and all(told.startswith(b"clew: ") for told in done.stderr.splitlines())
    again = shutil.copytree(prepared.folder, prepared.folder.parent / "full", symlinks=True)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*CLEW, *words], cwd=again, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1 and b"cannot write the output" in done.stderr
    # A narrow terminal without colours.
    words = [*CLEW, *words, *(() if "--no-pager" in words else ["--no-pager"])]
    code, shown = on_terminal(words, prepared.folder, (24, 30), TERM="xterm-256color", NO_COLOR="1")
    assert code == 0
    assert not re.search(r"\x1b\[[0-9;]*m", shown)


@pytest.mark.parametrize("line", ["slise total", "config timout", "slice totl", "annotate check broken.yaml"])
def test_what_is_wrong_is_said_without_colours_where_none_are_wanted(prepared: Desk, line: str) -> None:
    wanted_none = ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "dumb", "CI": "true"})
    for variables, is_coloured in [({}, True), *((variables, False) for variables in wanted_none)]:
        given = {"TERM": "xterm-256color", **variables}
        _, shown = on_terminal([*CLEW, *shlex.split(line)], prepared.folder, (24, 30), **given)
        coloured = re.search(r"\x1b\[[0-9;]*[1-9][0-9;]*m", shown) is not None
        assert coloured <= is_coloured, shown
