"""Export: from a messy program to a folder that runs alone, in three commands at most."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import Desk
from programs import CLEW, PYTHON, Outcome, run

FLAT = """
import csv
import clew
from helpers import mean, unused_total

with open("sales.csv") as file:
    rows = list(csv.DictReader(file))
with open("notes.csv") as file:
    notes = file.read()
print("rows", len(rows), notes)
prices = [float(row["price"]) for row in rows]
unused = unused_total(prices)
typical = mean(prices)
clew.save(round(typical, 2), "typical price")
"""


@pytest.fixture
def flat(desk: Desk) -> Desk:
    """A flat script with helpers of its own and tables."""
    desk.write("helpers.py", "from deeper import add\ndef mean(x): return add(x) / len(x)\ndef unused_total(x): return sum(x)\n")
    desk.write("deeper.py", "def add(x): return sum(x)\n")
    desk.write("sales.csv", "fruit,price\napple,0.5\npear,0.8\n")
    desk.write("notes.csv", "nothing of use\n")
    desk.record(FLAT)
    return desk


def export(desk: Desk, *words: str) -> Outcome:
    # Whoever runs the tests may have uv, which asks the network.
    outcome = desk.clew("export", "--no-lock", *words)
    assert "Traceback" not in outcome.err, outcome.err
    return outcome


def alone(desk: Desk, folder: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder somewhere else, where nothing else is."""
    place = tmp_path_factory.mktemp("alone") / "moved"
    shutil.copytree(desk.folder / folder, place)
    return place


def test_a_flat_script_comes_with_its_modules_and_tables(flat: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    outcome = export(flat, "typical price", "-o", "out", "--check")
    assert (outcome.code, outcome.err) == (0, ""), outcome.out
    assert outcome.out.splitlines() == [
        f"{flat.folder}/out: `typical_price` is made by typical_price.py",
        "  README.md",
        "  deeper.py",
        "  helpers.py",
        "  requirements.txt",
        "  sales.csv",
        "  typical_price.py",
        "checked: equal",
    ]
    place = alone(flat, "out", tmp_path_factory)
    text = (place / "typical_price.py").read_text()
    assert "clew" not in text and "notes" not in text and text.endswith("typical_price = round(typical, 2)\n")
    ran = run([*PYTHON, "-i", "typical_price.py"], place, b"print(typical_price)\n")
    assert ran.out == "0.65\n"
    readme = (place / "README.md").read_text()
    assert "python typical_price.py" in readme and "`typical_price` in `script.py`" in readme


def test_what_changed_since_comes_as_it_was(flat: Desk) -> None:
    flat.write("sales.csv", "fruit,price\napple,100\n")
    flat.write("deeper.py", "def add(x): return 0\n")
    assert "checked: equal" in export(flat, "typical price", "-o", "out", "--check").out
    assert (flat.folder / "out" / "sales.csv").read_text() == "fruit,price\napple,0.5\npear,0.8\n"


def test_a_large_table_that_changed_is_named(desk: Desk) -> None:
    desk.write("big.txt", "1\n" * 600_000)
    desk.record("import clew\ntotal = sum(map(int, open('big.txt')))\nclew.save(total, 'total')\n")
    assert "  big.txt" in export(desk, "total", "--check").out
    desk.write("big.txt", "2\n" * 600_000)
    outcome = export(desk, "total", "--replace")
    assert outcome.code == 0
    assert "missing: big.txt is changed since the run, and was not kept: 1200000 bytes, BLAKE3 " in outcome.out
    assert "big.txt is changed since" in (desk.folder / "total" / "README.md").read_text()


PACKAGE = """
import argparse
from pathlib import Path
import clew
from shop.tables import read

def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("--factor", type=float, default=1)
    options = parser.parse_args(argv)
    rows = read(options.table)
    report = {name: price * options.factor for name, price in rows}
    print(len(report))
    return report

if __name__ == "__main__":
    report = main()
    clew.save(report, "report")
"""


def test_a_program_with_arguments_runs_with_those_that_it_was_given(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    desk.write("app/run.py", PACKAGE)
    desk.write("app/shop/__init__.py", "")
    desk.write("app/shop/tables.py", "def read(path):\n    for line in path.read_text().splitlines():\n        name, price = line.split(',')\n        yield name, float(price)\n")
    desk.write("data/prices.csv", "apple,1\npear,2\n")
    assert desk.clew("run", "app/run.py", "data/prices.csv", "--factor", "3").code == 0
    outcome = export(desk, "report", "--check")
    assert outcome.code == 0, outcome.out + outcome.err
    assert "checked: equal" in outcome.out
    assert {"app/report.py", "app/shop/tables.py", "app/shop/__init__.py", "data/prices.csv"} <= set(outcome.out.split())
    place = alone(desk, "report", tmp_path_factory)
    (command,) = [line for line in (place / "README.md").read_text().splitlines() if "python app" in line]
    words = command.split("&& python ")[1].split()
    assert words == ["app/report.py", "data/prices.csv", "--factor", "3"]
    assert run([*PYTHON, *words], place).code == 0


def exported(desk: Desk, name: str) -> set[str]:
    """The files of an export that is as it was, but for what every one has."""
    outcome = export(desk, name, "-o", "out", "--replace", "--check")
    assert outcome.out.endswith("checked: equal\n"), outcome.out
    files = {line.strip() for line in outcome.out.splitlines() if line.startswith("  ")}
    return files - {"README.md", "requirements.txt", f"{name}.py"}


def test_a_module_of_a_package_comes_with_those_that_it_imports_by_dots(desk: Desk) -> None:
    desk.write("shop/__init__.py", "")
    desk.write("shop/__main__.py", "import clew\nfrom .tools import twice\nfrom . import noise\nx = twice(2)\nnoise.say(x)\nclew.save(x, 'x')\n")
    desk.write("shop/tools.py", "from .inner.deep import add\ndef twice(n): return add(n, n)\n")
    desk.write("shop/inner/__init__.py", "")
    desk.write("shop/inner/deep.py", "from ..names import ADD\nimport operator\ndef add(a, b): return getattr(operator, ADD)(a, b)\n")
    desk.write("shop/names.py", "ADD = 'add'\n")
    desk.write("shop/noise.py", "def say(x): print(x)\n")
    assert desk.clew("run", "-m", "shop").out == "4\n"
    inner = {"inner/__init__.py", "inner/deep.py", "__init__.py", "names.py", "tools.py"}
    assert exported(desk, "x") == {f"shop/{file}" for file in inner}
    assert (desk.folder / "out" / "x.py").read_text().startswith("from shop.tools import twice\n")


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("import first", {"first.py", "second.py"}),
        ("from second import b as a", {"second.py"}),
        ("import importlib; a = importlib.import_module('fir' + 'st').a", {"first.py", "second.py", "third.py"}),
    ],
)
def test_only_modules_that_the_code_comes_to_are_taken(desk: Desk, line: str, files: set[str]) -> None:
    desk.write("first.py", "from second import b\na = b\n")
    desk.write("second.py", "b = 1\n")
    desk.write("third.py", "c = 3\n")
    value = "first.a" if line == "import first" else "a"
    desk.record(f"import clew\nimport first\nimport third\n{line}\nx = {value} + 1\nclew.save(x, 'x')\n")
    assert exported(desk, "x") == files


@pytest.mark.parametrize(
    ("save", "variable"),
    [("clew.save(x, 'x')", "x"), ("clew.save(x + 1, 'a value')", "a_value"), ("clew.save(x, 'main')", "main_"), ("if x:\n        clew.save(x, 'LIMIT')", "LIMIT_")],
)
def test_what_a_function_saves_is_left_in_a_variable(desk: Desk, save: str, variable: str) -> None:
    desk.record(f"import sys\nimport clew\nLIMIT = 2\ndef main():\n    x = 3 * LIMIT\n    {save}\n    return 0\nif __name__ == '__main__':\n    sys.exit(main())\n")
    name = desk.json("artifacts")[0]["name"]
    outcome = export(desk, f"{name}@0", "-o", "out", "--check")
    assert outcome.out.endswith("checked: equal\n"), outcome.out
    assert f"`{variable}` is made by" in outcome.out


def test_a_notebook_comes_as_a_notebook(desk: Desk) -> None:
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("nbclient")
    cells = ["import clew", "x = [1, 2]", "unneeded = 5", "y = sum(x)\nclew.save(y, 'y')"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Sums"), *map(nbformat.v4.new_code_cell, cells)])
    nbformat.write(book, desk.folder / "book.ipynb")
    assert desk.clew("run", "book.ipynb").code == 0
    outcome = export(desk, "y", "--as", "notebook", "--check")
    assert outcome.code == 0 and "checked: equal" in outcome.out, outcome.out + outcome.err
    written = nbformat.read(desk.folder / "y" / "y.ipynb", 4)
    code = [cell.source for cell in written.cells if cell.cell_type == "code"]
    assert code[0] == "x = [1, 2]" and code[-1].startswith("y = sum(x)") and "unneeded" not in "".join(code)


def test_requirements_are_what_is_installed(desk: Desk) -> None:
    numpy = pytest.importorskip("numpy")
    desk.record("import clew\nimport numpy as np\nimport json\nx = np.arange(3).sum()\nclew.save(x, 'x')\n")
    assert export(desk, "x", "--as", "pep723").code == 0
    assert (desk.folder / "x" / "requirements.txt").read_text().splitlines()[0] == f"numpy=={numpy.__version__}"
    assert f'"numpy=={numpy.__version__}"' in (desk.folder / "x" / "x.py").read_text()


UV = """#!/bin/sh
echo "$@" > "{folder}/asked"
for last; do :; done
case "$1" in lock) echo locked > "$last.lock" ;; *) echo pinned > "$last" ;; esac
"""


@pytest.mark.parametrize(("form", "lock", "asked"), [
    ("script", "requirements.lock", "pip compile"),
    ("pep723", "x.py.lock", "lock --script x.py"),
])
def test_uv_locks_what_is_required_where_it_is(desk: Desk, form: str, lock: str, asked: str) -> None:
    pytest.importorskip("numpy")
    desk.record("import clew\nimport numpy as np\nx = np.arange(3).sum()\nclew.save(x, 'x')\n")
    uv = desk.write("bin/uv", UV.format(folder=desk.folder))
    path = {"PATH": f"{uv.parent}:{os.environ['PATH']}"}
    uv.chmod(0o755)
    outcome = desk.clew("export", "x", "--as", form, **path)
    assert (outcome.code, outcome.err) == (0, "")
    assert f"  {lock}" in outcome.out.splitlines()
    assert (desk.folder / "x" / lock).exists()
    assert (desk.folder / "asked").read_text().startswith(asked)
    # Where it cannot, the export is as good as without.
    desk.write("bin/uv", "#!/bin/sh\necho 'no network' >&2\nexit 2\n")
    outcome = desk.clew("export", "x", "--as", form, "--replace", "-o", "other", **path)
    assert outcome.code == 0
    assert outcome.err == f"clew: uv made no {lock}, and requirements.txt says the versions: no network\n"
    assert not (desk.folder / "other" / lock).exists()


def test_artifacts_that_the_code_reads_are_named(desk: Desk) -> None:
    desk.record("import clew\nclew.save([1], 'rows')\n")
    desk.record("import clew\nrows = clew.get('rows', 0).get_value()\nx = sum(rows)\nclew.save(x, 'x')\n")
    assert "missing: artifact `rows@0`: the code has it from the store" in export(desk, "x").out


def test_a_check_tells_what_is_not_the_same(desk: Desk) -> None:
    desk.record("import clew, time\nx = time.time_ns()\nclew.save(x, 'x')\ny = open('/etc/hostname').read() if 0 else 1\nz = open('a' + '.data').read() if x == 0 else 2\n")
    outcome = export(desk, "x", "--check")
    assert outcome.code == 1 and "checked: different: it made " in outcome.out


def test_files_that_are_sought_or_named_in_parts_come_with_it(desk: Desk) -> None:
    for month in (1, 2):
        desk.write(f"months/{month}.csv", f"{month}\n")
    desk.write("unread.csv", "")
    desk.write("part-7.dat", "7\n")
    desk.record(
        "import clew, glob\nrows = [open(name).read() for name in sorted(glob.glob('months/*'))]\nclew.save(rows, 'rows')\n"
        "seven = open('part-%d.dat' % 7).read()\nclew.save(seven, 'seven')\n"
    )
    assert "checked: equal" in export(desk, "rows", "--check").out
    assert sorted(path.name for path in (desk.folder / "rows" / "months").iterdir()) == ["1.csv", "2.csv"]
    assert "checked: equal" in export(desk, "seven", "--check").out
    assert not (desk.folder / "seven" / "months").exists()


def test_files_that_only_data_names_come_with_it(desk: Desk) -> None:
    desk.write("list.txt", "a.txt\n")
    desk.write("a.txt", "1\n")
    desk.write("config.json", '{"table": "b.txt"}\n')
    desk.write("b.txt", "2\n")
    desk.write("other.csv", "3\n")
    desk.record("""
        import clew, json
        names = [line.strip() for line in open("list.txt")]
        first = [open(name).read() for name in names]
        clew.save(first, "first")
        with open("config.json") as file:
            config = json.load(file)
        import pathlib
        second = pathlib.Path(config["table"]).read_text()
        clew.save(second, "second")
        with open("other.csv") as file:
            third = file.read().strip()
        clew.save(third, "third")
    """)
    for name, needed in (("first", {"list.txt", "a.txt"}), ("second", {"config.json", "b.txt"}), ("third", {"other.csv"})):
        assert "checked: equal" in export(desk, name, "--check").out
        assert needed <= {path.name for path in (desk.folder / name).iterdir()}
    assert {path.name for path in (desk.folder / "third").iterdir()} == {"README.md", "other.csv", "requirements.txt", "third.py"}


@pytest.mark.parametrize(
    "code, unnamed",
    [
        ("x = open('a.csv').read()", False),
        ("path = 'a.csv'\nx = pd.read_csv(path)", False),
        ("x = np.load(f'{month}.npy')", False),
        ("with open('a.json') as f:\n    x = json.load(f)", False),
        ("x = Path('a.txt').read_text()", False),
        ("x = f.read() + f.readline()", False),
        ("def load(path):\n    return pd.read_csv(path)", True),
        ("x = options.table.read_text()", True),
        ("x = open(sys.argv[1])", True),
        ("x = sqlite3.connect(name)", True),
    ],
)
def test_code_that_does_not_say_what_it_reads_is_known(desk: Desk, code: str, unnamed: bool) -> None:
    said = desk.say(f"from clew._export import reads_unnamed\nprint(reads_unnamed({code!r}))")
    assert said == f"{unnamed}\n"


def test_what_lies_elsewhere_is_named(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "far.txt"
    elsewhere.write_text("1\n")
    desk.record(f"import clew\nx = open({str(elsewhere)!r}).read()\nclew.save(x, 'x')\n")
    assert f"missing: {elsewhere} has to be there" in export(desk, "x").out


def test_a_check_changes_nothing_beside_its_folder(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    far = tmp_path_factory.mktemp("elsewhere") / "far.txt"
    desk.record(f"""
        import clew
        open({str(far)!r}, "w").write("1")
        x = open({str(far)!r}).read()
        clew.save(x, "x")
    """)
    far.unlink()
    # What lies where temporary files do may be changed.
    own = tmp_path_factory.mktemp("temporary")
    outcome = desk.clew("export", "x", "--check", TMPDIR=str(own))
    assert outcome.code == 1 and "checked: failed" in outcome.out
    assert not far.exists()


def test_a_folder_with_something_in_it_is_left_alone(flat: Desk) -> None:
    flat.write("out/mine.txt", "")
    outcome = export(flat, "typical price", "-o", "out")
    assert outcome.code == 2 and "is not empty; --replace" in outcome.err
    assert [path.name for path in (flat.folder / "out").iterdir()] == ["mine.txt"]
    assert export(flat, "typical price", "-o", "out", "--replace").code == 0
    assert export(flat, "typical price", "-o", "sales.csv").code == 2
    assert export(flat, "typicl price").code == 1
    assert export(flat, "typical price", "--as", "poem").code == 2


def test_export_as_json_has_the_shape_that_is_documented(flat: Desk) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from test_keeping import SCHEMA

    document = json.loads(run([*CLEW, "export", "prices", "--check", "--json"], flat.folder).out)
    jsonschema.validate(document, {"$ref": "#/$defs/export", "$defs": SCHEMA["$defs"]})
    assert document["check"] == "equal" and document["version"] is None


def test_a_refused_slice_is_not_exported_unasked(desk: Desk) -> None:
    desk.record("import clew, time\nx = time.time_ns()\nclew.save(x, 'x')\n")
    assert desk.clew("verify", "x").code == 1
    outcome = export(desk, "x")
    assert outcome.code == 1 and "is refused" in outcome.err and not (desk.folder / "x").exists()
    assert export(desk, "x", "--force").code == 0


FUNCTIONS = """
import csv
import clew
from helpers import mean

path = "sales.csv"
digits = 2
with open(path) as file:
    prices = [float(row["price"]) for row in csv.DictReader(file)]
print(len(prices))
typical = round(mean(prices), digits)
clew.save(typical, "typical price")
clew.save(max(prices), "highest")
"""


@pytest.fixture
def priced(flat: Desk) -> Desk:
    flat.record(FUNCTIONS)
    return flat


def test_artifacts_become_a_module(priced: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    words = ["typical price", "highest", "--as", "module", "--parameters", "path,digits", "-o", "out", "--check"]
    outcome = export(priced, *words)
    assert (outcome.code, outcome.err) == (0, ""), outcome.out
    assert outcome.out.splitlines() == [
        f"{priced.folder}/out: `run_all_sessions` is a function of typical_price_and_highest.py",
        *(f"  {file}" for file in ("README.md", "deeper.py", "helpers.py", "requirements.txt", "sales.csv")),
        "  typical_price_and_highest.py",
        "checked: equal",
    ]
    place = alone(priced, "out", tmp_path_factory)
    ran = run([*PYTHON, "typical_price_and_highest.py"], place)
    assert ran.out == "{'typical price': 0.65, 'highest': 0.8}\n", ran.err
    (place / "other.csv").write_text("price\n1\n2.125\n")
    call = "import typical_price_and_highest as made; print(made.run_all_sessions(path='other.csv', digits=1))"
    assert run([*PYTHON, "-c", call], place).out == "{'typical price': 1.6, 'highest': 2.125}\n"


def test_a_script_takes_its_parameters_as_options(priced: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    outcome = export(priced, "typical price", "--parameters", "path,digits", "-o", "out", "--check")
    assert "checked: equal" in outcome.out, outcome.out + outcome.err
    place = alone(priced, "out", tmp_path_factory)
    assert run([*PYTHON, "typical_price.py"], place).out == "{'typical price': 0.65}\n"
    assert run([*PYTHON, "typical_price.py", "--digits", "1"], place).out == "{'typical price': 0.7}\n"
    assert "default: sales.csv" in run([*PYTHON, "typical_price.py", "--help"], place).out


def test_a_function_does_nothing_by_itself(priced: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    outcome = export(priced, "highest", "--as", "function", "-o", "out")
    assert outcome.code == 0, outcome.err
    place = alone(priced, "out", tmp_path_factory)
    assert run([*PYTHON, "highest.py"], place).out == ""
    (command,) = [line for line in (place / "README.md").read_text().splitlines() if "python -c" in line]
    called = run(["bash", "-c", command.split("&& ")[1].replace("python", PYTHON[0], 1)], place)
    assert called.out == "{'highest': 0.8}\n", called.err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["highest", "--parameters", "speed"], "`speed` cannot be a parameter: the code does not assign it; there are: "),
        (["highest", "typical price", "--as", "notebook"], "several are written as functions: --as function, module or script, not notebook"),
        (["highest", "--as", "pep723", "--parameters", "path"], "--parameters goes with --as function, module or script"),
        (["prices", "--as", "function"], "`prices` is a variable; functions are made of artifacts, which clew.save keeps"),
        (["highest", "--as", "module", "--force"], "--force does not go with functions"),
    ],
)
def test_functions_that_cannot_be_are_refused(priced: Desk, words: list[str], reason: str) -> None:
    outcome = export(priced, *words)
    assert outcome.code == 2 and reason in outcome.err, outcome.err
