"""More of what programs are made of, a feature at a time, for the generated programs.

Each feature adds kinds of statements to those of `Generator`: what they define stands beside them, so that it is
followed, kept whole, called once, or called from several places, as it comes.
"""

from __future__ import annotations

from generated import INDENT, PRELUDE, Scope
from generated_others import OthersGenerator

# The kinds of statements of each feature.
FEATURES: dict[str, list[str]] = {
    "exceptions": ["failing", "cleanup", "reraise", "in_finally", "in_else"],
    "managers": ["manager", "suppressed", "generator_manager", "two_managers"],
    "returns": ["early", "search", "for_else", "forever", "guard"],
    "closures": ["counter", "getter", "adder_list", "nested_call"],
    "arguments": ["default_list", "star", "keywords", "keyword_only", "unpacked_call"],
    "generators": ["generator", "next_of", "delegation", "expression", "send"],
    "classes": ["class_attribute", "property_", "dataclass_", "alternative", "derived", "operators"],
    "globals": ["global_number", "global_list", "global_rebound", "global_new"],
    "recursion": ["power", "mutual", "nested_lists", "walk"],
    "tables": ["table", "pipeline", "partial", "sort_key", "registry", "handed_on"],
    "deletes": ["unbound", "deleted_item", "deleted_alias", "late", "walrus"],
    "wrappers": ["wrapped", "wrapped", "wrapped_raising", "wrapped_twice", "stack", "cached", "dispatched"],
    "coroutines": ["main", "main", "main", "queue", "later"],
    "loops": ["enumerated", "zipped", "comprehension", "nested_loop", "popped", "matched"],
}
MORE_PRELUDE = (
    "import asyncio\nimport contextlib\nimport dataclasses\nimport functools\nimport operator\n"
    "class Oops(Exception):\n"
    "    def __init__(self, n):\n"
    "        super().__init__(n)\n"
    "        self.n = n\n" + PRELUDE
)


class MoreGenerator(OthersGenerator):
    """Writes one program that has statements of a feature, or of all of them."""

    def __init__(self, seed: int, feature: str) -> None:
        super().__init__(seed)
        every = [kind for kinds in FEATURES.values() for kind in kinds]
        self.more = every if feature == "all" else FEATURES[feature]
        # Within how many such statements the one at hand stands.
        self.depth = 0

    def statement(self, scope: Scope, *, in_function: bool, nested: int) -> list[str]:
        if self.random.random() < (0.3, 0.1, 0.0)[self.depth]:
            self.depth += 1
            lines = getattr(self, f"make_{self.random.choice(self.more)}")(scope)
            self.depth -= 1
            return lines
        return super().statement(scope, in_function=in_function, nested=nested)


    # generators

    def a_generator(self, scope: Scope) -> tuple[str, list[str]]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            *self.some(inner, 1),
            "for k in range(3):",
            INDENT + f"v.append({self.number(inner, 1)})",
            INDENT + self.random.choice(["yield k + x", "yield len(v)", "yield k"]),
            *self.some(inner, 1),
        ]
        return name, self.define(name, "v, x", body)

    def make_generator(self, scope: Scope) -> list[str]:
        name, lines = self.a_generator(scope)
        call = f"{name}({self.list_(scope)}, {self.number(scope, 1)})"
        how = self.random.choice(["list", "sum", "for", "sorted"])
        if how == "for":
            got = self.fresh("n")
            lines += [f"{got} = 0", f"for item in {call}:", INDENT + f"{got} += item", *self.indented(self.some(scope, 1))]
            scope.numbers.append(got)
            return lines
        if how == "sum":
            return lines + self.number_from(scope, f"sum({call})")
        return lines + self.list_from(scope, f"{how}({call})")

    def make_next_of(self, scope: Scope) -> list[str]:
        name, lines = self.a_generator(scope)
        made = self.fresh("t")
        lines += [f"{made} = {name}({self.list_(scope)}, {self.number(scope, 1)})"]
        lines += self.number_from(scope, f"next({made})")
        lines += self.some(scope, 1)
        if self.random.random() < 0.5:
            lines += self.number_from(scope, f"next({made}, 7)")
        end = self.random.choice(["close", "rest", "open"])
        if end == "rest":
            return lines + self.list_from(scope, f"list({made})")
        return lines + ([f"{made}.close()"] if end == "close" else [])

    def make_delegation(self, scope: Scope) -> list[str]:
        inside, lines = self.a_generator(scope)
        name = self.fresh("f")
        body = ["v.append(x)", f"yield from {inside}(v, x)", "yield len(v)"]
        lines += self.define(name, "v, x", body)
        return lines + self.list_from(scope, f"list({name}({self.list_(scope)}, {self.number(scope, 1)}))")

    def make_expression(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x")
        lines = self.define(name, "x", [*self.some(inner, 1), f"return {self.number(inner, 1)}"])
        source = self.list_(scope)
        return lines + self.list_from(scope, f"[{name}(item) for item in {source}[:4] if item > {self.random.randint(0, 3)}]")

    def make_send(self, scope: Scope) -> list[str]:
        name, made = self.fresh("f"), self.fresh("t")
        body = [
            "total = 0",
            "while True:",
            INDENT + "got = yield total",
            INDENT + "if got is None:",
            INDENT * 2 + "break",
            INDENT + "total += got",
        ]
        lines = [*self.define(name, "", body), f"{made} = {name}()", f"next({made})"]
        for _ in range(self.random.randint(1, 2)):
            lines += self.number_from(scope, f"{made}.send({self.number(scope, 1)})")
        return lines

    # classes

    def make_class_attribute(self, scope: Scope) -> list[str]:
        name, made = self.fresh("C"), self.fresh("t")
        inner = self.own(scope, "x")
        lines = [
            f"class {name}:",
            *self.indented(["count = 0", "made = []"]),
            *self.indented(
                self.define(
                    "__init__",
                    "self, x",
                    [f"{name}.count += {self.number(inner, 1)}", "self.made.append(x)", "self.x = x"],
                )
            ),
            *self.indented(self.define("get", "self", ["return self.x + self.count"])),
            f"{made} = {name}({self.number(scope, 1)})",
        ]
        if self.random.random() < 0.5:
            lines += [f"{name}({self.number(scope, 1)})"]
        if self.random.random() < 0.3:
            lines += [f"{made}.count = {self.number(scope, 1)}"]
        value = self.random.choice([f"{name}.count", f"{made}.get()", f"len({name}.made)", f"{made}.count"])
        return lines + self.number_from(scope, value)

    def make_property_(self, scope: Scope) -> list[str]:
        name, made = self.fresh("C"), self.fresh("t")
        inner = self.own(scope, "x")
        parts = [
            *self.define("__init__", "self, x", ["self._x = x", "self.log = []"]),
            "@property",
            *self.define("x", "self", [*(["self.log.append(1)"] if self.random.random() < 0.5 else []), "return self._x"]),
            "@x.setter",
            *self.define("x", "self, x", [f"self._x = {self.number(inner, 1)}", "self.log.append(x)"]),
        ]
        lines = [f"class {name}:", *self.indented(parts), f"{made} = {name}({self.number(scope, 1)})"]
        if self.random.random() < 0.6:
            lines += [f"{made}.x = {self.number(scope, 1)}"]
        if self.random.random() < 0.4:
            lines += [f"{made}.x += 1"]
        return lines + self.number_from(scope, self.random.choice([f"{made}.x", f"len({made}.log)"]))

    def make_dataclass_(self, scope: Scope) -> list[str]:
        name, made = self.fresh("C"), self.fresh("t")
        inner = self.own(scope, "x")
        parts = [
            "a: int",
            "b: int = 2",
            "rows: list = dataclasses.field(default_factory=list)",
            *(self.define("__post_init__", "self", ["self.rows.append(self.a)"]) if self.random.random() < 0.5 else []),
            *self.define("add", "self, x", [f"self.rows.append({self.number(inner, 1)})", "self.b += x", "return self"]),
            *self.define("total", "self", ["return self.a + self.b + sum(self.rows)"]),
        ]
        lines = [
            f"@{self.random.choice(['dataclasses.dataclass', 'dataclasses.dataclass()'])}",
            f"class {name}:",
            *self.indented(parts),
            f"{made} = {name}({self.number(scope, 1)})",
        ]
        if self.random.random() < 0.6:
            lines += [f"{made}.add({self.number(scope, 1)})"]
        if self.random.random() < 0.4:
            lines += [f"{made} = dataclasses.replace({made}, a={self.number(scope, 1)})"]
        return lines + self.number_from(scope, self.random.choice([f"{made}.total()", f"{made}.b", f"len({made}.rows)"]))

    def make_alternative(self, scope: Scope) -> list[str]:
        name, made = self.fresh("C"), self.fresh("t")
        inner = self.own(scope, "x")
        parts = [
            *self.define("__init__", "self, x", ["self.x = x"]),
            "@classmethod",
            *self.define("of", "cls, x", [*self.some(inner, 1), f"return cls({self.number(inner, 1)})"]),
            "@staticmethod",
            *self.define("plus", "x", [f"return {self.number(inner, 1)}"]),
        ]
        lines = [f"class {name}:", *self.indented(parts), f"{made} = {name}.of({self.number(scope, 1)})"]
        return lines + self.number_from(scope, self.random.choice([f"{made}.x", f"{name}.plus(3)", f"{made}.plus(4)"]))

    def make_derived(self, scope: Scope) -> list[str]:
        base, name, made = self.fresh("C"), self.fresh("C"), self.fresh("t")
        inner = self.own(scope, "x")
        first = [
            *self.define("__init__", "self, x", ["self.x = x", "self.rows = [x]"]),
            *self.define("run", "self, x", ["self.step(x)", "return self.result()"]),
            *self.define("step", "self, x", [f"self.rows.append({self.number(inner, 1)})"]),
            *self.define("result", "self", ["return sum(self.rows)"]),
        ]
        second = [
            *self.define("__init__", "self, x", [f"super().__init__({self.number(inner, 1)})", "self.y = x"]),
            *self.define("step", "self, x", ["super().step(x)", "self.rows.append(self.y)"]),
        ]
        lines = [
            f"class {base}:",
            *self.indented(first),
            f"class {name}({base}):",
            *self.indented(second),
            f"{made} = {self.random.choice([base, name, name])}({self.number(scope, 1)})",
        ]
        for _ in range(self.random.randint(1, 2)):
            lines += self.number_from(scope, f"{made}.run({self.number(scope, 1)})")
        return lines + self.number_from(scope, f"len({made}.rows)")

    def make_operators(self, scope: Scope) -> list[str]:
        name, made = self.fresh("C"), self.fresh("t")
        parts = [
            *self.define("__init__", "self, x", ["self.x = x", "self.used = 0"]),
            *self.define("__add__", "self, other", ["self.used += 1", f"return {name}(self.x + other)"]),
            *self.define("__getitem__", "self, at", ["self.used += at", "return self.x + at"]),
            *self.define("__len__", "self", ["return 3"]),
            *self.define("__bool__", "self", ["self.used += 1", "return self.x > 3"]),
        ]
        lines = [f"class {name}:", *self.indented(parts), f"{made} = {name}({self.number(scope, 1)})"]
        uses = [f"{made} + 1", f"{made}[2]", f"print(1 if {made} else 2)", f"{made} = {made} + {self.number(scope, 1)}"]
        lines += self.random.sample(uses, 2)
        return lines + self.number_from(scope, self.random.choice([f"{made}.used", f"{made}.x", f"{made}[1]"]))

    # globals

    def make_global_number(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x")
        body = ["global g0", f"g0 {self.random.choice(['=', '+='])} {self.number(inner, 1)}", *self.some(inner, 1)]
        lines = self.define(name, "x", body)
        lines += [f"{name}({self.number(scope, 1)})"]
        return lines + self.number_from(scope, "g0")

    def make_global_list(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x")
        lines = self.define(name, "x", [f"g1.append({self.number(inner, 1)})", "return len(g1)"])
        return lines + self.maybe_again(scope, f"{name}({self.number(scope, 1)})")

    def make_global_rebound(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x")
        body = ["global g3", "old = g3", f"g3 = old + [{self.number(inner, 1)}]", *self.some(inner, 1), "return len(old)"]
        lines = self.define(name, "x", body)
        return lines + self.maybe_again(scope, f"{name}({self.number(scope, 1)})")

    def make_global_new(self, scope: Scope) -> list[str]:
        name, made = self.fresh("f"), self.fresh("gn")
        inner = self.own(scope, "x")
        body = [f"global {made}", f"{made} = {self.number(inner, 1)}", *self.some(inner, 1)]
        lines = [*self.define(name, "x", body), f"{name}({self.number(scope, 1)})"]
        scope.numbers.append(made)
        return lines

    # recursion

    def make_power(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            "if depth == 0:",
            INDENT + f"return {self.number(inner, 1)}",
            *self.some(inner, 1),
            f"below = {name}(v, x, depth - 1)",
            f"v.append({self.number(inner, 1)})",
            "return below + depth",
        ]
        lines = self.define(name, "v, x, depth", body)
        call = f"{name}({self.list_(scope)}, {self.number(scope, 1)}, {self.random.randint(0, 3)})"
        return lines + self.maybe_again(scope, call)

    def make_mutual(self, scope: Scope) -> list[str]:
        one, two = self.fresh("f"), self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        first = ["if depth <= 0:", INDENT + "return x", *self.some(inner, 1), f"return {two}(v, x, depth - 1) + 1"]
        second = ["v.append(depth)", "if depth <= 0:", INDENT + "return len(v)", f"return {one}(v, x, depth - 1)"]
        lines = [*self.define(one, "v, x, depth", first), *self.define(two, "v, x, depth", second)]
        call = f"{one}({self.list_(scope)}, {self.number(scope, 1)}, {self.random.randint(0, 3)})"
        return lines + self.maybe_again(scope, call)

    def make_nested_lists(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        body = [
            "total = 0",
            "for part in tree:",
            INDENT + "if isinstance(part, list):",
            INDENT * 2 + f"total += {name}(part)",
            INDENT + "else:",
            INDENT * 2 + "total += part",
            "return total",
        ]
        lines = self.define(name, "tree", body)
        return lines + self.maybe_again(scope, f"{name}([{self.number(scope, 1)}, [2, [{self.number(scope, 1)}]], 4])")

    def make_walk(self, scope: Scope) -> list[str]:
        name, inside = self.fresh("f"), self.fresh("f")
        body = [
            "found = []",
            *self.define(
                inside,
                "n",
                ["found.append(n)", "if n > 0:", INDENT + f"{inside}(n - 1)"],
            ),
            f"{inside}(min(abs(x), 3))",
            "return found",
        ]
        lines = self.define(name, "x", body)
        return lines + self.list_from(scope, f"{name}({self.number(scope, 1)})")

    # tables

    def two(self, scope: Scope) -> tuple[str, str, list[str]]:
        one, two = self.fresh("f"), self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        lines = [
            *self.define(one, "v, x", [*self.some(inner, 1), "v.append(x)", f"return {self.number(inner, 1)}"]),
            *self.define(two, "v, x", [*self.some(inner, 1), f"return {self.number(inner, 1)}"]),
        ]
        return one, two, lines

    def make_table(self, scope: Scope) -> list[str]:
        one, two, lines = self.two(scope)
        made = self.fresh("t")
        lines += [f"{made} = {{'one': {one}, 'two': {two}}}"]
        key = self.random.choice(["one", "two"])
        return lines + self.maybe_again(scope, f"{made}['{key}']({self.list_(scope)}, {self.number(scope, 1)})")

    def make_pipeline(self, scope: Scope) -> list[str]:
        one, two, lines = self.two(scope)
        got, values = self.fresh("n"), self.fresh("l")
        lines += [
            f"{values} = {self.list_(scope)}",
            f"{got} = {self.number(scope, 1)}",
            f"for step in [{one}, {two}]:",
            INDENT + f"{got} = step({values}, {got})",
        ]
        scope.numbers.append(got)
        scope.lists.append(values)
        return lines

    def make_partial(self, scope: Scope) -> list[str]:
        one, _, lines = self.two(scope)
        made = self.fresh("t")
        lines += [f"{made} = functools.partial({one}, {self.list_(scope)})"]
        return lines + self.maybe_again(scope, f"{made}({self.number(scope, 1)})")

    def make_sort_key(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x")
        body = [*self.some(inner, 1), self.random.choice(["return -x", f"return x * {self.random.randint(0, 2)}"])]
        lines = self.define(name, "x", body)
        source = self.list_(scope)
        # What the function appends to may be the source.
        few = f"{source}[:4]"
        how = self.random.choice([f"sorted({few}, key={name})", f"list(map({name}, {few}))", f"list(filter({name}, {few}))"])
        return lines + self.list_from(scope, how)

    def make_registry(self, scope: Scope) -> list[str]:
        registry, register, name = self.fresh("t"), self.fresh("f"), self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        lines = [
            f"{registry} = {{}}",
            *self.define(register, "function", [f"{registry}[function.__name__] = function", "return function"]),
            f"@{register}",
            *self.define(name, "v, x", ["v.append(x)", *self.some(inner, 1), f"return {self.number(inner, 1)}"]),
        ]
        call = self.random.choice([name, f"{registry}['{name}']"])
        return lines + self.maybe_again(scope, f"{call}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_handed_on(self, scope: Scope) -> list[str]:
        one, _, lines = self.two(scope)
        name = self.fresh("f")
        body = [f"y = function(v, {self.random.randint(0, 5)})", "v.append(y)", "return y"]
        lines += self.define(name, "function, v", body)
        return lines + self.maybe_again(scope, f"{name}({one}, {self.list_(scope)})")

    # deletes

    def make_unbound(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            f"y = {self.number(inner, 1)}",
            f"if {self.number(inner, 1)} > 3:",
            INDENT + "del y",
            *self.some(inner, 1),
            "try:",
            INDENT + "v.append(y)",
            "except UnboundLocalError:",
            INDENT + f"v.append({self.number(inner, 1)})",
            "return len(v)",
        ]
        lines = self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_deleted_item(self, scope: Scope) -> list[str]:
        made = self.fresh("l")
        lines = [f"{made} = [1, 2, {self.number(scope, 1)}]", f"del {made}[{self.random.randint(0, 2)}]"]
        scope.lists.append(made)
        return lines

    def make_deleted_alias(self, scope: Scope) -> list[str]:
        one, two, got = self.fresh("l"), self.fresh("l"), self.fresh("n")
        lines = [
            f"{one} = [{self.number(scope, 1)}]",
            f"{two} = {one}",
            f"{two}.append({self.number(scope, 1)})",
            f"del {one}",
            "try:",
            INDENT + f"{one}.append(3)",
            INDENT + f"{got} = 1",
            "except NameError:",
            INDENT + f"{got} = 2",
        ]
        scope.lists.append(two)
        scope.numbers.append(got)
        return lines

    def make_late(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x")
        body = [
            *self.define("look", "", ["return late"]),
            "try:",
            INDENT + "first = look()",
            "except NameError:",
            INDENT + f"first = {self.number(inner, 1)}",
            f"late = {self.number(inner, 1)}",
            "return first + look()",
        ]
        return self.define(name, "x", body) + self.maybe_again(scope, f"{name}({self.number(scope, 1)})")

    def make_walrus(self, scope: Scope) -> list[str]:
        got = self.fresh("n")
        lines = [f"if ({got} := {self.number(scope)}) > 3:", INDENT + f"{got} += 1"]
        scope.numbers.append(got)
        return lines

    # loops

    def make_enumerated(self, scope: Scope) -> list[str]:
        one, two = self.fresh("l"), self.fresh("d")
        lines = [
            f"{one} = []",
            f"{two} = {{}}",
            f"for at, item in enumerate({self.list_(scope)}[:4]):",
            INDENT + f"{one}.append(at * item)",
            INDENT + f"{two}['a'] = item",
            INDENT + "print(at)",
        ]
        scope.lists.append(one)
        scope.dicts.append(two)
        return lines

    def make_zipped(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            "out = []",
            "for left, right in zip(v[:3], g1):",
            INDENT + f"out.append(left + {self.number(inner, 1)})",
            INDENT + "if right > 5:",
            INDENT * 2 + self.random.choice(["continue", "break", "return len(out)"]),
            INDENT + "x += right",
            self.random.choice(["return x", "return len(out)", "return sum(out)"]),
        ]
        lines = self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_comprehension(self, scope: Scope) -> list[str]:
        source = self.list_(scope)
        value = self.random.choice(
            [
                f"[item + {self.number(scope, 1)} for item in {source}[:4]]",
                f"[k for item in {source}[:3] for k in range(item % 3)]",
                f"sorted({{item % 4 for item in {source}}})",
                f"list({{k: k + 1 for k in {source}[:4]}}.values())",
            ]
        )
        return self.list_from(scope, value)

    def make_nested_loop(self, scope: Scope) -> list[str]:
        got = self.fresh("l")
        lines = [
            f"{got} = []",
            "for i in range(3):",
            INDENT + f"row = [i + {self.number(scope, 1)}]",
            INDENT + "for j in range(2):",
            INDENT * 2 + "row.append(j)",
            INDENT * 2 + self.random.choice(["if i + j > 2: break", "print(i, j)", "pass"]),
            INDENT + f"{got} += row",
        ]
        scope.lists.append(got)
        return lines

    def make_popped(self, scope: Scope) -> list[str]:
        work, got = self.fresh("l"), self.fresh("n")
        lines = [
            f"{work} = [3, 1, {self.number(scope, 1)}]",
            f"{got} = 0",
            f"while {work}:",
            INDENT + f"item = {work}.pop()",
            INDENT + f"{got} += item",
            INDENT + f"if item == 3 and {got} < 30:",
            INDENT * 2 + f"{work}.append(2)",
        ]
        scope.numbers.append(got)
        return lines

    def make_matched(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            "match v[:2]:",
            INDENT + "case []:",
            INDENT * 2 + "y = 0",
            INDENT + "case [one]:",
            INDENT * 2 + "y = one",
            INDENT + "case [one, two] if one > two:",
            *self.indented(self.indented(["y = two", *self.some(inner, 1)])),
            INDENT + "case _:",
            INDENT * 2 + self.random.choice(["return -1", "y = x"]),
            "return y",
        ]
        lines = self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")


def generated_with(seed: int, feature: str) -> str:
    """The program of a seed that has a feature; `all` are mixed."""
    return MORE_PRELUDE + MoreGenerator(seed, feature).program()
