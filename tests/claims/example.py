"""Example: one call of a library's function, as a line of Python whose outermost part is the call.

The names in it are made afresh for each line, so that no call sees what another one left. What stands
behind `#` may allow the call a change that its rule does not speak of: `# allows self: why`.
"""

from __future__ import annotations

import ast
import types
from dataclasses import dataclass, field
from typing import Any, Callable


class Values(dict):
    """The names that lines may use, each made when a line first asks for it."""

    def __init__(self, makers: dict[str, Callable[[], Any]], modules: dict[str, Any]):
        super().__init__(modules)
        self.makers = makers

    def __missing__(self, name: str) -> Any:
        if name not in self.makers:
            raise KeyError(name)
        self[name] = value = self.makers[name]()
        return value


@dataclass
class Example:
    """A line, and what it may do beside what its rule says."""

    text: str
    automatic: bool = False
    allowed: list[str] = field(default_factory=list)
    reason: str = ""

    @property
    def name(self) -> str:
        """What is called, as it is written."""
        return ast.unparse(ast.parse(self.text, mode="eval").body.func)

    def call(self, values: Values, result: Any = None) -> Call:
        """The call with its values made, before it is made itself."""
        tree = ast.parse(self.text, mode="eval").body
        if not isinstance(tree, ast.Call):
            raise SyntaxError(f"this is no call: {self.text}")
        values["OUT"] = result

        def value_of(node: ast.expr) -> Any:
            code = compile(ast.fix_missing_locations(ast.Expression(node)), "<example>", "eval")
            return eval(code, values, values)

        receiver = None
        if isinstance(tree.func, ast.Attribute):
            receiver = value_of(tree.func.value)
            callee = getattr(receiver, tree.func.attr)
            if isinstance(receiver, types.ModuleType):
                receiver = None
        else:
            callee = value_of(tree.func)
            receiver = callee if not isinstance(callee, CALLABLES) else None
        positional: list[Any] = []
        for argument in tree.args:
            if isinstance(argument, ast.Starred):
                positional.extend(value_of(argument.value))
            else:
                positional.append(value_of(argument))
        keyword: dict[str, Any] = {}
        for argument in tree.keywords:
            if argument.arg is None:
                keyword.update(value_of(argument.value))
            else:
                keyword[argument.arg] = value_of(argument.value)
        return Call(callee, receiver, tuple(positional), keyword)


CALLABLES = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)


@dataclass
class Call:
    """A callee and all that it is given."""

    callee: Any
    receiver: Any
    positional: tuple
    keyword: dict[str, Any]

    def places(self) -> dict[str, Any]:
        """What takes part in the call, by the place where it does."""
        places = {} if self.receiver is None else {"self": self.receiver}
        places.update((str(at), value) for at, value in enumerate(self.positional))
        places.update((f"{name}=", value) for name, value in self.keyword.items())
        return places


def read(text: str) -> list[Example]:
    """The examples of a table: a line each, without the empty ones and those that begin with `#`."""
    examples = []
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        code, _, note = line.partition("  # allows ")
        places, _, reason = note.partition(": ")
        allowed = [place.strip() for place in places.split(",")] if note else []
        if note and not reason:
            raise SyntaxError(f"this does not say why: {line}")
        examples.append(Example(code.strip(), False, allowed, reason))
    return examples
