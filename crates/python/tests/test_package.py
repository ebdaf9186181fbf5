"""Package: the names of `import clew`, and what an artifact answers."""

from __future__ import annotations

import json
import re

import pytest
from conftest import Desk

MODEL = """
import clew
data = [3, 1, 2]
unneeded = len("abc")
ordered = sorted(data)
clew.save(ordered, "ordered")
clew.save(sum(ordered) / 3, "mean of all")
"""


@pytest.fixture
def kept(desk: Desk) -> Desk:
    desk.record(MODEL)
    return desk


def test_every_name_that_is_offered_is_there_and_documented(desk: Desk) -> None:
    said = desk.say("""
        import clew
        for name in sorted(clew.__all__):
            print(name, bool(getattr(clew, name).__doc__))
    """)
    names = dict(line.split() for line in said.splitlines())
    wanted = {"save", "get", "delete", "artifact_store", "visualize", "reload", "options", "file_system", "db"}
    assert wanted <= set(names)
    assert set(names.values()) == {"True"}


def test_importing_brings_in_no_library_and_makes_no_store(desk: Desk) -> None:
    said = desk.say("""
        import sys
        before = set(sys.modules)
        import clew
        new = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(new & {"numpy", "pandas", "IPython", "cloudpickle", "json", "ast", "html", "datetime", "typing", "re", "enum"})
    """)
    assert said == "set()\n"
    assert not (desk.folder / ".clew").exists()


def test_the_store_is_a_list_and_a_table(kept: Desk) -> None:
    kept.record(MODEL)
    said = kept.say("""
        import clew
        store = clew.artifact_store()
        print([(each.name, each.version) for each in store], store.len, len(store.export))
        print(store)
        print(store._repr_html_().count("<tr>"))
    """)
    first, *table, rows = said.splitlines()
    expected = [("mean of all", 0), ("mean of all", 1), ("ordered", 0), ("ordered", 1)]
    assert first == f"{expected} 4 4"
    assert table[0].split() == ["name", "version", "saved", "(UTC)", "type"]
    assert table[1].startswith("mean of all  0        20")
    assert rows == "5"


def test_an_empty_store_is_an_empty_list_and_is_not_made(desk: Desk) -> None:
    assert desk.say("import clew\nprint(clew.artifact_store(), len(clew.artifact_store()))") == "no artifacts 0\n"
    assert not (desk.folder / ".clew").exists()


def test_what_is_deleted_is_gone_and_its_number_is_not_given_again(kept: Desk) -> None:
    kept.record(MODEL)
    said = kept.say("""
        import clew
        print(clew.delete("ordered", 0), clew.delete("ordered", "latest"))
        for name, version in (("ordered", 0), ("ordered", "all"), ("nothing", "latest"), ("mean of all", 7)):
            try:
                clew.delete(name, version)
            except KeyError as error:
                print(error.args[0])
        print(clew.get("mean of all", 1).get_value())
    """)
    assert said.splitlines() == [
        "[0] [1]",
        "no artifact `ordered`; there are: mean of all",
        "no artifact `ordered`; there are: mean of all",
        "no artifact `nothing`; there are: mean of all",
        "artifact `mean of all` has no version 7",
        "2.0",
    ]
    kept.record(MODEL)
    assert kept.say("import clew; print(clew.get('ordered').version)") == "2\n"


@pytest.mark.parametrize("version, error", [("2.5", "TypeError"), ("'newest'", "ValueError"), ("True", "TypeError"), ("-1", "KeyError")])
def test_a_version_that_is_none_deletes_nothing(kept: Desk, version: str, error: str) -> None:
    said = kept.say(f"""
        import clew
        try:
            clew.delete("ordered", {version})
        except Exception as error:
            print(type(error).__name__)
        print(len(clew.artifact_store()))
    """)
    assert said == f"{error}\n2\n"


def test_a_slice_that_is_run_again_deletes_nothing(desk: Desk) -> None:
    desk.record("import clew\nx = [1]\nclew.save(x, 'x')\n")
    desk.record("import clew\ngone = clew.delete('x', 'all') if clew.artifact_store() else []\nclew.save([1], 'x')\ny = [gone]\nclew.save(y, 'y')\n")
    desk.say("import clew\nclew.get('y').execute()")
    assert desk.say("import clew\nprint([(a.name, a.version) for a in clew.artifact_store()])") == (
        "[('x', 1), ('y', 0)]\n"
    )


def test_code_comes_clean_of_what_is_clews(kept: Desk) -> None:
    said = kept.say("""
        import clew
        mean = clew.get("mean of all")
        print(mean.get_code())
        print(mean.get_code(clean=True))
        space = {}
        exec(mean.get_code(clean=True), space)
        print(space["mean_of_all"])
    """)
    code = "data = [3, 1, 2]\nordered = sorted(data)\n"
    assert said == (
        f'import clew\n{code}clew.save(sum(ordered) / 3, "mean of all")\n\n'
        f"{code}mean_of_all = sum(ordered) / 3\n\n2.0\n"
    )


@pytest.mark.parametrize(
    "code, name, expected",
    [
        ("import clew\nx = 1\nclew.save(x, 'a')\n", "a", "x = 1\n"),
        ("import clew\nx = 1; clew.save(x, 'a')\n", "a", "x = 1; pass\n"),
        ("import clew\nfor x in (1, 2):\n    clew.save(x, 'a')\n", "a", "for x in (1, 2):\n    pass\n"),
        ("import clew\nclew.save(f(1), 'other')\n", "a", "f(1)\n"),
        ("import clew\nx = clew.get('b')\n", "a", "import clew\nx = clew.get('b')\n"),
        ("import clew\nclew.save('ü' + 'é', 'größe 1')\n", "größe 1", "größe_1 = 'ü' + 'é'\n"),
        ("import clew\nclew.save(2 * 2, '4')\n", "4", "value_4 = 2 * 2\n"),
    ],
)
def test_clean_code_does_what_the_slice_did(desk: Desk, code: str, name: str, expected: str) -> None:
    said = desk.say(f"""
        from clew._clean import without_saves
        print(without_saves({code!r}, {name!r}), end="")
    """)
    assert said == expected


def test_the_rest_of_the_program_stands_beside_as_comments(kept: Desk) -> None:
    said = kept.say("""
        import clew
        ordered = clew.get("ordered")
        print(ordered.get_code(include_non_slice_as_comment=True), end="")
        print(ordered.get_session_code() == open("script.py").read())
    """)
    assert said == (
        '# import clew\ndata = [3, 1, 2]\n# unneeded = len("abc")\nordered = sorted(data)\n'
        '# clew.save(ordered, "ordered")\n# clew.save(sum(ordered) / 3, "mean of all")\nTrue\n'
    )


def test_metadata_tells_where_an_artifact_comes_from(kept: Desk) -> None:
    said = kept.say("""
        import clew, json
        known = clew.get("ordered").get_metadata()
        print(json.dumps(known, default=str))
    """)
    known = json.loads(said)
    assert (known["name"], known["version"], known["type"]) == ("ordered", 0, "builtins.list")
    assert (known["script"], known["arguments"], known["variable"]) == ("script.py", ["script.py"], "ordered")
    assert known["folder"] == str(kept.folder)
    assert known["storage_path"] == str(kept.folder / ".clew")
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:.*\+00:00", known["date_created"])
    assert re.fullmatch(r"n\d+", known["node_id"]) and len(known["session_id"]) == 36


def test_a_verdict_is_true_where_the_values_are_equal(desk: Desk) -> None:
    desk.record("import clew, time\nx = [1]\nclew.save(x, 'x')\ny = time.time_ns()\nclew.save(y, 'y')\n")
    said = desk.say("""
        import clew
        for name in ("x", "y"):
            verdict = clew.get(name).verify()
            print(bool(verdict), verdict.verdict, verdict)
    """)
    first, second = said.splitlines()
    assert first == "True equal equal (1 of 5 statements)"
    assert second.startswith("False different different (2 of 5 statements): ")


def test_why_says_what_each_statement_is_needed_for(kept: Desk) -> None:
    said = kept.say("""
        import clew
        why = clew.get("ordered").why()
        print(why)
        print([place for place, text, reasons in why])
    """)
    assert said == (
        "3: data = [3, 1, 2]\n    gives `data`, for 5\n5: ordered = sorted(data)\n    is what was asked for\n['3', '5']\n"
    ).replace("3: ", "2: ", 1).replace("5: ", "4: ", 1).replace("for 5", "for 4").replace("['3', '5']", "['2', '4']")


def test_versions_are_compared_the_likeliest_cause_first(desk: Desk) -> None:
    desk.write("in.txt", "1 2 3\n")
    script = "import clew\nnumbers = [int(n) for n in open('in.txt').read().split()]\ntotal = sum(numbers)\nclew.save(total, 'total')\n"
    desk.record(script)
    desk.write("in.txt", "1 2 3 4\n")
    desk.record(script)
    desk.record(script.replace("sum(", "max("))
    desk.record(script.replace("sum(", "max("))
    said = desk.say("""
        import clew
        for version in (1, 2, 3):
            difference = clew.get("total", version).diff()
            print(bool(difference), [aspect["what"] for aspect in difference["aspects"]])
            print(difference)
        print(repr(clew.get("total", 2).diff(0)).splitlines()[0])
        try:
            clew.get("total", 0).diff()
        except ValueError as error:
            print(error)
    """)
    assert said == (
        "True ['data']\n"
        "total@0 and total@1 differ; the likeliest cause: the data that was read\n\n"
        "data:\n  in.txt: 6 bytes became 8 bytes\n\nvalue: 6 became 10\n"
        "True ['code']\n"
        "total@1 and total@2 differ; the likeliest cause: the code\n\n"
        "code:\n numbers = [int(n) for n in open('in.txt').read().split()]\n-total = sum(numbers)\n+total = max(numbers)\n\nvalue: 10 became 4\n"
        "False []\n"
        "total@2 and total@3 are equal, and so is what made them\n"
        "total@0 and total@2 differ; the likeliest cause: the code\n"
        "`total` has no version before 0 to compare with\n"
    )


def test_a_picture_is_shown_in_a_notebook_and_written_to_a_file(kept: Desk) -> None:
    said = kept.say("""
        import clew
        picture = clew.get("ordered").visualize("a.svg")
        print(picture, picture._repr_svg_() == open("a.svg").read())
        clew.visualize("ordered").write("a.html")
        print(clew.visualize())
        try:
            picture.write("a.pdf")
        except ValueError as error:
            print(error)
    """)
    assert said == (
        "Picture of ordered@0 True\nPicture of mean of all@0\n"
        "a picture is written to a file that ends in .svg or .html, not `a.pdf`\n"
    )
    page = (kept.folder / "a.html").read_text()
    assert "sorted(data)" in page and "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_a_notebook_shows_an_artifact_with_its_code(desk: Desk) -> None:
    desk.record("import clew\nx = '<b>'\nclew.save(x, 'a & b')\n")
    said = desk.say("""
        import clew
        artifact = clew.get("a & b")
        print(artifact._repr_html_())
        print(artifact._repr_markdown_())
        alone = clew.save(1, "alone")
        print("no code is known" in alone._repr_html_(), "no code is known" in alone._repr_markdown_())
    """, without_lineage=True)
    assert "<b>a &amp; b</b>" in said and "x = &#x27;&lt;b&gt;&#x27;" in said
    assert "```python\nx = '<b>'\n```" in said
    assert said.endswith("True True\n")


def test_an_option_says_where_the_store_is(desk: Desk) -> None:
    said = desk.say("""
        import clew, os
        print(clew.options.store == os.path.join(os.getcwd(), ".clew"))
        clew.options.set("store", "elsewhere")
        clew.save(1, "a")
        print(clew.options.get("store") == os.path.join(os.getcwd(), "elsewhere"), sorted(os.listdir()))
        clew.options.reset()
        print(len(clew.artifact_store()))
        clew.options.logging_level = "INFO"
        print(clew.options.do_not_track)
        for name in ("database_url", "colour"):
            try:
                clew.options.set(name, "x")
            except AttributeError as error:
                print(error)
    """, without_lineage=True)
    assert said.splitlines() == [
        "True",
        "True ['elsewhere']",
        "0",
        "True",
        "clew has no option `database_url`: clew keeps all in one folder; set `store`",
        "clew has no option `colour`: there is `store`",
    ]


def test_a_recorded_program_has_its_store_from_where_it_was_started(desk: Desk) -> None:
    out = desk.record("""
        import clew
        try:
            clew.options.store = "elsewhere"
        except RuntimeError as error:
            print(error)
    """).out
    assert "clew run --store" in out


def test_reload_says_what_is_wrong_with_kept_annotations(desk: Desk) -> None:
    desk.write("good.yaml", "- module: m\n  annotations: []\n")
    desk.say("import clew\nclew.reload()")
    folder = desk.folder / ".clew" / "annotations"
    folder.mkdir(parents=True)
    (folder / "bad.yaml").write_text("- module: [\n")
    said = desk.say("""
        import clew
        try:
            clew.reload()
        except ValueError as error:
            print("bad.yaml" in str(error))
    """)
    assert said == "True\n"


def test_an_artifact_answers_while_its_program_runs(desk: Desk) -> None:
    out = desk.record("""
        import clew
        a = [1]
        b = 2
        saved = clew.save(a, "a")
        print(len(saved.why()), saved.get_session_code().count("\\n"), saved.get_metadata()["variable"])
        print("[1]" in saved.visualize().svg())
        try:
            saved.verify()
        except RuntimeError as error:
            print(error)
    """).out
    first, *rest = out.splitlines()
    assert first.startswith("1 ") and first.endswith(" a")
    assert rest == ["True", "`a` can be verified when the program that saved it has ended"]


MODULES = ["clew", "clew._artifact", "clew._options"]


@pytest.mark.parametrize("module", MODULES)
def test_what_documentation_shows_is_so(desk: Desk, module: str) -> None:
    outcome = desk.python("-c", f"""
import clew, doctest, importlib
failed, tried = doctest.testmod(importlib.import_module({module!r}), extraglobs={{"clew": clew}})
print(failed, tried > 0 or {module!r} == "clew")
""")
    assert outcome.out == "0 True\n", outcome.out
