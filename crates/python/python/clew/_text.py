"""Text: a module's text, as far as it is what runs, and what its statements name."""

from __future__ import annotations

import ast
import functools
import linecache
import sys
from collections.abc import Iterable, Iterator
from types import CodeType

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
# How many texts are kept as they were parsed and compiled.
TEXTS = 64


class Unfit(Exception):
    """A part of a program cannot be recorded alone; says why, and what to do instead."""


class Text:
    """A module's text, parsed and compiled once for all that is cut out of it."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.tree = ast.parse(text)
        self._text = text
        self._codes: dict[tuple[int, int], CodeType] = {}

    def code(self, flags: int) -> CodeType:
        """What CPython makes of it."""
        return self._compiled(None, flags)

    def function(self, statement: ast.FunctionDef, flags: int) -> CodeType | None:
        """The code of a function that stands at its top."""
        code = self._compiled(statement, future_flags(flags))
        return next((inner for inner in codes_in(code) if inner.co_name == statement.name), None)

    def _compiled(self, statement: ast.stmt | None, flags: int) -> CodeType:
        known = self._codes.get((id(statement), flags))
        if known is None:
            part = self._text if statement is None else ast.Module([statement], [])
            known = self._codes[id(statement), flags] = compile(part, self.file, "exec", flags, dont_inherit=True)
        return known

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """All names that stand in it."""
        return frozenset(names_read([self.tree]))

    @functools.cached_property
    def functions(self) -> dict[tuple[str, int], ast.FunctionDef]:
        """Its functions by name and first line."""
        nodes = (node for node in self.nodes if isinstance(node, ast.FunctionDef))
        return {(node.name, first_line(node)): node for node in nodes}

    def imports(self, package: str) -> dict[str, set[str]]:
        """The names that it imports, each with the modules that it may be from; `package` is the one that it is of."""
        found: dict[str, set[str]] = {}
        for node in self.nodes:
            for name, source in imported(node, package):
                found.setdefault(name, set()).add(source)
        return found

    @functools.cached_property
    def nodes(self) -> list[ast.AST]:
        return [*ast.walk(self.tree)]

    @functools.cached_property
    def bound_within(self) -> dict[str, int]:
        """The variables of the module that functions bind, and the lines that say so."""
        nodes = (node for node in self.nodes if isinstance(node, ast.Global))
        return {name: node.lineno for node in nodes for name in node.names}


@functools.lru_cache(maxsize=TEXTS)
def parsed(file: str, text: str) -> Text:
    return Text(file, text)


class Module:
    """A module's text, as far as it is what runs."""

    def __init__(self, file: str, namespace: dict) -> None:
        linecache.checkcache(file)
        self.file = file
        self.lines = linecache.getlines(file, namespace)
        text = "".join(self.lines)
        if not text:
            raise Unfit(f"the text of `{file}` cannot be read")
        try:
            self.text = parsed(file, text)
        except SyntaxError as error:
            raise Unfit(f"the text of `{file}` is not what runs") from error
        self.tree = self.text.tree
        self.namespace = namespace


def codes_in(code: CodeType) -> list[CodeType]:
    """The code objects of the functions that a code object makes."""
    return [inner for inner in code.co_consts if isinstance(inner, CodeType)]


def future_flags(flags: int) -> int:
    """The flags of a code object that its text's `from __future__` imports set."""
    import __future__

    return sum(getattr(__future__, name).compiler_flag & flags for name in __future__.all_feature_names)


def first_line(node: ast.stmt) -> int:
    """The line that a statement begins on; that of a definition's node comes after its decorators."""
    return min(place.lineno for place in (node, *getattr(node, "decorator_list", ())))


def bound_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def imported(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """The names that a node imports, and the module of each."""
    match node:
        case ast.Import(names=aliases):
            for alias in aliases:
                yield bound_name(alias), alias.name
        case ast.ImportFrom(module=module, names=aliases, level=level):
            above = package.rsplit(".", level - 1)[0] if level else ""
            source = ".".join(filter(None, [above, module]))
            yield from ((alias.asname or alias.name, source) for alias in aliases if source)


def bound_by(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that some statements bind or delete in the scope that they stand in."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                inner = [*node.decorator_list]
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
                continue
            case ast.alias():
                yield bound_name(node)
                continue
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
                inner = ast.iter_child_nodes(node)
            case ast.MatchMapping(rest=str(name)):
                yield name
                inner = ast.iter_child_nodes(node)
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                # Only `:=` reaches out of these.
                inner = (walrus.target for walrus in ast.walk(node) if isinstance(walrus, ast.NamedExpr))
            case _:
                inner = ast.iter_child_nodes(node)
        yield from bound_by(inner)


def names_read(body: Iterable[ast.AST]) -> Iterator[str]:
    """All names that stand in some statements, in whatever scope."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                yield node.id


def leaves_loop(body: Iterable[ast.AST]) -> ast.AST | None:
    """A `break` or `continue` of a loop around some statements."""
    for node in body:
        if isinstance(node, (ast.Break, ast.Continue)):
            return node
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            continue
        inner = node.orelse if isinstance(node, LOOPS) else ast.iter_child_nodes(node)
        found = leaves_loop(inner)
        if found is not None:
            return found
    return None
