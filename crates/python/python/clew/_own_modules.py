"""Own modules: which of a program's own modules some code comes to, by its imports and by theirs."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator

# What imports modules that no import names.
UNNAMED = re.compile(r"\b(import_module|__import__|pkgutil|walk_packages|iter_modules|runpy|exec|entry_points)\b")


def reached(code: str, texts: dict[str, str], package: str | None) -> list[str]:
    """The files of the modules that code imports, and so on; `texts` has those of all modules, by their paths. The code
    is itself a module of a `package`, where there is one. Where something is imported that is not named, it is all."""
    found: dict[str, None] = {}
    inside = [path for path in texts if package is not None and is_module(path, package)]
    waiting = [(code, os.path.dirname(inside[0]) if inside else None)]
    while waiting:
        text, folder = waiting.pop()
        try:
            tree = ast.parse(text)
        except SyntaxError:
            return [*texts]
        if UNNAMED.search(text):
            return [*texts]
        for name, base in imported(tree):
            where = above(folder, base) if base else None
            for path in texts:
                if path not in found and (is_module(path, name) if not base else where is not None and is_beside(path, where, name)):
                    found[path] = None
                    waiting.append((texts[path], os.path.dirname(path)))
    return [path for path in texts if path in found]


def imported(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The dotted names of what a text may import, each with how many packages up it is looked for from; the packages that it
    is in are imported as well."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield from ((name, 0) for name in with_parents(alias.name))
            case ast.ImportFrom(module=module, names=names, level=level):
                if level and not module:
                    yield "", level
                for alias in names:
                    yield from ((name, level) for name in with_parents(f"{module}.{alias.name}" if module else alias.name))


def with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def is_module(path: str, name: str) -> bool:
    """Whether a file is that of a module of some name, wherever it lies."""
    inner = "/" + name.replace(".", "/")
    return path.endswith((f"{inner}.py", f"{inner}/__init__.py"))


def is_beside(path: str, folder: str, name: str) -> bool:
    """Whether a file is that of a module of a package in a folder; without a name, of the package itself."""
    inner = os.path.join(folder, *name.split(".")) if name else folder
    return path in (f"{inner}.py", os.path.join(inner, "__init__.py"))


def above(folder: str | None, levels: int) -> str | None:
    """The folder of a package that is so many dots away; one is the module's own."""
    for _ in range(levels - 1):
        folder = os.path.dirname(folder) if folder is not None else None
    return folder


def absolute(code: str, package: str) -> str:
    """Code of a module in a package, as it stands outside: what it imports by dots has a whole name."""
    lines = code.splitlines(keepends=True)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.level:
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - (node.level - 1)])
            whole = f"{base}.{node.module}" if node.module else base
            line = lines[node.lineno - 1].encode()
            head, rest = line[: node.col_offset], line[node.col_offset :].decode()
            spelled = re.sub(r"from\s*\.[\s.]*" + re.escape(node.module or "") + r"(?=\s)", f"from {whole}", rest, count=1)
            lines[node.lineno - 1] = head.decode() + spelled
    return "".join(lines)
