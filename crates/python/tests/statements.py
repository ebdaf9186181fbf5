"""Statements: random statements of Python that run to their end, for what must hold of any.

`Statements(seed).program(count)` is a program of so many. Each was run when it was made, and those that raised were
dropped, so that what is left runs; values stay small.
"""

from __future__ import annotations

import random
from collections.abc import Callable

PRELUDE = """
import math
class Box:
    def __init__(self, value):
        self.value = value
        self.seen = []
    def add(self, *more):
        self.seen.extend(more)
        return self
    def __getitem__(self, at):
        return self.seen[at]
    def __setitem__(self, at, value):
        self.seen.append(value)
    def __iadd__(self, other):
        self.seen.append(other)
        return self
    def __eq__(self, other):
        return isinstance(other, Box) and (self.value, self.seen) == (other.value, other.seen)
    def __repr__(self):
        return "Box"
    def __hash__(self):
        return 1
counter = 0
def count(step=1, *more, **named):
    global counter
    counter += step + len(more) + len(named)
    return counter
def pair(first, second=2, *, third=3):
    return (first, second, third)
"""
KINDS = ("int", "float", "str", "list", "dict", "tuple", "set", "box", "bool")


class Statements:
    """Statements that follow one another, with the variables that they bind."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._names: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self._next = 0
        self._namespace: dict[str, object] = {"__name__": "__main__"}
        self._ran = [compile(PRELUDE, "<prelude>", "exec")]
        exec(self._ran[0], self._namespace)

    def program(self, count: int) -> str:
        """The prelude and so many statements."""
        made: list[str] = []
        while len(made) < count:
            text = self._statement()
            if self._runs(text):
                made.append(text)
        return PRELUDE + "\n".join(made) + "\n"

    def _runs(self, text: str) -> bool:
        try:
            code = compile(text, "<statement>", "exec")
            exec(code, self._namespace)
            assert all(_is_small(value) for name, value in self._namespace.items() if name != "__builtins__")
        except Exception:
            # What raised half-way may have changed values, which the program would not see changed.
            self._namespace = {"__name__": "__main__"}
            for code in self._ran:
                exec(code, self._namespace)
            return False
        self._ran.append(code)
        self._sort_names()
        return True

    def _sort_names(self) -> None:
        self._names = {kind: [] for kind in KINDS}
        for name, value in self._namespace.items():
            kind = type(value).__name__.lower()
            if kind in self._names and not name.startswith("__"):
                self._names[kind].append(name)

    def _fresh(self) -> str:
        known = [name for names in self._names.values() for name in names if name != "counter"]
        if known and self._random.random() < 0.3:
            return self._random.choice(known)
        self._next += 1
        return f"v{self._next}"

    def _any(self, depth: int = 2) -> str:
        return self._of(self._random.choice(KINDS), depth)

    def _of(self, kind: str, depth: int = 2) -> str:
        """An expression of a kind."""
        r = self._random
        known = self._names[kind]
        if known and r.random() < 0.5:
            return r.choice(known)
        if depth <= 0:
            return LEAVES[kind](r)
        e = lambda kind: self._of(kind, depth - 1)  # noqa: E731
        return r.choice(EXPRESSIONS[kind])(e, r) if r.random() < 0.8 else LEAVES[kind](r)

    def _statement(self) -> str:
        r = self._random
        x, y, z = self._fresh(), self._fresh(), self._fresh()
        a = self._any
        forms: list[Callable[[], str]] = [
            lambda: f"{x} = {a()}",
            lambda: f"{x} = {a(3)}",
            lambda: f"{x} = {y} = {a()}",
            lambda: f"{x}, {y} = {a()}, {a()}",
            lambda: f"{x}, *{y} = {self._of('list')}",
            lambda: f"({x}, ({y}, {z})) = {a()}, ({a()}, {a()})",
            lambda: f"{self._of('box', 0)}.value = {a()}",
            lambda: f"{self._of('list', 0)}[0] = {a()}",
            lambda: f"{self._of('dict', 0)}[{self._of('str')}] = {a()}",
            lambda: f"{self._of('list', 0)}[1:2] = {self._of('list')}",
            lambda: f"{self._of('box', 0)}.value, {x} = {a()}, {a()}",
            lambda: f"{self._of('int', 0)} {r.choice(['+=', '-=', '*=', '|=', '&=', '^='])} {self._of('int')}",
            lambda: f"{self._of('list', 0)} += {self._of('list')}",
            lambda: f"{self._of('box', 0)} += {a()}",
            lambda: f"{self._of('box', 0)}.seen += {self._of('list')}",
            lambda: f"{self._of('dict', 0)}['k'] = {self._of('int')}",
            lambda: f"del {self._of('list', 0)}[0]",
            lambda: f"del {self._of('dict', 0)}[{self._of('str')}]",
            lambda: f"del {self._of('box', 0)}.value",
            lambda: f"{x}: int = {self._of('int')}",
            lambda: f"{x} = ({y} := {a()})",
            lambda: f"{self._of('list', 0)}.append({a()})",
            lambda: f"{self._of('list', 0)}.extend({self._of('list')})",
            lambda: f"{self._of('dict', 0)}.update({self._of('dict')})",
            lambda: f"{self._of('box', 0)}.add({a()}, *{self._of('list')})",
            lambda: f"count({self._of('int', 1)}, *{self._of('list')}, **{self._of('dict')})",
            lambda: f"{x} = pair({a()}, second={a()}, third={a()})",
            lambda: f"{x} = pair(*{self._of('list')}, **{{'third': {a()}}})",
            lambda: f"assert {self._of('bool')}",
            lambda: f"import {r.choice(['math', 'os.path', 'json as j', 'collections, itertools', 'string'])}",
            lambda: f"from math import {r.choice(['pi', 'sqrt as root', 'e, tau', 'inf'])}",
            lambda: f"if {self._of('bool')}:\n    {x} = {a()}\nelse:\n    {x} = {a()}",
            lambda: f"for {x} in {self._of('list')}:\n    {y} = {x}",
            lambda: f"while {self._of('list', 0)}:\n    {self._of('list', 0)}.pop()\n    break",
            lambda: f"try:\n    {x} = {a()}[{self._of('int')}]\nexcept (TypeError, LookupError, AttributeError):\n    {x} = {a()}",
            lambda: f"match {a()}:\n    case int({x}):\n        pass\n    case [{x}, *_]:\n        pass\n    case _:\n        {x} = 0",
            lambda: f"def f{x}(a, b={a()}):\n    return [a, b]\n{y} = f{x}({a()})",
            lambda: f"{x} = (lambda a: [a, {self._of('int')}])({a()})",
            lambda: f"{x} = {a()}; {y} = {x}",
        ]
        return r.choice(forms)()


def _is_small(value: object) -> bool:
    """Whether a value can be shown in few words. One that holds itself cannot."""
    left, budget = [value], 200
    while left and budget > 0:
        value = left.pop()
        budget -= 1
        if isinstance(value, (list, tuple, set)):
            left.extend(value)
        elif isinstance(value, dict):
            left.extend(value.values())
        elif type(value).__name__ == "Box":
            left.append(vars(value))
        elif isinstance(value, (int, str)):
            budget -= len(value) if isinstance(value, str) else value.bit_length() // 8
    return budget > 0


LEAVES: dict[str, Callable[[random.Random], str]] = {
    "int": lambda r: str(r.randint(-5, 9)),
    "float": lambda r: r.choice(["0.5", "1e3", "-2.25", "float('inf')"]),
    "str": lambda r: r.choice(["'k'", "'abc'", '"d e"', "''", "'é'", "r'\\n'", "'a' 'b'"]),
    "list": lambda r: r.choice(["[]", "[1, 2, 3]", "['a', 0.5]", "[[1], [2]]"]),
    "dict": lambda r: r.choice(["{}", "{'k': 1}", "{'a': [1], 'b': 2}"]),
    "tuple": lambda r: r.choice(["()", "(1,)", "1, 2", "('a', 2)"]).join("()"),
    "set": lambda r: r.choice(["set()", "{1}", "{1, 2}"]),
    "box": lambda r: f"Box({r.randint(0, 3)})",
    "bool": lambda r: r.choice(["True", "False", "not 0"]),
}
Expression = Callable[[Callable[[str], str], random.Random], str]
EXPRESSIONS: dict[str, list[Expression]] = {
    "int": [
        lambda e, r: f"({e('int')} {r.choice(['+', '-', '*', '|', '&', '^', '%', '//'])} {e('int')})",
        lambda e, r: f"{r.choice(['-', '+', '~'])}{e('int')}",
        lambda e, r: f"len({e(r.choice(['str', 'list', 'dict', 'tuple', 'set']))})",
        lambda e, r: f"({e('int')} if {e('bool')} else {e('int')})",
        lambda e, r: f"sum(len(str(i)) for i in {e('list')})",
        lambda e, r: f"max({e('int')}, {e('int')}, key=lambda i: -i)",
        lambda e, r: f"({e('int')} and {e('int')})",
        lambda e, r: f"{e('list')}[0]",
        lambda e, r: f"int({e('bool')})",
        lambda e, r: f"{e('str')}.count('a')",
    ],
    "float": [
        lambda e, r: f"({e('float')} {r.choice(['+', '*', '-', '/'])} {e('int')})",
        lambda e, r: f"math.sqrt(abs({e('int')}))",
        lambda e, r: f"round({e('float')}, {r.randint(0, 2)})",
        lambda e, r: f"{e('int')} / {e('int')}",
    ],
    "str": [
        lambda e, r: f"({e('str')} + {e('str')})",
        lambda e, r: f"f'{{{e('int')}!r:>{r.randint(1, 5)}}}-{{{e('float')}}}'",
        lambda e, r: f"{e('str')}[{r.randint(0, 2)}:{r.choice(['', '3', '-1'])}:{r.choice(['', '2'])}]",
        lambda e, r: f"str({e('list')})",
        lambda e, r: f"','.join(str(i) for i in {e('list')})",
        lambda e, r: f"'%s-%s' % ({e('int')}, {e('str')})",
        lambda e, r: f"{e('str')}.{r.choice(['upper', 'title', 'strip'])}()",
        lambda e, r: f"({e('str')} or {e('str')})",
    ],
    "list": [
        lambda e, r: f"[{e('int')}, *{e('list')}, {e('str')}]",
        lambda e, r: f"({e('list')} + {e('list')})",
        lambda e, r: f"[str(i) for i in {e('list')} if i]",
        lambda e, r: f"sorted({e('list')}, key=repr, reverse={e('bool')})",
        lambda e, r: f"list({e('dict')}.items())",
        lambda e, r: f"{e('list')}[::-1]",
        lambda e, r: f"[{e('box')}.value, {e('tuple')}]",
        lambda e, r: f"list(map(str, {e('tuple')}))",
    ],
    "dict": [
        lambda e, r: f"{{{e('str')}: {e('int')}, **{e('dict')}}}",
        lambda e, r: f"{{{e('str')}: {e('list')}, {e('int')}: {e('str')}}}",
        lambda e, r: f"{{str(i): i for i in {e('list')}}}",
        lambda e, r: f"dict(a={e('int')}, **{e('dict')})",
        lambda e, r: f"({e('dict')} | {e('dict')})",
    ],
    "tuple": [
        lambda e, r: f"({e('int')}, *{e('list')})",
        lambda e, r: f"pair({e('int')}, {e('str')})",
        lambda e, r: f"tuple({e('list')})",
        lambda e, r: f"divmod({e('int')}, {e('int')})",
    ],
    "set": [
        lambda e, r: f"{{{e('int')}, {e('int')}}}",
        lambda e, r: f"({e('set')} {r.choice(['|', '&', '-', '^'])} {e('set')})",
        lambda e, r: f"{{i for i in range({r.randint(0, 4)})}}",
    ],
    "box": [
        lambda e, r: f"Box({e('list')})",
        lambda e, r: f"Box({e('int')}).add({e('str')})",
    ],
    "bool": [
        lambda e, r: f"({e('int')} {r.choice(['<', '<=', '==', '!='])} {e('int')})",
        lambda e, r: f"(0 <= {e('int')} < {r.randint(1, 9)})",
        lambda e, r: f"({e('str')} {r.choice(['in', 'not in'])} {e('str')})",
        lambda e, r: f"(not {e('list')})",
        lambda e, r: f"isinstance({e('int')}, int)",
        lambda e, r: f"({e('bool')} {r.choice(['and', 'or'])} {e('bool')})",
        lambda e, r: f"({e('int')} is None)",
    ],
}
