"""Statements of calls for the generated programs: exceptions, managers, returns, closures and arguments."""

from __future__ import annotations

from generated import INDENT, Generator, Scope


class CallsGenerator(Generator):
    """Writes what goes into and comes out of functions in all the ways there are."""

    def some(self, scope: Scope, size: int = 2) -> list[str]:
        """A few statements that leave no name that is not there on all ways."""
        return self.block(scope.inner(), self.random.randint(1, size), in_function=False, nested=2)

    def define(self, name: str, parameters: str, lines: list[str]) -> list[str]:
        return [f"def {name}({parameters}):", *self.indented(lines)]

    def own(self, scope: Scope, *numbers: str, lists: tuple[str, ...] = ()) -> Scope:
        inner = scope.inner()
        # What is assigned in a function is its own variable, in all of it.
        inner.numbers = [name for name in inner.numbers if name.startswith("g")] + list(numbers)
        inner.lists = [name for name in inner.lists if name.startswith("g")] + list(lists)
        inner.dicts = [name for name in inner.dicts if name.startswith("g")]
        inner.objects = []
        return inner

    def number_from(self, scope: Scope, value: str) -> list[str]:
        name = self.fresh("n")
        scope.numbers.append(name)
        return [f"{name} = {value}"]

    def list_from(self, scope: Scope, value: str) -> list[str]:
        name = self.fresh("l")
        scope.lists.append(name)
        return [f"{name} = {value}"]

    def maybe_again(self, scope: Scope, call: str) -> list[str]:
        """A call, sometimes several, sometimes for its own sake alone."""
        lines = self.number_from(scope, call)
        while self.random.random() < 0.4:
            lines += [call] if self.random.random() < 0.4 else self.number_from(scope, call)
            lines += self.some(scope, 1) if self.random.random() < 0.3 else []
        return lines

    # exceptions

    def raising(self, scope: Scope) -> tuple[str, list[str]]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        return name, self.define(
            name,
            "v, x",
            [
                *self.some(inner, 1),
                f"if x > {self.random.randint(0, 6)}:",
                INDENT + f"v.append({self.number(inner, 1)})",
                INDENT + self.random.choice(["raise Oops(x)", "raise KeyError(x)", "v.index(-1)", "{}[x]"]),
                *self.some(inner, 1),
                f"return {self.number(inner, 1)}",
            ],
        )

    def make_failing(self, scope: Scope) -> list[str]:
        name, lines = self.raising(scope)
        caught = self.fresh("n")
        values = self.list_(scope)
        body = [f"{caught} = {name}({values}, {self.number(scope, 1)})", *self.some(scope, 1)]
        handler = self.random.choice(
            [
                ["except (KeyError, ValueError):", INDENT + f"{caught} = {self.number(scope, 1)}"],
                ["except LookupError as error:", INDENT + f"{caught} = len(error.args)"],
            ]
        )
        rest = ["except (Oops, ValueError) as error:", INDENT + f"{caught} = len(error.args) + 1"]
        lines += [f"{caught} = 0", "try:", *self.indented(body), *handler, *rest]
        if self.random.random() < 0.4:
            lines += ["finally:", *self.indented(self.some(scope, 1))]
        scope.numbers.append(caught)
        return lines

    def make_cleanup(self, scope: Scope) -> list[str]:
        inside, lines = self.raising(scope)
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        lines += self.define(
            name,
            "v, x",
            [
                "done = []",
                "try:",
                INDENT + f"y = {inside}(v, x)",
                INDENT + "done.append(y)",
                "finally:",
                *self.indented([f"v.append({self.number(inner, 1)})", "done.append(1)"]),
                "return len(done)",
            ],
        )
        values, caught = self.list_(scope), self.fresh("n")
        lines += [
            "try:",
            INDENT + f"{caught} = {name}({values}, {self.number(scope, 1)})",
            "except Exception as error:",
            INDENT + f"{caught} = len(error.args)",
        ]
        scope.numbers.append(caught)
        return lines

    def make_reraise(self, scope: Scope) -> list[str]:
        inside, lines = self.raising(scope)
        name, caught = self.fresh("f"), self.fresh("n")
        how = self.random.choice(["raise", "raise Oops(x) from error", "raise Oops(len(v))"])
        body = [
            "try:",
            INDENT + f"return {inside}(v, x)",
            "except (KeyError, ValueError) as error:",
            INDENT + "v.append(x)",
            INDENT + how,
        ]
        lines += self.define(name, "v, x", body)
        values = self.list_(scope)
        lines += [
            "try:",
            INDENT + f"{caught} = {name}({values}, {self.number(scope, 1)})",
            "except Oops as error:",
            INDENT + f"{caught} = error.n",
            "except (KeyError, ValueError):",
            INDENT + f"{caught} = -1",
        ]
        scope.numbers.append(caught)
        return lines

    def make_in_finally(self, scope: Scope) -> list[str]:
        inside, lines = self.raising(scope)
        name = self.fresh("f")
        body = [
            "y = x",
            "try:",
            INDENT + f"y = {inside}(v, x)",
            INDENT + self.random.choice(["return y", "y += 1", "v.append(y)"]),
            "except (KeyError, ValueError):",
            INDENT + self.random.choice(["return -1", "y = -2", "pass"]),
            "except Oops as error:",
            INDENT + "y += error.n",
            "finally:",
            INDENT + "v.append(y)",
            INDENT + self.random.choice(["pass", "y += 5", "return y"]),
            "return y",
        ]
        lines += self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_in_else(self, scope: Scope) -> list[str]:
        inside, lines = self.raising(scope)
        caught = self.fresh("n")
        lines += [
            f"{caught} = 1",
            "try:",
            INDENT + f"{inside}({self.list_(scope)}, {self.number(scope, 1)})",
            "except Exception:",
            *self.indented(self.some(scope, 1)),
            "else:",
            INDENT + f"{caught} = {self.number(scope, 1)}",
        ]
        scope.numbers.append(caught)
        return lines

    # managers

    def make_manager(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            "with Managed() as m:",
            INDENT + f"m.append({self.number(inner, 1)})",
            *self.indented(self.some(inner)),
            INDENT + self.random.choice(["return len(m)", "x += len(m)", "v.append(len(m))"]),
            "return x + len(m)",
        ]
        lines = self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_suppressed(self, scope: Scope) -> list[str]:
        inside, lines = self.raising(scope)
        got = self.fresh("n")
        values = self.list_(scope)
        lines += [
            f"{got} = 0",
            "with contextlib.suppress(KeyError, ValueError, Oops):",
            *self.indented(self.some(scope, 1)),
            INDENT + f"{got} = {inside}({values}, {self.number(scope, 1)})",
            *self.indented(self.some(scope, 1)),
        ]
        scope.numbers.append(got)
        return lines

    def make_generator_manager(self, scope: Scope) -> list[str]:
        name, got = self.fresh("f"), self.fresh("n")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            f"v.append({self.number(inner, 1)})",
            "try:",
            INDENT + "yield v",
            "finally:",
            INDENT + f"v.append({self.number(inner, 1)})",
        ]
        lines = ["@contextlib.contextmanager", *self.define(name, "v, x", body)]
        lines += [
            f"with {name}({self.list_(scope)}, {self.number(scope, 1)}) as m:",
            INDENT + f"{got} = len(m)",
            *self.indented(self.some(scope, 1)),
        ]
        scope.numbers.append(got)
        return lines

    def make_two_managers(self, scope: Scope) -> list[str]:
        got = self.fresh("l")
        lines = [
            "with Managed() as m, Managed() as k:",
            INDENT + f"m.append({self.number(scope, 1)})",
            INDENT + "k.append(len(m))",
            *self.indented(self.some(scope, 1)),
            f"{got} = m + k",
        ]
        scope.lists.append(got)
        return lines

    # returns

    def make_early(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            f"if {self.number(inner)} > {self.number(inner, 1)}:",
            *self.indented(self.some(inner, 1)),
            INDENT + f"return {self.number(inner, 1)}",
            *self.some(inner),
            f"if x < {self.number(inner, 1)}:",
            INDENT + "return len(v)",
            *self.some(inner),
            f"return {self.number(inner, 1)}",
        ]
        lines = self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_search(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            f"seen = {self.number(inner, 1)}",
            "for item in v[:6]:",
            *self.indented(self.some(inner, 1)),
            INDENT + f"if item > {self.random.randint(0, 8)}:",
            INDENT * 2 + self.random.choice(["return item", "return seen", "break", "continue"]),
            INDENT + "seen += item",
            "v.append(seen)",
            "return seen",
        ]
        lines = self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_for_else(self, scope: Scope) -> list[str]:
        got = self.fresh("n")
        lines = [
            f"{got} = 0",
            f"for item in {self.list_(scope)}[:5]:",
            INDENT + f"if item == {self.random.randint(0, 5)}:",
            INDENT * 2 + "break",
            INDENT + f"{got} += item",
            "else:",
            INDENT + f"{got} -= {self.number(scope, 1)}",
        ]
        scope.numbers.append(got)
        return lines

    def make_forever(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            "turns = 0",
            "while True:",
            INDENT + "turns += 1",
            *self.indented(self.some(inner, 1)),
            INDENT + "if turns > 2 or len(v) > 40:",
            INDENT * 2 + self.random.choice(["return turns", "break"]),
            INDENT + "v.append(turns)",
            "return turns + x",
        ]
        lines = self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_guard(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            "if not v:",
            INDENT + "return",
            f"v.append({self.number(inner, 1)})",
            "if x > 4:",
            INDENT + "v.append(x)",
            INDENT + "return",
            f"v.append({self.number(inner, 1)})",
        ]
        lines = self.define(name, "v, x", body)
        call = f"{name}({self.list_(scope)}, {self.number(scope, 1)})"
        return [*lines, call, *([call] if self.random.random() < 0.3 else [])]

    # closures

    def make_counter(self, scope: Scope) -> list[str]:
        name, inside, made = self.fresh("f"), self.fresh("f"), self.fresh("f")
        inner = self.own(scope, "x")
        changed = [
            "nonlocal count",
            f"count += {self.number(inner, 1)}",
            *(["log.append(count)"] if self.random.random() < 0.5 else []),
            "return count",
        ]
        body = [
            "count = start",
            "log = []",
            *self.define(inside, "x", changed),
            *([f"{inside}(1)"] if self.random.random() < 0.3 else []),
            f"return {inside}",
        ]
        lines = [*self.define(name, "start", body), f"{made} = {name}({self.number(scope, 1)})"]
        for _ in range(self.random.randint(1, 3)):
            lines += self.number_from(scope, f"{made}({self.number(scope, 1)})")
        if self.random.random() < 0.4:
            other = self.fresh("f")
            lines += [f"{other} = {name}({self.number(scope, 1)})"]
            lines += self.number_from(scope, f"{other}(1) + {made}(2)")
        return lines

    def make_getter(self, scope: Scope) -> list[str]:
        name, kept, put, get = (self.fresh("f") for _ in range(4))
        inner = self.own(scope, "x")
        body = [
            f"{kept} = [first]",
            *self.define("put", "x", [f"{kept}.append({self.number(inner, 1)})"]),
            *self.define("get", "", [f"return sum({kept})"]),
            "return put, get",
        ]
        lines = self.define(name, "first", body)
        lines += [f"{put}, {get} = {name}({self.number(scope, 1)})"]
        for _ in range(self.random.randint(0, 2)):
            lines += [f"{put}({self.number(scope, 1)})"]
        lines += self.number_from(scope, f"{get}()")
        if self.random.random() < 0.5:
            lines += [f"{put}({self.number(scope, 1)})"]
        return lines

    def make_adder_list(self, scope: Scope) -> list[str]:
        made = self.fresh("t")
        lines = [
            f"{made} = []",
            "for k in range(3):",
            INDENT + self.random.choice([f"{made}.append(lambda v: v + k)", f"{made}.append(lambda v, k=k: v + k)"]),
        ]
        return lines + self.number_from(scope, f"{made}[{self.random.randint(0, 2)}]({self.number(scope, 1)})")

    def make_nested_call(self, scope: Scope) -> list[str]:
        name, inside = self.fresh("f"), self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        deep = self.own(scope, "x", "y", lists=("v",))
        body = [
            *self.some(inner, 1),
            *self.define(inside, "y", [*self.some(deep, 1), "v.append(y)", "return y + x"]),
            f"z = {inside}({self.number(inner, 1)})",
            *([f"x = {self.number(inner, 1)}"] if self.random.random() < 0.5 else []),
            f"w = {inside}(z)",
            self.random.choice(["return w", "return z", "return len(v)"]),
        ]
        lines = self.define(name, "v, x", body)
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    # arguments

    def make_default_list(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("into",))
        given = self.random.choice(["[]", self.list_(scope), "[1]"])
        body = [f"into.append({self.number(inner, 1)})", *self.some(inner, 1), "return len(into)"]
        lines = self.define(name, f"x, into={given}", body)
        for _ in range(self.random.randint(1, 3)):
            more = f", {self.list_(scope)}" if self.random.random() < 0.3 else ""
            lines += self.number_from(scope, f"{name}({self.number(scope, 1)}{more})")
        return lines

    def make_star(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "first", lists=("rest",))
        body = [
            f"total = {self.number(inner, 1)}",
            "for item in rest:",
            INDENT + self.random.choice(["total += item", "total = item", "print(item)"]),
            "return total",
        ]
        lines = self.define(name, "first, *rest", body)
        call = f"{name}({self.number(scope, 1)}, {self.number(scope, 1)}, *{self.list_(scope)}[:3])"
        return lines + self.maybe_again(scope, call)

    def make_keywords(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        body = [
            "total = x",
            "if 'a' in options:",
            INDENT + "total += options['a']",
            f"options['b'] = {self.number(self.own(scope, 'x'), 1)}",
            self.random.choice(["return total + options['b']", "return total", "return len(options)"]),
        ]
        lines = self.define(name, "x, **options", body)
        call = self.random.choice(
            [f"{name}({self.number(scope, 1)}, a={self.number(scope, 1)})", f"{name}(1, **{{'a': 2, 'c': 3}})"]
        )
        return lines + self.maybe_again(scope, call)

    def make_keyword_only(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x", "scale", lists=("v",))
        body = [*self.some(inner, 1), "v.append(scale)", f"return {self.number(inner, 1)}"]
        lines = self.define(name, f"v, *, x={self.number(scope, 1)}, scale=2", body)
        call = f"{name}({self.list_(scope)}, scale={self.number(scope, 1)})"
        return lines + self.maybe_again(scope, call)

    def make_unpacked_call(self, scope: Scope) -> list[str]:
        name, given = self.fresh("f"), self.fresh("t")
        inner = self.own(scope, "x", lists=("v",))
        lines = self.define(name, "v, x", ["v.append(x)", *self.some(inner, 1), f"return {self.number(inner, 1)}"])
        lines += [f"{given} = ({self.list_(scope)}, {self.number(scope, 1)})"]
        return lines + self.maybe_again(scope, f"{name}(*{given})")
