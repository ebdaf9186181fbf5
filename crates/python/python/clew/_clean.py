"""Clean: a slice without what is clew's in it, and a slice among what it leaves out."""

from __future__ import annotations

import ast
import difflib
import keyword
import re

from clew._statements import Text, edited, outside_functions


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
    return without_import(edited(code, edits))


def with_values_of_functions(code: str, name: str) -> tuple[str, str] | None:
    """Code whose functions leave what they save under a name in a variable of the module, and which; None where none of
    them saves it."""
    tree, text = ast.parse(code), Text(code)
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    saved = {}
    for statement in (inner for function in functions for inner in ast.walk(function)):
        match statement:
            case ast.Expr(value=call) if (found := saved_by(call)) is not None and found[1] == name:
                saved[text.span(statement)] = text.of(found[0])
    if not saved:
        return None
    taken = bound_by_module(tree)
    variable = identifier(name)
    # A function's own variable of that name is another one.
    while variable in taken:
        variable += "_"
    edits = [(*span, f'globals()["{variable}"] = {spelled}') for span, spelled in saved.items()]
    return edited(code, edits), variable


def bound_by_module(tree: ast.Module) -> set[str]:
    """The names that a text binds outside of its functions."""
    found = set()
    for node in (inner for statement in tree.body for inner in outside_functions(statement)):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(alias.asname or alias.name).partition(".")[0] for alias in names}
    return found


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
    return edited(code, [(start, end, "") for start, end in spans])


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
    if keyword.iskeyword(spelled):
        return f"{spelled}_"
    return spelled if spelled.isidentifier() else f"value_{spelled}"


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
