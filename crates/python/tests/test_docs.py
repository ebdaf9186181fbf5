"""Documentation: what README and docs/ show is so.

In them ```` ```python file=NAME ```` is a file of that name, and ```` ```console ```` is what a terminal shows: a command behind
each `$ `, and what it prints. `…` stands for whatever is printed there. A file is played from top to bottom in a folder of
its own.
"""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from programs import REPOSITORY, environment

DOCUMENTS = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
PLAYED = [path for path in DOCUMENTS if "```console" in path.read_text()]


def test_documents_that_show_something_are_found() -> None:
    assert {path.name for path in PLAYED} >= {"README.md", "from-lineapy.md"}


@pytest.mark.parametrize("document", PLAYED, ids=[path.name for path in PLAYED])
def test_what_a_document_shows_is_so(document: Path, tmp_path: Path) -> None:
    play_document(document, tmp_path, Path(sys.executable).parent)


def play_document(document: Path, folder: Path, programs: Path) -> None:
    """Writes what a document says is a file, and does what it shows on a terminal, with the programs of a folder."""
    for token in MarkdownIt().parse(document.read_text()):
        if token.type != "fence":
            continue
        word, _, rest = token.info.partition(" ")
        if word == "console":
            for command, expected in shown(token.content):
                said = play(command, folder, programs)
                assert matches(expected, said), f"$ {command}\n{said}\n-- is not --\n{expected}"
        elif rest.startswith("file="):
            file = folder / rest.removeprefix("file=")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(token.content)


def shown(text: str) -> list[tuple[str, str]]:
    """The commands of a block, each with what it prints."""
    parts = re.split(r"^\$ (.*)\n?", text, flags=re.MULTILINE)
    assert not parts[0].strip(), f"before the first command: {parts[0]}"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def play(command: str, folder: Path, programs: Path) -> str:
    # Where uv is, an export has a file more, for which it asks the network.
    others = [place for place in os.environ["PATH"].split(os.pathsep) if not (Path(place) / "uv").exists()]
    path = os.pathsep.join([str(programs), *others])
    done = subprocess.run(
        ["bash", "-c", command.partition("   #")[0]],
        cwd=folder,
        env=environment(PATH=path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def matches(expected: str, said: str) -> bool:
    pattern = re.escape(expected.rstrip()).replace("…", ".*?")
    return re.fullmatch(pattern, said.rstrip(), flags=re.DOTALL) is not None


def test_links_within_the_documents_lead_somewhere() -> None:
    missing = []
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            if not (document.parent / target).exists():
                missing.append(f"{document.name}: {target}")
    assert missing == []


def test_the_picture_is_of_the_example() -> None:
    picture = (REPOSITORY / "docs" / "slice.svg").read_text()
    example = (REPOSITORY / "examples" / "iris.py").read_text().splitlines()
    rows = re.findall(r"<title>(\d+): (.*)", picture)
    assert len(rows) > 10
    for line, text in rows:
        assert html.unescape(text) == example[int(line) - 1]


# The names of `import lineapy` but those of its pipelines.
LINEAPY = [
    *("save", "get", "delete", "artifact_store", "get_function", "get_module", "get_module_definition", "reload", "visualize", "options"),
    *("tag", "file_system", "db", "_is_executing", "Graph", "Tracer", "SessionType", "ValueType", "__version__"),
]
OF_ARTIFACTS = "name version get_value get_code get_session_code get_metadata visualize execute".split()


def test_the_tutorial_from_lineapy_has_all_of_its_names() -> None:
    text = (REPOSITORY / "docs" / "from-lineapy.md").read_text()
    code = "".join(token.content for token in MarkdownIt().parse(text) if token.type == "fence" and "file=" in token.info)
    assert [name for name in LINEAPY if not re.search(rf"\b(lineapy|clew)\.{name}\b", code)] == []
    assert [name for name in OF_ARTIFACTS if f"artifact.{name}" not in code] == []


def test_the_reference_of_the_package_is_that_of_its_docstrings() -> None:
    import clew
    from api_text import CLASSES, FUNCTIONS, VALUES, reference

    assert {*FUNCTIONS, *CLASSES, *VALUES} == {*clew.__all__}
    page, text = REPOSITORY / "docs" / "api.md", reference()
    if os.environ.get("UPDATE_EXPECT") == "1":
        page.write_text(text)
    assert page.read_text() == text
