"""Kernel values: what the variables of a kernel hold, asked in it beside its cells."""

from __future__ import annotations

import types


def values(shell: object) -> dict[str, list[str | None]]:
    """The fingerprint of each variable that cells have bound and its type, or none and the reason."""
    from clew import _clew

    found: dict[str, list[str | None]] = {}
    for name, value in list(shell.user_ns.items()):
        if name.startswith("_") or name in shell.user_ns_hidden or isinstance(value, types.ModuleType):
            continue
        try:
            found[name] = [_clew.fingerprint(value), type(value).__name__]
        except Exception as error:
            found[name] = [None, str(error)]
    return found
