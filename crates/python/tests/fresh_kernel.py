"""Fresh kernel: makes a kernel in which cells ran one in which none did."""

from __future__ import annotations

import os
import random
import sys
import warnings

ENVIRONMENT = dict(os.environ)
MODULES = set(sys.modules)
PATH = list(sys.path)


def begin(shell: object, folder: str) -> None:
    shell.reset(new_session=True)
    shell.ast_node_interactivity = "last_expr"
    shell.ast_transformers.clear()
    shell.input_transformers_post.clear()
    shell.displayhook.do_full_cache = True
    shell.InteractiveTB.set_mode("Context")
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    sys.path[:] = PATH
    for name in set(sys.modules) - MODULES:
        file = getattr(sys.modules[name], "__file__", None)
        # What a case wrote is gone; libraries stay.
        if file and os.path.dirname(folder) in file:
            del sys.modules[name]
    # What IPython keeps of folders and of other sessions.
    shell.user_ns["_dh"][:] = [folder]
    # That of IPython 8 is no dictionary, and without `pickleshare` nothing at all.
    for key in list(getattr(shell.db, "keys", list)()):
        del shell.db[key]
    random.seed(0)
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    # Warnings that were shown once are shown again.
    warnings.filterwarnings("default", category=FutureWarning)
