"""Before: what statements that have run unrecorded may have changed of what a module's imports give.

They are read, not run: what they store through a name, which methods they call, whom they hand a value to; and of the
program's own modules, what the functions do that they name. What calls of libraries change is asked of the annotations.
What is in doubt counts as changed. What only shows elsewhere is not seen: a call that nothing is known about and whose
result is kept, what a method of a library's object does to others, what modules of one package do to each other when
they are imported.
"""

from __future__ import annotations

import ast
import builtins
import enum
import functools
import inspect
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from types import BuiltinFunctionType, FunctionType, MappingProxyType, MethodType, ModuleType

from clew import _clew
from clew._text import FUNCTIONS, LOOPS, Module, Text, Unfit

UNKNOWN = object()
# What a call of these changes is a state that is known otherwise, or lies outside.
OWN_STATES = {
    "builtins", "clew", "numpy.random", "numpy.random.mtrand", "nt", "os", "posix", "random", "shutil", "time", "torch.random",
}
# The states within the process that a call may have left otherwise than a slice finds them.
KEPT_STATES = ("module:", "pyplot", "logging", "warnings", "import_system")
# Those of Python's own functions that change nothing that they are given.
READING = {
    "abs", "all", "any", "bool", "bytes", "callable", "dict", "dir", "enumerate", "float", "format", "frozenset", "getattr", "hasattr",
    "hash", "id", "int", "isinstance", "issubclass", "len", "list", "max", "min", "print", "range", "repr", "reversed", "round", "set",
    "sorted", "str", "sum", "tuple", "type", "zip",
}
# Those that give a part of what they are given.
HANDING = {"getattr", "iter", "max", "min", "next", "vars"}
# Those that may do anything.
RUNNING = {"eval", "exec"}
# What they make holds what is given in them.
DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.Tuple)
# What has the methods of these that only read.
FROZEN = {dict: MappingProxyType, list: tuple, set: frozenset}
ALONE = {"": object()}
# What CPython counts of an object that one variable holds and nothing else.
HELD_ONCE = sys.getrefcount(ALONE[""])
# How many modules of the program's own are read.
MOST_MODULES = 50


class Asked(enum.Enum):
    """Which calls of libraries count, that may change what these keep to themselves."""

    # Those that annotations speak of, and statements that are calls of which nothing is known.
    ALL = "all"
    KNOWN = "known"
    NONE = "none"


class Changes:
    """What may have been changed: the variables of a module that lead to it, and the external states."""

    def __init__(self, text: Text, namespace: dict, others: dict[str, Changes] | None = None) -> None:
        """`others` are those of the program's other modules, by name."""
        self.names: set[str] = set()
        self.states: set[str] = set()
        self._namespace = namespace
        self._others = {} if others is None else others
        self._rules = _clew.Annotations()
        self._seen: set[tuple[str, Asked]] = set()
        nodes = text.nodes
        self.imported = text.imports(package_of(namespace))
        top = text.tree.body
        self._definitions = {node.name: node for node in top if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
        # The names that a variable was assigned from, so that it may be what they lead to.
        self._aliases: dict[str, set[str]] = {}
        bound = Counter(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        for node in nodes:
            for target, value in assigned(node):
                for name in variables_in(target):
                    is_kept = bound[name] == 1 and name in self._namespace
                    if is_kept and not isinstance(value, DISPLAYS) and not self._is_shared(name):
                        continue
                    sources = {*self._roots(value, frozenset(), calls=is_kept)}
                    self._aliases.setdefault(name, set()).update(sources - {name})

    def _is_shared(self, name: str) -> bool:
        """Whether others than this variable hold its value too, and may find it changed."""
        return is_changeable(self._namespace[name]) and sys.getrefcount(self._namespace[name]) > HELD_ONCE

    def by(self, nodes: Iterable[ast.AST], own: frozenset[str] = frozenset(), asked: Asked = Asked.ALL) -> Changes:
        """Adds what some nodes change, and the functions that they name. `own` are the variables that are none of the
        module's; `asked` says which calls of libraries count."""
        todo = [(node, own) for node in nodes]
        while todo:
            node, own = todo.pop()
            match node:
                case ast.Name(id=name) if name in own:
                    pass
                case ast.Name(id=name) if name in self._definitions:
                    if (name, asked) not in self._seen:
                        self._seen.add((name, asked))
                        todo += within(self._definitions[name])
                case ast.Name() | ast.Attribute():
                    self._follow(self._known(node), asked)
            self._see(node, own, asked)
        return self

    def _follow(self, value: object, asked: Asked) -> None:
        """Adds what a function or a class of another module of the program's own changes when it is called."""
        module = sys.modules.get(str(getattr(value, "__module__", None)))
        if isinstance(value, (FunctionType, type)) and module is not None and vars(module) is not self._namespace:
            other = changes_of(module, self._others)
            if other is not None:
                name = value.__qualname__.partition(".")[0]
                other.by([ast.Name(name, ast.Load())], asked=asked)

    def _see(self, node: ast.AST, own: frozenset[str], asked: Asked) -> None:
        match node:
            case ast.Attribute(value=of, ctx=ast.Store() | ast.Del()) | ast.Subscript(value=of, ctx=ast.Store() | ast.Del()):
                self._change(self._roots(of, own, calls=True))
            case ast.AugAssign(target=ast.Name() as target) if is_changeable(self._value(target)):
                self._change(self._roots(target, own))
            case ast.Global(names=names):
                self.names.update(names)
            case ast.With() | ast.AsyncWith() if any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in ast.walk(node)):
                self.within(node)
            case ast.Call(func=ast.Name(id=name)) if name in RUNNING and self._is_builtin(name, own):
                self._change(self.imported)
            case ast.Call(func=function):
                if isinstance(function, ast.Attribute) and not self._only_reads(function):
                    self._change(self._roots(function.value, own))
                if not (isinstance(function, ast.Name) and function.id in READING and self._is_builtin(function.id, own)):
                    for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                        if is_changeable(self._value(given)):
                            self._change(self._roots(given, own))
                if asked is not Asked.NONE:
                    self.states.update(self._written(node) or ())
            case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)) if asked is Asked.ALL:
                if isinstance(call.func, ast.Attribute) and self._value(call.func.value) is sys.path:
                    self.states.add("import_system")
                elif self._written(call) is None:
                    self._doubt(call.func, own)

    def within(self, statement: ast.With | ast.AsyncWith) -> None:
        """Adds what may be otherwise while a `with` lasts."""
        for item in statement.items:
            manager = item.context_expr
            self._doubt(manager.func if isinstance(manager, ast.Call) else manager, frozenset())

    def _doubt(self, function: ast.expr, own: frozenset[str]) -> None:
        """What is called may change whatever its library keeps to itself."""
        if not OWN_STATES.intersection(self._keepers(function)):
            for name in self._roots(function, own, calls=True):
                self._change_library(name)

    def _written(self, call: ast.Call) -> set[str] | None:
        """The states that a call changes; None where no annotation speaks of it."""
        function = self._known(call.func)
        if function is None:
            return None
        given = [self._value(argument) for argument in call.args if not isinstance(argument, ast.Starred)]
        named = {keyword.arg: self._value(keyword.value) for keyword in call.keywords if keyword.arg is not None}
        effects, rules = self._rules.ask(function, tuple(given), named)
        if not rules:
            return None
        written = {(state, key) for word, state, key in effects if word == "writes" and state.startswith(KEPT_STATES)}
        return {f"{state} {key[1:-1]}" if key.startswith('"') else state for state, key in written}

    def _change(self, names: Iterable[str]) -> None:
        for name in names:
            self.names.add(name)
            self._change_library(name)

    def _change_library(self, name: str) -> None:
        self.states.update(map(state_of, self.imported.get(name, ())))

    def _roots(self, node: ast.AST, own: frozenset[str], *, calls: bool = False) -> Iterator[str]:
        """The variables by way of which an expression gets at what it gives. With `calls`, what a function gives counts
        as something that it keeps, unless that is an instance of a class that is called."""
        value = self._value(node)
        if value is os.environ or value is sys.path:
            return
        match node:
            case ast.Name(id=name):
                yield from self._aliases_of(name)
                if name not in own:
                    yield name
            case ast.Attribute(value=of) | ast.Subscript(value=of) | ast.Starred(value=of) | ast.NamedExpr(value=of):
                yield from self._roots(of, own, calls=calls)
            case ast.IfExp(body=one, orelse=other):
                yield from (*self._roots(one, own, calls=calls), *self._roots(other, own, calls=calls))
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
                for part in parts:
                    if is_changeable(self._value(part)):
                        yield from self._roots(part, own, calls=calls)
            case ast.Call(func=ast.Name(id=name), args=parts) if name in HANDING and self._is_builtin(name, own):
                for part in parts:
                    yield from self._roots(part, own, calls=calls)
            case ast.Call(func=function) if calls:
                of = self._value(function.value) if isinstance(function, ast.Attribute) else None
                if not isinstance(self._value(function), type) and not isinstance(of, type):
                    yield from self._roots(function, own, calls=calls)

    def _aliases_of(self, name: str) -> set[str]:
        found: set[str] = set()
        todo = [*self._aliases.get(name, ())]
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                todo += self._aliases.get(one, ())
        return found

    def _value(self, node: ast.AST) -> object:
        """What an expression gives, where that is known without running anything."""
        match node:
            case ast.Name(id=name):
                return self._namespace.get(name, UNKNOWN)
            case ast.Attribute(value=of, attr=name):
                holder = self._value(of)
                found = UNKNOWN if holder is UNKNOWN else inspect.getattr_static(holder, name, UNKNOWN)
                is_asked = not isinstance(holder, ModuleType) and hasattr(type(found), "__get__")
                return UNKNOWN if is_asked else found
            case ast.Subscript(value=of, slice=ast.Constant(value=key)):
                holder = self._value(of)
                try:
                    return holder[key] if type(holder) in (dict, list, tuple) else UNKNOWN
                except LookupError:
                    return UNKNOWN
            case ast.Constant(value=value):
                return value
            case ast.Subscript() | ast.Starred() | ast.Call():
                return UNKNOWN
        # What an operator or a display gives is new.
        return None

    def _only_reads(self, method: ast.Attribute) -> bool:
        value = self._value(method.value)
        if isinstance(value, ModuleType) or not is_changeable(value):
            return True
        return method.attr in dir(FROZEN.get(type(value), object)) and not method.attr.startswith("__")

    def _keepers(self, function: ast.expr) -> Iterator[str]:
        """The modules that a call may be of."""
        yield str(getattr(self._known(function), "__module__", None))
        while isinstance(function, (ast.Attribute, ast.Call, ast.Subscript)):
            function = function.func if isinstance(function, ast.Call) else function.value
            if isinstance(module := self._value(function), ModuleType):
                yield module.__name__
                return

    def _known(self, node: ast.AST) -> object:
        """A function or a class; of what else there is, nothing is asked, as it may answer as it likes."""
        value = self._value(node)
        return value if isinstance(value, (FunctionType, BuiltinFunctionType, MethodType, type)) else None

    def _is_builtin(self, name: str, own: frozenset[str]) -> bool:
        return name not in own and name not in self._namespace and hasattr(builtins, name)

    def everywhere(self) -> Changes:
        """Adds what was changed in the program's other modules, and when those were imported or begun."""
        own = str(self._namespace.get("__name__"))
        self.states |= self.elsewhere(own)
        for name, text in self._own_modules().items():
            self.states |= by_import(name, text, own)
        self.states.discard(state_of("clew"))
        if "." not in own:
            # What a variable of its own is now is looked at itself.
            self.states.discard(state_of(own))
        for name, sources in self.imported.items():
            value = self._namespace.get(name)
            is_touched = not self.states.isdisjoint(map(state_of, sources))
            if is_touched and not isinstance(value, ModuleType) and is_changeable(value):
                self.names.add(name)
        return self

    def elsewhere(self, asking: str) -> set[str]:
        """The states that were changed, those of the program's other modules among them but for the one that asks."""
        others = {name: other for name, other in self._others.items() if name != asking}
        changed = {state_of(name) for name, other in others.items() if other.names - other.imported.keys()}
        return changed.union(self.states, *(other.states for other in self._others.values()))

    def _own_modules(self) -> dict[str, Text]:
        """The texts of the program's main module, and of its own modules that this one and that import, or that those do."""
        found: dict[str, Text] = {}
        todo = [{"": {"__main__"}}, self.imported]
        while todo:
            for name, sources in todo.pop().items():
                for source in (each for source in sources for each in (source, f"{source}.{name}")):
                    module = sys.modules.get(source)
                    if source in found or len(found) == MOST_MODULES or not isinstance(module, ModuleType):
                        continue
                    text = text_of(module)
                    if text is not None and vars(module) is not self._namespace:
                        found[source] = text
                        todo.append(text.imports(package_of(vars(module))))
        return found


def state_of(module: str) -> str:
    """The state that is what a library keeps to itself."""
    return f"module:{module.partition('.')[0]}"


@functools.lru_cache(maxsize=2 * MOST_MODULES)
def by_import(name: str, text: Text, asking: str) -> frozenset[str]:
    """The states that a module changed when it was imported, but for those of its own package; `asking` is the module
    for which that is asked."""
    changes = Changes(text, vars(sys.modules[name]))
    changes.by(run_by(text.tree.body), asked=Asked.KNOWN)
    return frozenset(changes.elsewhere(asking) - {state_of(name)})


def text_of(module: ModuleType) -> Text | None:
    """The text of a module that is the program's own."""
    if not is_own(module):
        return None
    try:
        return Module(module.__dict__["__file__"], module.__dict__).text
    except Unfit:
        return None


def is_own(module: ModuleType) -> bool:
    """Whether a module is a file beside the program, and no library's."""
    file = module.__dict__.get("__file__")
    if not isinstance(file, str) or not file.endswith(".py") or file.startswith(os.path.dirname(os.__file__)):
        return False
    return not {"site-packages", "dist-packages"}.intersection(file.split(os.sep))


def package_of(namespace: dict) -> str:
    """The package that a module's relative imports begin at."""
    return str(namespace.get("__package__") or "")


def changes_of(module: ModuleType, others: dict[str, Changes]) -> Changes | None:
    """Those of a module, if it is the program's own."""
    name = str(module.__dict__.get("__name__"))
    if name not in others and len(others) < MOST_MODULES:
        text = text_of(module)
        if text is not None:
            others[name] = Changes(text, vars(module), others)
    return others.get(name)


def run_by(statements: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of some statements that run when these do: of functions within them all but their bodies."""
    todo: list[ast.AST] = [*statements]
    while todo:
        node = todo.pop()
        yield node
        # A lambda is there to be called soon.
        if isinstance(node, FUNCTIONS) and not isinstance(node, ast.Lambda):
            todo += [*node.args.defaults, *filter(None, node.args.kw_defaults), *getattr(node, "decorator_list", ())]
        else:
            todo += ast.iter_child_nodes(node)


def run_before(outer: ast.stmt, inner: ast.stmt, in_loop: bool = False) -> Iterator[ast.AST]:
    """The nodes of a statement that may run before another within it does; where that is in a loop, it may itself."""
    if outer is inner:
        if in_loop:
            yield from run_by(inner.body)
        return
    in_loop = in_loop or isinstance(outer, LOOPS)
    for node in ast.iter_child_nodes(outer):
        if getattr(node, "lineno", inner.lineno) <= inner.lineno <= getattr(node, "end_lineno", inner.lineno):
            yield from run_before(node, inner, in_loop)
        elif in_loop or node.lineno < inner.lineno:
            yield from run_by([node])


def around(outer: ast.stmt, inner: ast.stmt) -> Iterator[ast.With | ast.AsyncWith]:
    """The `with` statements around a statement that stands within another."""
    for node in ast.walk(outer):
        if isinstance(node, (ast.With, ast.AsyncWith)) and node.lineno < inner.lineno <= node.end_lineno:
            yield node


def within(definition: ast.AST) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """The nodes of a definition, each with the variables of the functions that it stands in."""
    todo: list[tuple[ast.AST, frozenset[str]]] = [(definition, frozenset())]
    while todo:
        node, own = todo.pop()
        if isinstance(node, FUNCTIONS):
            inner = [*ast.walk(node)]
            declared = {name for one in inner if isinstance(one, ast.Global) for name in one.names}
            stored = {one.id for one in inner if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
            own |= ({one.arg for one in inner if isinstance(one, ast.arg)} | stored) - declared
        yield node, own
        todo += ((child, own) for child in ast.iter_child_nodes(node))


def variables_in(target: ast.AST) -> Iterator[str]:
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            for inner in targets:
                yield from variables_in(inner)
        case ast.Starred(value=inner):
            yield from variables_in(inner)


def assigned(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    """What a node assigns, and to what."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            yield target, value
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield target, value
        case ast.arguments(posonlyargs=first, args=second, kwonlyargs=named, defaults=defaults, kw_defaults=by_name):
            given = (*zip(reversed([*first, *second]), reversed(defaults), strict=False), *zip(named, by_name, strict=True))
            yield from ((ast.Name(argument.arg, ast.Store()), value) for argument, value in given if value is not None)


def is_changeable(value: object) -> bool:
    """Whether somebody who is given a value may change it: by convention what has a hash of its content cannot be."""
    if value is UNKNOWN or isinstance(value, ModuleType):
        return True
    kind = type(value)
    if value is None or issubclass(kind, (type, FunctionType, BuiltinFunctionType, MethodType)):
        return False
    if issubclass(kind, tuple):
        return any(map(is_changeable, tuple.__iter__(value)))
    by = kind.__hash__
    if by in (None, object.__hash__):
        return True
    if isinstance(by, FunctionType):
        parameters = getattr(kind, "__dataclass_params__", None)
        module = sys.modules.get(by.__module__)
        if parameters is not None and parameters.frozen:
            return False
        if not isinstance(module, ModuleType) or is_own(module):
            # None of the program's code runs for this.
            return True
    try:
        hash(value)
    except Exception:
        return True
    return False
