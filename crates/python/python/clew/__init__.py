"""Runs Python and gives back the exact code behind any result.

Run a program with ``clew run script.py``; in it, keep what matters::

    import clew

    clew.save(model, "model")

and later, anywhere::

    clew.get("model").get_code()

What a program left outside of its values is kept by its code alone: `clew.save(clew.file_system,
"files")` keeps what wrote files, `clew.db` stands for databases.

In a notebook, `%load_ext clew` records the cells that run from then on, and `%clew slice NAME` gives
the code behind a variable.
"""

from clew._artifact import Artifact, get, save
from clew._external import db, file_system

__all__ = ["Artifact", "db", "file_system", "get", "save"]
__version__ = "0.1.0"


def load_ipython_extension(shell: object) -> None:
    """What `%load_ext clew` calls: from now on the cells of this shell are recorded."""
    from clew import _notebook

    _notebook.load(shell)


def unload_ipython_extension(shell: object) -> None:
    """What `%unload_ext clew` calls: the session ends."""
    from clew import _notebook

    _notebook.unload(shell)
