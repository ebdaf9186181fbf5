"""Embedded: a block or a function that is recorded though its program runs in plain Python.

What has begun to run cannot be followed any more. So a block's statements are run when it is entered, as the cells of a
notebook are, and then it is left at once; a function's are run in its place at each call.
"""

from __future__ import annotations

import ast
import builtins
import dis
import functools
import inspect
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType

from clew import _clew
from clew._before import Asked, Changes, around, run_before, run_by
from clew._excerpt import PLAIN, Excerpt, globals_of
from clew._text import (
    FUNCTIONS,
    Module,
    Unfit,
    bound_by,
    codes_in,
    first_line,
    future_flags,
    leaves_loop,
    names_read,
)

# What a block is called beside its file's name.
BLOCK = "session"
# How many signs or parts a literal may have that an argument is written as.
LONG = 200
# What works otherwise at a module's top than in a function.
BY_SCOPE = {"__class__", "dir", "eval", "exec", "globals", "locals", "super", "vars"}


class Session:
    """What `clew.session()` gives: a block to be recorded."""

    def __init__(self) -> None:
        # The session that the block is recorded in; None where it is part of one that is recorded already.
        self.id: str | None = None
        self._entered: FrameType | None = None
        self._tracing: tuple = (None, None)
        self._error: BaseException | None = None
        # The way that an exception took through the block.
        self._way: TracebackType | None = None

    def __enter__(self) -> Session:
        if is_recorded_already():
            return self
        frame = sys._getframe(1)
        try:
            block = Block(frame)
        except Unfit as reason:
            raise RuntimeError(f"clew.session() cannot record this block: {reason}") from None
        except Exception as error:
            print(f"clew: {describe(error)}; the block runs unrecorded", file=sys.stderr)
            return self
        module = sys.modules[frame.f_globals["__name__"]]
        if block.name is not None:
            frame.f_globals[block.name] = self
        try:
            run = Run(block.excerpt, module, future_flags(frame.f_code.co_flags), None, [self])
        except Exception as error:
            print(f"clew: {error}; the block runs unrecorded", file=sys.stderr)
            return self
        self.id = run.session
        try:
            run.execute(block.excerpt.text())
        finally:
            run.close()
        if run.error is not None:
            self._way = shown(run.error.__traceback__, frame, len(block.excerpt.indent))
        self._error = run.error
        self._leave(frame)
        return self

    def _leave(self, frame: FrameType) -> None:
        """Sees to it that nothing of the block runs again: its first line raises what it raised, or that it is done."""
        self._entered, self._tracing = frame, (sys.gettrace(), frame.f_trace)
        error = self._error if self._error is not None else Done()

        def at_first_line(*_: object) -> None:
            raise error

        sys.settrace(nothing)
        frame.f_trace = at_first_line

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        if self._entered is None:
            return False
        frame, self._entered = self._entered, None
        (trace, frame.f_trace), self._tracing = self._tracing, (None, None)
        sys.settrace(trace)
        if isinstance(error, Done):
            return True
        if error is not None and error is self._error:
            error.__traceback__ = self._way
        self._error = self._way = None
        return False


def is_recorded_already() -> bool:
    """Whether what runs is part of a program that is recorded, or of a slice of one that runs again."""
    replay = sys.modules.get("clew._replay")
    return _clew.is_recording() or (replay is not None and replay.is_replaying())


class Done(BaseException):
    """The block ran when it was entered."""


def nothing(*_: object) -> None:
    """Traces nothing."""


class Block:
    """The body of the `with` statement that a frame is about to enter."""

    def __init__(self, frame: FrameType) -> None:
        if frame.f_code.co_name != "<module>" or frame.f_locals is not frame.f_globals:
            raise Unfit(
                f"it stands in `{frame.f_code.co_name}`, and only what stands at a module's top is followed line by line; "
                "put `@clew.traced` on a function, or run the program by `clew run`"
            )
        if not os.path.isfile(frame.f_code.co_filename):
            raise Unfit("it stands in no file; in a notebook `%load_ext clew` records the cells that run from then on")
        named = sys.modules.get(frame.f_globals.get("__name__", ""))
        if getattr(named, "__dict__", None) is not frame.f_globals:
            raise Unfit("its module is none that Python knows by name; run the program by `clew run`")
        self.frame = frame
        module = Module(frame.f_code.co_filename, frame.f_globals)
        if module.text.code(future_flags(frame.f_code.co_flags)) != frame.f_code:
            raise Unfit(f"`{module.file}` is not what runs: it was edited since, or something rewrites it")
        statement, self.name = self._find(module.tree)
        body = statement.body
        first = first_line(body[0])
        if first <= statement.items[-1].context_expr.end_lineno:
            raise Unfit(f"its statements stand on the line of `with`; put them on lines of their own (line {first})")
        leaving = leaves_loop(body)
        if leaving is not None:
            word = type(leaving).__name__.lower()
            raise Unfit(f"`{word}` in line {leaving.lineno} leaves it for a loop around it; put the loop into the block")
        places = [place for place in module.tree.body if place.end_lineno < statement.lineno]
        outer = next(place for place in module.tree.body if first_line(place) <= statement.lineno <= place.end_lineno)
        changes = Changes(module.text, module.namespace).by([*run_by(places), *run_before(outer, statement)])
        for manager in around(outer, statement):
            changes.within(manager)
        self.excerpt = Excerpt(module, body, places, changes.everywhere())

    def _find(self, tree: ast.Module) -> tuple[ast.With, str | None]:
        """The statement, and the variable that its session is given to."""
        code = self.frame.f_code
        here = list(code.co_positions())[self.frame.f_lasti // 2]
        for statement in ast.walk(tree):
            # Which of the two CPython names depends on its version.
            if not isinstance(statement, ast.With) or here not in map(place_of, [statement, statement.items[0].context_expr]):
                continue
            match statement.items:
                case [ast.withitem(optional_vars=None)]:
                    return statement, None
                case [ast.withitem(optional_vars=ast.Name(id=name))]:
                    return statement, name
                case [_]:
                    raise Unfit("`as` gives it to something else than a variable")
            raise Unfit(f"there are other managers beside it; give them a `with` of their own around it (line {here[0]})")
        raise Unfit("it is entered otherwise than by `with`")


def shown(traceback: TracebackType | None, frame: FrameType, indent: int) -> TracebackType | None:
    """An exception's way as it would be had an excerpt run where it stands, in this frame."""
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    if traceback is None:
        return None
    at = place_in(frame.f_code, traceback, indent)
    return TracebackType(traceback.tb_next, frame, at, traceback.tb_lineno)


def frame_of(function: FunctionType, arguments: inspect.BoundArguments) -> FrameType:
    """A frame of a function that has not begun to run its body."""
    before = sys.gettrace()

    def at_call(frame: FrameType, *_: object) -> None:
        if frame.f_code is function.__code__:
            raise Done

    sys.settrace(at_call)
    try:
        function(*arguments.args, **arguments.kwargs)
    except Done as done:
        traceback = done.__traceback__
        while traceback.tb_next is not None and traceback.tb_frame.f_code is not function.__code__:
            traceback = traceback.tb_next
        return traceback.tb_frame
    finally:
        sys.settrace(before)


def place_of(node: ast.stmt | ast.expr) -> tuple[int, int | None, int, int | None]:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def place_in(code: CodeType, traceback: TracebackType, indent: int) -> int:
    """The instruction of a code object for the place at which a moved text raised."""
    moved = list(traceback.tb_frame.f_code.co_positions())
    line, end, column, end_column = moved[traceback.tb_lasti // 2]
    positions = list(code.co_positions())
    if column is not None and end_column is not None:
        for wanted in ((column + indent, end_column + indent), (column + indent, end_column)):
            if (line, end, *wanted) in positions:
                return 2 * positions.index((line, end, *wanted))
    return next((2 * at for at, (first, *_) in enumerate(positions) if first == traceback.tb_lineno), 0)


class Run:
    """One session: an excerpt of a program's text, run in a module."""

    def __init__(self, excerpt: Excerpt, module: ModuleType, flags: int, part: str | None, hidden: list) -> None:
        """`part` says which function of its file it is; None for a block."""
        self.excerpt, self.module, self.flags = excerpt, module, flags
        self.file = excerpt.module.file
        # As long as a slice runs under the name of a module, nobody can import that.
        if self.file != getattr(sys.modules.get("__main__"), "__file__", None) or part is not None:
            self.file += f":{part or BLOCK}"
        self.error: BaseException | None = None
        self.adopted: list[tuple[FunctionType, CodeType]] = []
        before = sorted(name for name in vars(module) if not is_of_module(name))
        self.session, _ = _clew.begin_cells(module, hidden, self._command_line(), before, None, True)
        # Who seeded them, or did not, is not known.
        for state in ("random", "numpy_random", "torch_random", *sorted(excerpt.changes.states)):
            _clew.give_state(*state.split(" ", 1))
        for name in variables_set():
            _clew.give_state("environment", name)

    def _command_line(self) -> list[str]:
        main = sys.modules.get("__main__")
        if self.file != getattr(main, "__file__", None):
            return [self.file, *sys.argv[1:]]
        spec = getattr(main, "__spec__", None)
        if spec is not None:
            return [spec.name.removesuffix(".__main__"), *sys.argv[1:]]
        # The folder may be another than the one that it was started in.
        return sys.argv[:] if os.path.exists(sys.argv[0]) else [self.file, *sys.argv[1:]]

    def execute(self, text: str, given: frozenset[str] = frozenset()) -> None:
        """Runs the excerpt's text; what it raises is kept in `error`. The variables in `given` are there already: an
        assignment before the excerpt says where from they can be had again."""
        file = self.excerpt.module.file
        try:
            source = _clew.begin_cell(0, text, self.file)
            body = ast.parse(text).body
            _clew.resume_cells(self.module)
            for statement in body:
                if statement.lineno == self.excerpt.first - 1 and isinstance(statement, ast.Assign):
                    (target,) = statement.targets
                    if target.id in given:
                        statement.value = ast.copy_location(ast.Name(target.id, ast.Load()), statement.value)
            functions = {node.lineno for node in self.excerpt.before if isinstance(node, ast.FunctionDef)}
            parts: list[list[ast.stmt]] = [[]]
            for statement in body:
                if statement.lineno in functions:
                    parts += [[statement], []]
                else:
                    parts[-1].append(statement)
            codes = [(self._code(source, part), part) for part in parts if part]
        except Exception as error:
            _clew.miss_cell(f"a part of `{file}` cannot be followed ({error})")
            # What is taken along is there already.
            body = [node for node in ast.parse(text).body if first_line(node) >= self.excerpt.first]
            tree = ast.Module(body, [])
            codes = [(compile(tree, file, "exec", self.flags, dont_inherit=True), [])]
        try:
            for code, part in codes:
                adopted = part and part[0].lineno in functions
                if adopted:
                    self._adopt(code, part[0].name)
                else:
                    exec(code, vars(self.module))
        except BaseException as error:
            self.error = error

    def _code(self, source: int, part: list[ast.stmt]) -> CodeType:
        file = self.excerpt.module.file
        tree = ast.Module([*part], [])
        original = compile(tree, file, "exec", self.flags, dont_inherit=True)
        return _clew.instrument_cell(source, tree, original, file, "exec", self.flags)

    def _adopt(self, code: CodeType, name: str) -> None:
        """A function that is there already goes on as it is, with code that is followed."""
        namespace = vars(self.module)
        known = namespace[name]
        exec(code, namespace)
        try:
            self.adopted.append((known, _clew.adopt_code(known, namespace[name])))
        except Exception as error:
            _clew.miss_cell(f"`{name}` cannot be followed ({error})")
        namespace[name] = known

    def close(self) -> None:
        error = self.error
        _clew.pause_cells(error is not None, isinstance(error, KeyboardInterrupt), [])
        _clew.end_cells(self.module, status_of(error))
        _clew.forget_session()
        for function, code in self.adopted:
            function.__code__ = code


def variables_set() -> list[str]:
    """The environment variables that are not what the process began with, as far as the system tells."""
    try:
        with open("/proc/self/environ", "rb") as file:
            began = dict(pair.partition(b"=")[::2] for pair in file.read().split(b"\0") if pair)
    except OSError:
        return []
    now = dict(os.environb)
    return [os.fsdecode(name) for name in began.keys() | now.keys() if began.get(name) != now.get(name)]


def status_of(error: BaseException | None) -> str:
    """The exit status that a session is kept with."""
    match error:
        case None | SystemExit(code=None):
            return "0"
        case SystemExit(code=int(code)):
            return str(int(code))
        case KeyboardInterrupt():
            return "interrupted"
    return "1"


class Traced:
    """A function whose calls are recorded, each in a session of its own."""

    def __init__(self, function: FunctionType, name: str | None) -> None:
        self.function, self.code = function, function.__code__
        self.name = name or function.__qualname__.rpartition("<locals>.")[2]
        self.signature = inspect.signature(function)
        code = function.__code__
        if code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
            raise Unfit("it gives its values one by one, or waits; put what it calls into a function of its own")
        if function.__closure__:
            raise Unfit(f"it reads `{code.co_freevars[0]}` of the function around it; make that a parameter")
        self.module = Module(code.co_filename, function.__globals__)
        if not has_code(self.module.text.code(future_flags(code.co_flags)), code):
            raise Unfit(f"`{self.module.file}` is not what runs: it was edited since, or something rewrites it")
        self.node = self.module.text.functions[code.co_name, code.co_firstlineno]
        self.own = {*code.co_varnames, *code.co_cellvars}
        self.body = self.node.body
        if isinstance(self.body[0], ast.Expr) and ast.get_docstring(self.node) is not None:
            self.body = self.body[1:]
        self._check()
        # The excerpt of the latest call, and the variable that it gives what the function returns.
        self._known: tuple[Excerpt, str | None] | None = None

    def _check(self) -> None:
        if not self.body or first_line(self.body[0]) <= self.node.lineno or self._is_within_function():
            raise Unfit("it is no function of some lines at the top of a module or of a class there")
        end = self.body[-1]
        for node in (node for statement in self.body for node in inner_nodes(statement)):
            match node:
                case ast.Return() if node is not end:
                    raise Unfit(f"it may return early, in line {node.lineno}; let it return at its end only")
                case ast.Nonlocal() | ast.Global():
                    raise Unfit(f"it binds variables of others, by line {node.lineno}; return what it makes instead")
                case ast.Name(id=name) if name in BY_SCOPE and name not in self.own:
                    raise Unfit(f"it asks for `{name}` in line {node.lineno}, which says something else elsewhere")
                case ast.Name(id=name) | ast.Attribute(attr=name) if is_mangled(name) and "." in self.function.__qualname__:
                    raise Unfit(f"`{name}` in line {node.lineno} is a name of its class alone")
                case ast.ClassDef(name=name):
                    raise Unfit(f"it makes the class `{name}` in line {node.lineno}; put that at the module's top")
        read = {*names_read(self.body)} - self.own
        for name, line in self.module.text.bound_within.items():
            if name in read:
                raise Unfit(f"it reads `{name}`, which line {line} binds from within a function; make it a parameter")
        self._check_below(read)
        self._check_functions()

    def _check_below(self, read: set[str]) -> None:
        """What it reads stands above it, as the excerpt does not run what comes later."""
        above = self._above()
        known = {*bound_by(above)}
        below = {*bound_by(place for place in self.module.tree.body if place.lineno > self.node.end_lineno)} - known
        functions = {place.name: place for place in above if isinstance(place, ast.FunctionDef)}
        todo, seen = sorted(read), {*read}
        while todo:
            name = todo.pop()
            if name in below:
                raise Unfit(f"it reads `{name}`, which stands below it; move that up, or make it a parameter")
            if name in functions:
                inner = globals_read(functions[name], self.module, self.code.co_flags) - seen
                todo += sorted(inner)
                seen |= inner

    def _check_functions(self) -> None:
        """A function within it that outlives the call finds what the program's own would find."""
        bound = Counter(bound_by(self.module.tree.body))
        above = {*bound_by(self._above())}
        for name, function in reads_within(self.code):
            if not (bound[name] == 1 and name in above or not bound[name] and hasattr(builtins, name)):
                raise Unfit(
                    f"`{function}`, which is made in it, reads `{name}`, and that may be another one later; give it as a "
                    "default of a parameter, or put the function at the module's top"
                )

    def _above(self) -> list[ast.stmt]:
        """The statements of the module that have run when it is made."""
        return [place for place in self.module.tree.body if place.end_lineno < first_line(self.node)]

    def _is_within_function(self) -> bool:
        return "<locals>" in self.function.__qualname__

    def call(self, given: tuple, named: dict) -> object:
        try:
            arguments = self.signature.bind(*given, **named)
        except TypeError:
            # Python itself says what is wrong with them.
            return self.function(*given, **named)
        if self.function.__code__ is not self.code:
            # Somebody has given it another one since.
            return self.function(*given, **named)
        arguments.apply_defaults()
        return self._recorded(arguments)

    def _recorded(self, arguments: inspect.BoundArguments) -> object:
        values = arguments.arguments
        try:
            excerpt, result = self._excerpt()
        except Exception as error:
            print(f"clew: {describe(error)}; `{self.node.name}` runs unrecorded", file=sys.stderr)
            return self.function(*arguments.args, **arguments.kwargs)
        scope = self._scope(excerpt, values)
        try:
            run = Run(excerpt, scope, future_flags(self.code.co_flags), self.node.name, [self])
        except Exception as error:
            print(f"clew: {error}; `{self.node.name}` runs unrecorded", file=sys.stderr)
            return self.function(*arguments.args, **arguments.kwargs)
        try:
            value = self._run(run, excerpt, values, result)
        finally:
            run.close()
        if run.error is not None:
            raise run.error.with_traceback(self._shown(run.error.__traceback__, excerpt, arguments))
        return value

    def _excerpt(self) -> tuple[Excerpt, str | None]:
        """What is recorded, and the variable of it that has what the function returns."""
        if self._known is None or not self._known[0].holds():
            others = (place for place in self.module.tree.body if not place.lineno <= self.body[0].lineno <= place.end_lineno)
            changes = Changes(self.module.text, self.module.namespace).by(run_by(others))
            # An earlier call has changed what the body changes.
            changes.by(run_by(self.body), frozenset(self.own), Asked.NONE)
            excerpt = Excerpt(self.module, self.body, self._above(), changes.everywhere(), self.own)
            result = self._returned(excerpt)
            try:
                ast.parse(excerpt.text())
            except SyntaxError as error:
                raise Unfit(f"what it would run as cannot be read ({error})") from error
            self._known = excerpt, result
        return self._known

    def _run(self, run: Run, excerpt: Excerpt, values: dict[str, object], result: str | None) -> object:
        scope = vars(run.module)
        lines = {name: f"{name} = {value!r}" for name, value in values.items() if is_literal(value)}
        kept = {name: self._kept(name, value) for name, value in values.items() if name not in lines}
        kept = {name: line for name, line in kept.items() if line is not None}
        if kept and scope.setdefault("clew", sys.modules["clew"]) is sys.modules["clew"]:
            lines = {"": "import clew", **lines, **kept}
        run.execute(excerpt.text("; ".join(lines.values())), frozenset(lines))
        if run.error is not None or result is None:
            return None
        _clew.save(scope[result], self.name)
        return scope[result]

    def _shown(
        self, traceback: TracebackType | None, excerpt: Excerpt, arguments: inspect.BoundArguments
    ) -> TracebackType | None:
        """An exception's way as it would be had the function itself run."""
        frame = frame_of(self.function, arguments)
        return shown(traceback, frame, len(excerpt.indent))

    def _returned(self, excerpt: Excerpt) -> str | None:
        """Has the excerpt assign what the function returns; gives the variable."""
        end = self.body[-1]
        if not isinstance(end, ast.Return):
            return None
        taken = self.module.text.names | self.own
        name = next(name for name in result_names(self.node.name) if name not in taken)
        at, column = end.lineno - excerpt.first, end.col_offset - len(excerpt.indent)
        # Columns are counted in UTF-8.
        line = excerpt.own[at].encode()
        before, behind = line[:column].decode(), line[column:].decode().removeprefix("return")
        value = " None" + behind if end.value is None else behind
        excerpt.own[at] = f"{before}{name} ={value if value[:1] in ' (' else ' ' + value}"
        return name

    def _scope(self, excerpt: Excerpt, arguments: dict[str, object]) -> ModuleType:
        """A module with what the excerpt reads of its own, and the arguments."""
        outer = self.function.__globals__
        scope = ModuleType(str(outer.get("__name__")))
        read = {*names_read([*excerpt.before, *excerpt.body])} - self.own
        known = {name: value for name, value in outer.items() if name in read or is_of_module(name)}
        vars(scope).update(known | arguments)
        return scope

    def _kept(self, name: str, value: object) -> str | None:
        """Keeps an argument; gives the statement that has it again, or None where it cannot be kept."""
        try:
            row = _clew.save(value, f"{self.name}.{name}", True)
        except Exception:
            return None
        return f"{name} = clew.get({row['name']!r}, {row['version']}).get_value()"


def describe(error: Exception) -> str:
    """An error in a line; of one that is a fault of ours, its kind too."""
    return str(error) if isinstance(error, Unfit) else f"{type(error).__name__}: {error}"


def result_names(function: str) -> Iterator[str]:
    yield "result"
    while True:
        function = f"{function}_result"
        yield function


def has_code(whole: CodeType, wanted: CodeType) -> bool:
    """Whether a code object is another or within it."""
    return whole == wanted or any(has_code(code, wanted) for code in codes_in(whole))


def globals_read(function: ast.FunctionDef, module: Module, flags: int) -> set[str]:
    """The variables of the module that a function at its top may read."""
    code = module.text.function(function, flags)
    inner = globals_of(code) if code is not None else set()
    return inner.intersection(names_read([function]))


def reads_within(code: CodeType, function: str = "") -> Iterator[tuple[str, str]]:
    """The names that functions within a code object read of no function, each with that function; what a comprehension
    reads is read at once."""
    for inner in codes_in(code):
        name = function if inner.co_name.startswith("<") and inner.co_name != "<lambda>" else inner.co_name
        if name:
            yield from ((found.argval, name) for found in dis.get_instructions(inner) if found.opname == "LOAD_GLOBAL")
        yield from reads_within(inner, name)


def inner_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement; of a function within it all but what it returns."""
    yield statement
    for node in ast.iter_child_nodes(statement):
        inner = inner_nodes(node)
        if isinstance(statement, FUNCTIONS):
            inner = (found for found in inner if not isinstance(found, ast.Return))
        yield from inner


def is_mangled(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def is_of_module(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def is_literal(value: object) -> bool:
    """Whether a short text gives a value again that nothing can tell from it."""
    if type(value) is tuple:
        return len(value) < LONG and all(map(is_literal, value))
    if isinstance(value, (str, bytes)) and len(value) > LONG or isinstance(value, int) and value.bit_length() > LONG:
        return False
    return type(value) in PLAIN and value == value and value not in (float("inf"), float("-inf"))


def traced(function: Callable | None, name: str | None) -> Callable:
    """What `clew.traced` makes of a function."""
    if function is None:
        return functools.partial(traced, name=name)
    if is_recorded_already():
        return function
    if not isinstance(function, FunctionType):
        raise TypeError(f"@clew.traced is for functions, and stands before other decorators: this is {function!r}")
    try:
        recipe = Traced(function, name)
    except Unfit as reason:
        raise ValueError(f"@clew.traced cannot record `{function.__qualname__}`: {reason}") from None
    except Exception as error:
        print(f"clew: {describe(error)}; `{function.__qualname__}` runs unrecorded", file=sys.stderr)
        return function

    @functools.wraps(function)
    def recorded(*given: object, **named: object) -> object:
        if is_recorded_already():
            return function(*given, **named)
        return recipe.call(given, named)

    return recorded
