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

from __future__ import annotations

from clew._artifact import Artifact, ArtifactStore, artifact_store, delete, get, save
from clew._external import db, file_system
from clew._options import options

# As in `_artifact`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any, TypeVar, overload

    from IPython.core.interactiveshell import InteractiveShell

    from clew._embedded import Session

    Function = TypeVar("Function", bound=Callable[..., Any])

__all__ = [
    "Artifact",
    "ArtifactStore",
    "artifact_store",
    "db",
    "delete",
    "file_system",
    "get",
    "get_function",
    "get_module",
    "get_module_definition",
    "options",
    "reload",
    "save",
    "session",
    "traced",
    "visualize",
]
__version__ = "0.1.0"


def session() -> Session:
    """Records a block, in a program that plain Python runs: ``with clew.session():``.

    The block stands at a module's top. What it reads of the module's imports, constants and functions from before is
    taken along; a slice that needs anything else from there is refused, and says so. Within a program that is recorded
    already it does nothing. Raises RuntimeError where the block cannot be recorded, with what to do instead.
    """
    from clew import _embedded

    return _embedded.Session()


if TYPE_CHECKING:
    # A decorated function keeps its type.
    @overload
    def traced(function: Function, *, name: str | None = None) -> Function: ...
    @overload
    def traced(function: None = None, *, name: str | None = None) -> Callable[[Function], Function]: ...
    def traced(function: Any = None, *, name: str | None = None) -> Any: ...
else:

    def traced(function: Callable[..., Any] | None = None, *, name: str | None = None) -> Callable[..., Any]:
        """Records each call of a function, in a program that plain Python runs: ``@clew.traced``.

        A call is a session of its own. What it returns is saved under the function's name, or `name`; its slice is cut out
        of the function's body. An argument that is more than a number or a text is kept as an artifact `NAME.ARGUMENT`.
        Within a program that is recorded already it does nothing. Raises ValueError where the body would do something else
        at a module's top, as by returning early, with what to do instead.
        """
        from clew import _embedded

        return _embedded.traced(function, name)


def visualize(artifact: str | Artifact | None = None, *, live: bool = False) -> object:
    """A picture of an artifact's code, the one that was saved last unless another is named.

    `live` is of LineaPy; a picture here is always of what is recorded by now.
    """
    if isinstance(artifact, str):
        artifact = get(artifact)
    if artifact is None:
        kept = artifact_store()
        if not kept:
            raise KeyError("there is nothing to draw: no artifact is saved yet")
        artifact = max(kept, key=lambda known: (known.date_created, known.version))
    return artifact.visualize()


def reload() -> None:
    """Reads the annotation files that the store keeps, and raises ValueError with all that is wrong in them.

    A session reads them when it begins: what was added since holds from the next one on.
    """
    from clew import _clew

    problems = _clew.annotation_problems()
    if problems:
        raise ValueError("\n".join(problems))


def get_function(
    artifacts: Iterable[str | tuple[str, int]],
    input_parameters: Iterable[str] = (),
    reuse_pre_computed_artifacts: Iterable[str | tuple[str, int]] = (),
    *,
    allow_untrusted: bool = False,
) -> Callable[..., dict[str, Any]]:
    """A function that makes artifacts again, and gives them by their names.

    An artifact is named by its name, or by `(name, version)`. `input_parameters` are variables of the programs, each of
    which their code assigns once: the function takes them, with what was assigned as the default. The values of
    `reuse_pre_computed_artifacts` are taken from the store in the place of what makes them.

    Raises KeyError where there is no such artifact, ValueError where a parameter or what is to be reused is none, and
    RuntimeError where an artifact's code is not known or refused, cannot be held by a function, or could be
    anybody's, unless `allow_untrusted` is set.

    >>> clew.get_function(["revenue"], input_parameters=["path"])(path="other.csv")  # doctest: +SKIP
    {'revenue': 12.5}
    """
    from clew import _functions

    known = _functions.made(artifacts, input_parameters, reuse_pre_computed_artifacts)
    made: Callable[..., dict[str, Any]] = getattr(_functions.loaded(known, allow_untrusted), known.runs)
    return made


def get_module(
    artifacts: Iterable[str | tuple[str, int]],
    input_parameters: Iterable[str] = (),
    reuse_pre_computed_artifacts: Iterable[str | tuple[str, int]] = (),
    *,
    allow_untrusted: bool = False,
) -> ModuleType:
    """The module whose `run_all_sessions` is what `get_function` gives, with a function for each artifact."""
    from clew import _functions

    known = _functions.made(artifacts, input_parameters, reuse_pre_computed_artifacts)
    return _functions.loaded(known, allow_untrusted)


def get_module_definition(
    artifacts: Iterable[str | tuple[str, int]],
    input_parameters: Iterable[str] = (),
    reuse_pre_computed_artifacts: Iterable[str | tuple[str, int]] = (),
) -> str:
    """The text of the module that `get_module` gives; nothing is run."""
    from clew import _functions

    return _functions.made(artifacts, input_parameters, reuse_pre_computed_artifacts).text


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # A module of ours that is not loaded yet is looked for here first.
        if name.startswith("_") and name != "_is_executing":
            raise AttributeError(f"module 'clew' has no attribute {name!r}")
        from clew import _lineapy

        return _lineapy.standing_for(name)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext clew` calls: from now on the cells of this shell are recorded."""
    from clew import _notebook

    _notebook.load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What `%unload_ext clew` calls: the session ends."""
    from clew import _notebook

    _notebook.unload(shell)
