"""Notebook cases: cells in a pair of warm kernels, with clew and without, and replays of slices.

A case is a block of cells with `# %%` between them. What follows `# %%` says how the next one runs:
nothing, as people run it; `again N`, cell N once more; `silent` and `unstored`, as front ends do;
`interrupt`, stopped when it has printed something; `complete` and `inspect`, asked about and not
run; `expression E`, run for a value beside it; `input TEXT`, which answers when it asks; `subshell`,
in a thread of its own; `later SECONDS`, when so much time has gone by; `comm NAME DATA`, which is no
cell: what the front end tells the widget of that name; `comm_open TARGET DATA`, a comm that it opens; `edit FILE`, which is none either: what an
editor writes to a file beside the notebook.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import queue
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from kernels import LIMIT_IN_SECONDS, LOAD, Kernel, plain
from programs import environment

HERE = Path(__file__).parent


@dataclass
class Cell:
    """A cell, and how it runs."""

    text: str
    way: str = ""
    detail: str = ""


def cells_of(block: str) -> list[Cell]:
    """The cells of a case."""
    found: list[Cell] = []
    first, *others = re.split(r"^# %%(.*)\n", f"{block}\n", flags=re.MULTILINE)
    heads = ["", *others[::2]]
    for head, text in zip(heads, [first, *others[1::2]], strict=True):
        way, _, detail = head.strip().partition(" ")
        text = text.strip("\n")
        if way == "again":
            text, way, detail = found[int(detail) - 1].text, "", ""
        found.append(Cell(text, way, detail))
    return found


class CaseKernel(Kernel):
    """A kernel that begins afresh for each case."""

    # How long a cell may take.
    limit: float = LIMIT_IN_SECONDS

    def begin(self, folder: Path, *first: str) -> None:
        """Makes it one in which nothing ran, in an empty folder."""
        folder.mkdir()
        self.folder = folder
        # What an editor wrote last to files beside the notebook.
        self.edited: dict[str, str] = {}
        places = repr(str(HERE)), repr(str(folder))
        self.quietly(
            "import sys; sys.path.insert(0, {}); import fresh_kernel; del sys.path[0]\n"
            "fresh_kernel.begin(get_ipython(), {})".format(*places)
        )
        for text in first:
            self.quietly(text)

    def quietly(self, text: str, **expressions: str) -> dict:
        """Runs something that is no cell of the case and has to succeed."""
        reply, shown = self.ask(Cell(text, "unstored"), expressions)
        content = reply["content"]
        assert content["status"] == "ok", "\n".join([text, *shown])
        return content.get("user_expressions", {})

    def show(self, cell: Cell) -> list[str]:
        """What comes back for a cell, a message a line, without what differs from run to run."""
        match cell.way:
            case "complete" | "inspect":
                request = getattr(self.client, cell.way)
                content = self._reply(request(cell.text))["content"]
                content.pop("metadata", None)
                return [without_chance(f"{cell.way}: {json.dumps(content, sort_keys=True)}")]
            case "comm" | "comm_open":
                return self.tell(cell)
            case "later":
                time.sleep(float(cell.detail))
            case "edit":
                self.edited[cell.detail] = f"{cell.text}\n"
                (self.folder / cell.detail).write_text(self.edited[cell.detail])
                return []
        expressions = {"asked": cell.detail} if cell.way == "expression" else {}
        reply, shown = self.ask(cell, expressions)
        content = {key: reply["content"][key] for key in sorted(reply["content"])}
        # The traceback was shown, and the engine is the process.
        for key in ("traceback", "engine_info"):
            content.pop(key, None)
        return [*shown, without_chance(f"reply: {json.dumps(content)}")]

    def ask(self, cell: Cell, expressions: dict[str, str]) -> tuple[dict, list[str]]:
        content = {
            "code": cell.text,
            "silent": cell.way == "silent",
            "store_history": cell.way not in ("silent", "unstored"),
            "user_expressions": expressions,
            "allow_stdin": cell.way == "input",
            "stop_on_error": False,
        }
        request = self.client.session.msg("execute_request", content)
        if cell.way == "subshell":
            request["header"]["subshell_id"] = self.subshell()
        self.client.shell_channel.send(request)
        shown = self._shown(request, cell)
        return self._reply(request["header"]["msg_id"]), shown

    def _shown(self, request: dict, cell: Cell) -> list[str]:
        """What is shown until a request is dealt with."""
        number = request["header"]["msg_id"]
        shown: list[str] = []
        # They come by another socket than the messages do, so in no order to them.
        asks: list[str] = []
        end = time.monotonic() + self.limit
        interrupted = False
        while time.monotonic() < end:
            if cell.way == "input" and self.client.stdin_channel.msg_ready():
                asked = self.client.stdin_channel.get_msg(timeout=1)
                asks.append(f"asks: {asked['content']}")
                self.client.input(cell.detail)
            try:
                message = self.client.get_iopub_msg(timeout=0.05)
            except queue.Empty:
                continue
            owned = message["parent_header"].get("msg_id") == number
            content = message["content"]
            if owned and content.get("execution_state") == "idle":
                return [*shown, *asks]
            if message["msg_type"] == "status":
                continue
            add(shown, message, owned)
            if cell.way == "interrupt" and not interrupted and message["msg_type"] == "stream":
                interrupted = True
                # What it printed is followed by what is to be interrupted.
                time.sleep(0.3)
                self.manager.interrupt_kernel()
        raise TimeoutError(f"this does not end:\n{cell.text}\nit showed {shown}")

    def tell(self, cell: Cell) -> list[str]:
        """What comes back when the front end tells a widget something, or opens a comm of its own."""
        name, _, data = cell.detail.partition(" ")
        content = {"comm_id": "opened", "data": json.loads(data), "target_name": name}
        kind = "comm_open"
        if cell.way == "comm":
            kind, content["comm_id"] = "comm_msg", ast.literal_eval(self.evaluated(f"{name}.model_id"))
        request = self.client.session.msg(kind, content)
        self.client.shell_channel.send(request)
        return [line.replace(content["comm_id"], "ID") for line in self._shown(request, cell)]

    def evaluated(self, expression: str) -> str:
        """How an expression reads in the kernel."""
        answer = self.quietly("", asked=expression)["asked"]
        assert answer["status"] == "ok", answer
        return answer["data"]["text/plain"]

    def subshell(self) -> str:
        channel = self.client.control_channel
        request = self.client.session.msg("create_subshell_request", {})
        channel.send(request)
        reply = channel.get_msg(timeout=LIMIT_IN_SECONDS)
        return reply["content"]["subshell_id"]

    def _reply(self, number: str) -> dict:
        while True:
            reply = self.client.get_shell_msg(timeout=LIMIT_IN_SECONDS)
            if reply["parent_header"].get("msg_id") == number:
                return reply


def add(shown: list[str], message: dict, owned: bool) -> None:
    """Puts a message into words; those of a stream are joined, since a clock cuts them."""
    kind, content = message["msg_type"], message["content"]
    whose = "" if owned else " of an earlier cell"
    if kind == "stream":
        head = f"{content['name']}{whose}: "
        text = without_chance(content["text"])
        if shown and shown[-1].startswith(head):
            shown[-1] += text
        else:
            shown.append(head + text)
        return
    if kind in ("display_data", "update_display_data") and "image/png" in content["data"]:
        picture = content["data"]["image/png"].encode()
        content["data"]["image/png"] = hashlib.sha256(picture).hexdigest()[:16]
    shown.append(without_chance(f"{kind}{whose}: {json.dumps(content, sort_keys=True)}"))


def without_chance(text: str) -> str:
    """A text without what differs from kernel to kernel and from run to run."""
    text = plain(text.replace("\\u001b", "\x1b"))
    text = re.sub(r"(CPU times|Wall time): .*", r"\1", text)
    # Anchored, and bounded, since a line may be a picture of megabytes.
    text = re.sub(r"(?m)^(The slowest run took .*\n)?.* per loop .*", "times", text)
    text = re.sub(r'("(display|comm|model|msg)_?id": )"[\w-]+"', r'\1"ID"', text)
    text = re.sub(r"IPY_MODEL_\w+", "IPY_MODEL_ID", text)
    # What runs in a thread is named by its number, and folders by the kernel.
    text = re.sub(r"Thread-\d+", "Thread", text)
    return re.sub(r"/[^\s'\":]{0,300}/(plain|clew)\b", "FOLDER", text)


class Pair:
    """A kernel without clew and one with it, and a process that replays slices."""

    def __init__(self, folder: Path, **kernel: str) -> None:
        self.folder = folder
        self.plain, self.clew = (
            CaseKernel(made(folder / f"kernel_{name}"), **kernel) for name in ("plain", "clew")
        )
        self.replays = subprocess.Popen(
            [sys.executable, str(HERE / "replay_cells.py")],
            env=environment(IPYTHONDIR=str(folder / "ipython")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Pair:
        return self

    def __exit__(self, *reason: object) -> None:
        for kernel in (self.plain, self.clew):
            kernel.__exit__(*reason)
        self.replays.communicate()

    def begin(self, name: str, before: list[Cell]) -> None:
        """Begins a case: some cells run before clew is loaded."""
        folder = self.folder / name
        folder.mkdir()
        for kernel in (self.plain, self.clew):
            side = "plain" if kernel is self.plain else "clew"
            kernel.begin(folder / side)
            for cell in before:
                kernel.show(cell)
        self.clew.quietly(LOAD)

    def end(self) -> None:
        self.clew.quietly("%unload_ext clew")

    def show(self, cells: list[Cell]) -> tuple[list[str], list[str]]:
        """What both show of the cells: without clew, and with it."""
        sides = []
        for kernel in (self.plain, self.clew):
            shown = []
            for number, cell in enumerate(cells, 1):
                shown += [f"[cell {number}] {line}" for line in kernel.show(cell)]
            sides.append(shown)
        plain, clew = sides
        return plain, clew

    def slice(self, name: str) -> str:
        """What `%clew slice NAME` prints."""
        _, shown = self.clew.ask(Cell(f"%clew slice {name}", "unstored"), {})
        said = [re.fullmatch(r"(?:stdout|stderr): (.*)", line, re.DOTALL) for line in shown]
        return "".join(text[1] for text in said if text).rstrip("\n")

    def value(self, name: str) -> str:
        """How a variable of the kernel with clew reads."""
        return plain(ast.literal_eval(self.clew.evaluated(f"repr({name})")))

    def replayed(self, code: str, name: str, folder: Path) -> str:
        """How it reads when a fresh process has run a slice."""
        folder.mkdir()
        for file, text in self.clew.edited.items():
            (folder / file).write_text(text)
        question = {"code": code, "name": name, "folder": str(folder)}
        print(json.dumps(question), file=self.replays.stdin, flush=True)
        return plain(json.loads(self.replays.stdout.readline()))


def made(folder: Path) -> Path:
    os.makedirs(folder)
    return folder
