"""Trust: values are loaded and code is run as far as this user's clew is known to have written them."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from conftest import Desk

SAVES = """
import collections, datetime, decimal
import numpy, pandas
import clew

class Mine:
    def __eq__(self, other):
        return type(other).__name__ == "Mine"

shared = [1]
data = {
    "plain": {"a": [1, 2.5, "x", b"y", None, (True, {3}, frozenset({4}))], "self": shared, "same": shared},
    "dates": [datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone.utc)],
    "containers": (collections.OrderedDict(a=1), collections.deque([1], 5), collections.defaultdict(list)),
    "array": numpy.arange(12.0).reshape(3, 4),
    "arrays": {"f": numpy.asfortranarray(numpy.ones((2, 3), "f4")), "b": numpy.array(["a", "bc"])},
    "number": numpy.float32(1.5),
}
for name, value in data.items():
    clew.save(value, name)
clew.save(pandas.DataFrame({"a": [1, 2], "b": [0.5, None]}), "frame")
clew.save(Mine(), "mine")
clew.save(numpy.array([Mine()]), "objects")
clew.save(lambda: 1, "function")
"""

DATA = ["plain", "dates", "containers", "array", "arrays", "number"]
CODE = ["mine", "objects", "function"]


def same(name: str) -> str:
    """A text that loads a value and says what it is."""
    return f"import clew\nprint(repr(clew.get({name!r}).get_value()))\n"


@pytest.fixture
def saved(desk: Desk) -> Desk:
    pytest.importorskip("pandas")
    outcome = desk.clew("run", str(desk.write("script.py", SAVES)))
    assert (outcome.code, outcome.err) == (0, "")
    return desk


def elsewhere(desk: Desk) -> dict[str, str]:
    """The environment of a user with another key."""
    other = desk.folder / "other-configuration"
    other.mkdir(exist_ok=True)
    return {"XDG_CONFIG_HOME": str(other)}


def test_who_wrote_a_value_loads_it(saved: Desk) -> None:
    for name in [*DATA, *CODE, "frame"]:
        outcome = saved.python("-c", same(name))
        assert outcome.code == 0, (name, outcome.err)


def test_data_loads_whoever_wrote_it(saved: Desk) -> None:
    for name in DATA:
        own, other = saved.python("-c", same(name)), saved.python("-c", same(name), **elsewhere(saved))
        assert (other.out, other.code) == (own.out, 0), (name, other.err)


def test_frames_load_whoever_wrote_them_where_there_is_arrow(saved: Desk) -> None:
    pytest.importorskip("pyarrow")
    own, other = saved.python("-c", same("frame")), saved.python("-c", same("frame"), **elsewhere(saved))
    assert (other.out, other.code) == (own.out, 0), other.err


def test_what_is_loaded_is_what_was_saved(saved: Desk) -> None:
    out = saved.say(
        """
        import clew, numpy
        plain = clew.get("plain").get_value()
        print(plain["self"] is plain["same"])
        arrays = clew.get("arrays").get_value()
        print(arrays["f"].flags.f_contiguous, arrays["f"].dtype, arrays["f"].flags.writeable)
        print(type(clew.get("number").get_value()) is numpy.float32)
        print(clew.get("containers").get_value()[1].maxlen)
        """
    )
    assert out == "True\nTrue float32 True\nTrue\n5\n"


@pytest.mark.parametrize("name", CODE)
def test_code_of_others_is_not_loaded_unless_it_is_allowed(saved: Desk, name: str) -> None:
    refused = saved.python("-c", same(name), **elsewhere(saved))
    assert refused.code == 1
    assert f"RuntimeError: the value of `{name}` is not loaded: " in refused.err
    assert "allow_untrusted=True" in refused.err
    text = same(name).replace("get_value()", "get_value(allow_untrusted=True)")
    allowed = saved.python("-c", text, **elsewhere(saved))
    assert allowed.code == 0, allowed.err


def test_values_of_those_whose_keys_are_listed_are_loaded(saved: Desk) -> None:
    other = elsewhere(saved)
    own = saved.json("trust")["own"]
    refused = saved.python("-c", same("mine"), **other)
    assert f"`clew trust {own}`" in refused.err
    assert saved.clew("trust", own, "--name", "Ada of the lab", **other).code == 0
    assert saved.clew("trust", **other).out.splitlines()[2] == f"Ada of the lab  {own}"
    for name in CODE:
        assert saved.python("-c", same(name), **other).code == 0, name
    assert saved.clew("trust", "--remove", own, **other).code == 0
    assert saved.clew("trust", "--remove", own, **other).code == 1
    assert saved.python("-c", same("mine"), **other).code == 1


def test_a_list_of_keys_that_others_may_write_is_not_relied_on(saved: Desk) -> None:
    other = elsewhere(saved)
    assert saved.clew("trust", saved.json("trust")["own"], **other).code == 0
    listed = Path(other["XDG_CONFIG_HOME"]) / "clew" / "trusted"
    assert listed.stat().st_mode & 0o777 == 0o600
    listed.chmod(0o666)
    assert saved.python("-c", same("mine"), **other).code == 1
    shown = saved.clew("trust", **other)
    assert shown.code == 1 and "others may write to `" in shown.err


@pytest.mark.parametrize("key", ["ada", "00" * 32])
def test_what_is_no_key_is_not_listed(desk: Desk, key: str) -> None:
    refused = desk.clew("trust", key)
    assert refused.code == 2 and "`clew trust` prints a user's key" in refused.err


EVIL = (
    b"\x80\x05\x8c\x02os\x8c\x06system\x93\x8c\x0ctouch hacked1\x85R.",
    b"cos\nsystem\n(S'touch hacked2'\ntR.",
    b"\x80\x05\x8c\x08builtins\x8c\x04eval\x93\x8c\x1b__import__('os')._exit(9)   \x85R.",
)


@pytest.mark.parametrize("pickled", EVIL)
def test_a_planted_pickle_does_not_run(desk: Desk, pickled: bytes) -> None:
    desk.record("import clew\nx = [1]\nclew.save(x, 'x')\n", "--fingerprints")
    plant(desk.folder / ".clew", pickled)
    outcome = desk.python("-c", same("x"))
    assert outcome.code == 1
    assert "the value of `x` is not loaded" in outcome.err
    # What is replayed is compared with the kept value where the two differ.
    desk.write("script.py", "import clew\nx = [2]\nclew.save(x, 'x')\n")
    desk.clew("verify", "x")
    assert not list(desk.folder.glob("**/hacked*"))


def plant(store: Path, pickled: bytes) -> None:
    """Puts other bytes in the place of an artifact's, as who can write to a store may."""
    values = sqlite3.connect(store / "values.db")
    (key,) = values.execute("SELECT key FROM value").fetchone()
    digest = blake3(pickled)
    values.execute("UPDATE value SET address = ?, size = ? WHERE key = ?", (digest, len(pickled), key))
    values.execute("UPDATE chunk SET data = ?, compressed = 0 WHERE value = ?", (pickled, key))
    values.commit()
    values.close()
    catalog = sqlite3.connect(store / "catalog.db")
    catalog.execute("UPDATE artifact SET value = ?", (digest.hex(),))
    catalog.commit()
    catalog.close()


def blake3(content: bytes) -> bytes:
    """The address of some bytes, of which there are 64 at most: BLAKE3 of a single block."""
    assert len(content) <= 64
    initial = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
    first_last_and_root = 1 | 2 | 8
    state = [*initial, *initial[:4], 0, 0, len(content), first_last_and_root]
    words = [int.from_bytes(content.ljust(64, b"\0")[at : at + 4], "little") for at in range(0, 64, 4)]

    def turned(word: int, count: int) -> int:
        return (word >> count | word << (32 - count)) & 0xFFFFFFFF

    def mix(a: int, b: int, c: int, d: int, one: int, other: int) -> None:
        for word, by, then in ((one, 16, 12), (other, 8, 7)):
            state[a] = (state[a] + state[b] + word) & 0xFFFFFFFF
            state[d] = turned(state[d] ^ state[a], by)
            state[c] = (state[c] + state[d]) & 0xFFFFFFFF
            state[b] = turned(state[b] ^ state[c], then)

    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for _ in range(7):
        for at, places in enumerate(columns + diagonals):
            mix(*places, words[2 * at], words[2 * at + 1])
        words = [words[at] for at in (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)]
    return b"".join((state[at] ^ state[at + 8]).to_bytes(4, "little") for at in range(8))


def test_values_of_an_earlier_clew_are_read(desk: Desk) -> None:
    shutil.copytree(Path(__file__).parent / "stores" / "0.1-without-seals", desk.folder / ".clew")
    assert [row["name"] for row in desk.json("artifacts")] == ["mine", "model"]
    assert desk.python("-c", same("model")).out == "[1, 2]\n"
    assert "model.append(2)" in desk.slice("model")
    refused = desk.python("-c", same("mine"))
    assert refused.code == 1 and "allow_untrusted=True" in refused.err
    text = same("mine").replace("get_value()", "get_value(allow_untrusted=True)")
    assert desk.python("-c", text).code == 0


def test_a_key_is_its_users_only(desk: Desk) -> None:
    configuration = desk.folder / "configuration"
    text = "import clew\nclew.save({1: 2}, 'x')\n"
    desk.python("-c", text, XDG_CONFIG_HOME=str(configuration))
    key = configuration / "clew" / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text()
    desk.python("-c", text, XDG_CONFIG_HOME=str(configuration))
    assert key.read_text() == before


def test_without_a_key_values_are_kept_all_the_same(desk: Desk) -> None:
    nowhere = desk.write("file", "no folder")
    text = "import clew, fractions\nclew.save(fractions.Fraction(1, 2), 'x')\nclew.save([1], 'y')\n"
    outcome = desk.python("-c", text, XDG_CONFIG_HOME=str(nowhere))
    assert outcome.code == 0, outcome.err
    assert desk.python("-c", same("y")).out == "[1]\n"
    assert desk.python("-c", same("x")).code == 1


def test_code_that_others_could_have_changed_is_not_run_unless_it_is_allowed(desk: Desk) -> None:
    desk.record("import clew\nmodel = [1]\nmodel.append(2)\nclew.save(model, 'model')\n")
    assert desk.clew("verify", "model").code == 0
    executes = "import clew\nprint(clew.get('model').execute({}))\n"
    assert desk.say(executes.format("")) == "[1, 2]\n"
    (desk.folder / ".clew" / "catalog.db").chmod(0o660)
    for words in (["verify", "model"], ["verify", "--all"], ["slice", "model", "--prove"]):
        outcome = desk.clew(*words)
        assert outcome.code == 1 and outcome.out == ""
        assert "others may write to `" in outcome.err and "--allow-untrusted" in outcome.err
        assert desk.clew(*words, "--allow-untrusted").code == 0, words
    refused = desk.python("-c", executes.format(""))
    assert "others may write to `" in refused.err and refused.code == 1
    assert desk.say(executes.format("allow_untrusted=True")) == "[1, 2]\n"
    # What runs nothing asks nothing.
    assert desk.clew("slice", "model").code == 0

