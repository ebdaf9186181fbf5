"""Run notebook: a notebook's cells, run in a kernel that is started for them.

`clew run NOTEBOOK` comes here. The kernel is loaded with clew before the first cell runs, by a request that
is no cell: it has no execution count and leaves no name behind.
"""

from __future__ import annotations

import ast
import asyncio
import logging
import os
import re
import shutil
import signal
import sys
import threading
from typing import TYPE_CHECKING, NamedTuple

MISSING = "to run notebooks, clew needs {0}: `{1} -m pip install 'clew[notebook]'` installs it"
try:
    import nbformat
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
except ImportError as error:
    raise RuntimeError(MISSING.format(error.name or error, sys.executable)) from error

if TYPE_CHECKING:
    from nbformat import NotebookNode

# The kernel of the Python that runs this.
OWN = "python3"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# What the kernel's application logs, as that it was interrupted when it was told to end.
LOG = re.compile(r"^\[IPKernelApp\].*\n?", flags=re.MULTILINE)
# What a shell says of a program that Ctrl-C ended.
INTERRUPTED = 128 + signal.SIGINT


class Notebook(NamedTuple):
    """A notebook and what is done with it."""

    file: str
    content: NotebookNode
    # Where it goes with its outputs; where that is nowhere, they are shown.
    output: str | None


def run(
    file: str,
    kernel: str | None,
    output: str | None,
    parameters: list[tuple[str, str]],
    settings: dict,
) -> dict:
    """Runs a notebook; gives the exit code, the session, and what went wrong with clew."""
    try:
        content = nbformat.read(file, as_version=4)
    except Exception as error:
        first = str(error).partition("\n")[0]
        raise RuntimeError(f"`{file}` cannot be read as a notebook: {first}") from error
    if output is not None and not os.path.isdir(os.path.dirname(os.path.realpath(output))):
        raise RuntimeError(f"`{output}` cannot be written: there is no such folder")
    if parameters:
        inject(content, {name: value_of(text) for name, text in parameters})
    specifications = Specifications()
    name = kernel_of(content, kernel, specifications)
    notebook = Notebook(file, content, output)
    manager = AsyncKernelManager(kernel_name=name, kernel_spec_manager=specifications)
    try:
        return asyncio.run(Run(notebook, manager, settings).whole())
    finally:
        if output is not None:
            write(content, output)


class Specifications(KernelSpecManager):
    """The kernels at hand; the plain one is that of the Python that runs this, which has clew."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        if kernel_name != OWN:
            return super().get_kernel_spec(kernel_name)
        return KernelSpec(**get_kernel_dict())


def kernel_of(content: NotebookNode, asked: str | None, specifications: Specifications) -> str:
    """The kernel that a notebook is run in: the one asked for, its own where there is one of that name,
    else that of the Python that runs this."""
    if asked is not None:
        try:
            specifications.get_kernel_spec(asked)
        except NoSuchKernel:
            known = ", ".join(sorted({OWN, *specifications.find_kernel_specs()}))
            raise RuntimeError(f"there is no kernel `{asked}`; there are: {known}") from None
        return asked
    own = content.metadata.get("kernelspec", {})
    language = own.get("language") or content.metadata.get("language_info", {}).get("name")
    if language is not None and language.lower() not in ("python", "ipython"):
        raise RuntimeError(
            f"it is a notebook for {language}, and clew runs Python; --kernel names another kernel"
        )
    name = own.get("name")
    return name if name in specifications.find_kernel_specs() else OWN


def inject(content: NotebookNode, parameters: dict[str, object]) -> None:
    """Puts a cell that binds variables after the one that is tagged `parameters`, as papermill does."""
    lines = [f"{name} = {value!r}" for name, value in parameters.items()]
    cell = nbformat.v4.new_code_cell("\n".join(["# Parameters", *lines]))
    cell.metadata["tags"] = ["injected-parameters"]
    if (content.nbformat, content.nbformat_minor) < (4, 5):
        cell.pop("id", None)
    tagged = {tag: at for at, known in enumerate(content.cells) for tag in tags(known)}
    if "injected-parameters" in tagged:
        content.cells[tagged["injected-parameters"]] = cell
    else:
        content.cells.insert(tagged.get("parameters", -1) + 1, cell)


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def value_of(text: str) -> object:
    """A parameter's value: what the text is in Python where that is plain data, else the text."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


class Client(NotebookClient):
    """Tells of each output when it comes."""

    show = None

    def output(self, outs: list, msg: dict, display_id: str | None, cell_index: int):
        out = super().output(outs, msg, display_id, cell_index)
        if out is not None and self.show is not None:
            self.show(out)
        return out


class Run:
    """One run of a notebook."""

    def __init__(self, notebook: Notebook, manager: AsyncKernelManager, settings: dict) -> None:
        self.notebook = notebook
        self.manager = manager
        self.settings = settings
        quiet = logging.Logger("clew", logging.CRITICAL + 1)
        self.client = Client(notebook.content, km=manager, log=quiet, record_timing=False)
        self.client.show = show if notebook.output is None else None
        self.interrupts: list[asyncio.Future] = []

    async def whole(self) -> dict:
        folder = os.path.dirname(os.path.abspath(self.notebook.file))
        said = Said()
        setup = self.client.async_setup_kernel(cleanup_kc=True, cwd=folder, stderr=said.end)
        try:
            await setup.__aenter__()
        except Exception as error:
            name, last = self.manager.kernel_name, said.text().rstrip().rpartition("\n")[2]
            raise RuntimeError(f"the kernel `{name}` does not start: {last or error}") from error
        try:
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self.interrupt)
            session = await self.begin()
            # What a kernel says while it starts is of no concern where it does start.
            said.forget()
            answer = await self.cells(session)
        finally:
            await setup.__aexit__(None, None, None)
        say(LOG.sub("", said.text()), sys.stderr)
        return answer

    async def cells(self, session: str | None) -> dict:
        content = self.notebook.content
        info = await self.client.async_wait_for_reply(self.client.kc.kernel_info())
        content.metadata["language_info"] = info["content"]["language_info"]
        code, status = 0, "0"
        for index, cell in enumerate(content.cells):
            try:
                await self.client.async_execute_cell(cell, index)
            except CellExecutionError as error:
                code, status = 1, "1"
                if error.ename == "KeyboardInterrupt" and self.interrupts:
                    code, status = INTERRUPTED, "interrupted"
                if self.client.show is None:
                    show_error(cell)
                break
            except DeadKernelError:
                print(f"clew: the kernel ended in cell {index + 1}", file=sys.stderr)
                return {"code": 1, "session": session, "faults": []}
        self.client.set_widgets_metadata()
        faults = await self.ask("finish", status)
        return {"code": code, "session": session, "faults": faults}

    async def begin(self) -> str | None:
        """Has the kernel record what runs in it; gives the session, where it is kept."""
        arguments = [os.path.basename(self.notebook.file)]
        try:
            return await self.ask("begin", arguments, self.settings)
        except ModuleNotFoundError:
            python = await self.ask_of("sys", "executable")
            raise RuntimeError(
                f"the kernel `{self.manager.kernel_name}` runs {python}, which has no clew; "
                f"`{python} -m pip install clew` installs it, and --kernel {OWN} runs the notebook in "
                f"{sys.executable}"
            ) from None

    async def ask(self, name: str, *arguments: object) -> object:
        """What a function of clew's says in the kernel."""
        given = ", ".join(map(repr, arguments))
        return await self.evaluated(
            f"__import__('clew._notebook', fromlist=['{name}']).{name}({given})"
        )

    async def ask_of(self, module: str, name: str) -> object:
        return await self.evaluated(f"__import__('{module}').{name}")

    async def evaluated(self, expression: str) -> object:
        request = self.client.kc.execute(
            "", silent=True, store_history=False, user_expressions={"clew": expression}
        )
        reply = await self.client.async_wait_for_reply(request)
        answer = reply["content"]["user_expressions"]["clew"]
        if answer["status"] == "ok":
            return ast.literal_eval(answer["data"]["text/plain"])
        if answer["ename"] == "ModuleNotFoundError":
            raise ModuleNotFoundError(answer["evalue"])
        raise RuntimeError(f"{answer['ename']}: {answer['evalue']}")

    def interrupt(self) -> None:
        """Ctrl-C goes to the cell; where that does not heed it, the second one ends the kernel."""
        if self.interrupts:
            done = self.manager.shutdown_kernel(now=True)
        else:
            done = self.manager.interrupt_kernel()
        self.interrupts.append(asyncio.ensure_future(done))


class Said:
    """What a process writes to the end of a pipe. A file would be one that the notebook holds open."""

    def __init__(self) -> None:
        begin, self.end = os.pipe()
        self.parts: list[bytes] = []
        self.listener = threading.Thread(target=self.listen, args=(begin,), daemon=True)
        self.listener.start()

    def listen(self, begin: int) -> None:
        with open(begin, "rb", buffering=0) as pipe:
            while part := pipe.read(65536):
                self.parts.append(part)

    def forget(self) -> None:
        self.parts.clear()

    def text(self) -> str:
        """All that was written, when the process has ended."""
        os.close(self.end)
        # Processes that it leaves behind may hold the pipe for as long as they like.
        self.listener.join(timeout=1)
        return b"".join(self.parts).decode(errors="replace")


def show(output: NotebookNode) -> None:
    """Prints what an output says as text."""
    match output.output_type:
        case "stream":
            say(output.text, sys.stderr if output.name == "stderr" else sys.stdout)
        case "execute_result" | "display_data":
            text = output.data.get("text/plain")
            if text is not None:
                say(f"{text}\n", sys.stdout)
        case "error":
            say("\n".join([*output.traceback, ""]), sys.stderr)


def show_error(cell: NotebookNode) -> None:
    for output in cell.outputs:
        if output.output_type == "error":
            show(output)


def say(text: str, to: object) -> None:
    if not to.isatty():
        text = COLOURS.sub("", text)
    try:
        to.write(text)
        to.flush()
    except UnicodeEncodeError:
        to.write(text.encode(to.encoding, "backslashreplace").decode(to.encoding))
        to.flush()


def write(content: NotebookNode, file: str) -> None:
    """Writes a notebook; whoever reads the file finds the old one or the new one, whole."""
    file = os.path.realpath(file)
    begun = f"{file}.begun"
    with open(begun, "w", encoding="utf-8") as to:
        nbformat.write(content, to)
    if os.path.exists(file):
        shutil.copymode(file, begun)
    os.replace(begun, file)
