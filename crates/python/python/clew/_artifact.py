"""Artifacts: values kept under names, with the code that made them."""

from __future__ import annotations

import os
import sys

from clew import _clew

# `typing` is not imported: it would be the slowest part of `import clew`, and the program would find it loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Artifact:
    """A value kept under a name, in one of its versions.

    >>> prices = clew.save([3, 4], "prices")
    >>> prices
    Artifact('prices', version=0)
    >>> clew.get("prices").get_value()
    [3, 4]
    """

    def __init__(self, row: dict[str, Any]) -> None:
        self._row = row

    @property
    def name(self) -> str:
        """The name it was saved under."""
        return str(self._row["name"])

    @property
    def version(self) -> int:
        """Counts from 0 within a name and only grows.

        Raises RuntimeError where there was no room to save it.
        """
        if "fault" in self._row:
            raise RuntimeError(f"`{self.name}` was not saved: {self._row['fault']}")
        return int(self._row["version"])

    @property
    def date_created(self) -> Any:
        """When it was saved, as a `datetime` in UTC."""
        return _moment(self._row["created"])

    @property
    def session_id(self) -> str:
        """The session that saved it; `clew show` tells more of it."""
        return str(self._row["session"])

    @property
    def node_id(self) -> str | None:
        """The node that made it, as `clew graph` names it; None where no code is known."""
        node = self._row.get("node")
        return None if node is None else f"n{node}"

    @property
    def type_name(self) -> str:
        """Its value's type, as `module.qualname`.

        >>> clew.save({"a": 1}, "settings").type_name
        'builtins.dict'
        """
        return str(self._row["type"])

    @property
    def fault(self) -> str | None:
        """Why its value, or all of it, is not kept; None where nothing is missing."""
        return self._row.get("fault") or self._row.get("value_fault")

    def get_code(
        self,
        force: bool = False,
        prove: bool = False,
        allow_untrusted: bool = False,
        *,
        clean: bool = False,
        include_non_slice_as_comment: bool = False,
        keep_lineapy_save: bool | None = None,
        use_lineapy_serialization: bool = True,
    ) -> str:
        """The code that makes the value: valid Python that runs alone.

        With `prove` it is run in a fresh process, and what it lacks is put back until it makes the
        value. Raises RuntimeError where the code is known not to make the value, unless `force` is
        set; and with `prove`, where others could have changed the store, unless `allow_untrusted` is set.

        With `clean` the calls of `clew.save` are gone: where the value was saved as it was made, it is given to
        a variable instead. With `include_non_slice_as_comment` the rest of the program stands between as
        comments. `keep_lineapy_save` and `use_lineapy_serialization` are LineaPy's: the one is the opposite of `clean`, and
        code without the other there is none.
        """
        if not use_lineapy_serialization:
            raise ValueError("what the code takes from the store it takes by `clew.get`; it runs where clew is installed")
        clean = clean if keep_lineapy_save is None else not keep_lineapy_save
        code = _clew.code(self.name, self.version, force, prove, allow_untrusted)
        if clean or include_non_slice_as_comment:
            from clew import _clean

            if include_non_slice_as_comment:
                code = _clean.with_the_rest(code, self.get_session_code())
            if clean:
                code = _clean.without_saves(code, self.name)
        return code

    def get_session_code(self) -> str:
        """All that the session ran which saved it: the script, or the cells in the order in which they ran."""
        return _clew.session_code(self.name, self.version)

    def get_value(self, allow_untrusted: bool = False) -> Any:
        """The value as it was when it was saved; a new object each time.

        Loading a pickle can run any code. So a value that holds more than plain data, arrays and frames is
        only loaded if clew wrote it for this user on this machine, or `allow_untrusted` is set; otherwise
        RuntimeError is raised.
        """
        return _clew.value(self.name, self.version, allow_untrusted)

    def get_metadata(self, lineapy_only: bool = False) -> dict[str, Any]:
        """What is known of it besides its value and its code; `lineapy_only` is LineaPy's, and says nothing here.

        >>> known = clew.save(2.5, "rate").get_metadata()
        >>> known["name"], known["version"], known["type"]
        ('rate', 0, 'builtins.float')
        """
        row = _clew.describe(self.name, self.version)
        return {
            "name": self.name,
            "version": self.version,
            "date_created": self.date_created,
            "type": row["type"],
            "fingerprint": row.get("fingerprint"),
            "session_id": row["session"],
            "execution_id": row.get("execution"),
            "node_id": self.node_id,
            "variable": row.get("variable"),
            "script": next(iter(row.get("arguments", ())), None),
            "arguments": list(row.get("arguments", ())),
            "folder": row.get("folder"),
            "python": row.get("python"),
            "storage_path": os.fsdecode(_clew.store_folder()),
            "storage_backend": "clew",
        }

    def execute(self, force: bool = False, allow_untrusted: bool = False) -> Any:
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

    def verify(self, allow_effects: bool = False, allow_untrusted: bool = False) -> Verdict:
        """Runs the code in a fresh plain Python and a scratch copy of its folder, and compares the values.

        The verdict is true where they are equal.
        """
        row = _clew.verify(self.name, self.version, allow_effects, allow_untrusted)
        return Verdict(row)

    def why(self) -> Why:
        """Of each statement of the code, what it is needed for."""
        return Why(_clew.why(self.name, self.version))

    def diff(self, other: Artifact | int | None = None) -> Difference:
        """How it differs from another version, the one before it unless another is given: in code, own modules,
        data files, environment and value, the likeliest cause first."""
        if other is None:
            before = [known.version for known in _versions(self.name) if known.version < self.version]
            if not before:
                raise ValueError(f"`{self.name}` has no version before {self.version} to compare with")
            other = before[-1]
        name, version = (self.name, other) if isinstance(other, int) else (other.name, other.version)
        return Difference(_clew.difference(name, version, self.name, self.version))

    def visualize(self, path: str | os.PathLike[str] | None = None) -> Picture:
        """A picture of its code: each statement, and an arc to what needs it. A notebook shows it.

        Given a path that ends in `.svg` or `.html`, it is written there.
        """
        picture = Picture(self.name, self.version)
        if path is not None:
            picture.write(path)
        return picture

    def __repr__(self) -> str:
        version = self._row["version"]
        if version is None:
            return f"Artifact({self.name!r}, not saved)"
        missing = "" if self.fault is None else ", value not kept"
        return f"Artifact({self.name!r}, {version=}{missing})"

    def _code_or_reason(self) -> tuple[str | None, str]:
        """Its code, or why there is none to show."""
        try:
            return self.get_code(), ""
        except (RuntimeError, KeyError) as error:
            return None, str(error.args[0])

    def _head(self) -> list[tuple[str, str]]:
        row = self._row
        if row["version"] is None:
            return [("not saved", str(self.fault))]
        return [
            ("version", str(row["version"])),
            ("type", row["type"]),
            ("saved", f"{self.date_created:%Y-%m-%d %H:%M:%S} UTC"),
        ]

    def _repr_html_(self) -> str:
        from html import escape

        code, reason = self._code_or_reason()
        rows = "".join(f"<tr><th>{key}</th><td>{escape(text)}</td></tr>" for key, text in self._head())
        body = f"<p>{escape(reason)}</p>" if code is None else f"<pre><code>{escape(code)}</code></pre>"
        return f"<div><b>{escape(self.name)}</b><table>{rows}</table>{body}</div>"

    def _repr_markdown_(self) -> str:
        code, reason = self._code_or_reason()
        head = ", ".join(f"{key} {text}" for key, text in self._head())
        fence = "```"
        while code is not None and fence in code:
            fence += "`"
        body = reason if code is None else f"{fence}python\n{code}{fence}"
        return f"**{self.name}** ({head})\n\n{body}\n"


class Verdict:
    """What came of running a slice again: true where it made the same value."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.verdict: str = row["verdict"]
        self.reason: str | None = row["reason"]
        self.kept: int = row["kept"]
        self.statements: int = row["statements"]
        self.notes: list[str] = list(row["notes"])

    def __bool__(self) -> bool:
        return self.verdict == "equal"

    def __repr__(self) -> str:
        reason = "" if self.reason is None else f": {self.reason}"
        return f"{self.verdict} ({self.kept} of {self.statements} statements){reason}"


class Why(list[tuple[str, str, list[str]]]):
    """The statements of a slice: where each stands, its first line, and what it is needed for."""

    def __repr__(self) -> str:
        lines = []
        for place, text, reasons in self:
            lines += [f"{place}: {text}", *(f"    {reason}" for reason in reasons)]
        return "\n".join(lines)


class Difference(dict[str, object]):
    """How two artifacts differ, by what differs; printed as `clew diff` prints it."""

    def __repr__(self) -> str:
        return str(self["text"]).rstrip("\n")

    def __bool__(self) -> bool:
        return bool(self["differs"])


class Picture:
    """A picture of a slice, as a notebook shows it."""

    def __init__(self, name: str, version: int) -> None:
        self._of = (name, version)

    def svg(self) -> str:
        """The picture as an SVG document."""
        return _clew.picture_of(*self._of, "svg")

    def html(self) -> str:
        """The picture as a page that needs no network; a click shows what a statement is needed for."""
        return _clew.picture_of(*self._of, "html")

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes it to a file whose name ends in `.svg` or `.html`."""
        form = os.path.splitext(os.fspath(path))[1]
        if form not in (".svg", ".html"):
            raise ValueError(f"a picture is written to a file that ends in .svg or .html, not `{path}`")
        text = self.svg() if form == ".svg" else self.html()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def _repr_svg_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        name, version = self._of
        return f"Picture of {name}@{version}"


class ArtifactStore(list[Artifact]):
    """All artifacts of the store, by name and version; a notebook shows a table.

    >>> for number in (1, 2):
    ...     saved = clew.save(number, "count")
    >>> [(kept.name, kept.version) for kept in clew.artifact_store() if kept.name == "count"]
    [('count', 0), ('count', 1)]
    """

    @property
    def artifacts(self) -> list[Artifact]:
        """The same as a plain list."""
        return list(self)

    @property
    def len(self) -> int:
        """How many there are."""
        return len(self.artifacts)

    @property
    def print(self) -> str:
        """The table as text."""
        return repr(self)

    @property
    def export(self) -> list[dict[str, Any]]:
        """Names, versions and dates."""
        return [
            {"name": kept.name, "version": kept.version, "date_created": kept.date_created} for kept in self
        ]

    def _rows(self) -> list[tuple[str, ...]]:
        head = ("name", "version", "saved (UTC)", "type")
        rows = [
            (kept.name, str(kept.version), f"{kept.date_created:%Y-%m-%d %H:%M:%S}", kept.type_name)
            for kept in self
        ]
        return [head, *rows]

    def __repr__(self) -> str:
        if not self:
            return "no artifacts"
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        from html import escape

        head, *rows = self._rows()
        lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        return f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{body}</table>"


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


def delete(name: str, version: int | str) -> list[int]:
    """Deletes a version of an artifact, the ``"latest"`` or ``"all"``, and gives the numbers that are gone.

    They are not given again, and a value that other artifacts have as well stays. Raises KeyError when
    there is no such artifact.

    >>> for number in (1, 2, 3):
    ...     saved = clew.save(number, "draft")
    >>> clew.delete("draft", 0)
    [0]
    >>> clew.delete("draft", "latest")
    [2]
    >>> clew.save(4, "draft").version
    3
    """
    replay = sys.modules.get("clew._replay")
    if replay is not None and replay.is_replaying():
        # A slice that is run again leaves the store as it is.
        return []
    if isinstance(version, str):
        if version not in ("latest", "all"):
            raise ValueError(f'a version is a number, "latest" or "all", not {version!r}')
        return _clew.delete(name, None, version == "all")
    if not isinstance(version, int) or isinstance(version, bool):
        raise TypeError(f'a version is a number, "latest" or "all", not {type(version).__name__}')
    if version < 0:
        raise KeyError(f"artifact `{name}` has no version {version}")
    return _clew.delete(name, version)


def artifact_store() -> ArtifactStore:
    """All artifacts of the store."""
    return ArtifactStore(map(Artifact, _clew.artifacts()))


def _versions(name: str) -> list[Artifact]:
    return [kept for kept in artifact_store() if kept.name == name]


def _moment(microseconds: int) -> Any:
    from datetime import UTC, datetime, timedelta

    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
