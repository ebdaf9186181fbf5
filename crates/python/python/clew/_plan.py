"""Plan: the code of an artifact as the body of a function, and what of it stays at the module's level."""

from __future__ import annotations

import ast
import builtins
import os
import sys
from dataclasses import dataclass, field
from typing import Any

from clew._clean import identifier, is_plain, saved_by
from clew._statements import (
    COMPREHENSIONS,
    DEFINITIONS,
    FUNCTIONS,
    Place,
    Statement,
    Text,
    edited,
    indented,
    outside_functions,
    read_before,
    sought_from_functions,
    taken_apart,
)

# What is asked of a namespace, which a function's is not.
OF_NAMESPACES = {"exec": 1, "eval": 1, "locals": 0, "globals": 0, "vars": 0, "dir": 0}
# Calls that may as well be made once, when the module is loaded.
CONSTANT_CALLS = {
    *("dict", "frozenset", "list", "range", "set", "tuple", "timedelta", "date", "datetime", "namedtuple"),
    *("getLogger", "compile", "Path", "PurePath", "TypeVar", "Decimal", "Fraction", "float", "int", "str"),
}
# What a program does to how its imports are found and what they set up.
PREPARATIONS = ("sys.path", "os.environ", "os.putenv", "os.chdir", "addsitedir", "matplotlib.use", "mpl.use")
# Libraries that look for the names in a query among the variables of their callers.
SEEKERS = ("import pandas", "from pandas", "duckdb", "polars", "pandasql")
BUILTINS = frozenset(dir(builtins))


class Unholdable(RuntimeError):
    """A function cannot hold the code of an artifact."""


@dataclass
class Plan:
    """An artifact's code, taken apart."""

    name: str
    version: int
    row: dict[str, Any]
    script: str | None
    # What stands at the module's level, and what in the function, both in order.
    static: list[Statement] = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)
    # What the function returns, as text.
    result: str = ""
    # The parameters that it takes, by name.
    parameters: dict[str, Parameter] = field(default_factory=dict)
    # Steps that change values: which, what statement made the value, which changes it.
    changes: list[tuple[int, str | None, int | None, int | None]] = field(default_factory=list)
    # Whether a function within keeps the value, and the function around it gives it.
    is_kept_within: bool = False
    # Whether an artifact of several is changed when it has been kept.
    changes_what_is_kept: bool = False
    # The artifacts that the code makes: under which name each was saved, and how it is called.
    saved: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def locals(self) -> set[str]:
        """The names that are the function's own."""
        return {name for statement in self.body for name in statement.names.binds} | set(self.parameters)

    def refuse(self, statement: Statement, what: str, node: ast.AST | None = None) -> Unholdable:
        place = statement.where(node)
        return Unholdable(f"a function cannot hold the code of `{self.name}`: {what} ({place})")


@dataclass(frozen=True)
class Parameter:
    """A variable that a function is given."""

    name: str
    # Its default as a text, where that is a constant.
    default: str | None
    annotation: str | None
    # Where it is made otherwise: the statement that does if it is not given.
    otherwise: str | None = None

    @property
    def declared(self) -> str:
        default = "None" if self.default is None else self.default
        if self.annotation is None:
            return f"{self.name}={default}"
        optional = " | None" if self.default is None else ""
        return f"{self.name}: {self.annotation}{optional} = {default}"


def planned(
    row: dict[str, Any],
    level: dict[str, Any],
    wanted: list[str],
    given: dict[tuple[int, int], tuple[str, str]],
    saves: list[str],
    others: list[dict[str, Any]] = [],
) -> Plan:
    """The plan of an artifact of which the store says `row` and `level`; `wanted` are parameters, `given` what is
    loaded behind which statement, `saves` the names under which its session saved, once for each version. It makes
    `others` as well."""
    file = row.get("file")
    script = os.path.basename(os.fsdecode(file)) if file else None
    saved = {known["saved_as"]: known["name"] for known in [row, *others]}
    plan = Plan(row["name"], row["version"], row, script, changes=level["changes"], saved=saved)
    plan.changes_what_is_kept = bool(level.get("changes_what_is_kept"))
    statements = taken_apart(level["code"], places_of(level, script))
    statements = with_given(statements, given)
    statements = without_heading(statements)
    for statement in statements:
        check_holdable(plan, statement)
    statements = with_arguments(plan, statements)
    statements = without_saves(plan, statements, saves)
    check_result(plan, statements)
    statements = without_exit(plan, statements)
    plan.parameters, statements = with_parameters(plan, statements, wanted)
    split(plan, statements)
    check_names(plan)
    return plan


def places_of(level: dict[str, Any], script: str | None) -> list[tuple[Place, frozenset[int]]]:
    return [
        (
            Place(script, known["source"], known["ordinal"], known["line"], known["last_line"], known["cell"]),
            frozenset(known["needs"]),
        )
        for known in level["statements"]
    ]


def with_given(statements: list[Statement], given: dict[tuple[int, int], tuple[str, str]]) -> list[Statement]:
    """With the values that are loaded in the place of what made them."""
    for key, (variable, text) in given.items():
        behind = [
            index
            for index, statement in enumerate(statements, start=1)
            if statement.place is not None and (statement.place.source, statement.place.ordinal) <= key
        ]
        at = max(behind, default=0)
        if any(variable in statement.names.spoken for statement in statements[at:]):
            before = statements[at - 1].at if at else -1
            loaded = [Statement("import clew", at=before), Statement(f"{variable} = {text}", at=before)]
            statements = [*statements[:at], *loaded, *statements[at:]]
    return statements


def without_heading(statements: list[Statement]) -> list[Statement]:
    """Without the program's docstring."""
    match statements:
        case [Statement(node=ast.Expr(value=ast.Constant(value=str()))), *rest]:
            return rest
    return statements


def check_holdable(plan: Plan, statement: Statement) -> None:
    """Refuses what does something else within a function."""
    node = statement.node
    inner = {id(part) for function in ast.walk(node) if isinstance(function, FUNCTIONS) for part in ast.walk(function)}
    inner |= {id(part) for made in ast.walk(node) if isinstance(made, COMPREHENSIONS) for part in ast.walk(made)}
    for part in outside_functions(node):
        if isinstance(part, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
            raise plan.refuse(statement, "it awaits at the module's level", part)
    for part in ast.walk(node):
        match part:
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in OF_NAMESPACES:
                given = len(args) + len(keywords)
                is_said = given == 1 and isinstance(args[0] if args else None, ast.Constant)
                is_harmless = name == "eval" and is_said and id(part) not in inner
                if given <= OF_NAMESPACES[name] and not is_harmless:
                    raise plan.refuse(statement, f"`{name}` reads or binds variables of the module", part)
            case ast.Attribute(attr="f_globals" | "f_locals" | "_getframe" | "currentframe") | ast.Name(id="currentframe"):
                raise plan.refuse(statement, "it looks for variables in the frames of functions", part)
            case ast.Import(names=names) if any(alias.name == "__main__" for alias in names):
                raise plan.refuse(statement, "it imports itself", part)
            case ast.Subscript(
                value=ast.Attribute(attr="modules"), slice=ast.Constant(value="__main__") | ast.Name(id="__name__")
            ):
                raise plan.refuse(statement, "it looks for its own module", part)
            case ast.Name(id="get_ipython"):
                raise plan.refuse(statement, "it runs a magic, which reads variables of the notebook", part)


def with_arguments(plan: Plan, statements: list[Statement]) -> list[Statement]:
    """With the words of the command line in the text, for a function is not started with any."""
    words = [os.fsdecode(word) for word in plan.row.get("arguments", ())]
    changed = []
    for statement in statements:
        text, edits = Text(statement.text), []
        tree = ast.parse(statement.text)
        formatted = {id(part) for made in ast.walk(tree) if isinstance(made, ast.JoinedStr) for part in ast.walk(made)}
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id="sys"), attr="argv") if words and id(node) in formatted:
                    raise plan.refuse(statement, "it reads `sys.argv` within a text")
                case ast.Call(func=ast.Attribute(attr="parse_args" | "parse_known_args"), args=[], keywords=[]):
                    end = text.span(node)[1]
                    edits.append((end - 1, end - 1, repr(words[1:])))
                case ast.Attribute(value=ast.Name(id="sys"), attr="argv", ctx=ast.Load()) if words:
                    edits.append((*text.span(node), repr(words)))
        changed.append(statement.with_text(edited(statement.text, edits)) if edits else statement)
    spoken = {name for statement in changed for name in statement.names.spoken}
    # `sys` may have been there for that only.
    return [
        statement
        for before, statement in zip(statements, changed, strict=True)
        if not (statement.text == "import sys" and "sys" not in spoken)
    ]


def without_saves(plan: Plan, statements: list[Statement], saves: list[str]) -> list[Statement]:
    """Without calls of `clew.save`; finds out what the function returns."""
    plan.is_kept_within = len(plan.saved) > 1
    kept: list[Statement] = []
    for statement in statements:
        match statement.node:
            case ast.Expr(value=call) if (saved := saved_by(call)) is not None:
                value, name = saved
                spelled = Text(statement.text).of(value)
                if name in plan.saved and len(plan.saved) > 1:
                    kept.append(statement.with_text(f"{kept_as(plan.saved[name])} = {spelled}"))
                elif name in plan.saved:
                    plan.result = spelled if isinstance(value, ast.Name) else identifier(plan.name)
                    if not isinstance(value, ast.Name):
                        kept.append(statement.with_text(f"{plan.result} = {spelled}"))
                elif not is_plain(value):
                    kept.append(statement.with_text(spelled))
            case _:
                kept.append(without_saves_within(plan, statement, saves))
    if plan.is_kept_within:
        first = next((at for at, known in enumerate(kept) if not known.is_import), 0)
        kept.insert(first, Statement("saved = {}", at=-1))
        plan.result = kept_as(plan.name)
    if not plan.result and (variable := plan.row.get("variable")) is not None:
        plan.result = variable
    spoken = {name for statement in kept for name in statement.names.spoken}
    return [known for known in kept if known.text != "import clew" or "clew" in spoken]


def kept_as(name: str) -> str:
    """Where a function keeps an artifact that another one within it saves."""
    return f"saved[{quoted(name)}]"


def quoted(text: str) -> str:
    """A text as a literal, in double quotes where it holds none."""
    spelled = repr(text)
    return f'"{spelled[1:-1]}"' if spelled.startswith("'") and '"' not in spelled else spelled


def without_saves_within(plan: Plan, statement: Statement, saves: list[str]) -> Statement:
    """A statement without calls of `clew.save` in its blocks and functions."""
    text, edits = Text(statement.text), []
    tree = ast.parse(statement.text)
    nested = {id(part) for made in ast.walk(tree) if isinstance(made, (*FUNCTIONS, *DEFINITIONS)) for part in ast.walk(made)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Expr) or (saved := saved_by(node.value)) is None:
            continue
        value, name = saved
        spelled = text.of(value)
        if name not in plan.saved:
            edits.append((*text.span(node), "pass" if is_plain(value) else spelled))
            continue
        if saves.count(str(name)) > 1:
            raise plan.refuse(
                statement, f"its session saved it {saves.count(str(name))} times, and its text does not say which is meant", node
            )
        if id(node) in nested or len(plan.saved) > 1:
            plan.is_kept_within = True
            edits.append((*text.span(node), f"{kept_as(plan.saved[str(name)])} = {spelled}"))
        else:
            plan.result = identifier(plan.name)
            is_it = spelled == plan.result
            edits.append((*text.span(node), "pass" if is_it else f"{plan.result} = {spelled}"))
    return statement.with_text(without_needless_pass(edited(statement.text, edits))) if edits else statement


def without_needless_pass(text: str) -> str:
    """A text without a `pass` that stands among other statements."""
    tree, places = ast.parse(text), Text(text)
    edits = []
    for node in ast.walk(tree):
        for _, block in ast.iter_fields(node):
            if not (isinstance(block, list) and len(block) > 1 and all(isinstance(each, ast.stmt) for each in block)):
                continue
            idle = [each for each in block if isinstance(each, ast.Pass)]
            lines = [each.lineno for each in block]
            for each in idle if len(idle) < len(block) else ():
                if lines.count(each.lineno) == 1:
                    edits.append((*places.line(each), ""))
    return edited(text, edits)


def check_result(plan: Plan, statements: list[Statement]) -> None:
    if not plan.result:
        raise Unholdable(
            f"a function cannot hold the code of `{plan.name}`: it was not saved from a variable, and its code does"
            " not hold the call of clew.save; clew.get(NAME).execute() builds it again"
        )
    if plan.result.isidentifier() and not any(plan.result in known.names.all_bound for known in statements):
        raise Unholdable(f"a function cannot hold the code of `{plan.name}`: it does not bind `{plan.result}`")


def without_exit(plan: Plan, statements: list[Statement]) -> list[Statement]:
    """Without leaving the process at the end."""
    last = statements[-1] if statements else None
    for statement in statements:
        for node in outside_functions(statement.node):
            inner = exit_of(node)
            if inner is None:
                continue
            if statement is not last or node is not statement.node:
                raise plan.refuse(statement, "it leaves the process", node)
            (code,) = inner or (None,)
            if code is None or is_plain(code):
                return statements[:-1]
            return [*statements[:-1], statement.with_text(Text(statement.text).of(code))]
    return statements


def exit_of(node: ast.AST) -> list[ast.expr] | None:
    """What a statement that leaves the process gives as its exit code, if it is one."""
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name(id="SystemExit"), args=args)):
            return args[:1]
        case ast.Raise(exc=ast.Name(id="SystemExit")):
            return []
        case ast.Expr(value=ast.Call(func=ast.Name(id="exit" | "quit"), args=args)):
            return args[:1]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="sys"), attr="exit"), args=args)):
            return args[:1]
    return None


def with_parameters(
    plan: Plan, statements: list[Statement], wanted: list[str]
) -> tuple[dict[str, Parameter], list[Statement]]:
    """The parameters that a slice has, and its statements without what made them."""
    found: dict[str, Parameter] = {}
    for name in wanted:
        binding = [known for known in statements if name in known.names.all_bound]
        if not binding:
            continue
        if len(binding) > 1 or name in binding[0].names.declares:
            places = ", ".join(known.where() for known in binding)
            raise ValueError(f"`{name}` cannot be a parameter: it is assigned more than once ({places})")
        (assigned,) = binding
        at = statements.index(assigned)
        early = [known for known in statements[:at] if name in known.names.reads]
        if early:
            raise ValueError(f"`{name}` cannot be a parameter: it is read before it is assigned ({early[0].where()})")
        parameter, rest = parameter_of(name, assigned)
        found[name] = parameter
        statements = [*statements[:at], *rest, *statements[at + 1 :]]
    return found, statements


def parameter_of(name: str, assigned: Statement) -> tuple[Parameter, list[Statement]]:
    """A parameter out of the statement that assigns it, and what is left of that."""
    text, node = Text(assigned.text), ast.parse(assigned.text).body[0]
    annotation = None
    rest: list[Statement] = []
    # Another variable that is the same value.
    alias = None
    match node:
        case ast.Assign(targets=[ast.Name()], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value, annotation=of):
            annotation = text.of(of) if is_builtin_type(of) else None
        case ast.Assign(targets=targets, value=value) if all(isinstance(each, ast.Name) for each in targets):
            others = [text.of(each) for each in targets if text.of(each) != name]
            rest = [assigned.with_text(f"{' = '.join(others)} = {text.of(value)}")]
            alias = others[0]
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values) and all(
            isinstance(each, ast.Name) for each in names
        ):
            spelled = [text.of(each) for each in names]
            value = values[spelled.index(name)]
            left = [(a, text.of(b)) for a, b in zip(spelled, values, strict=True) if a != name]
            rest = [assigned.with_text(f"{', '.join(a for a, _ in left)} = {', '.join(b for _, b in left)}")]
        case _:
            what = type(node).__name__.lower()
            raise ValueError(
                f"`{name}` cannot be a parameter: what binds it is no assignment of its own but `{what}`"
                f" ({assigned.where()})"
            )
    spelled_value = text.of(value)
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError):
        literal = None
        is_constant = False
    else:
        is_constant = not isinstance(literal, (list, dict, set))
    if alias is not None and not is_constant:
        return Parameter(name, None, annotation), [*rest, given_or(name, assigned.with_text(f"{name} = {alias}"))]
    if annotation is None and literal is not None and literal is not Ellipsis:
        annotation = type(literal).__name__
    if not is_constant:
        otherwise = assigned if not rest else assigned.with_text(f"{name} = {spelled_value}")
        return Parameter(name, None, annotation), [given_or(name, otherwise), *rest]
    default = repr(literal) if "\n" in spelled_value else spelled_value
    return Parameter(name, default, annotation), rest


def given_or(name: str, assigned: Statement) -> Statement:
    """What makes a variable that was not given."""
    return assigned.with_text(f"if {name} is None:\n{indented(assigned.text)}")


def is_builtin_type(annotation: ast.expr) -> bool:
    return all(
        not isinstance(node, (ast.Call, ast.Constant, ast.Attribute))
        and (not isinstance(node, ast.Name) or node.id in BUILTINS)
        for node in ast.walk(annotation)
    )


def split(plan: Plan, statements: list[Statement]) -> None:
    """Parts what may stand at the module's level from what the function does."""
    times: dict[str, int] = dict.fromkeys(plan.parameters, 2)
    for statement in statements:
        for name in statement.names.all_bound:
            times[name] = times.get(name, 0) + 1
    changed = {variable for _, variable, _, _ in plan.changes if variable is not None}
    is_known = all(known.place is not None for known in statements if known.at is not None)
    static = {
        index
        for index, known in enumerate(statements)
        if may_be_static(known, is_known) and (known.is_import or not known.names.binds & changed)
        and all(times[name] == 1 for name in known.names.all_bound)
    }
    preparing = preparations(statements, static)
    static |= preparing
    while True:
        bound = {name for index in static for name in statements[index].names.all_bound}
        own = set(times) - bound
        # A function that binds a variable of the module needs one that is not the function's.
        left = {index for index in static if not statements[index].names.spoken & own and not statements[index].names.declares & own}
        left -= {index for index in left if lacks_preparation(statements, index, left)}
        if left == static:
            break
        static = left
    static = {index for index in static if not is_needless(statements, index, static, preparing)}
    check_stars(plan, statements, static)
    for index, statement in enumerate(statements):
        if isinstance(statement.node, ast.Global):
            continue
        (plan.static if index in static else plan.body).append(statement)


def may_be_static(statement: Statement, is_known: bool) -> bool:
    match statement.node:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
            # Where nothing is known of what changes a value, it must not be of a kind that can be changed.
            return is_constant(value) and (is_known or not any(isinstance(node, (ast.List, ast.Dict, ast.Set, ast.Call)) for node in ast.walk(value)))
    return False


def is_constant(value: ast.expr) -> bool:
    """Whether an expression gives the same whenever it is evaluated, as far as the names in it do."""
    match value:
        case ast.Constant() | ast.Name():
            return True
        case ast.Attribute(value=inner) | ast.UnaryOp(operand=inner) | ast.Starred(value=inner):
            return is_constant(inner)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return all(map(is_constant, parts))
        case ast.Dict(keys=keys, values=values):
            return all(part is None or is_constant(part) for part in [*keys, *values])
        case ast.BinOp(left=left, right=right):
            return is_constant(left) and is_constant(right)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords):
            parts = [*args, *(keyword.value for keyword in keywords)]
            return name in CONSTANT_CALLS and all(map(is_constant, parts))
    return False


def preparations(statements: list[Statement], static: set[int]) -> set[int]:
    """The statements that say how imports behind them are to be found and set up."""
    found = set()
    for index, statement in enumerate(statements):
        is_plain_one = isinstance(statement.node, (ast.Expr, ast.Assign))
        if is_plain_one and not statement.names.binds and any(word in statement.text for word in PREPARATIONS):
            if any(known.is_import for known in statements[index + 1 :]):
                found.add(index)
    return found


def is_of_python(statement: Statement) -> bool:
    """Whether an import is of modules that come with Python."""
    match statement.node:
        case ast.Import(names=names):
            modules = [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            modules = [module]
        case _:
            return False
    return all(module.partition(".")[0] in sys.stdlib_module_names for module in modules)


def lacks_preparation(statements: list[Statement], index: int, static: set[int]) -> bool:
    """Whether an import needs a statement that stays in the function."""
    statement = statements[index]
    if not statement.is_import or is_of_python(statement):
        return False
    if any(
        known.at in statement.needs and place not in static and place < index for place, known in enumerate(statements)
    ):
        return True
    before = (known for place, known in enumerate(statements[:index]) if place not in static)
    return any(word in known.text for known in before for word in PREPARATIONS)


def is_needless(statements: list[Statement], index: int, static: set[int], preparing: set[int]) -> bool:
    """Whether a constant may as well stand in the function: no function at the module's level reads it."""
    statement = statements[index]
    if statement.is_import or statement.is_definition or index in preparing:
        return False
    readers = [place for place in static if place != index and statement.names.binds & statements[place].names.spoken]
    return all(is_needless(statements, place, static, preparing) for place in readers)


def check_stars(plan: Plan, statements: list[Statement], static: set[int]) -> None:
    """Refuses `from m import *` where it cannot stand at the module's level, before all else there."""
    seen = False
    for index, statement in enumerate(statements):
        node = statement.node
        is_star = any(
            isinstance(part, ast.ImportFrom) and part.names[0].name == "*" for part in outside_functions(node)
        )
        if is_star and (seen or index not in static):
            raise plan.refuse(statement, "`import *` has to stand at the module's level, before all else")
        seen = seen or not statement.is_import


def check_names(plan: Plan) -> None:
    """Refuses what would not find a name any more that has become the function's own."""
    own = plan.locals
    seeks = any(word in statement.text for statement in plan.static for word in SEEKERS)
    for statement in [*plan.static, *plan.body] if seeks else ():
        sought = own & set(sought_from_functions(statement.node))
        if sought:
            raise plan.refuse(statement, f"a text in a function of it speaks of `{min(sought)}`, which is looked for in frames")
    bound = set(plan.parameters)
    for statement in plan.body:
        early = (statement.names.reads & own & BUILTINS) - bound
        if early:
            name = min(early)
            raise plan.refuse(statement, f"it reads `{name}` of Python before it gives it another meaning")
        bound |= statement.names.binds
        for node in ast.walk(statement.node):
            if isinstance(node, ast.ClassDef) and (names := read_before(node) & own):
                name = min(names)
                raise plan.refuse(statement, f"the body of `{node.name}` binds `{name}` and reads that of the module", node)


def demoted(plan: Plan, names: set[str]) -> Plan:
    """A plan in which what binds some names stands in the function, with all that reads it there."""
    moving = [known for known in plan.static if known.names.all_bound & names]
    moved: set[str] = set()
    while moving:
        moved |= {name for known in moving for name in known.names.all_bound}
        plan.static = [known for known in plan.static if known not in moving]
        plan.body = sorted([*plan.body, *moving], key=lambda known: -1 if known.at is None else known.at)
        moving = [known for known in plan.static if known.names.spoken & moved]
    check_names(plan)
    return plan
