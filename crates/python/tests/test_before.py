"""Before: what a program changed before a block or a call is recorded, and what a slice then says of it."""

from __future__ import annotations

import pytest
from conftest import Desk

SETTINGS = """
    OPTIONS = {"rate": 2}
    LIST = [1]
    RATE = 2
    LIMIT = 3

    def options():
        return OPTIONS

    def change():
        OPTIONS["rate"] = 9

    def rate():
        return RATE

    class Kind:
        rate = 2

    def made(rate):
        return {"rate": rate}
    """
HELPERS = """
    import contextlib
    import decimal
    import settings

    def setup():
        settings.RATE = 3

    def setup_by_another():
        settings.change()

    def double(x):
        return 2 * x

    class Setup:
        def __init__(self):
            settings.RATE = 3

    @contextlib.contextmanager
    def rounded():
        with decimal.localcontext() as context:
            context.prec = 3
            yield
    """
# Each with what it gives to a block's only variable, and what a slice of that is refused for.
CHANGED_BEFORE = {
    "an item": ("from settings import OPTIONS\nOPTIONS['rate'] = 5", "OPTIONS['rate']", "OPTIONS"),
    "an item in place": ("from settings import OPTIONS\nOPTIONS['rate'] += 5", "OPTIONS['rate']", "OPTIONS"),
    "an item as a target": ("from settings import OPTIONS\nfor OPTIONS['rate'] in range(5): pass", "OPTIONS['rate']", "OPTIONS"),
    "a deleted item": ("from settings import OPTIONS\ndel OPTIONS['rate']", "len(OPTIONS)", "OPTIONS"),
    "an attribute": ("import settings\nsettings.RATE = 7", "settings.RATE", "settings"),
    "an attribute of a class": ("from settings import Kind\nKind.rate = 7", "Kind().rate", "Kind"),
    "what a function reads": ("import settings\nfrom settings import rate\nsettings.RATE = 7", "rate()", "settings"),
    "a method": ("from settings import LIST\nLIST.append(7)", "LIST", "LIST"),
    "a method in a comprehension": ("from settings import LIST\n[LIST.append(n) for n in range(2)]", "LIST", "LIST"),
    "a function of a library": ("from settings import LIST\nimport heapq\nheapq.heappush(LIST, 0)", "LIST", "LIST"),
    "another name": ("import settings\nown = settings.OPTIONS\nown['rate'] = 7", "settings.OPTIONS['rate']", "settings"),
    "another name in place": ("import settings\nown = settings.LIST\nown += [7]", "settings.LIST", "settings"),
    "by both ways": ("import settings\nfrom settings import OPTIONS\nsettings.OPTIONS['rate'] = 7", "OPTIONS['rate']", "OPTIONS"),
    "a container": ("import settings\nall = {'o': settings.OPTIONS}\nall['o']['rate'] = 7", "settings.OPTIONS['rate']", "settings"),
    "getattr": ("import settings\ngetattr(settings, 'OPTIONS')['rate'] = 7", "settings.OPTIONS['rate']", "settings"),
    "setattr": ("import settings\nsetattr(settings, 'RATE', 7)", "settings.RATE", "settings"),
    "a result": ("from settings import options\noptions()['rate'] = 7", "options()['rate']", "options"),
    "a default": ("from settings import OPTIONS\ndef f(o=OPTIONS):\n    o['rate'] = 7\nf()", "OPTIONS['rate']", "OPTIONS"),
    "an argument": ("from settings import OPTIONS\ndef f(o):\n    o['rate'] = 7\nf(OPTIONS)", "OPTIONS['rate']", "OPTIONS"),
    "a function of its own": ("import settings\ndef f():\n    settings.RATE = 7\nf()", "settings.RATE", "settings"),
    "a lambda": ("import settings\n(lambda: setattr(settings, 'RATE', 7))()", "settings.RATE", "settings"),
    "a thread": (
        "import settings, threading\ndef f():\n    settings.RATE = 7\nt = threading.Thread(target=f)\nt.start()\nt.join()",
        "settings.RATE",
        "settings",
    ),
    "a class's body": ("import settings\nclass A:\n    settings.RATE = 7", "settings.RATE", "settings"),
    "exec": ("import settings\nexec('settings.RATE = 7')", "settings.RATE", "settings"),
    "a function of another module": ("import settings\nfrom helpers import setup\nsetup()", "settings.RATE", "module:settings"),
    "a class of another module": ("import settings, helpers\nmade = helpers.Setup()", "settings.RATE", "module:settings"),
    "two modules on": (
        "import settings, helpers\nkept = helpers.setup_by_another()",
        "settings.options()['rate']",
        "module:settings",
    ),
    "a module's import": ("import settings\nimport changer", "settings.RATE", "module:settings"),
    "a library's setting": ("import decimal\ndecimal.getcontext().prec = 4", "decimal.Decimal(1) / 3", "decimal"),
    "another's way to it": (
        "import decimal\nfrom decimal import Decimal\ndecimal.getcontext().prec = 4",
        "Decimal(1) / 3",
        "module:decimal",
    ),
    "a function's setting": ("import pandas as pd\npd.set_option('display.precision', 3)", "str(pd.Series([1.23456]))", "pandas"),
    "a kept setting": ("import numpy as np\nold = np.seterr(all='ignore')", "np.geterr()['over']", "module:numpy errors"),
    "a manager around it": ("import numpy as np\nwith np.errstate(all='ignore'):\n    BLOCK", "np.geterr()['over']", "module:numpy"),
    "a manager with a name": (
        "import decimal\nwith decimal.localcontext() as context:\n    context.prec = 3\n    BLOCK",
        "decimal.Decimal(1) / 3",
        "decimal",
    ),
    "a manager of its own": ("import decimal, helpers\nwith helpers.rounded():\n    BLOCK", "decimal.Decimal(1) / 3", "decimal"),
    "a new attribute": ("import json\njson.FLAG = 3", "json.FLAG", "json"),
    "another function": ("import json\njson.dumps = lambda x: 'x'", "json.dumps([1])", "json"),
    "an attribute of a function": ("def f(): return 1\nf.x = 3", "f() + f.x", "f"),
}


def with_block(desk: Desk, before: str, expression: str) -> None:
    """Runs a program whose last statement is a block that saves what an expression gives."""
    desk.write("settings.py", SETTINGS)
    desk.write("helpers.py", HELPERS)
    desk.write("changer.py", "import settings\nsettings.RATE = 11\n")
    block = f"with clew.session():\n    y = {expression}\n    clew.save(y, 'y')"
    start, _, rest = before.partition("BLOCK")
    start = start if start != before else start + "\n"
    indent = start[start.rindex("\n") + 1 :]
    desk.write("app.py", "import clew\n" + start + block.replace("\n", "\n" + indent) + rest + "\n")
    outcome = desk.python("app.py")
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize(("before", "expression", "needed"), CHANGED_BEFORE.values(), ids=CHANGED_BEFORE)
def test_what_was_changed_before_a_block_is_not_taken_as_imported(desk: Desk, before: str, expression: str, needed: str) -> None:
    with_block(desk, before, expression)
    refused = desk.clew("slice", "y")
    assert refused.code != 0
    assert needed in refused.err.partition("no recorded statement made: ")[2]


UNCHANGED_BEFORE = {
    "others' objects": ("import collections\nc = collections.Counter('ab')\nc.update('a')", "collections.Counter('b')"),
    "what a function made": ("from settings import made, LIMIT\nown = made(2)\nown['rate'] = 5", "made(LIMIT)"),
    "an instance": ("from settings import Kind\nkind = Kind()\nkind.rate = 5", "Kind().rate"),
    "frames": ("import pandas as pd\nframe = pd.DataFrame({'a': [1]})\nframe['b'] = 2", "pd.Series([2]).sum()"),
    "what only reads": ("from settings import OPTIONS\nprint(OPTIONS.get('rate'), len(OPTIONS))", "OPTIONS['rate']"),
    "another library's setting": ("import json, logging, os\nlogging.basicConfig()\nos.makedirs('out')", "json.dumps([1])"),
    "a parser": ("import argparse, json\nparser = argparse.ArgumentParser()\nparser.add_argument('--x')", "json.dumps([1])"),
    "a number of a changed module": ("from settings import LIMIT\nimport settings\nsettings.RATE = 7", "LIMIT + 1"),
    "a function that is not called": ("import settings\ndef f():\n    settings.RATE = 7", "settings.RATE"),
    "a manager that has ended": ("import decimal, json\nwith decimal.localcontext():\n    pass", "json.dumps([1])"),
    "tuples": ("PAIR = (1, (2.5, 'é'))\nLIMIT: int = 3", "PAIR[1][0] + LIMIT"),
}


@pytest.mark.parametrize(("before", "expression"), UNCHANGED_BEFORE.values(), ids=UNCHANGED_BEFORE)
def test_what_was_not_changed_before_a_block_is_taken_along(desk: Desk, before: str, expression: str) -> None:
    with_block(desk, before, expression)
    assert desk.slice("y")
    assert "y: equal" in desk.clew("verify", "y").out


def test_what_earlier_calls_changed_is_not_taken_as_imported(desk: Desk) -> None:
    desk.write("settings.py", SETTINGS)
    desk.write(
        "app.py",
        """
        import clew
        import settings

        @clew.traced
        def f(x):
            y = x + settings.RATE
            settings.RATE = 5
            return y

        print(f(1), f(1))
        """,
    )
    assert desk.python("app.py").out == "3 6\n"
    refused = desk.clew("slice", "f@1")
    assert refused.code != 0
    assert "settings" in refused.err.partition("no recorded statement made: ")[2]


def test_what_the_main_module_changed_before_a_call_is_not_taken_as_imported(desk: Desk) -> None:
    desk.write("settings.py", SETTINGS)
    desk.write(
        "jobs.py",
        """
        import clew
        import settings
        from settings import LIMIT

        @clew.traced
        def rated(x):
            y = x * settings.rate()
            return y

        @clew.traced
        def limited(x):
            y = min(x, LIMIT)
            return y
        """,
    )
    desk.write("app.py", "import jobs, settings\nsettings.RATE = 7\nprint(jobs.rated(2), jobs.limited(9))\n")
    assert desk.python("app.py").out == "14 3\n"
    refused = desk.clew("slice", "rated")
    assert refused.code != 0
    assert "module:settings" in refused.err.partition("no recorded statement made: ")[2]
    assert "limited: equal" in desk.clew("verify", "limited").out


def test_no_code_of_the_program_runs_to_see_what_was_changed(desk: Desk) -> None:
    with_block(
        desk,
        """class Loud:
    def __hash__(self):
        print("hash")
        return 1
    def __eq__(self, other):
        print("eq")
        return True
    def __getattr__(self, name):
        print("getattr", name)
        return self
    def __call__(self, *given):
        return None
loud = Loud()
kept = [loud, (loud, 1)]
str(loud), loud(kept, loud)
""",
        "1 + 1",
    )
    outcome = desk.python("app.py")
    assert (outcome.out, outcome.err) == ("", "")


def test_a_state_that_nobody_knows_is_refused(desk: Desk) -> None:
    said = desk.say("""
        from clew import _clew
        try:
            _clew.give_state("weather")
        except ValueError as error:
            print(error)
        _clew.give_state("module:numpy", "errors")
    """)
    assert said == "`weather` is no external state\n"
