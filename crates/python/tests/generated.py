"""Generated programs: random ones made of functions, methods and closures over lists, dictionaries and objects.

They end, nearly all of them without an exception, and print nothing that matters; their results are in the module
variables `r0`, `r1`, and so on. A seed always gives the same program.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

INDENT = "    "


@dataclass
class Scope:
    """What code at one place may name: its variables by their kinds, and the functions that it may call."""

    numbers: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    dicts: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    functions: list[tuple[str, str]] = field(default_factory=list)

    def inner(self) -> Scope:
        return Scope(
            list(self.numbers),
            list(self.lists),
            list(self.dicts),
            list(self.objects),
            list(self.functions),
        )


class Generator:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = 0
        # The methods of each class, with the kinds of what they give, and the class of each object.
        self.methods: dict[str, list[tuple[str, str]]] = {}
        self.class_of: dict[str, str] = {}
        # The kind of what the function at hand gives.
        self.gives = "n"

    def fresh(self, kind: str) -> str:
        self.names += 1
        return f"{kind}{self.names}"

    def program(self) -> str:
        scope = Scope()
        lines = [f"g{i} = {self.literal(kind)}" for i, kind in enumerate("nldl")]
        scope.numbers, scope.lists, scope.dicts = ["g0"], ["g1", "g3"], ["g2"]
        for _ in range(self.random.randint(0, 2)):
            lines += self.class_(scope)
        for _ in range(self.random.randint(2, 5)):
            lines += self.function(scope)
        lines += self.block(scope, self.random.randint(3, 7), in_function=False)
        results = []
        for _ in range(self.random.randint(2, 4)):
            results.append(self.value(scope))
        lines += [f"r{i} = {value}" for i, value in enumerate(results)]
        return "\n".join(lines) + "\n"

    def literal(self, kind: str) -> str:
        number = self.random.randint(0, 9)
        match kind:
            case "n":
                return str(number)
            case "l":
                return f"[{number}, {number + 1}]"
            case _:
                return f"{{'a': {number}}}"

    def number(self, scope: Scope, depth: int = 0) -> str:
        choices = [str(self.random.randint(0, 9))]
        if scope.numbers:
            choices += [self.random.choice(scope.numbers)] * 3
        if scope.lists:
            name = self.random.choice(scope.lists)
            choices += [f"len({name})", f"sum({name})"]
        if scope.dicts:
            choices.append(f"{self.random.choice(scope.dicts)}.get('a', 1)")
        if scope.objects:
            choices.append(f"{self.random.choice(scope.objects)}.n")
        if depth < 2:
            left, right = self.number(scope, depth + 1), self.number(scope, depth + 1)
            choices.append(f"({left} {self.random.choice('+-')} {right})")
        return self.random.choice(choices)

    def list_(self, scope: Scope) -> str:
        if scope.lists and self.random.random() < 0.7:
            return self.random.choice(scope.lists)
        return f"[{self.number(scope, 1)}]"

    def value(self, scope: Scope) -> str:
        kind = self.random.random()
        if kind < 0.4:
            return self.number(scope)
        if kind < 0.7 and scope.lists:
            return f"list({self.random.choice(scope.lists)})"
        if kind < 0.85 and scope.dicts:
            return f"dict({self.random.choice(scope.dicts)})"
        if scope.objects:
            return f"{self.random.choice(scope.objects)}.items[:]"
        return self.number(scope)

    def call(self, scope: Scope) -> tuple[str, str] | None:
        """A call and the kind of what it gives."""
        choices = list(scope.functions)
        for name in scope.objects:
            methods = self.methods.get(self.class_of.get(name, ""), [])
            choices += [(f"{name}.{method}", gives) for method, gives in methods] * 2
        if not choices:
            return None
        function, gives = self.random.choice(choices)
        argument = self.number(scope, 1)
        if self.random.random() < 0.2:
            argument = f"x={argument}"
        values = self.list_(scope)
        return f"{function}({values}, {argument})", gives

    def block(self, scope: Scope, size: int, *, in_function: bool, nested: int = 0) -> list[str]:
        lines: list[str] = []
        for _ in range(size):
            lines += self.statement(scope, in_function=in_function, nested=nested)
        return lines or ["pass"]

    def indented(self, lines: list[str]) -> list[str]:
        return [INDENT + line for line in lines]

    def statement(self, scope: Scope, *, in_function: bool, nested: int) -> list[str]:
        kind = self.random.choice(
            ["number"] * 3
            + ["list", "dict", "append", "append", "store", "augment", "print", "call", "call", "call"]
            + ["object", "attribute", "alias", "lambda", "unpack", "delete"]
            + (["if", "for", "try", "while", "with"] if nested < 2 else [])
            + (["return"] if in_function and nested else [])
            + (["closure"] if in_function and not nested else [])
        )
        make = getattr(self, f"make_{kind}")
        if kind in ("if", "for", "try", "while", "with"):
            return make(scope, in_function, nested)
        return make(scope)

    def make_number(self, scope: Scope) -> list[str]:
        value = self.number(scope)
        name = self.fresh("n")
        scope.numbers.append(name)
        return [f"{name} = {value}"]

    def make_list(self, scope: Scope) -> list[str]:
        value = self.random.choice([f"[{self.number(scope)}]", f"list({self.list_(scope)})"])
        name = self.fresh("l")
        scope.lists.append(name)
        return [f"{name} = {value}"]

    def make_dict(self, scope: Scope) -> list[str]:
        value = f"{{'a': {self.number(scope)}}}"
        name = self.fresh("d")
        scope.dicts.append(name)
        return [f"{name} = {value}"]

    def make_append(self, scope: Scope) -> list[str]:
        if not scope.lists:
            return []
        return [f"{self.random.choice(scope.lists)}.append({self.number(scope)})"]

    def make_store(self, scope: Scope) -> list[str]:
        if not scope.dicts:
            return []
        key = self.random.choice("abc")
        return [f"{self.random.choice(scope.dicts)}['{key}'] = {self.number(scope)}"]

    def make_augment(self, scope: Scope) -> list[str]:
        own = [name for name in scope.lists if not name.startswith("g")]
        if self.random.random() < 0.4 and own:
            return [f"{self.random.choice(own)} += [{self.number(scope)}]"]
        own = [name for name in scope.numbers if not name.startswith(("g", "x"))]
        if not own:
            return []
        return [f"{self.random.choice(own)} += {self.number(scope)}"]

    def make_print(self, scope: Scope) -> list[str]:
        return [f"print({self.number(scope)})"]

    def make_call(self, scope: Scope) -> list[str]:
        made = self.call(scope)
        if made is None:
            return []
        call, gives = made
        if self.random.random() < 0.4:
            return [call]
        name = self.fresh(gives)
        {"n": scope.numbers, "l": scope.lists, "o": scope.objects}[gives].append(name)
        if gives == "o":
            self.class_of[name] = call.split("(")[0]
        return [f"{name} = {call}"]

    def make_object(self, scope: Scope) -> list[str]:
        classes = [name for name, gives in scope.functions if gives == "o"]
        if not classes:
            return []
        name = self.fresh("o")
        self.class_of[name] = self.random.choice(classes)
        made = f"{name} = {self.class_of[name]}({self.list_(scope)}, {self.number(scope)})"
        scope.objects.append(name)
        return [made]

    def make_attribute(self, scope: Scope) -> list[str]:
        if not scope.objects:
            return []
        name = self.random.choice(scope.objects)
        if self.random.random() < 0.5:
            return [f"{name}.n = {self.number(scope)}"]
        return [f"{name}.items.append({self.number(scope)})"]

    def make_alias(self, scope: Scope) -> list[str]:
        if not scope.lists:
            return []
        name = self.fresh("l")
        made = f"{name} = {self.random.choice(scope.lists)}"
        scope.lists.append(name)
        return [made]

    def make_lambda(self, scope: Scope) -> list[str]:
        if not scope.lists:
            return []
        name = self.fresh("l")
        body = self.number(scope)
        made = f"{name} = list(map(lambda v: v + {body}, {self.random.choice(scope.lists)}))"
        scope.lists.append(name)
        return [made]

    def make_unpack(self, scope: Scope) -> list[str]:
        first, second = self.fresh("n"), self.fresh("n")
        made = f"{first}, {second} = {self.number(scope)}, {self.number(scope)}"
        scope.numbers += [first, second]
        return [made]

    def make_delete(self, scope: Scope) -> list[str]:
        own = [name for name in scope.numbers if name.startswith("n")]
        if not own or self.random.random() < 0.7:
            return []
        name = self.random.choice(own)
        scope.numbers.remove(name)
        return [f"{name} = 0", f"del {name}"]

    def make_return(self, scope: Scope) -> list[str]:
        return [f"return {self.returned(scope)}"]

    def returned(self, scope: Scope) -> str:
        return self.number(scope) if self.gives == "n" else self.list_(scope)

    def make_closure(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = scope.inner()
        own = [each for each in scope.numbers if each.startswith("n")]
        lines = []
        if own and self.random.random() < 0.3:
            changed = self.random.choice(own)
            lines = [f"nonlocal {changed}", f"{changed} += {self.number(inner)}"]
        inner.numbers.append("x")
        inner.lists.append("v")
        lines += [f"v.append({self.number(inner)})"] if self.random.random() < 0.5 else []
        lines.append(f"return {self.number(inner)}")
        scope.functions.append((name, "n"))
        return [f"def {name}(v, x):", *self.indented(lines)]

    def make_if(self, scope: Scope, in_function: bool, nested: int) -> list[str]:
        test = f"{self.number(scope)} > {self.number(scope)}"
        size = self.random.randint(1, 3)
        body = self.block(scope.inner(), size, in_function=in_function, nested=nested + 1)
        lines = [f"if {test}:", *self.indented(body)]
        if self.random.random() < 0.5:
            body = self.block(scope.inner(), size, in_function=in_function, nested=nested + 1)
            lines += ["else:", *self.indented(body)]
        return lines

    def make_for(self, scope: Scope, in_function: bool, nested: int) -> list[str]:
        inner = scope.inner()
        name = self.fresh("n")
        inner.numbers.append(name)
        body = self.block(inner, 2, in_function=in_function, nested=nested + 1)
        if self.random.random() < 0.2:
            body += [f"if {name} > 1:", INDENT + self.random.choice(["break", "continue"])]
        return [f"for {name} in range({self.random.randint(0, 3)}):", *self.indented(body)]

    def make_while(self, scope: Scope, in_function: bool, nested: int) -> list[str]:
        name = self.fresh("w")
        body = self.block(scope.inner(), 1, in_function=in_function, nested=nested + 1)
        return [
            f"{name} = {self.random.randint(1, 3)}",
            f"while {name} > 0:",
            *self.indented([f"{name} -= 1", *body]),
        ]

    def make_with(self, scope: Scope, in_function: bool, nested: int) -> list[str]:
        body = self.block(scope, 2, in_function=in_function, nested=nested + 1)
        return ["with Managed() as m:", *self.indented(["m.append(1)", *body])]

    def make_try(self, scope: Scope, in_function: bool, nested: int) -> list[str]:
        body = self.block(scope.inner(), 2, in_function=in_function, nested=nested + 1)
        if self.random.random() < 0.5:
            body.append(f"raise_over({self.number(scope)})")
            body += self.block(scope.inner(), 1, in_function=in_function, nested=nested + 1)
        handler = self.block(scope.inner(), 1, in_function=in_function, nested=nested + 1)
        lines = ["try:", *self.indented(body), "except KeyError:", *self.indented(handler)]
        if self.random.random() < 0.3:
            lines += ["finally:", *self.indented(self.block(scope.inner(), 1, in_function=False, nested=2))]
        return lines

    def function(self, scope: Scope) -> list[str]:
        self.gives = self.random.choice("nl")
        name = self.fresh("f")
        lines = self.body(scope, ["v", "x"])
        default = self.random.choice(["x", "x=3"])
        scope.functions.append((name, self.gives))
        return [f"def {name}(v, {default}):", *self.indented(lines)]

    def body(self, scope: Scope, parameters: list[str]) -> list[str]:
        inner = scope.inner()
        inner.lists.append("v")
        inner.numbers.append("x")
        if "self" in parameters:
            inner.objects.append("self")
        lines = []
        if self.random.random() < 0.3:
            lines = ["global g0", f"g0 = {self.number(inner)}"]
        lines += self.block(inner, self.random.randint(2, 6), in_function=True)
        lines.append(f"return {self.returned(inner)}")
        return lines

    def class_(self, scope: Scope) -> list[str]:
        name = self.fresh("C")
        lines = [f"class {name}:"]
        start = ["def __init__(self, v, x):", *self.indented(["self.n = x", "self.items = v"])]
        lines += self.indented(start)
        self.methods[name] = []
        for _ in range(self.random.randint(1, 3)):
            self.gives = self.random.choice("nl")
            method = self.fresh("m")
            self.class_of["self"] = name
            body = self.body(scope, ["self", "v", "x"])
            lines += self.indented([f"def {method}(self, v, x):", *self.indented(body)])
            self.methods[name].append((method, self.gives))
        scope.functions.append((name, "o"))
        return lines


PRELUDE = '''class Managed:
    def __init__(self):
        self.seen = []
    def __enter__(self):
        return self.seen
    def __exit__(self, kind, value, trace):
        self.seen.append(2)
        return False
def raise_over(n):
    if n > 3:
        raise KeyError(n)
'''


def generated(seed: int) -> str:
    """The program of a seed."""
    return PRELUDE + Generator(seed).program()


def results(program: str) -> list[str]:
    """The variables that hold its results."""
    lines = program.splitlines()
    return [line.split(" ")[0] for line in lines if line.startswith("r") and " = " in line]
