"""Excerpt: a part of a module's text that runs as a text of its own, with what it needs from before.

What is recorded is a module's top level, statement by statement. A block or a function's body is moved there: its lines
stand where they stood, less indented. Of the rest of the module only those imports, functions and constants run that
it reads. Whether that says the same is asked of Python's own parser, and of the values that there are.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType

# What a literal may be that stands for a value: equal ones cannot be told apart.
PLAIN = (int, float, str, bytes, bool, type(None))
LOOPS = (ast.For, ast.AsyncFor, ast.While)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Unfit(Exception):
    """A part of a program cannot be recorded alone; says why, and what to do instead."""


class Module:
    """A module's text, as far as it is what runs."""

    def __init__(self, file: str, namespace: dict) -> None:
        linecache.checkcache(file)
        self.file = file
        self.lines = linecache.getlines(file, namespace)
        self.text = "".join(self.lines)
        if not self.text:
            raise Unfit(f"the text of `{file}` cannot be read")
        try:
            self.tree = ast.parse(self.text)
        except SyntaxError as error:
            raise Unfit(f"the text of `{file}` is not what runs") from error
        self.namespace = namespace

    def code(self, flags: int) -> CodeType:
        """What CPython makes of the text now."""
        return compile(self.text, self.file, "exec", flags, dont_inherit=True)


class Excerpt:
    """Some statements of a module as a text of its own, line by line where they stood."""

    def __init__(
        self, module: Module, body: list[ast.stmt], places: list[ast.stmt], names: set[str] | None = None
    ) -> None:
        """`places` are the statements that may be taken along, and `names` the variables that are the excerpt's own:
        they have nothing to do with those of the module. None where there are no such."""
        self.module = module
        self.body = body
        self.names = names or set()
        # The statements from before that it takes along, in order.
        self.before: list[ast.stmt] = []
        self.indent = ""
        self.own = self._dedented()
        self._take_along(places)

    def text(self, insertion: str = "") -> str:
        """The module's text with the excerpt in the place of the statement that it stands in; `insertion` comes on a
        line before it."""
        lines = [*self.module.lines]
        first = self.body[0].lineno - 1
        outer = next(whole for whole in self.module.tree.body if whole.lineno <= first < whole.end_lineno)
        start = min(node.lineno for node in (outer, *getattr(outer, "decorator_list", ())))
        lines[start - 1 : outer.end_lineno] = ["\n"] * (outer.end_lineno - start + 1)
        lines[first : first + len(self.own)] = self.own
        lines[first - 1] = insertion + "\n"
        return "".join(lines)

    def statements(self, text: str) -> list[ast.stmt]:
        """Those of the text that run: what is taken along, and the excerpt."""
        first, last = self.body[0].lineno, self.body[-1].end_lineno
        wanted = {statement.lineno for statement in self.before}
        # What is inserted stands on the line before.
        return [
            statement
            for statement in ast.parse(text).body
            if statement.lineno in wanted or first - 1 <= statement.lineno <= last
        ]

    def _dedented(self) -> list[str]:
        first = self.body[0]
        lines = self.module.lines[first.lineno - 1 : self.body[-1].end_lineno]
        self.indent = indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        within = {
            at
            for statement in self.body
            for node in ast.walk(statement)
            if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno > node.lineno
            for at in range(node.lineno + 1, node.end_lineno + 1)
        }
        own = []
        for at, line in enumerate(lines, first.lineno):
            if at in within:
                own.append(line)
            elif line.lstrip().startswith("#") and not line.startswith(indent):
                # A comment may stand further to the left than the statements around it.
                own.append(line.lstrip())
            else:
                own.append(line.removeprefix(indent))
        try:
            same = dumps(ast.parse("".join(own)).body) == dumps(self.body)
        except SyntaxError:
            same = False
        if not same:
            raise Unfit(f"its text cannot be moved to the left (line {first.lineno})")
        return own

    def _take_along(self, places: list[ast.stmt]) -> None:
        """Finds what stands before, is needed, and surely makes what is there now."""
        known: dict[str, ast.stmt] = {}
        crowded = {line for one, other in zip(places, places[1:], strict=False) for line in shared(one, other)}
        for statement in places:
            alone = statement.col_offset == 0 and statement.lineno not in crowded
            for name in bound_by([statement]):
                known.pop(name, None)
                if alone and self._makes(statement, name):
                    known[name] = statement
        future = [node for node in places if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
        taken = {id(node): node for node in future if node.lineno not in crowded}
        wanted = list(names_read(self.body))
        while wanted:
            statement = known.get(wanted.pop())
            if statement is None or id(statement) in taken:
                continue
            names = set(bound_by([statement]))
            # One name of several may be another's by now.
            if any(known.get(name) is not statement for name in names):
                continue
            inner = list(self._needs(statement))
            if self.names & {*names, *inner}:
                continue
            taken[id(statement)] = statement
            wanted += inner
        self.before = sorted(taken.values(), key=lambda statement: statement.lineno)

    def _makes(self, statement: ast.stmt, name: str) -> bool:
        """Whether a statement that ran before makes just what a variable is now."""
        namespace = self.module.namespace
        if name not in namespace:
            return False
        value = namespace[name]
        match statement:
            case ast.Import(names=aliases):
                alias = next(alias for alias in aliases if bound_name(alias) == name)
                module = alias.name if alias.asname else name
                return sys.modules.get(module) is value
            case ast.ImportFrom(module=str(module), names=aliases, level=0) if module != "__future__":
                original = next((alias.name for alias in aliases if bound_name(alias) == name), "*")
                there = vars(sys.modules[module]) if module in sys.modules else {}
                return original in there and there[original] is value
            case ast.Assign(targets=[ast.Name()], value=expression):
                return is_plain(expression) and same_plain(ast.literal_eval(expression), value)
            case ast.FunctionDef(decorator_list=[], args=arguments):
                defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
                return all(map(is_plain, defaults)) and self._is_function(statement, value)
        return False

    def _needs(self, statement: ast.stmt) -> Iterator[str]:
        """The variables of the module that a statement from before reads, or the function that it makes."""
        if not isinstance(statement, ast.FunctionDef):
            yield from names_read([statement])
            return
        inner = globals_of(self.module.namespace[statement.name].__code__)
        yield from inner.intersection(names_read([statement]))
        yield from names_read([statement.args, *filter(None, [statement.returns])])

    def _is_function(self, statement: ast.FunctionDef, value: object) -> bool:
        if not isinstance(value, FunctionType) or value.__globals__ is not self.module.namespace:
            return False
        code = value.__code__
        if value.__closure__ is not None or vars(value) or compiled(self.module, statement, code.co_flags) != code:
            return False
        plain = [ast.literal_eval(default) for default in statement.args.defaults]
        named = zip(statement.args.kwonlyargs, statement.args.kw_defaults, strict=True)
        by_name = {argument.arg: ast.literal_eval(default) for argument, default in named if default is not None}
        return (value.__defaults__ or ()) == tuple(plain) and (value.__kwdefaults__ or {}) == by_name


def compiled(module: Module, statement: ast.stmt, flags: int) -> CodeType | None:
    """The code of a function that stands at the top of a module."""
    tree = ast.Module([statement], [])
    code = compile(tree, module.file, "exec", future_flags(flags), dont_inherit=True)
    return next((inner for inner in code.co_consts if isinstance(inner, CodeType) and inner.co_name == statement.name), None)


def globals_of(code: CodeType) -> set[str]:
    """The names of a function that are none of its own, attributes among them, and those of functions within it."""
    inner = (globals_of(within) for within in code.co_consts if isinstance(within, CodeType))
    return set(code.co_names).union(*inner)


def future_flags(flags: int) -> int:
    """The flags of a code object that its text's `from __future__` imports set."""
    import __future__

    return sum(getattr(__future__, name).compiler_flag & flags for name in __future__.all_feature_names)


def dumps(body: list[ast.stmt]) -> list[str]:
    return [ast.dump(statement) for statement in body]


def shared(one: ast.stmt, other: ast.stmt) -> set[int]:
    """The lines on which two statements stand."""
    return {one.lineno, other.lineno} if other.lineno <= one.end_lineno else set()


def is_plain(expression: ast.expr) -> bool:
    """Whether an expression is a constant that stands for itself."""
    match expression:
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=int() | float())):
            return True
        case ast.Constant(value=value):
            return isinstance(value, PLAIN)
    return False


def same_plain(one: object, other: object) -> bool:
    return type(one) is type(other) and isinstance(one, PLAIN) and repr(one) == repr(other)


def bound_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


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
