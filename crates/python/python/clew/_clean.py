"""Clean: a slice without what is clew's in it, and a slice among what it leaves out."""

from __future__ import annotations

import ast
import difflib
import re


def without_saves(code: str, name: str) -> str:
    """A slice without calls of `clew.save`: what it is given goes to a variable where it is the artifact, and
    stays as it is where it does something."""
    tree = ast.parse(code)
    text = Text(code)
    edits: list[tuple[int, int, str]] = []
    for statement in ast.walk(tree):
        match statement:
            case ast.Expr(value=call) if (saved := saved_by(call)) is not None:
                value, saved_name = saved
                spelled = text.of(value)
                if saved_name == name and not isinstance(value, ast.Name):
                    edits.append((*text.span(statement), f"{identifier(name)} = {spelled}"))
                elif is_plain(value) and not is_alone(tree, statement):
                    edits.append((*text.line(statement), ""))
                else:
                    edits.append((*text.span(statement), "pass" if is_plain(value) else spelled))
    for start, end, new in sorted(edits, reverse=True):
        code = code[:start] + new + code[end:]
    return without_import(code)


def without_import(code: str) -> str:
    """A text without `import clew`, where nothing in it speaks of that."""
    tree = ast.parse(code)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if "clew" in names:
        return code
    text = Text(code)
    spans = [
        text.line(statement)
        for statement in tree.body
        if isinstance(statement, ast.Import) and [alias.name for alias in statement.names] == ["clew"]
    ]
    for start, end in reversed(spans):
        code = code[:start] + code[end:]
    return code


def saved_by(call: ast.expr) -> tuple[ast.expr, object] | None:
    """What a call of `clew.save` is given, and the name where it is spelled."""
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="clew"), attr="save"), args=[value, ast.Constant(value=name)]
        ):
            return value, name
    return None


def is_plain(value: ast.expr) -> bool:
    """Whether to evaluate it does nothing."""
    return isinstance(value, (ast.Name, ast.Constant))


def is_alone(tree: ast.AST, statement: ast.stmt) -> bool:
    """Whether a block would be empty without a statement, or another stands on its line."""
    for node in ast.walk(tree):
        for _, block in ast.iter_fields(node):
            if isinstance(block, list) and statement in block:
                lines = [other.lineno for other in block if isinstance(other, ast.stmt)]
                inside = not isinstance(node, ast.Module)
                return (inside and len(block) == 1) or lines.count(statement.lineno) > 1
    return True


def identifier(name: str) -> str:
    """A variable's name for an artifact's."""
    spelled = re.sub(r"\W+", "_", name).strip("_") or "value"
    return spelled if spelled.isidentifier() else f"value_{spelled}"


class Text:
    """A text and where the nodes of its tree stand in it."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.lines = code.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        # Columns count bytes.
        before = self.lines[line - 1].encode()[:column]
        return self.starts[line - 1] + len(before.decode())

    def span(self, node: ast.stmt | ast.expr) -> tuple[int, int]:
        last, column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.at(node.lineno, node.col_offset), self.at(last, column)

    def line(self, node: ast.stmt) -> tuple[int, int]:
        """The whole lines that a statement takes."""
        return self.starts[node.lineno - 1], self.starts[node.end_lineno or node.lineno]

    def of(self, node: ast.expr) -> str:
        start, end = self.span(node)
        return self.code[start:end]


def with_the_rest(code: str, program: str) -> str:
    """A program with what a slice leaves out as comments."""
    kept, lines = code.splitlines(), program.splitlines()
    matcher = difflib.SequenceMatcher(None, kept, lines, autojunk=False)
    written: list[str] = []
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind != "equal":
            written += [f"# {line}".rstrip() for line in lines[first:last]]
        # What is not as it was, since a part of its line is gone, stands as the slice has it.
        written += kept[start:end]
    return "".join(f"{line}\n" for line in written)
