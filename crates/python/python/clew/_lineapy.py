"""LineaPy: names of its package that `clew` has for its users' scripts alone, and what it says of those that it has not."""

from __future__ import annotations

from typing import Any, NoReturn

from clew import _clew

PIPELINES = ("to_pipeline", "create_pipeline", "get_pipeline")


def standing_for(name: str) -> object:
    """What `clew.NAME` is, where that is a name of LineaPy's."""
    if name in PIPELINES:
        raise AttributeError(
            f"clew has no pipelines yet, and so no `{name}`; `clew.get_module_definition(NAMES)` and `clew export NAME…"
            " --as module` write what makes artifacts again"
        )
    found = OFFERED.get(name)
    if found is None:
        raise AttributeError(f"module 'clew' has no attribute {name!r}")
    return found


def tag(tag_name: str) -> None:
    """Does nothing: in LineaPy it names what is reported of a session's use, and clew reports nothing to anybody."""


def is_executing() -> bool:
    """Whether what runs now is recorded."""
    return bool(_clew.is_recording())


class Inside:
    """A part of LineaPy's inside, to be named and not to be used."""

    def __init__(self, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(
            f"`{type(self).__name__}` is a part of LineaPy's inside, for which clew has none; `clew run` and"
            " `with clew.session():` record a program"
        )


OFFERED: dict[str, object] = {
    "tag": tag,
    "_is_executing": is_executing,
    **{name: type(name, (Inside,), {"__doc__": Inside.__doc__}) for name in ("Graph", "Tracer", "SessionType", "ValueType")},
}
