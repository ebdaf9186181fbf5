"""Excerpt: a part of a module's text that runs as a text of its own, with what it needs from before.

What is recorded is a module's top level, statement by statement. A block or a function's body is moved there: its lines
stand where they stood, less indented. Of the rest of the module only those imports, functions and constants run that
it reads. Whether that says the same is asked of Python's own parser, and of the values that there are.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType

from clew._before import Changes
from clew._text import Module, Unfit, bound_by, bound_name, codes_in, first_line, names_read

# What a literal may be that stands for a value: equal ones cannot be told apart.
PLAIN = (int, float, str, bytes, bool, type(None))


class Excerpt:
    """Some statements of a module as a text of its own, line by line where they stood."""

    def __init__(
        self, module: Module, body: list[ast.stmt], places: list[ast.stmt], changes: Changes, names: set[str] | None = None
    ) -> None:
        """`places` are the statements that may be taken along, `changes` is what others have changed of what they make,
        and `names` are the variables that are the excerpt's own: they have nothing to do with those of the module. None
        where there are no such."""
        self.module = module
        self.body = body
        self.first = first_line(body[0])
        self.changes = changes
        self.names = names or set()
        # The statements from before that it takes along, in order.
        self.before: list[ast.stmt] = []
        self.indent = ""
        self.own = self._dedented()
        self._take_along(places)

    def text(self, insertion: str = "") -> str:
        """What runs of the module's text, on the lines where it stands; `insertion` comes on the one before."""
        first = self.first - 1
        lines = ["\n"] * first + self.own
        for statement in self.before:
            place = slice(statement.lineno - 1, statement.end_lineno)
            lines[place] = self.module.lines[place]
        lines[first - 1] = insertion + "\n"
        return "".join(lines)

    def holds(self) -> bool:
        """Whether what it takes along still makes what is there now."""
        made = ((statement, name) for statement in self.before for name in bound_by([statement]))
        return all(is_future(statement) or self._makes(statement, name) for statement, name in made)

    def _dedented(self) -> list[str]:
        first = self.first
        lines = self.module.lines[first - 1 : self.body[-1].end_lineno]
        self.indent = indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        within = {
            at
            for statement in self.body
            for node in ast.walk(statement)
            if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno > node.lineno
            for at in range(node.lineno + 1, node.end_lineno + 1)
        }
        own = []
        for at, line in enumerate(lines, first):
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
            raise Unfit(f"its text cannot be moved to the left (line {first})")
        return own

    def _take_along(self, places: list[ast.stmt]) -> None:
        """Finds what stands before, is needed, and surely makes what is there now."""
        known: dict[str, ast.stmt] = {}
        crowded = {line for one, other in zip(places, places[1:], strict=False) for line in shared(one, other)}
        for statement in places:
            alone = statement.col_offset == 0 and statement.lineno not in crowded
            for name in bound_by([statement]):
                known.pop(name, None)
                if alone and name not in self.changes.names and self._makes(statement, name):
                    known[name] = statement
        taken = {id(node): node for node in places if is_future(node) and node.lineno not in crowded}
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
            case ast.AnnAssign(annotation=annotation) if any(isinstance(node, ast.Call) for node in ast.walk(annotation)):
                return False
            case ast.Assign(targets=[ast.Name()], value=expression) | ast.AnnAssign(target=ast.Name(), value=ast.expr() as expression):
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
        if value.__closure__ is not None or vars(value) or self.module.text.function(statement, code.co_flags) != code:
            return False
        plain = [ast.literal_eval(default) for default in statement.args.defaults]
        named = zip(statement.args.kwonlyargs, statement.args.kw_defaults, strict=True)
        by_name = {argument.arg: ast.literal_eval(default) for argument, default in named if default is not None}
        given = value.__kwdefaults__ or {}
        is_same = given.keys() == by_name.keys() and all(same_plain(given[name], by_name[name]) for name in given)
        return is_same and same_plain(value.__defaults__ or (), tuple(plain))


def globals_of(code: CodeType) -> set[str]:
    """The names of a function that are none of its own, attributes among them, and those of functions within it."""
    return set(code.co_names).union(*map(globals_of, codes_in(code)))


def dumps(body: list[ast.stmt]) -> list[str]:
    return [ast.dump(statement) for statement in body]


def is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def shared(one: ast.stmt, other: ast.stmt) -> set[int]:
    """The lines on which two statements stand."""
    return {one.lineno, other.lineno} if first_line(other) <= one.end_lineno else set()


def is_plain(expression: ast.expr) -> bool:
    """Whether an expression is a constant that stands for itself, or a tuple of such."""
    match expression:
        case ast.Tuple(elts=elements):
            return all(map(is_plain, elements))
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=int() | float())):
            return True
        case ast.Constant(value=value):
            return isinstance(value, PLAIN)
    return False


def same_plain(one: object, other: object) -> bool:
    if type(one) is tuple and type(other) is tuple:
        return len(one) == len(other) and all(map(same_plain, one, other))
    return type(one) is type(other) and isinstance(one, PLAIN) and repr(one) == repr(other)


