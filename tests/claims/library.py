"""Library: what a file in `libraries` says of a library, with what it leaves out filled in."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

# What a file may leave out.
DEFAULTS: dict[str, Any] = {
    # How a module is spelled in examples where that is not its name.
    "SPELLED": {},
    # What is never called, as it is spelled in examples, and why.
    "SKIPPED": {},
    # The arguments to try for what neither a signature nor a fallback serves, by name or pattern.
    "CALLS": {},
    # Arguments by the name of the parameter.
    "ARGUMENTS": {},
    # The arguments to try where no signature can be read or the first call fails.
    "FALLBACKS": [""],
    # Arguments whose value matters to rules: each is added to a call that works.
    "VARIANTS": {},
    # Instances to call methods on, by class.
    "RECEIVERS": {},
    # States that the library keeps, by the name that rules give them.
    "SETTINGS": {},
    # Calls written by hand, a line each.
    "EXAMPLES": "",
    # Calls that were made up and may fail.
    "GENERATED": [],
    # Attributes that hold what was worked out already, by class.
    "CACHES": {},
    # Packages besides those of the rules in which the library keeps what it offers.
    "HOMES": (),
    # Classes whose instances stand for a file, as an archive does: to change them is to change it.
    "HANDLES": (),
    # Modules whose public callables are counted.
    "NAMESPACES": [],
    # Puts back what calls have left behind.
    "restore": lambda: None,
    # Whether a result and an argument do not share, though they reach the same.
    "is_no_view": lambda result, value: False,
    # What a value holds, where neither its attributes nor clew's fingerprint tell.
    "content": lambda value: None,
}


class Library:
    """The examples of a library, and all that it takes to make its calls."""

    def __init__(self, name: str):
        module: ModuleType = importlib.import_module(f"libraries.{name}")
        self.name = name
        self.PACKAGES: list[str] = module.PACKAGES
        self.MODULES: dict[str, Any] = module.MODULES
        self.MAKERS: dict[str, Any] = module.MAKERS
        for word, default in DEFAULTS.items():
            setattr(self, word, getattr(module, word, default))
