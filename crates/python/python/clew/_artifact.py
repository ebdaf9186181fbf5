"""Artifacts: values kept under names, with the code that made them."""

from __future__ import annotations

import sys

from clew import _clew


class Artifact:
    """A value kept under a name, in one of its versions."""

    def __init__(self, row: dict) -> None:
        self._row = row

    @property
    def name(self) -> str:
        """The name it was saved under."""
        return self._row["name"]

    @property
    def version(self) -> int:
        """Counts from 0 within a name and only grows.

        Raises RuntimeError where there was no room to save it.
        """
        if "fault" in self._row:
            raise RuntimeError(f"`{self.name}` was not saved: {self._row['fault']}")
        return self._row["version"]

    @property
    def fault(self) -> str | None:
        """Why its value, or all of it, is not kept; None where nothing is missing."""
        return self._row.get("fault") or self._row.get("value_fault")

    def get_code(self, force: bool = False, prove: bool = False, allow_untrusted: bool = False) -> str:
        """The code that makes the value: valid Python that runs alone.

        With `prove` it is run in a fresh process, and what it lacks is put back until it makes the
        value. Raises RuntimeError where the code is known not to make the value, unless `force` is
        set; and with `prove`, where others could have changed the store, unless `allow_untrusted` is set.
        """
        return _clew.code(self.name, self.version, force, prove, allow_untrusted)

    def get_value(self, allow_untrusted: bool = False) -> object:
        """The value as it was when it was saved; a new object each time.

        Loading a pickle can run any code. So a value that holds more than plain data, arrays and frames is
        only loaded if clew wrote it for this user on this machine, or `allow_untrusted` is set; otherwise
        RuntimeError is raised.
        """
        return _clew.value(self.name, self.version, allow_untrusted)

    def execute(self, force: bool = False, allow_untrusted: bool = False) -> object:
        """Runs the code again in a namespace of its own and gives the value that it makes.

        It runs in the folder and with the arguments of the session that saved the artifact. Raises
        RuntimeError as `get_code` does, where the value would be broken though the saved one is not, where a
        secret was kept out of the code, and where others could have changed the store, unless
        `allow_untrusted` is set.
        """
        from clew import _replay

        row = _clew.describe(self.name, self.version)
        if row.get("changeable") is not None and not allow_untrusted:
            raise RuntimeError(
                f"{row['changeable']}, so that the code of `{self.name}` may be anybody's; look at it with"
                " get_code(), and run it with allow_untrusted=True"
            )
        code = self.get_code(force)
        for line in row.get("redacted", ()):
            if line in code:
                raise RuntimeError(
                    f"the code of `{self.name}` cannot be run: `{line}` was kept without what looks like a secret"
                )
        return _replay.execute(code, row, self.get_value(allow_untrusted))

    def __repr__(self) -> str:
        version = self._row["version"]
        if version is None:
            return f"Artifact({self.name!r}, not saved)"
        missing = "" if self.fault is None else ", value not kept"
        return f"Artifact({self.name!r}, {version=}{missing})"


def save(value: object, name: str, *, strict: bool = False) -> Artifact:
    """Keeps a value under a name, with the code that made it when run by ``clew run``.

    Saving again under the same name makes a new version. A value that cannot be pickled, or for
    which there is no room, is reported on stderr and the program goes on: its code is kept without
    it. With `strict` it raises what went wrong instead.
    """
    if not isinstance(name, str):
        raise TypeError(f"an artifact's name is a string, not {type(name).__name__}")
    replay = sys.modules.get("clew._replay")
    row = replay.redirected(value, name) if replay is not None else None
    if row is not None:
        return Artifact(row)
    return Artifact(_clew.save(value, name, strict))


def get(name: str, version: int | None = None) -> Artifact:
    """Finds an artifact: its latest version, or the one asked for.

    Raises KeyError when there is none.
    """
    return Artifact(_clew.describe(name, version))
