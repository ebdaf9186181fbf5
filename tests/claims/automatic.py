"""Automatic: examples for callables that have a signature to be read, from a table of parameter names."""

from __future__ import annotations

import ast
import fnmatch
import functools
import importlib
import inspect
import types
from typing import Any, Iterator


# How many of a library's usual arguments are tried.
MOST_ATTEMPTS = 20


def attempts(library: Any, path: str, callee: Any) -> Iterator[str]:
    """The calls to try, the likeliest first."""
    arguments = library.ARGUMENTS
    own = next((each for each in library.CALLS if fnmatch.fnmatchcase(path, each)), None)
    if own:
        yield from (f"{path}({inside})" for inside in library.CALLS[own])
        return
    parameters = parameters_of(callee)
    if parameters is not None:
        given = call_of(parameters, arguments)
        if given is not None:
            yield f"{path}({given})"
    left = MOST_ATTEMPTS
    for inside in library.FALLBACKS:
        if parameters is None or takes(parameters, inside):
            left -= 1
            if left < 0:
                return
            yield f"{path}({inside})"


def parameters_of(callee: Any) -> list[inspect.Parameter] | None:
    """What a callee is passed, where its signature tells."""
    try:
        return list(inspect.signature(callee).parameters.values())
    except (TypeError, ValueError):
        return None


@functools.cache
def counted(inside: str) -> tuple[int, tuple[str, ...]]:
    """How many arguments are passed by position, and the names of the others."""
    call = ast.parse(f"f({inside})", mode="eval").body
    return len(call.args), tuple(keyword.arg for keyword in call.keywords)


def takes(parameters: list[inspect.Parameter], inside: str) -> bool:
    """Whether arguments fit a signature in number."""
    count, keywords = counted(inside)
    try:
        inspect.Signature(parameters).bind(*range(count), **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True


def call_of(parameters: list, arguments: dict[str, str]) -> str | None:
    """What a call has to pass, by the names of the parameters."""
    words = []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            if (text := arguments.get(f"*{parameter.name}")) is not None:
                words.append(text)
            continue
        if parameter.kind is parameter.VAR_KEYWORD or parameter.default is not parameter.empty:
            continue
        text = arguments.get(parameter.name)
        if text is None:
            return None
        keyword = parameter.kind is parameter.KEYWORD_ONLY
        words.append(f"{parameter.name}={text}" if keyword else text)
    return ", ".join(words)


def variants(library: Any, text: str, callee: Any) -> Iterator[str]:
    """The same call with one more argument, of those whose value matters to rules."""
    parameters = {parameter.name: parameter for parameter in parameters_of(callee) or ()}
    inside = text[:-1]
    glue = "" if inside.endswith("(") else ", "
    for name, values in library.VARIANTS.items():
        if name in parameters and parameters[name].kind in (
            inspect.Parameter.KEYWORD_ONLY,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
        ):
            for value in values:
                yield f"{inside}{glue}{name}={value})"


def targets(library: Any, claims: list) -> Iterator[tuple[str, Any]]:
    """Every callable that the rules speak of, as it is written in an example, and the callable."""
    served = {found_class(name) for name in library.RECEIVERS}
    for origin, modules, kind, classes, names, _ in claims:
        for name in modules:
            module = found_module(name)
            if module is None:
                continue
            spelled = library.SPELLED.get(name, name)
            if kind == "functions":
                for function in names:
                    yield f"{spelled}.{function}", attribute(module, function)
            elif kind == "function pattern":
                for function, value in sorted(vars(module).items()):
                    if is_public_function(function, value) and fnmatch.fnmatchcase(function, names[0]):
                        yield f"{spelled}.{function}", value
            elif kind == "init":
                for class_name in classes:
                    yield f"{spelled}.{class_name}", attribute(module, class_name)
            else:
                for class_name in classes:
                    found = attribute(module, class_name)
                    receivers = library.RECEIVERS.get(f"{name}.{class_name}", [])
                    if callable(receivers):
                        receivers = receivers()
                    for receiver in receivers:
                        yield from methods(receiver, found, kind, names, served)


def methods(receiver: str, found: Any, kind: str, names: list[str], served: set) -> Iterator[tuple[str, Any]]:
    """The methods of a class that a rule speaks of, on a receiver; one that comes from a base which has receivers of
    its own is left to these."""
    if kind == "methods":
        wanted = [name for name in names]
    else:
        pattern = names[0] if kind == "method pattern" else "*"
        wanted = [
            name
            for name in dir(found)
            if not name.startswith("_") and fnmatch.fnmatchcase(name, pattern) and owner(found, name) not in served - {found}
        ]
    for name in wanted:
        value = inspect.getattr_static(found, name, None)
        if isinstance(value, property) or type(value).__name__ in ("getset_descriptor", "member_descriptor", "cached_property"):
            continue
        if value is not None and not callable(value) and not hasattr(value, "__func__") and not hasattr(value, "__get__"):
            continue
        yield f"{receiver}.{name}", bound(value)


def owner(found: type, name: str) -> Any:
    """The class that a method comes from."""
    return next((each for each in found.__mro__ if name in each.__dict__), None)


def bound(method: Any) -> Any:
    """A method as it is called on an instance, for its signature."""
    if isinstance(method, staticmethod):
        return method.__func__
    if isinstance(method, classmethod):
        method = method.__func__
    if not isinstance(method, types.FunctionType):
        return None
    try:
        signature = inspect.signature(method)
    except (TypeError, ValueError):
        return None

    def stand_in() -> None:
        """Has the signature without the receiver."""

    stand_in.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
    return stand_in


def is_public_function(name: str, value: Any) -> bool:
    return (
        callable(value)
        and not isinstance(value, (type, types.ModuleType))
        and not name.startswith("_")
    )


def found_module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except Exception:
        return None


def found_class(dotted: str) -> Any:
    """A class by its module and name."""
    module, _, name = dotted.rpartition(".")
    return attribute(found_module(module), name)


def attribute(module: Any, dotted: str) -> Any:
    value = module
    for part in dotted.split("."):
        value = getattr(value, part, None)
    return value
