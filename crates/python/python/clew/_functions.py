"""Functions: a module that makes artifacts again, with a function for each of them."""

from __future__ import annotations

import ast
import hashlib
import linecache
import os
import sys
import types
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clew import _clew
from clew._clean import identifier
from clew._plan import Parameter, Plan, demoted, is_of_python, kept_as, planned, quoted
from clew._sharing import Part, parts_of
from clew._statements import Statement, Text, edited, indented

Wanted = str | tuple[str, int]


@dataclass
class Request:
    """What is asked for."""

    artifacts: list[dict[str, Any]]
    parameters: list[str]
    # By name, those whose stored values are taken.
    reused: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, artifacts: Iterable[Wanted], parameters: Iterable[str], reused: Iterable[Wanted]) -> Request:
        for what, given in (("artifacts", artifacts), ("input_parameters", parameters), ("reuse_pre_computed_artifacts", reused)):
            if isinstance(given, str):
                raise TypeError(f"{what} is a list of names, not the text {given!r}")
        parameters = list(parameters)
        for name in parameters:
            if not isinstance(name, str) or not name.isidentifier():
                raise ValueError(f"a parameter is the name of a variable, not {name!r}")
            if parameters.count(name) > 1:
                raise ValueError(f"the parameter `{name}` is named twice")
        rows = [found(wanted) for wanted in artifacts]
        if not rows:
            raise ValueError("a function is of one artifact at least; none is named")
        return cls(once(rows), parameters, {row["name"]: row for row in once([found(wanted) for wanted in reused])})


def found(wanted: Wanted) -> dict[str, Any]:
    """The artifact that is meant by a name, or by a name and a version."""
    match wanted:
        case str(name):
            return _clew.describe(name)
        case (str(name), int() | None as version):
            if version is not None and version < 0:
                raise KeyError(f"artifact `{name}` has no version {version}")
            return _clew.describe(name, version)
    raise TypeError(f"an artifact is named by its name or (name, version), not {wanted!r}")


def once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = [row["name"] for row in rows]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"artifact `{twice[0]}` is named twice; a function gives one version of it")
    return rows


@dataclass
class Made:
    """A module's text, and how it is to be used."""

    text: str
    # The same without what runs it.
    functions: str
    # The name of the function that makes everything, and of the parameters that it takes.
    runs: str
    parameters: dict[str, Parameter]
    rows: list[dict[str, Any]]
    # The texts that were kept without what looks like a secret.
    redacted: list[str]


def made(
    artifacts: Iterable[Wanted],
    parameters: Iterable[str] = (),
    reused: Iterable[Wanted] = (),
    form: str = "module",
) -> Made:
    """The module of some artifacts: with `form` "function" only its functions, with "script" a command line."""
    request = Request.of(artifacts, parameters, reused)
    sessions = sessions_of(request)
    check_parameters(request, [plan for plans in sessions for plan in plans])
    settle_conflicts(sessions)
    return Module(request, sessions, form).made()


def sessions_of(request: Request) -> list[list[Plan]]:
    """The plans of the artifacts, session by session in the order in which these ran."""
    plans: dict[str, list[Plan]] = {}
    used: set[str] = set()
    for row in request.artifacts:
        plans.setdefault(row["session"], []).append(plan_of(row, request, used))
    for known in plans.values():
        within = [plan for plan in known if plan.is_kept_within]
        if len(within) > 1:
            join_kept_within(within, request, used)
    unused = [name for name in request.reused if name not in used]
    if unused:
        names = ", ".join(f"`{row['name']}`" for row in request.artifacts)
        raise ValueError(f"artifact `{unused[0]}` cannot be reused: it is no part of what {names} needs")
    first = {session: min(plan.row["created"] for plan in known) for session, known in plans.items()}
    return [plans[session] for session in sorted(plans, key=lambda session: (first[session], session))]


def plan_of(row: dict[str, Any], request: Request, used: set[str]) -> Plan:
    if row["name"] in request.reused:
        used.add(row["name"])
        stored = request.reused[row["name"]]
        plan = Plan(row["name"], row["version"], row, None, [Statement("import clew")], [], loading(stored))
        return plan
    return plan_with(row, [], request, used)


def plan_with(row: dict[str, Any], others: list[dict[str, Any]], request: Request, used: set[str]) -> Plan:
    """The plan of an artifact that makes others as well."""
    own = [known for known in _clew.artifacts() if known["session"] == row["session"]]
    cut = [known for known in latest(own) if known["name"] in request.reused and known["node"] is not None]
    level = _clew.module_level(row["name"], row["version"], named(others), named(cut))
    given = {}
    for known, (variable, place) in zip(cut, level["given"], strict=False):
        if variable is not None and place is not None:
            given[tuple(place)] = (variable, loading(request.reused[known["name"]]))
    plan = planned(row, level, request.parameters, given, [known["saved_as"] for known in own], others)
    text = "\n".join(statement.text for statement in [*plan.static, *plan.body])
    used |= {known["name"] for known in cut if loading(request.reused[known["name"]]) in text}
    return plan


def named(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(row["name"], row["version"]) for row in rows]


def join_kept_within(plans: list[Plan], request: Request, used: set[str]) -> None:
    """Has what functions of a session save made by one run of them, unless that changes what it has kept."""
    first, *others = plans
    joint = plan_with(first.row, [plan.row for plan in others], request, used)
    if joint.changes_what_is_kept:
        return
    for plan in plans:
        plan.static, plan.body, plan.parameters, plan.changes = joint.static, joint.body, joint.parameters, joint.changes
        plan.result, plan.is_kept_within = kept_as(plan.name), True


def latest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each name the last version."""
    return list({row["name"]: row for row in sorted(rows, key=lambda row: row["version"])}.values())


def loading(row: dict[str, Any]) -> str:
    return f"clew.get({quoted(row['name'])}, {row['version']}).get_value()"


def check_parameters(request: Request, plans: list[Plan]) -> None:
    known: dict[str, Parameter] = {}
    for plan in plans:
        for name, parameter in plan.parameters.items():
            if known.setdefault(name, parameter) != parameter:
                raise ValueError(
                    f"`{name}` cannot be a parameter: it is {known[name].default or 'computed'} in one session and"
                    f" {parameter.default or 'computed'} in another"
                )
    for name in request.parameters:
        if name not in known:
            choices = sorted({choice for plan in plans for choice in choices_of(plan)} | set(known))
            there = f"; there are: {', '.join(choices)}" if choices else ", and no other variable can"
            raise ValueError(f"`{name}` cannot be a parameter: the code does not assign it{there}")


def choices_of(plan: Plan) -> list[str]:
    """The variables that a plan's code assigns once, by a statement of their own."""
    statements = [*plan.static, *plan.body]
    bound = [name for statement in statements for name in statement.names.all_bound]
    return [
        name
        for statement in statements
        if isinstance(statement.node, (ast.Assign, ast.AnnAssign))
        for name in statement.names.binds
        if bound.count(name) == 1 and name != plan.result and not name.startswith("__")
    ]


def settle_conflicts(sessions: list[list[Plan]]) -> None:
    """Puts into the functions what would mean different things at the module's level."""
    plans = [plan for known in sessions for plan in known]
    futures = {tuple(known.text for known in plan.static if known.is_future) for plan in plans if plan.body}
    if len(futures) > 1:
        raise ValueError("the artifacts are of programs with different `__future__` imports, which one module cannot have")
    while True:
        texts: dict[str, set[str]] = {}
        for plan in plans:
            for statement in plan.static:
                for name in statement.names.all_bound:
                    texts.setdefault(name, set()).add(meaning(statement, name))
        clashing = {name for name, meant in texts.items() if len(meant) > 1}
        if not clashing:
            return
        for plan in plans:
            demoted(plan, clashing)


def meaning(statement: Statement, name: str) -> str:
    """What a name stands for at the module's level, as a text."""
    match statement.node:
        case ast.Import(names=names):
            for alias in names:
                if alias.asname == name:
                    return f"import {alias.name} as {name}"
            return f"import {name}"
        case ast.ImportFrom(module=module, level=level, names=names):
            for alias in names:
                if name in (alias.asname, alias.name):
                    return f"from {'.' * level}{module} import {alias.name}"
    return statement.text


class Module:
    """The text of a module, as it is written."""

    def __init__(self, request: Request, sessions: list[list[Plan]], form: str) -> None:
        self.request = request
        self.form = form
        self.sessions = sessions
        self.plans = [plan for plans in sessions for plan in plans]
        self.taken = {"sys", "argparse"} | set(request.parameters)
        for plan in self.plans:
            for statement in [*plan.static, *plan.body]:
                nodes = list(ast.walk(statement.node))
                self.taken |= {node.id for node in nodes if isinstance(node, ast.Name)}
                self.taken |= {node.arg for node in nodes if isinstance(node, ast.arg)}
                self.taken |= statement.names.all_bound | statement.names.spoken
        self.runs = self.unused("run_all_sessions")
        self.names = {id(plan): self.unused(f"get_{identifier(plan.name).rstrip('_')}") for plan in self.plans}
        self.functions: list[str] = []

    def unused(self, name: str) -> str:
        """A name for something of ours that stands for nothing else."""
        base, count = name, 2
        while name in self.taken:
            name, count = f"{base}_{count}", count + 1
        self.taken.add(name)
        return name

    def made(self) -> Made:
        runners = []
        for plans in self.sessions:
            name = self.runs if len(self.sessions) == 1 else self.unused(f"run_session_including_{identifier(plans[0].name)}")
            runners.append((name, plans, Runner(self, plans)))
        for name, plans, runner in runners:
            self.functions.append(runner.function(name))
        parameters = {name: plan.parameters[name] for name in self.request.parameters for plan in self.plans if name in plan.parameters}
        if len(self.sessions) > 1:
            calls = [f"**{name}({passed(parameters_of(plans, self.request))})" for name, plans, _ in runners]
            lines = ['"""Runs what the artifacts need of all sessions, in the order in which these ran; gives them by their names."""']
            lines += ["return {", *(f"    {call}," for call in calls), "}"]
            self.functions.append(function(self.runs, list(parameters.values()), [], lines))
        functions = "\n\n\n".join([self.head(), *filter(None, [self.constants()]), *self.functions])
        text = "\n\n\n".join([functions, *self.main(parameters)])
        redacted = [line for plan in self.plans for line in plan.row.get("redacted", ()) if line in text]
        return Made(text + "\n", functions + "\n", self.runs, parameters, [plan.row for plan in self.plans], redacted)

    def head(self) -> str:
        names = listed([row["name"] for row in self.request.artifacts])
        lines = [f'"""What makes {escaped(names)}, as clew has recorded it.', ""]
        lines += [f"{escaped(plan.title)}: {escaped(origin(plan))}." for plan in self.plans]
        lines += ['"""']
        futures, imports = [], []
        for statement in (known for plan in self.plans for known in plan.static):
            if statement.is_future:
                futures.append(statement.text)
            elif statement.is_import:
                imports.append(statement.text)
        if self.form == "script" and self.request.parameters:
            imports.append("import argparse")
        head = self.prepared()
        imports = [text for text in dict.fromkeys(imports) if text not in head]
        groups = [list(dict.fromkeys(futures)), *arranged(imports)]
        if head:
            own, others = arranged(imports)
            groups = [groups[0], own, [*head, *others]]
        return "\n".join(lines) + "".join("\n\n" + "\n".join(group) for group in groups if group)

    def prepared(self) -> list[str]:
        """What has to run before imports, with what stands before it but for imports of Python's own modules."""
        head: list[str] = []
        for plan in self.plans:
            preparing = [at for at, known in enumerate(plan.static) if not known.names.all_bound]
            for known in plan.static[: max(preparing, default=-1) + 1]:
                is_needed = not (known.is_definition or known.is_future or is_of_python(known))
                if is_needed and known.text not in head:
                    head.append(known.text)
        return head

    def constants(self) -> str:
        """What else stands at the module's level: functions, classes and what these read."""
        texts = set(self.prepared())
        statements: list[Statement] = []
        for plans in self.sessions:
            own = [known for plan in plans for known in plan.static if not known.is_import]
            # Each plan has them in the order of its slice, which is that of the program.
            for known in sorted(own, key=lambda known: (known.place.source, known.place.ordinal) if known.place else (0, 0)):
                if known.text not in texts:
                    texts.add(known.text)
                    statements.append(known)
        written: list[str] = []
        before: Statement | None = None
        for statement in statements:
            comment = part_comment(statements, statement, before)
            is_wide = statement.is_definition or (before is not None and before.is_definition)
            gap = "\n\n\n" if is_wide else "\n\n" if comment or statement.is_apart else "\n"
            written.append((gap if written else "") + comment + statement.comments + statement.text)
            before = statement
        return "".join(written)

    def main(self, parameters: dict[str, Parameter]) -> list[str]:
        if self.form == "function":
            return []
        if self.form != "script" or not parameters:
            return [f'if __name__ == "__main__":\n    print({self.runs}())']
        lines = ["parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)"]
        for parameter in parameters.values():
            lines.append(f"parser.add_argument({option(parameter)})")
        lines.append("given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}")
        lines.append(f"print({self.runs}(**given))")
        return ['if __name__ == "__main__":\n' + "\n".join(f"    {line}" for line in lines)]


def option(parameter: Parameter) -> str:
    """How a command line is told of a parameter."""
    word = repr("--" + parameter.name.replace("_", "-"))
    kind = {"int": "int", "float": "float", "str": "str"}.get(parameter.annotation or "")
    dest = f"dest={parameter.name!r}"
    shown = "" if parameter.default is None else f"default: {ast.literal_eval(parameter.default)}".replace("%", "%%")
    told = f", help={shown!r}" if shown else ""
    if parameter.annotation == "bool":
        return f"{word}, {dest}, action=argparse.BooleanOptionalAction{told}"
    if kind is not None:
        return f"{word}, {dest}, type={kind}{told}"
    return f'{word}, {dest}, type=lambda text: __import__("ast").literal_eval(text){told}'


def arranged(imports: list[str]) -> list[list[str]]:
    """Imports in the order of the programs, those of Python before the others."""
    own = [text for text in imports if is_python_text(text)]
    return [own, [text for text in imports if text not in own]]


def is_python_text(text: str) -> bool:
    return is_of_python(Statement(text))


def escaped(text: str) -> str:
    """A text as it may stand in a docstring."""
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("\n", " ")


def origin(plan: Plan) -> str:
    """Where an artifact comes from, in words."""
    saved = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=plan.row["created"])
    words = [f"session {plan.row['session']}", f"{saved:%Y-%m-%d %H:%M:%S} UTC"]
    arguments = plan.row.get("arguments") or ()
    script = plan.script or next((os.path.basename(os.fsdecode(word)) for word in arguments), None)
    return ", ".join(([script] if script else []) + words)


def part_comment(statements: list[Statement], first: Statement, before: Statement | None) -> str:
    """The comment above a part, where a statement begins one: its script and lines."""
    if first.place is None:
        return ""
    if before is not None and before.place is not None and before in statements and first.place.follows(before.place):
        return ""
    last = first
    for statement in statements[statements.index(first) + 1 :]:
        if statement.place is None or last.place is None or not statement.place.follows(last.place):
            break
        last = statement
    assert last.place is not None
    line, last_line = first.place.line, last.place.last_line
    lines = f"line {line}" if line == last_line else f"lines {line}-{last_line}"
    return f"# {first.place.where}, {lines}\n"


def parameters_of(plans: list[Plan], request: Request) -> list[str]:
    return [name for name in request.parameters if any(name in plan.parameters for plan in plans)]


def passed(names: Iterable[str]) -> str:
    return ", ".join(f"{name}={name}" for name in names)


def function(name: str, parameters: list[Parameter], before: list[str], lines: list[str]) -> str:
    """A function's text: what it is passed, and its body as lines."""
    declared = [*before, *(parameter.declared for parameter in parameters)]
    head = f"def {name}({', '.join(declared)}):"
    if len(head) > 110:
        head = f"def {name}(\n" + "".join(f"    {each},\n" for each in declared) + "):"
    return "\n".join([head, *(f"    {line}" if line else "" for line in lines)])


class Runner:
    """What makes the artifacts of one session, one part after the other."""

    def __init__(self, module: Module, plans: list[Plan]) -> None:
        self.module = module
        self.plans = plans
        self.parameters = {name: known for plan in plans for name, known in plan.parameters.items()}
        self.used: set[str] = set(self.parameters)
        self.calls: list[str] = []
        self.values: dict[int, str] = {}
        for part in parts_of(plans):
            self.write(part, {})

    def local(self, name: str) -> str:
        """A variable of the function that runs the parts."""
        base, count = name, 2
        while name in self.used:
            name, count = f"{base}_{count}", count + 1
        self.used.add(name)
        return name

    def write(self, part: Part, known: dict[str, str]) -> None:
        """Writes the function of a part and its call; `known` says what holds the variables from before it."""
        plan = (part.gives or part.plans)[0]
        names = [statement.names for statement in part.statements]
        spoken = set().union(*(each.spoken | each.declares for each in names)) if names else set()
        results = [plan.result for plan in part.gives]
        spoken |= {name for result in results for name in spoken_in(result)}
        before = [name for name in known if name in spoken]
        own = [name for name in self.parameters if name in spoken and name not in known and name in plan.parameters]
        bound = list(dict.fromkeys(name for each in part.statements for name in in_order(each)))
        outward = [name for name in bound if any(name in needed(child) for child in part.children)]
        given = list(dict.fromkeys([*(result for result in results if result.isidentifier()), *outward]))
        if not part.children:
            given = list(dict.fromkeys(results))
        name = self.name_of(part, given)
        self.module.functions.append(self.text(name, part, given, before, own))
        titles = {each.result: identifier(each.name) for each in part.gives}
        targets = {text: self.local(text if text.isidentifier() else titles[text]) for text in given}
        arguments = [known[each] for each in before] + [f"{each}={each}" for each in own]
        self.calls.append(f"{', '.join(targets.values())} = {name}({', '.join(arguments)})")
        for plan in part.gives:
            self.values[id(plan)] = targets[plan.result]
        inner = {**known, **{each: targets[each] for each in given if each.isidentifier()}}
        for child in part.children:
            self.write(child, inner)

    def name_of(self, part: Part, given: list[str]) -> str:
        if len(given) == 1 and part.gives:
            return self.module.names[id(part.gives[0])]
        if len(given) <= 3:
            titles = {each.result: identifier(each.name) for each in part.gives}
            words = [text if text.isidentifier() else titles[text] for text in given]
            return self.module.unused("get_" + "_and_".join(words))
        names = [identifier(plan.name) for plan in part.plans]
        return self.module.unused("prepare_" + "_and_".join(names))

    def text(self, name: str, part: Part, given: list[str], before: list[str], own: list[str]) -> str:
        plan = (part.gives or part.plans)[0]
        lines = [f'"""{escaped(what_returns(part, given))}', "", f"From {escaped(origin(plan))}.", '"""']
        body = body_text(part.statements, set(before) | set(own))
        last = part.statements[-1] if part.statements else None
        if not part.children and last is not None and len(given) == 1 and is_returned(last, given[0]):
            # It need not be given a name to be returned.
            body = body[: -len(last.text) - 1] + f"return {last.text[len(given[0]) + 3 :]}\n"
        else:
            body += f"return {', '.join(given)}\n"
        head = function(name, [self.parameters[each] for each in own], before, lines)
        return f"{head}\n{indented(body)}".rstrip("\n")

    def function(self, name: str) -> str:
        scripts = {plan.script for plan in self.plans if plan.script}
        what = f"Runs what the artifacts need of {', '.join(sorted(scripts))}" if scripts else "Makes the artifacts"
        lines = [f'"""{escaped(what)}, in its order; gives them by their names."""', *self.calls]
        pairs = [f"{quoted(plan.name)}: {self.values[id(plan)]}" for plan in self.plans]
        returned = f"return {{{', '.join(pairs)}}}"
        if len(returned) > 100:
            lines += ["return {", *(f"    {pair}," for pair in pairs), "}"]
        else:
            lines.append(returned)
        return function(name, [known for key in self.module.request.parameters if (known := self.parameters.get(key))], [], lines)


def what_returns(part: Part, given: list[str]) -> str:
    """What a part gives, in words."""
    if not part.children:
        return f"Returns {listed([plan.name for plan in part.gives])}."
    users = [plan.name for child in part.children for plan in child.plans]
    needs = "need" if len(users) > 1 else "needs"
    if part.gives and len(given) == 1:
        return f"Returns `{part.gives[0].name}`, which {listed(users)} {needs} as well."
    return f"Returns what {listed([*(plan.name for plan in part.gives), *users])} need: {', '.join(given)}."


def listed(names: list[str]) -> str:
    *first, last = [f"`{name}`" for name in names]
    return f"{', '.join(first)} and {last}" if first else last


def is_returned(statement: Statement, name: str) -> bool:
    """Whether a statement does nothing but to give a value the name that is returned."""
    match statement.node:
        case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
            return statement.text.startswith(f"{name} = ")
    return False


def spoken_in(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def needed(part: Part) -> set[str]:
    """The names that a part and what follows it may read from before it."""
    names = {name for plan in part.gives for name in spoken_in(plan.result)}
    for statement in part.statements:
        names |= statement.names.spoken | statement.names.declares
    return names.union(*(needed(child) for child in part.children)) if part.children else names


def in_order(statement: Statement) -> list[str]:
    """What a statement binds, in the order of its text."""
    stored = [node.id for node in ast.walk(statement.node) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    known = [name for name in stored if name in statement.names.binds]
    return [*dict.fromkeys(known), *sorted(statement.names.binds - set(known))]


def body_text(statements: list[Statement], passed: set[str]) -> str:
    """The statements of a function, each part below a comment that says where it comes from."""
    own = passed | {name for statement in statements for name in statement.names.binds}
    written: list[str] = []
    before: Statement | None = None
    for statement in statements:
        text = with_nonlocals(statement.text, own)
        comment = part_comment(statements, statement, before)
        is_apart = statement.is_apart and not comment
        if statement.is_definition or (before is not None and before.is_definition):
            is_apart = True
        gap = "\n" if written and (is_apart or (comment and before is not None)) else ""
        written.append(gap + comment + statement.comments + text + "\n")
        before = statement
    return "".join(written)


def with_nonlocals(text: str, own: set[str]) -> str:
    """A statement whose functions bind variables of the function around them."""
    tree, places = ast.parse(text), Text(text)
    edits = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Global) and set(node.names) & own:
            inner = [name for name in node.names if name in own]
            outer = [name for name in node.names if name not in own]
            words = [f"nonlocal {', '.join(inner)}"] + ([f"global {', '.join(outer)}"] if outer else [])
            edits.append((*places.span(node), "; ".join(words)))
    return edited(text, edits)


def loaded(known: Made, allow_untrusted: bool) -> types.ModuleType:
    """The module of a text, with what its tracebacks show."""
    for row in known.rows:
        if row.get("changeable") is not None and not allow_untrusted:
            raise RuntimeError(
                f"{row['changeable']}, so that the code of `{row['name']}` may be anybody's; look at it with"
                " get_module_definition(), and run it with allow_untrusted=True"
            )
    if known.redacted:
        raise RuntimeError(f"the code cannot be run: `{known.redacted[0]}` was kept without what looks like a secret")
    digest = hashlib.sha256(known.text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    name = f"clew_functions_{digest}"
    module = types.ModuleType(name)
    file = f"<{name}>"
    linecache.cache[file] = (len(known.text), None, known.text.splitlines(keepends=True), file)
    files = [os.fsdecode(row["file"]) for row in known.rows if row.get("file")]
    if files:
        module.__file__ = files[0]
    # Pickle and dataclasses look a class up in its module.
    sys.modules[name] = module
    folders = [os.path.dirname(os.path.abspath(path)) for path in dict.fromkeys(files)]
    sys.path[:0] = folders
    try:
        exec(compile(known.text, file, "exec", dont_inherit=True), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        for folder in folders:
            if folder in sys.path:
                sys.path.remove(folder)
    return module


