"""Sharing: which parts of artifacts' code are computed once and passed on."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from clew._plan import Plan
from clew._statements import FUNCTIONS, Statement


@dataclass
class Part:
    """A stretch of code that becomes a function: for one artifact, or for what several need of it."""

    statements: list[Statement]
    # The artifacts whose values are there when it has run, in the order of the request.
    gives: list[Plan] = field(default_factory=list)
    children: list[Part] = field(default_factory=list)

    @property
    def plans(self) -> list[Plan]:
        return [*self.gives, *(plan for child in self.children for plan in child.plans)]


def parts_of(plans: list[Plan]) -> list[Part]:
    """The artifacts of one session as parts.

    What the bodies of several begin with is a part of its own, so that each of them runs the statements of its slice
    in their order. Where one changes what it would be passed, each computes it for itself.
    """
    alone = [plan for plan in plans if plan.is_kept_within]
    roots = grouped([plan for plan in plans if not plan.is_kept_within], 0)
    # What functions save is made by one run of them, where their plans are the same.
    joint: dict[tuple[str, ...], list[Plan]] = {}
    for plan in alone:
        joint.setdefault(tuple(known.text for known in plan.body), []).append(plan)
    roots += [Part(known[0].body, known) for known in joint.values()]
    return sorted(roots, key=last_place)


def grouped(plans: list[Plan], start: int) -> list[Part]:
    """The parts of plans whose bodies are the same up to a place."""
    groups: dict[object, list[Plan]] = {}
    for plan in plans:
        key = plan.body[start].key if start < len(plan.body) else None
        groups.setdefault(id(plan) if key is None else key, []).append(plan)
    return [part for group in groups.values() for part in shared(group, start)]


def shared(plans: list[Plan], start: int) -> list[Part]:
    """The parts of plans that have at least one more statement in common, if they may share it."""
    left = list(plans)
    while len(left) > 1:
        end = common_end(left, start)
        changing = [plan for plan in left if changes_what_is_passed(plan, left, end)]
        if not changing and is_worth_it(left[0].body[start:end]):
            done = [plan for plan in left if len(plan.body) == end and plan.result.isidentifier()]
            further = [plan for plan in left if plan not in done]
            children = sorted(grouped(further, end), key=last_place)
            alone = [Part(plan.body[start:], [plan]) for plan in plans if plan not in left]
            return [Part(left[0].body[start:end], done, children), *alone]
        left = [plan for plan in left if plan not in changing] if changing else []
    return [Part(plan.body[start:], [plan]) for plan in plans]


def common_end(plans: list[Plan], start: int) -> int:
    """How far the bodies of plans are the same, before the first that keeps variables for later."""
    end = start
    bodies = [plan.body for plan in plans]
    while all(end < len(body) for body in bodies):
        keys = {body[end].key for body in bodies}
        if len(keys) > 1 or None in keys or keeps_variables(bodies[0][end]):
            break
        end += 1
    return end


def keeps_variables(statement: Statement) -> bool:
    """Whether a statement makes what reads variables later on, as they are then."""
    kinds = (*FUNCTIONS, ast.ClassDef, ast.GeneratorExp)
    return any(isinstance(node, kinds) for node in ast.walk(statement.node))


def changes_what_is_passed(plan: Plan, plans: list[Plan], end: int) -> bool:
    """Whether what a plan does behind a place changes a value from before it."""
    before = {statement.at for statement in plan.body[:end]}
    passed = {name for statement in plan.body[:end] for name in statement.names.binds}
    others = [{step for step, *_ in other.changes} for other in plans if other is not plan]
    definitions = {statement.at for statement in plan.static if statement.is_definition}
    for step, variable, made_by, changed_by in plan.changes:
        is_passed = made_by in before if made_by is not None else variable in passed
        if not is_passed or changed_by in before:
            continue
        # A change in a function's body may be made by a statement of either side.
        if changed_by not in definitions or not all(step in other for other in others):
            return True
    return False


def is_worth_it(statements: list[Statement]) -> bool:
    """Whether it matters that something is computed once."""
    return any(isinstance(node, (ast.Call, ast.For, ast.While)) for known in statements for node in ast.walk(known.node))


def last_place(part: Part) -> tuple[int, int]:
    """Where the first artifact of a part is complete: in that order nothing is changed before it is read."""
    places = []
    for plan in part.plans:
        known = [statement.place for statement in [*part.statements, *plan.body] if statement.place is not None]
        places.append(max(((place.source, place.ordinal) for place in known), default=(-1, -1)))
    return min(places, default=(-1, -1))
