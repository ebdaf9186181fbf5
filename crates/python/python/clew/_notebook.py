"""Notebook: cells recorded as they run, in an IPython shell that is open already.

`%load_ext clew` takes the place of the shell's compiler, which IPython asks for the tree of each cell
and then for the code of each of its statements. It hands out code with probes in it; all else, from
history to displaying, stays IPython's.
"""

from __future__ import annotations

import ast
import atexit
import builtins
import os
import re
import subprocess
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

from IPython import get_ipython
from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell
from IPython.display import display

from clew import _clew
from clew._holders import Holders

# What `%time` and `%%time` compile under, and what they name the text when they ask for its tree.
TIMED = ("<timed exec>", "<timed eval>")
UNNAMED = "<unknown>"
# Magics that change nothing that a value could hang on.
INERT = {
    "alias_magic", "autoreload", "clew", "clear", "colors", "config", "debug", "doctest_mode", "hist",
    "history", "logoff", "logon", "logstart", "logstate", "logstop", "lsmagic", "magic",
    "matplotlib", "pdb", "pdef", "pdoc", "pfile", "pinfo", "pinfo2", "pprint", "psearch", "psource",
    "pycat", "quickref", "recall", "rerun", "who", "who_ls", "whos", "xmode",
}  # fmt: skip
# Magics whose text is no Python that they run.
NOT_PYTHON = {
    "bash", "file", "html", "HTML", "javascript", "js", "latex", "markdown", "perl", "ruby", "script", "sh", "svg", "SVG",
    "writefile",
}  # fmt: skip
# What is not changed by those who read its name.
FIXED = (ModuleType, FunctionType, BuiltinFunctionType, type)
RECORDINGS: dict[int, Recording] = {}


class Compiler:
    """Mixed into the class of a shell's compiler."""

    clew: Recording

    def ast_parse(
        self, source: str, filename: str = UNNAMED, symbol: str = "exec"
    ) -> ast.Module:
        tree = super().ast_parse(source, filename, symbol)
        self.clew.parsed(source, tree, filename)
        return tree

    def __call__(self, source: object, filename: str, symbol: str, *rest: object, **named: object):
        flags = self.flags
        code = super().__call__(source, filename, symbol, *rest, **named)
        if not isinstance(source, ast.AST):
            return code
        return self.clew.compiled(source, code, filename, symbol, flags)


class Recording:
    """One session: the cells of a shell from `%load_ext clew` to the end of the kernel."""

    def __init__(
        self,
        shell: InteractiveShell,
        arguments: list[str] | None = None,
        settings: dict | None = None,
    ) -> None:
        self.shell = shell
        self.is_on = True
        # How many cells run at this moment: a magic may run others.
        self.depth = 0
        # Whether none of its statements has come yet.
        self.is_paused = False
        # Whether what ran last may have loaded modules again.
        self.is_aside = False
        self.cells = 0
        # The first cell that is recorded.
        self.first = len(shell.history_manager.input_hist_parsed)
        # The number of the text that was last parsed under a file name.
        self.sources: dict[str, int] = {}
        # The count of the cell whose text came last.
        self.count = 0
        # The texts of each cell as it ran last, and its count; a cell is known by its id or its text.
        self.latest: dict[str, dict[int, int]] = {}
        self.cell = ""
        # Whether what the statement at hand times is to be recorded itself.
        self.times = False
        # The statements of the text that was last parsed under a file name, where others may change them.
        self.statements: dict[str, set[str]] = {}
        # Whether the statement at hand is not what its text says.
        self.doubted = False
        # The variables that a magic at hand may change out of sight, with where their values are and digests.
        self.watched: dict[str, tuple[int, str | None]] = {}
        # What variables hold of a package whose settings a magic at hand changes that is no step.
        self.settings: dict[str, tuple[int, dict]] = {}
        # The variables that its text names.
        self.mentioned: list[str] = []
        # What `%store` is asked for by the statement at hand; it may answer from memory.
        self.stored: list[str] = []
        # What others than cells did to variables last, in words.
        self.others: dict[str, str] = {}
        self.holders = Holders(shell)
        hidden = [shell, shell.history_manager, shell.displayhook, shell.user_ns_hidden]
        hidden += self.holders.own
        history = ["In", "Out", "_ih", "_oh", "_dh", "get_ipython", "exit", "quit"]
        hidden += [shell.user_ns[name] for name in history if name in shell.user_ns]
        before = set(shell.user_ns) - set(shell.user_ns_hidden) - {"__builtin__"}
        # What was shown before.
        before.update(name for name in ("_", "__", "___") if shell.user_ns.get(name, "") != "")
        self.before = before
        self.session, self.store = _clew.begin_cells(
            shell.user_module,
            hidden,
            arguments or command_line(shell),
            sorted(before),
            settings,
        )
        self.plain = type(shell.compile), shell.compiler_class
        probed = type("Clew" + self.plain[0].__name__, (Compiler, self.plain[0]), {"clew": self})
        shell.compile.__class__ = probed
        shell.compiler_class = probed
        # Unlike those around `run_cell`, these come with silent cells too.
        shell.events.register("pre_execute", self.begins)
        shell.events.register("post_execute", self.ended)
        # What others do when a cell has ended, as closing its figures, is none of the cell's doing.
        callbacks = shell.events.callbacks["post_execute"]
        callbacks.insert(0, callbacks.pop())
        shell.events.register("pre_run_cell", self.named)
        self.holders.begin()
        atexit.register(self.close)

    def close(self, status: str = "0") -> list[str]:
        """Ends the session; the shell is as it was. Gives what went wrong with clew."""
        atexit.unregister(self.close)
        RECORDINGS.pop(id(self.shell), None)
        self.is_on = False
        self.shell.compile.__class__, self.shell.compiler_class = self.plain
        ours = (
            ("pre_execute", self.begins),
            ("post_execute", self.ended),
            ("pre_run_cell", self.named),
        )
        for event, callback in ours:
            if callback in self.shell.events.callbacks[event]:
                self.shell.events.unregister(event, callback)
        return _clew.end_cells(self.shell.user_module, status)

    def begins(self) -> None:
        self.depth += 1
        if self.depth > 1 and self.is_on:
            _clew.enter_cell()
        else:
            self.is_paused = True

    def named(self, info: ExecutionInfo) -> None:
        """A cell that is not silent begins."""
        if self.depth == 1 and self.is_on:
            self.cell = getattr(info, "cell_id", None) or info.raw_cell
            self.latest[self.cell] = {}

    def resume(self) -> None:
        """A statement is about to run that is the first of a cell, or comes after one that is none of the
        program's; what others did by then is theirs."""
        self.is_paused = self.is_aside = False
        bound, changed, states, loaded = _clew.resume_cells(self.shell.user_module)
        count = self.shell.displayhook.prompt_count
        by = "something else than a cell"
        if loaded:
            by += f" (loaded again: {', '.join(loaded)})"
        self.explain(bound, f"was bound before cell {count} by {by}")
        self.explain([*changed, *states], f"was changed before cell {count} by {by}")

    def ended(self) -> None:
        # The cell that loaded the extension had begun before.
        if self.depth == 0:
            return
        self.depth -= 1
        if not self.is_on or (self.is_paused and self.depth == 0):
            return
        self.settle()
        result = self.shell.last_execution_result
        error = None if result is None else result.error_in_exec
        raised, interrupted = error is not None, isinstance(error, KeyboardInterrupt)
        if self.depth:
            _clew.leave_cell(raised, interrupted)
        else:
            _clew.pause_cells(raised, interrupted, self.holders.now())
            # IPython 8 counts on before it says that a cell has ended.
            by = f"was changed when cell {self.count} showed a result"
            self.explain(_clew.changed_while_shown(), by)

    def parsed(self, text: str, tree: ast.AST, file: str) -> None:
        """A text is about to be compiled, statement by statement."""
        self.sources.pop(file, None)
        if self.depth == 0 or not self.is_on or (file == UNNAMED and not self.times):
            return
        count = self.shell.compile._filename_map.get(file, self.shell.execution_count)
        self.count = count
        # By these names the history leads to every value.
        for name in {"Out", "_oh"}.intersection(re.findall(r"\w+", text)) - self.before:
            self.before.add(name)
            _clew.give_variable(name)
        self.statements.pop(file, None)
        if self.shell.ast_transformers:
            self.statements[file] = set(dumps(tree))
        try:
            self.sources[file] = source = _clew.begin_cell(count, text)
            self.latest.setdefault(self.cell, {})[source] = count
            self.cells += 1
        except RuntimeError as error:
            _clew.miss_cell(f"cell {count} cannot be read ({error})")

    def compiled(
        self, tree: ast.AST, code: CodeType, file: str, mode: str, flags: int
    ) -> CodeType:
        """The code that runs in the place of some statements' own."""
        source = self.sources.get(UNNAMED if file in TIMED else file)
        if (self.is_paused or self.is_aside) and self.depth and self.is_on:
            self.resume()
        if source is None or self.depth == 0 or not self.is_on:
            return code
        self.settle()
        if file not in TIMED:
            self.times = all(isinstance(statement, ast.Expr) for statement in tree.body)
        if is_inert(tree):
            _clew.end_statement()
            # It may load modules again at once.
            self.is_aside = self.depth == 1 and magic_of(tree)[0] == "autoreload"
            if magic_of(tree)[0] == "matplotlib":
                self.settings = settings_in(self.shell.user_ns, "matplotlib")
            return code
        if file in self.statements and not self.statements[file].issuperset(dumps(tree)):
            self.doubted = True
        self.watch(tree)
        try:
            return _clew.instrument_cell(source, tree, code, file, mode, flags)
        except Exception as error:
            _clew.miss_cell(f"a statement of a cell cannot be followed ({error})")
            return code

    def watch(self, tree: ast.AST) -> None:
        """Looks at what a magic names that runs its text out of sight."""
        match magic_of(tree):
            case [name, *texts]:
                if name == "store" and ">" not in texts[0]:
                    self.stored = texts[0].split()
                space, text = self.shell.user_ns, " ".join(texts)
                named = set(re.findall(r"[^\W\d]\w*", text)).intersection(space)
                # What loops throw away is no result of a cell before.
                named -= {"_"} & names_in(texts[-1])[0]
                hidden = self.shell.user_ns_hidden
                if name not in NOT_PYTHON:
                    self.mentioned = [name for name in named if space[name] is not hidden.get(name, hidden)]
                values = ((name, space[name]) for name in named if not callable(space[name]))
                self.watched = {name: (id(value), _clew.glance(value)) for name, value in values}

    def settle(self) -> None:
        """The statement at hand has run."""
        watched, self.watched = self.watched, {}
        space = self.shell.user_ns
        values = [
            space[name]
            for name, (place, digest) in watched.items()
            if id(space.get(name)) == place and (digest is None or _clew.glance(space[name]) != digest)
        ]
        if values:
            _clew.note_changed(values)
        if self.settings:
            now, self.settings, was = settings_in(space, "matplotlib"), {}, self.settings
            changed = [name for name in was if name in now and was[name] != now[name]]
            _clew.give_changed(changed)
            self.explain(changed, f"was changed in cell {self.count} by `%matplotlib`")
        if self.mentioned:
            _clew.note_read(self.mentioned)
            self.mentioned = []
        if self.stored:
            names = [word for word in self.stored if not word.startswith("-")]
            _clew.note_stored("storemagic", names, "-r" not in self.stored)
            self.stored = []
        if self.doubted:
            self.doubted = False
            _clew.doubt_statement()

    def explain(self, names: list[str], what: str) -> None:
        """Keeps in words what others did to variables and external states."""
        self.others.update((name, what) for name in names)

    def slice(self, name: str, force: bool = False) -> str:
        """The code that makes a variable's value; what it needs from before is named in comments."""
        if name not in self.shell.user_ns:
            raise KeyError(f"there is no variable `{name}`")
        code, names = _clew.slice_cells(name, self.shell.user_ns[name], force)
        head = [
            f"# `{os.path.relpath(file)}` is not as it was when a cell imported it, and this code imports it"
            for file in edited_modules(code)
        ]
        # What a module keeps goes with the module.
        names = [name for name in names if name.removeprefix("module:") not in {*names} - {name}]
        if names:
            head += [f"# Not recorded, and needed by this code: {', '.join(names)}"]
        head += [f"# `{name}` {self.others[name]}" for name in names if name in self.others]
        for count, text in self.cells_about(self.before.difference(self.others).intersection(names)):
            head += [f"# In cell {count}, before recording began:"]
            head += [f"#     {line}" for line in text.splitlines()]
        return "\n".join([*head, code])

    def stale(self) -> list[str]:
        """The cells that would make something else if they ran now, each with the reason."""
        counts = {source: count for texts in self.latest.values() for source, count in texts.items()}
        found: dict[int, str] = {}
        for source, name, maker, maker_count, is_changed in _clew.cell_inputs():
            if source not in counts or source in found:
                continue
            if is_changed:
                found[source] = f"cell {counts[source]}: cell {maker_count} has changed `{name}` since"
            elif maker in found:
                found[source] = f"cell {counts[source]}: `{name}` comes from cell {maker_count}, which is stale"
        return list(dict.fromkeys(found.values()))

    def cells_about(self, names: set[str]) -> list[tuple[int, str]]:
        """The cells from before that bind these variables or may have changed them, and the same for what these
        cells read; as people wrote them, with their magics."""
        wanted, found = set(names), []
        written = self.shell.history_manager.input_hist_raw
        for count, text in reversed(list(enumerate(self.shell.history_manager.input_hist_parsed))):
            bound, read = names_in(text)
            changed = {name for name in read if not isinstance(self.shell.user_ns.get(name), FIXED)}
            if 0 < count < self.first and wanted & (bound | changed):
                found.append((count, (written[count] if count < len(written) else text).rstrip()))
                wanted |= read
        return found[::-1]


def command_line(shell: InteractiveShell) -> list[str]:
    """The arguments of this process, with the notebook's file in the place of the kernel's own program where
    the front end says which it is: Jupyter's server, or VS Code."""
    name = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__")
    if not isinstance(name, str) or not name.endswith(".ipynb"):
        return list(sys.argv)
    folder, file = os.path.split(os.path.abspath(name))
    return [file if folder == os.getcwd() else os.path.join(folder, file), *sys.argv[1:]]


def edited_modules(code: str) -> list[str]:
    """The files of modules that a slice imports and that are no longer as they were then."""
    edited = set(_clew.edited_modules())
    if not edited:
        return []
    nodes = list(ast.walk(ast.parse(code)))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported.update(node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module)
    tops = {name.partition(".")[0] for name in imported}
    modules = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in tops]
    return sorted({file for module in modules if (file := getattr(module, "__file__", None)) in edited})


def names_in(text: str) -> tuple[set[str], set[str]]:
    """The names that a text binds, and those that it reads."""
    bound, read = set(), set()
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return bound, read
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
    return bound, read - vars(builtins).keys()


def settings_in(space: dict, package: str) -> dict[str, tuple[int, dict]]:
    """The variables that hold objects of a package, but for its classes and modules: where these are, and their
    items or attributes, each by its digest or where that is."""
    found = {}
    for name, value in list(space.items()):
        owner = (value if isinstance(value, FunctionType) else type(value)).__module__
        if isinstance(owner, str) and owner.partition(".")[0] == package and not isinstance(value, type):
            parts = dict.items(value) if isinstance(value, dict) else getattr(value, "__dict__", {}).items()
            found[name] = id(value), {key: _clew.glance(part) or id(part) for key, part in list(parts)}
    return found


def dumps(tree: ast.AST) -> list[str]:
    """The statements of a tree, as texts to compare."""
    return [ast.dump(statement) for statement in getattr(tree, "body", ())]


def magic_of(tree: ast.AST) -> list[str] | None:
    """The magic that all of a tree is, or whose result it binds: its name and its texts."""
    match getattr(tree, "body", None):
        case [ast.Expr(value=call) | ast.Assign(value=call)]:
            match call:
                case ast.Call(
                    func=ast.Attribute(attr="run_line_magic" | "run_cell_magic"),
                    args=[ast.Constant(value=str(name)), *texts],
                ):
                    return [name, *(text.value for text in texts if isinstance(text, ast.Constant))]
    return None


def is_inert(tree: ast.AST) -> bool:
    """Whether all that a tree does is a magic that no value hangs on, or one whose text the shell runs as it
    runs cells, so that its statements are recorded themselves."""
    match getattr(tree, "body", None):
        case [ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(), attr=way)))]:
            match way, magic_of(tree):
                case "run_line_magic", ["load_ext" | "reload_ext" | "unload_ext", line]:
                    return line.strip() in ("clew", "autoreload")
                case "run_line_magic", [name, *_]:
                    return name in INERT or name == "time"
                case "run_cell_magic", [name, line, *_]:
                    return name == "time" or (name == "capture" and not line)
    return False


def magic(line: str) -> None:
    """`%clew slice NAME`, `%clew why NAME`, `%clew graph [NAME]`, `%clew stale`, `%clew status`, `%clew on|off`."""
    shell = get_ipython()
    recording = RECORDINGS.get(id(shell))
    if recording is None:
        print("clew: nothing is recorded; `%load_ext clew` begins to", file=sys.stderr)
        return
    match line.split():
        case ["slice", name]:
            say(recording, name, force=False)
        case ["slice", name, "--force"] | ["slice", "--force", name]:
            say(recording, name, force=True)
        case ["why", name]:
            command(recording, "slice", name, "--why")
        case ["graph"]:
            command(recording, "graph")
        case ["graph", name]:
            draw(recording, name)
        case ["stale"]:
            print("\n".join(recording.stale() or ["no cell is stale"]))
        case ["on"]:
            recording.is_on = True
        case ["off"]:
            if recording.is_on:
                recording.is_on = False
                _clew.pause_cells(False, False, [])
                _clew.miss_cell("recording was switched off")
        case ["status"] | []:
            state = "recording" if recording.is_on else "switched off"
            print(f"{state}; {recording.cells} cells in session {recording.session}")
            print(f"store: {recording.store or 'none'}")
        case _:
            print(f"clew: `%clew {line}` is not known; there are:", file=sys.stderr)
            print(magic.__doc__, file=sys.stderr)


def say(recording: Recording, name: str, force: bool) -> None:
    try:
        print(recording.slice(name, force).rstrip("\n"))
    except (KeyError, RuntimeError) as error:
        print(f"clew: {error.args[0]}", file=sys.stderr)


def draw(recording: Recording, name: str) -> None:
    """A picture of what a variable needs, where the front end shows pictures, and the nodes in words elsewhere."""
    done = answer(recording, "graph", name)
    picture = None
    if done.returncode == 0 and getattr(recording.shell, "kernel", None) is not None:
        picture = answer(recording, "graph", name, "--format", "svg")
    if picture is None or picture.returncode != 0:
        tell(done)
    else:
        display({"text/plain": done.stdout, "image/svg+xml": picture.stdout}, raw=True)


def command(recording: Recording, *words: str) -> None:
    """Prints what a `clew` command says of this session's store."""
    tell(answer(recording, *words))


def tell(done: subprocess.CompletedProcess[str]) -> None:
    print(done.stdout, end="")
    print(done.stderr, end="", file=sys.stderr)


def answer(recording: Recording, *words: str) -> subprocess.CompletedProcess[str]:
    """A `clew` command that has run over this session's store."""
    _clew.write_cells()
    place = {"CLEW_STORE": recording.store} if recording.store else {}
    return subprocess.run(
        [sys.executable, "-m", "clew", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **place},
        check=False,
    )


def load(
    shell: InteractiveShell, arguments: list[str] | None = None, settings: dict | None = None
) -> Recording:
    """Begins to record a shell's cells, unless it does already."""
    if id(shell) not in RECORDINGS:
        RECORDINGS[id(shell)] = Recording(shell, arguments, settings)
        shell.register_magic_function(magic, "line", "clew")
    return RECORDINGS[id(shell)]


def begin(arguments: list[str], settings: dict) -> str | None:
    """Records the cells of this kernel from its first; gives the session, where it is kept."""
    recording = load(get_ipython(), [*arguments, *sys.argv[1:]], settings)
    return recording.session if recording.store is not None else None


def finish(status: str) -> list[str]:
    """Ends the session of this kernel; gives what went wrong with clew."""
    recording = RECORDINGS.get(id(get_ipython()))
    return recording.close(status) if recording is not None else []


def unload(shell: InteractiveShell) -> None:
    """Ends what `load` began."""
    recording = RECORDINGS.get(id(shell))
    if recording is not None:
        recording.close()
