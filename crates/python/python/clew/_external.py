"""External states: what stands for the world outside of a program's values, to be saved by its code."""

from __future__ import annotations


class ExternalState(str):
    """A state of the world. A string, so that a rule can tell which one `save` is given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


file_system: ExternalState = ExternalState("clew.file_system")
db: ExternalState = ExternalState("clew.db")
