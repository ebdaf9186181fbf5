"""Shell: runs a slice of cells as IPython runs cells, where plain Python does not know what is in it."""

from __future__ import annotations

import ast
import types
from tempfile import TemporaryDirectory

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

# What a shell adds to what Python has built in.
ADDED = {"get_ipython", "display"}


class Windowless(InteractiveShell):
    """A shell in which `%matplotlib` succeeds and opens no window."""

    def enable_gui(self, gui: str | None = None) -> None:
        pass


class Shell:
    """A shell that keeps no history and has no settings of the user's."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="clew-shell-", ignore_cleanup_errors=True)
        config = Config()
        config.HistoryManager.enabled = False
        self._shell = Windowless.instance(ipython_dir=self._folder.name, config=config)
        # As those that people start have it.
        self._shell.run_line_magic("load_ext", "storemagic")
        # An exception goes to whoever asked for the replay.
        self._shell.showtraceback = lambda *_, **__: None

    def run(self, code: str, module: types.ModuleType) -> None:
        """Runs a text in a module."""
        shell = self._shell
        # The history, and what else a shell finds in its namespace.
        module.__dict__.update((name, shell.user_ns[name]) for name in shell.user_ns_hidden)
        shell.user_module, shell.user_ns = module, module.__dict__
        result = shell.run_cell(code)
        error = result.error_before_exec or result.error_in_exec
        if error is not None and not isinstance(error, SystemExit):
            raise error


def wants_shell(code: str) -> bool:
    """Whether a text is not one that plain Python runs."""
    try:
        compile(code, "<slice>", "exec", dont_inherit=True)
    except SyntaxError:
        return True
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    return not names.isdisjoint(ADDED)
