"""Types: what checkers make of the package, and of programs that use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk
from programs import REPOSITORY, environment

# Checkers read a lot of files, whatever else the machine does.
LIMIT_IN_SECONDS = 300


def checker(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What a module of Python's that checks types says."""
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=LIMIT_IN_SECONDS, check=False)


def test_the_stubs_say_what_the_extension_has(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    allowed = tmp_path / "allowed"
    # What of it is for chores and has no place in the stubs.
    allowed.write_text("clew\\._clew\\.Annotations.*\nclew\\._clew\\.__all__\n")
    done = checker(tmp_path, "mypy.stubtest", "clew._clew", "--allowlist", str(allowed), "--ignore-unused-allowlist")
    assert done.returncode == 0, done.stdout + done.stderr


# Everything that the package offers, in a program of somebody who knows only that.
STRANGER = """
from __future__ import annotations

from types import ModuleType
from typing import Any

import clew

kept: clew.Artifact = clew.save([1, 2], "numbers")
clew.save(clew.file_system, "files")
clew.save(clew.db, "tables")
again: clew.Artifact = clew.get("numbers", 0)
latest: clew.Artifact = clew.get("numbers")
store: clew.ArtifactStore = clew.artifact_store()
names: list[str] = [each.name for each in store]
gone: list[int] = clew.delete("numbers", "latest")
clew.reload()
clew.options.set("store", "kept")
place: Any = clew.options.get("store")
clew.options.reset()
drawn: object = clew.visualize("numbers")
made_again: dict[str, Any] = clew.get_function(["numbers", ("files", 0)], input_parameters=["x"])(x=3)
module: ModuleType = clew.get_module(["numbers"], reuse_pre_computed_artifacts=["tables"])
definition: str = clew.get_module_definition(["numbers"])

with clew.session() as session:
    number: str | None = session.id


@clew.traced
def doubled(xs: list[int], by: int = 2) -> list[int]:
    return [by * x for x in xs]


@clew.traced(name="half")
def halved(x: float) -> float:
    return x / 2


twice: list[int] = doubled([1], by=3)
half: float = halved(1.5)

code: str = kept.get_code(clean=True)
whole: str = kept.get_session_code()
value: Any = kept.get_value(allow_untrusted=False)
known: dict[str, Any] = kept.get_metadata()
made: Any = kept.execute()
holds: bool = bool(kept.verify())
for position, text, reasons in kept.why():
    line: str = position + text + ", ".join(reasons)
differs: bool = bool(kept.diff(again)) or bool(kept.diff(0)) or bool(kept.diff())
kept.visualize("a.svg").write("a.html")
version: int = kept.version
where: str = kept.session_id
fault: str | None = kept.fault
rows: list[dict[str, Any]] = store.export
"""
# Each with a word of what mypy says of it, and of what pyright does.
WRONG_TYPES = {
    "doubled('x')": ("arg-type", "reportArgumentType"),
    "doubled([1]).upper()": ("attr-defined", "reportAttributeAccessIssue"),
    "halved(1.5, 2)": ("call-arg", "reportCallIssue"),
    "clew.save(1)": ("call-arg", "reportCallIssue"),
    "clew.sav": ("attr-defined", "reportAttributeAccessIssue"),
    "kept.get_code(clen=True)": ("call-arg", "reportCallIssue"),
}


def mypy_says(folder: Path, text: str) -> list[str]:
    """What mypy calls the errors of a program that finds the package where it is installed."""
    program = folder / "stranger.py"
    program.write_text(text)
    done = checker(folder, "mypy", "--strict", "--cache-dir", str(folder / "cache"), program.name)
    assert done.stdout, done.stderr
    return [line.rpartition("[")[2].rstrip("]") for line in done.stdout.splitlines() if ": error: " in line]


def pyright(folder: Path, *words: str, mode: str = "strict") -> dict[str, Any]:
    """What pyright answers."""
    (folder / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": mode}))
    done = checker(folder, "basedpyright", "--outputjson", "--pythonpath", sys.executable, *words)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def pyright_says(folder: Path, text: str) -> list[str]:
    """What pyright calls the errors of a program that finds the package where it is installed."""
    (folder / "stranger.py").write_text(text)
    found = pyright(folder, "stranger.py")["generalDiagnostics"]
    return [each["rule"] for each in found if each["severity"] == "error"]


CHECKERS = {"mypy": mypy_says, "basedpyright": pyright_says}


@pytest.mark.parametrize("place", range(len(CHECKERS)), ids=CHECKERS)
def test_a_strict_checker_knows_all_that_the_package_offers(desk: Desk, tmp_path: Path, place: int) -> None:
    name, says = [*CHECKERS.items()][place]
    pytest.importorskip(name)
    offered = desk.say("import clew; print(*clew.__all__)").split()
    assert [name for name in offered if f"clew.{name}" not in STRANGER] == []
    assert says(tmp_path, STRANGER) == []
    said = says(tmp_path, STRANGER + "".join(f"{line}\n" for line in WRONG_TYPES))
    # `clew.sav` and others are expressions that nobody uses, which pyright says as well.
    told = [words[place] for words in WRONG_TYPES.values()]
    assert [word for word in said if word in told] == told


def test_nothing_that_the_package_offers_is_without_a_type(tmp_path: Path) -> None:
    pytest.importorskip("basedpyright")
    completeness = pyright(tmp_path, "--verifytypes", "clew", "--ignoreexternal")["typeCompleteness"]
    unsure = [symbol["name"] for symbol in completeness["symbols"] if symbol["isExported"] and not symbol["isTypeKnown"]]
    assert (completeness["completenessScore"], unsure) == (1, [])


# The modules whose names the package offers.
OFFERING = ["__init__", "_artifact", "_clean", "_external", "_lineapy", "_options"]


def test_the_types_of_the_package_hold(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    package = REPOSITORY / "crates" / "python" / "python"
    files = [str(package / "clew" / f"{name}.py") for name in OFFERING]
    done = checker(package, "mypy", "--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path / "c"), *files)
    assert done.returncode == 0, done.stdout


def test_the_stubs_and_what_they_are_of_agree_for_pyright(tmp_path: Path) -> None:
    pytest.importorskip("basedpyright")
    package = REPOSITORY / "crates" / "python" / "python" / "clew"
    files = [str(package / f"{name}.py") for name in [*OFFERING, "__main__"]]
    found = pyright(tmp_path, *files, str(package / "_clew.pyi"), mode="standard")["generalDiagnostics"]
    assert [(each["file"], each["message"]) for each in found if each["severity"] == "error"] == []
