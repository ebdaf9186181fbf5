"""Export: a slice in a folder of its own, with all that it needs beside it.

Its `main` is what the process does that `clew export` starts: it reads a task and writes an answer, both as
JSON.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from clew._clean import identifier, with_values_of_functions, without_saves
from clew._form import Needed, notebook, script
from clew._functions import Made, made
from clew._own_modules import absolute, reached

# A larger file is named and not copied.
LARGEST = 100 * 2**20
# What a program looks for files with, whose names it then need not say.
SEEKERS = re.compile(r"\b(glob|iglob|rglob|listdir|scandir|iterdir|walk)\b")
# What opens files, by its name.
READERS = re.compile(
    r"open|read_(?!only)\w+|load\w*|scan_\w+|fromfile|genfromtxt|imread|memmap|ZipFile|TarFile|ConfigParser|connect"
)
# How long a check may take, and how long the versions are looked for, in seconds.
LIMIT = 600
LOCK_LIMIT = 120

# What the process does that checks: it runs the code as `__main__` and tells what it made.
CHECK = """\
import json, os, sys
sys.flags.safe_path or sys.path.pop(0)
from clew import _export
_export.checked(json.loads(sys.argv[1]))
"""


def main() -> None:
    """Does the task on standard input."""
    task = json.load(sys.stdin)
    try:
        answer = Export(task).write()
    except Unwritten as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


class Unwritten(Exception):
    """There is no folder to write to."""


class Export:
    """A folder as it is made of a slice."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.task = task
        self.folder = Path(task["folder"])
        self.made: Made | None = None
        self.variable: str
        self.code: str
        if "functions" in task:
            self.made = functions_of(task)
            self.variable, self.code = self.made.runs, self.made.text
            self.files, self.missing, self.notes = {}, [], []
            return
        self.variable = task["variable"] or identifier(task["saved_as"])
        self.code = task["code"]
        if self._package() is not None and task["form"] != "notebook":
            self.code = absolute(self.code, self._package() or "")
        within = with_values_of_functions(self.code, task["saved_as"]) if task["is_artifact"] else None
        if within is not None:
            self.code, self.variable = within
        if task["variable"] is None or "clew" in self.code:
            self.code = without_saves(self.code, task["saved_as"])
        self.files: dict[str, bytes | Path] = {}
        self.missing: list[str] = []
        self.notes: list[str] = []

    def write(self) -> dict[str, Any]:
        if self.folder.exists() and not self.folder.is_dir():
            raise Unwritten(f"`{self.folder}` is no folder")
        if self.folder.is_dir() and any(self.folder.iterdir()) and not self.task["replace"]:
            raise Unwritten(f"`{self.folder}` is not empty; --replace writes into it all the same")
        beside = self._script_folder()
        modules = self._modules(beside)
        self._data(beside, "\n".join([self.code, *modules]))
        name = identifier(self.task["name"])
        suffix = ".ipynb" if self.task["form"] == "notebook" else ".py"
        while os.path.join(beside, name + suffix) in self.files:
            name += "_"
        main = os.path.normpath(os.path.join(beside, name + suffix))
        self.files[main] = self._main().encode("utf-8", "surrogatepass")
        needed = Needed.of("\n".join([self.code, *modules]), self.task["folders"])
        self.notes += needed.notes
        self.files["requirements.txt"] = requirements(needed).encode()
        self.missing += [f"artifact `{artifact}`: the code has it from the store" for artifact in artifacts_in(self.code)]
        self.files["README.md"] = self._readme(main).encode("utf-8", "surrogatepass")
        for path, content in self.files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                shutil.copyfile(content, place)
            else:
                place.write_bytes(content)
        lock = self._lock(main) if self.task["lock"] and needed.direct else None
        check = self._check(main) if self.task["check"] else None
        return {
            "files": sorted([*self.files, *filter(None, [lock])]),
            "missing": self.missing,
            "notes": self.notes,
            "variable": self.variable,
            "main": main,
            "check": check,
        }

    def _lock(self, main: str) -> str | None:
        """Has uv, where it is there, look up all that the requirements come to, with digests; gives the file."""
        uv = shutil.which("uv")
        if uv is None:
            return None
        if self.task["form"] == "pep723":
            command, lock = ["lock", "--script", main], f"{main}.lock"
        else:
            lock = "requirements.lock"
            command = ["pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"]
            command += ["--python-version", self.task["python"], "requirements.txt", "--output-file", lock]
        try:
            done = subprocess.run(
                [uv, *command],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=LOCK_LIMIT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            why = str(error)
        else:
            if done.returncode == 0 and (self.folder / lock).exists():
                return lock
            why = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[0]
        self.notes.append(f"uv made no {lock}, and requirements.txt says the versions: {why}")
        return None

    def _script_folder(self) -> str:
        """Where the script lay, as seen from where it ran; here where that is not below."""
        file = self.task["file"]
        # A module that was started by its name finds others from where it was started.
        if file is None or self.task["module"] is not None:
            return "."
        folder = os.path.relpath(os.path.dirname(file), self.task["working_directory"])
        return "." if folder.startswith("..") else folder

    def _package(self) -> str | None:
        """The package that the script is a module of, where it was started by its name."""
        module, file = self.task["module"], self.task["file"]
        if module is None:
            return None
        return module if os.path.basename(file or "") == "__main__.py" else module.rpartition(".")[0] or None

    def _within(self, path: str, beside: str) -> str | None:
        """Where a file of the session's folders lies in the export."""
        relative = os.path.relpath(path, self.task["working_directory"])
        if not relative.startswith(".."):
            return relative
        if self.task["file"] is not None and self.task["module"] is None:
            relative = os.path.relpath(path, os.path.dirname(self.task["file"]))
            if not relative.startswith(".."):
                return os.path.normpath(os.path.join(beside, relative))
        return None

    def _take(self, file: dict[str, Any], beside: str) -> None:
        path, place = file["path"], self._within(file["path"], beside)
        if place is None:
            self.missing.append(f"{path} has to be there: the code names it so")
        elif file["content"] is not None:
            self.files[place] = bytes.fromhex(file["content"])
        elif file["state"] != "unchanged":
            self.missing.append(f"{place} is {file['state']} since the run, and was not kept: {told(file)}")
        elif file["size"] > LARGEST:
            self.missing.append(f"{place} is large and was not copied from {path}: {told(file)}")
        else:
            self.files[place] = Path(path)

    def _modules(self, beside: str) -> list[str]:
        """The texts of the program's own modules that the code comes to."""
        # The script itself is no module, unless it is imported again.
        imports = [file for file in self.task["files"] if file["role"] == "imported" and file["path"] != self.task["file"]]
        texts = {file["path"]: text_of(file) for file in imports}
        found = reached(self.code, texts, self._package())
        for file in imports:
            if file["path"] in found:
                self._take(file, beside)
        return [texts[path] for path in found]

    def _data(self, beside: str, text: str) -> None:
        made = {file["path"] for file in self.task["files"] if file["role"] == "written"}
        left = [
            file
            for file in self.task["files"]
            if file["role"] in ("read", "changed") and file["path"] not in made
        ]
        # Where code does not say what it reads, it may be any of what the session has read.
        if reads_unnamed(text):
            wanted, left = left, []
        else:
            wanted = [file for file in left if speaks_of(text, file["path"], self.task["arguments"])]
        while wanted:
            for file in wanted:
                self._take(file, beside)
            # A file that is taken may name others.
            said = "".join(bytes.fromhex(file["content"] or "").decode("utf-8", "replace") for file in wanted)
            left = [file for file in left if file not in wanted]
            wanted = [file for file in left if os.path.basename(file["path"]) in said]

    def _main(self) -> str:
        task = self.task
        match task["form"]:
            case "notebook":
                parts = task["parts"]
                if self.code != task["code"]:
                    parts = [{"code": self.code, "whole": self.code}]
                text, notes = notebook({**task, "parts": parts})
            case "pep723":
                text, notes = script({**task, "code": self.code}, is_beside=True)
            case _:
                text, notes = self.code, []
        self.notes += notes
        return text

    def _readme(self, main: str) -> str:
        task = self.task
        words = " ".join(shlex.quote(word) for word in task["arguments"][1:])
        if task["form"] == "notebook":
            run = f"jupyter nbconvert --to notebook --execute --inplace {shlex.quote(main)}"
        elif task["form"] == "pep723":
            run = f"uv run {shlex.quote(main)} {words}".rstrip()
        else:
            run = f"pip install -r requirements.txt && python {shlex.quote(main)} {words}".rstrip()
        what = self.variable
        if self.made is not None:
            what = "` and `".join(row["name"] for row in self.made.rows)
            if task["form"] == "function":
                run = f"pip install -r requirements.txt && python -c 'from {Path(main).stem} import *; print({self.variable}())'"
        lines = [
            f"# {task['name']}",
            "",
            f"What makes `{what}` in `{task['script']}` as it ran on {task['began']} UTC with Python"
            f" {task['python']}, and nothing else:",
            "",
            f"    {run}",
        ]
        if self.missing:
            lines += ["", "It needs besides:", "", *(f"- {missing}" for missing in self.missing)]
        return "\n".join(lines) + "\n"

    def _check(self, main: str) -> dict[str, Any]:
        """Runs what was written in an empty folder and compares the value."""
        with tempfile.TemporaryDirectory(prefix="clew-export-") as place:
            for path in self.files:
                to = os.path.join(place, path)
                os.makedirs(os.path.dirname(to), exist_ok=True)
                shutil.copyfile(self.folder / path, to)
            question = {
                "main": main,
                "code": self.code,
                "variable": self.variable,
                "arguments": self.task["arguments"],
                "answer": os.path.join(place, ".clew-check.json"),
                "allow_effects": self.task["allow_effects"],
            }
            if self.made is not None:
                question["code"] = self.made.functions
                question["calls"] = [row["name"] for row in self.made.rows]
            command = [sys.executable, "-c", CHECK, json.dumps(question)]
            try:
                done = subprocess.run(
                    command, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT, check=False
                )
            except subprocess.TimeoutExpired:
                return {"verdict": "failed", "reason": f"it took more than {LIMIT} seconds"}
            try:
                answer = json.loads(Path(question["answer"]).read_text())
            except OSError:
                last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
                return {"verdict": "failed", "reason": "".join(last) or f"it ended with {done.returncode}"}
        if self.made is None:
            made, recorded = answer.get("fingerprint"), self.task["fingerprint"]
        else:
            made, recorded = answer.get("fingerprint"), [row["fingerprint"] for row in self.made.rows]
            if None in recorded:
                recorded = None
        if answer.get("error"):
            return {"verdict": "failed", "reason": answer["error"]}
        if made is None or recorded is None:
            return {"verdict": "not comparable", "reason": answer.get("reason") or "no fingerprint was recorded"}
        if made != recorded:
            return {"verdict": "different", "reason": f"it made {answer['shown']}"}
        return {"verdict": "equal", "reason": None}


def functions_of(task: dict[str, Any]) -> Made:
    """The artifacts of a task as functions."""
    from clew import _clew

    _clew.use_store(task["store"])
    wanted = task["functions"]
    try:
        return made([tuple(each) for each in wanted["artifacts"]], wanted["parameters"], form=task["form"])
    except (KeyError, ValueError, RuntimeError) as error:
        raise Unwritten(str(error.args[0])) from error


def checked(question: dict[str, Any]) -> None:
    """What the process does that checks an export: runs it as `__main__` in the current folder."""
    import types

    from clew import _clew
    from clew._difference import shown
    from clew._effects import Effects
    from clew._replay import _shell_for

    here = os.getcwd()
    main = os.path.join(here, question["main"])
    write, dumps = Path(question["answer"]).write_text, json.dumps
    code, fingerprint = question["code"], _clew.fingerprint
    module = types.ModuleType("__main__")
    module.__dict__["__file__"] = main
    shell = _shell_for(code)
    if not question["allow_effects"]:
        Effects([here], lambda path: False).listen()
    sys.modules["__main__"] = module
    sys.argv = [question["main"], *question["arguments"][1:]]
    sys.path.insert(0, os.path.dirname(main))
    try:
        if shell is not None:
            shell.run(code, module)
        else:
            exec(compile(code, main, "exec", dont_inherit=True), module.__dict__)
    except SystemExit:
        # A program may end itself when it has made the value.
        pass
    except BaseException as error:
        write(dumps({"error": f"{type(error).__name__}: {error}"}))
        return
    if question["variable"] not in module.__dict__:
        write(dumps({"error": f"it leaves no `{question['variable']}`"}))
        return
    value = module.__dict__[question["variable"]]
    if "calls" in question:
        try:
            values = value()
            found = [fingerprint(values[name]) for name in question["calls"]]
            write(dumps({"fingerprint": found, "shown": shown(values)}))
        except ValueError as error:
            write(dumps({"fingerprint": None, "reason": str(error)}))
        except BaseException as error:
            write(dumps({"error": f"{type(error).__name__}: {error}"}))
        return
    try:
        write(dumps({"fingerprint": fingerprint(value), "shown": shown(value)}))
    except ValueError as error:
        write(dumps({"fingerprint": None, "reason": str(error)}))


def requirements(needed: Needed) -> str:
    """The distributions as pip reads them."""
    lines = list(needed.direct)
    if needed.further:
        lines += ["# What these come with:", *needed.further]
    return "".join(f"{line}\n" for line in lines)


def artifacts_in(code: str) -> list[str]:
    """The artifacts that code has from a store."""
    found = []
    for node in ast.walk(ast.parse(code)) if "clew" in code else ():
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="clew"), attr="get"), args=[ast.Constant(value=str(name)), *rest]):
                version = [part.value for part in rest if isinstance(part, ast.Constant)]
                found.append("@".join([name, *map(str, version)]))
    return found


def told(file: dict[str, Any]) -> str:
    """A file's size and digest, by which it is known."""
    digest = file["digest"]
    return f"{file['size']} bytes" + ("" if digest is None else f", BLAKE3 {digest}")


def text_of(file: dict[str, Any]) -> str:
    """What is in a file, as it was where that was kept."""
    if file["content"] is not None:
        return bytes.fromhex(file["content"]).decode("utf-8", "replace")
    try:
        return Path(file["path"]).read_text("utf-8", "replace")
    except OSError:
        return ""


def reads_unnamed(text: str) -> bool:
    """Whether code opens a file of which its text says neither the name nor how it ends."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return True
    # The variables whose values the text says, or that are open files.
    said: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value) if says_a_file(value, said) or is_reader(value):
                said.update(target.id for target in targets if isinstance(target, ast.Name))
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)) if is_reader(value):
                said.add(name)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and is_reader(node)):
            continue
        named = [*node.args[:1], *(keyword.value for keyword in node.keywords)]
        receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        parts = named + receiver
        if parts and not any(says_a_file(part, said) for part in parts):
            return True
    return False


def is_reader(node: ast.AST) -> bool:
    """Whether something is a call that opens a file, by its name."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return READERS.fullmatch(name) is not None
    return False


def says_a_file(node: ast.AST, said: set[str]) -> bool:
    """Whether an expression says a file's name or how it ends, or reads a variable that does."""
    for part in ast.walk(node):
        match part:
            case ast.Constant(value=str(text)) if os.path.splitext(text)[1] or text.startswith("."):
                return True
            case ast.Name(id=name) if name in said:
                return True
    return False


def speaks_of(text: str, path: str, arguments: list[str]) -> bool:
    """Whether code may read a file: it says its name, or it seeks files, or it puts names together that end so,
    or the file was named on the command line."""
    name, suffix = os.path.basename(path), os.path.splitext(path)[1]
    if name in text or SEEKERS.search(text):
        return True
    if any(os.path.basename(word) == name for word in arguments[1:]):
        return True
    stem = os.path.splitext(name)[0]
    if re.search(rf"""["'/]{re.escape(stem)}["']""", text):
        return True
    return bool(suffix) and re.search(rf"""(\}}|["']|%s|%d){re.escape(suffix)}""", text) is not None
