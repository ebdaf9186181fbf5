"""Statements: a slice taken apart, with what each of its statements reads and binds."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Place:
    """Where a statement of a session stands; `script` is none where it is a cell's."""

    script: str | None
    source: int
    ordinal: int
    line: int
    last_line: int
    cell: int | None = None

    def of_line(self, line: int) -> str:
        return f"{self.where}, line {line}"

    @property
    def where(self) -> str:
        return self.script or "the text" if self.cell is None else f"cell [{self.cell}]"

    def follows(self, other: Place) -> bool:
        """Whether nothing stands between another statement and this one."""
        return self.source == other.source and self.ordinal - other.ordinal in (0, 1)


@dataclass(frozen=True)
class Names:
    """The module's names that a text speaks of."""

    binds: frozenset[str]
    # Those that it binds by `global` within a function.
    declares: frozenset[str]
    reads: frozenset[str]
    # Those that are read when a function of it is called.
    defers: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Names:
        table = symtable.symtable(text, "<slice>", "exec")
        binds = {known.get_name() for known in table.get_symbols() if is_bound(known)}
        reads = {known.get_name() for known in table.get_symbols() if known.is_referenced()}
        tree = ast.parse(text)
        for node in outside_functions(tree):
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                reads.add(node.target.id)
            elif isinstance(node, ast.ClassDef):
                reads |= read_before(node)
        declares: set[str] = set()
        defers: set[str] = set(names_in_texts(tree))
        open_tables = [(child, False) for child in table.get_children()]
        while open_tables:
            inner, is_later = open_tables.pop()
            is_later = is_later or (inner.get_type() == "function" and inner.get_name() not in IMMEDIATE)
            for known in inner.get_symbols():
                if known.is_global():
                    if known.is_referenced():
                        (defers if is_later else reads).add(known.get_name())
                    if known.is_declared_global() and is_bound(known):
                        declares.add(known.get_name())
            open_tables += [(child, is_later) for child in inner.get_children()]
        return cls(*map(frozenset, (binds, declares, reads, defers)))

    @property
    def spoken(self) -> frozenset[str]:
        return self.reads | self.defers

    @property
    def all_bound(self) -> frozenset[str]:
        return self.binds | self.declares


def names_in_texts(tree: ast.AST) -> Iterator[str]:
    """The variables that texts speak of which are evaluated: `eval("a + 1")`, `frame.query("x > @limit")`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="eval"), args=[ast.Constant(value=str(text)), *_]):
                with contextlib.suppress(SyntaxError, ValueError):
                    inner = ast.walk(ast.parse(text.strip(), mode="eval"))
                    yield from (part.id for part in inner if isinstance(part, ast.Name))
            case ast.Constant(value=str(text)) if "@" in text:
                yield from AT_NAME.findall(text)


def sought_from_functions(tree: ast.AST) -> Iterator[str]:
    """The names that texts within functions may speak of: a library that looks for them in the frames of its callers
    does not find what is a variable of the function around."""
    for function in ast.walk(tree):
        if not isinstance(function, FUNCTIONS):
            continue
        own = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        own |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = set(AT_NAME.findall(node.value))
                if QUERY.search(node.value):
                    found |= set(WORD.findall(node.value))
                yield from found - own


# A text that may be a query, and the words of it.
QUERY = re.compile(r"\b(select|from)\b", flags=re.IGNORECASE)
WORD = re.compile(r"[^\W\d]\w*")
# How a text that pandas evaluates names a variable.
AT_NAME = re.compile(r"@([^\W\d]\w*)")
# What symbol tables call the bodies of comprehensions, which run at once.
IMMEDIATE = {"listcomp", "setcomp", "dictcomp", "genexpr"}


def is_bound(known: symtable.Symbol) -> bool:
    return known.is_assigned() or known.is_imported() or known.is_namespace()


@dataclass(frozen=True)
class Statement:
    """A statement at the module's level."""

    text: str
    # The comments above it, and whether a blank line parts it from what is before.
    comments: str = ""
    is_apart: bool = False
    place: Place | None = None
    # Which of the slice's statements it is, and those that it needs.
    at: int | None = None
    needs: frozenset[int] = frozenset()
    names: Names = field(init=False, compare=False)
    node: ast.stmt = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "node", ast.parse(self.text).body[0])
        object.__setattr__(self, "names", Names.of(self.text))

    def with_text(self, text: str) -> Statement:
        return replace(self, text=text)

    def where(self, node: ast.AST | None = None) -> str:
        """Where it stands, or something in it, as an error says it."""
        if self.place is None:
            return "its code"
        # Lines that a slice leaves out shift those below them.
        line = getattr(node or self.node, "lineno", 1) - 1
        is_whole = self.text.count("\n") == self.place.last_line - self.place.line
        return self.place.of_line(self.place.line + (line if is_whole else 0))

    @property
    def key(self) -> tuple[int, int, str] | None:
        """What it has in common with the same statement in another slice."""
        return None if self.place is None else (self.place.source, self.place.ordinal, self.text)

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, (ast.Import, ast.ImportFrom))

    @property
    def is_future(self) -> bool:
        return isinstance(self.node, ast.ImportFrom) and self.node.module == "__future__"

    @property
    def is_definition(self) -> bool:
        return isinstance(self.node, DEFINITIONS)


class Text:
    """A text and where the nodes of its tree stand in it."""

    def __init__(self, code: str) -> None:
        self.code = code
        # Python ends lines at fewer signs than `splitlines` does.
        self.lines = io.StringIO(code, newline="").readlines()
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        # Columns count bytes.
        before = self.lines[line - 1].encode()[:column]
        return self.starts[line - 1] + len(before.decode())

    def span(self, node: ast.stmt | ast.expr) -> tuple[int, int]:
        last, column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.at(node.lineno, node.col_offset), self.at(last, column)

    def line(self, node: ast.stmt) -> tuple[int, int]:
        """The whole lines that a statement takes."""
        return self.starts[first_line(node) - 1], self.starts[node.end_lineno or node.lineno]

    def of(self, node: ast.stmt | ast.expr) -> str:
        start, end = self.span(node)
        return self.code[start:end]


def first_line(node: ast.stmt) -> int:
    """The line in which a statement begins, with its decorators."""
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """A text in which stretches are replaced, none of which overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def taken_apart(code: str, places: list[tuple[Place, frozenset[int]]] | None) -> list[Statement]:
    """The statements of a slice; those that stand under `if __name__ == "__main__":` by themselves."""
    tree, text = ast.parse(code), Text(code)
    if places is not None and len(places) != len(tree.body):
        places = None
    found: list[Statement] = []
    before = 0
    for at, node in enumerate(tree.body):
        start, end = first_line(node) - 1, node.end_lineno or node.lineno
        above = text.lines[before:start]
        before = max(end, before)
        # Of several on a line each has its own part, and the last one what stands behind it.
        has_more = at + 1 < len(tree.body) and tree.body[at + 1].lineno == end
        is_first = at == 0 or (tree.body[at - 1].end_lineno or 0) <= start
        from_ = text.starts[start] if is_first else text.span(node)[0]
        to = text.span(node)[1] if has_more else text.starts[end]
        own = code[from_:to].rstrip()
        place, needs = (None, frozenset[int]()) if places is None else places[at]
        comments = "".join(line for line in above if line.strip() and not is_heading(line))
        is_apart = any(not line.strip() for line in above)
        if is_main_guard(node):
            inner = taken_apart(body_of(node, text), None)
            for index, statement in enumerate(inner):
                first = index == 0
                found.append(
                    replace(
                        statement,
                        place=place,
                        at=at,
                        needs=needs,
                        comments=(comments if first else "") + statement.comments,
                        is_apart=is_apart if first else statement.is_apart,
                    )
                )
        else:
            found.append(Statement(own, comments, is_apart, place, at, needs))
    return found


def is_heading(line: str) -> bool:
    """Whether a comment is for whoever reads the file as a whole."""
    return line.startswith(("#!", "# %%")) or ("coding" in line and "-*-" in line)


def is_main_guard(node: ast.stmt) -> bool:
    match node:
        case ast.If(
            test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]),
            orelse=[],
        ):
            return True
    return False


def body_of(node: ast.stmt, text: Text) -> str:
    """The body of a compound statement as a text of its own."""
    assert isinstance(node, ast.If)
    first = node.body[0]
    header = node.test.end_lineno or node.lineno
    if first.lineno == header:
        return text.code[text.span(first)[0] : text.starts[node.end_lineno or node.lineno]]
    inside = within_strings(node)
    width = first.col_offset if not getattr(first, "decorator_list", []) else first.decorator_list[0].col_offset - 1
    lines = []
    for number in range(header + 1, (node.end_lineno or node.lineno) + 1):
        line = text.lines[number - 1]
        blank = len(line) - len(line.lstrip(" \t"))
        lines.append(line if number in inside else line[min(width, blank) :])
    return "".join(lines)


def within_strings(tree: ast.AST) -> set[int]:
    """The lines that begin within a string."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
        )
        if is_text:
            inside.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    return inside


def indented(text: str, by: str = "    ") -> str:
    """A text as the body of a function; what stands in its strings stays as it is."""
    inside = within_strings(ast.parse(text))
    lines = io.StringIO(text, newline="").readlines()
    return "".join(
        line if number in inside or not line.strip() else by + line for number, line in enumerate(lines, start=1)
    )


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are evaluated where they stand: all but the bodies of functions."""
    open_nodes: list[ast.AST] = [tree]
    while open_nodes:
        node = open_nodes.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            open_nodes += [*node.decorator_list, node.args]
        elif isinstance(node, ast.Lambda):
            open_nodes.append(node.args)
        else:
            open_nodes += ast.iter_child_nodes(node)


def read_before(node: ast.ClassDef) -> set[str]:
    """The names that a class body reads before it binds them, and so from around it: not as functions do, from the
    function around it, but from the module."""
    bodies = [stored_in(statement) for statement in node.body]
    later, bound, found = set().union(*bodies), set[str](), set[str]()
    for statement, stored in zip(node.body, bodies, strict=True):
        loaded = {
            part.id
            for part in outside_functions(statement)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
        }
        found |= (loaded & later) - bound
        bound |= stored
    return found


def stored_in(statement: ast.stmt) -> set[str]:
    found = {
        part.id
        for part in outside_functions(statement)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    return found | ({statement.name} if isinstance(statement, DEFINITIONS) else set())
