"""Statements for the generated programs of functions that others call: wrappers, what the standard library is given, coroutines."""

from __future__ import annotations

from generated import INDENT, Scope
from generated_calls import CallsGenerator


class OthersGenerator(CallsGenerator):
    """Writes functions that are called by what the program calls."""

    # Whether the function at hand is a coroutine, in which no event loop can be started.
    in_coroutine = False

    # wrappers

    def a_wrapper(self, scope: Scope) -> tuple[str, list[str]]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        call = self.random.choice(
            [
                ["return fn(v, x)"],
                ["got = fn(v, x)", *self.some(inner, 1), "return got"],
                ["v.append(x)", "got = fn(v, x)", "v.append(len(v))", "return got"],
                ["first = fn(v, x)", "return fn(v, x + 1) + first"],
                ["try:", INDENT + "return fn(v, x)", "except (Oops, LookupError, ValueError):", INDENT + "v.append(7)", INDENT + "return 7"],
                ["try:", INDENT + "return fn(v, x)", "finally:", INDENT + "g1.append(x)"],
            ]
        )
        return name, self.define(name, "fn", [*self.define("wrapper", "v, x", call), "return wrapper"])

    def make_wrapped(self, scope: Scope) -> list[str]:
        wrapper, lines = self.a_wrapper(scope)
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [*self.some(inner, 2), f"v.append({self.number(inner, 1)})", *self.some(inner, 1), f"return {self.number(inner, 1)}"]
        lines += [f"@{wrapper}", *self.define(name, "v, x", body)]
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    def make_wrapped_raising(self, scope: Scope) -> list[str]:
        wrapper, lines = self.a_wrapper(scope)
        inside, more = self.raising(scope)
        got = self.fresh("n")
        lines += [*more, f"{inside} = {wrapper}({inside})", f"{got} = 0", "try:"]
        lines += [INDENT + f"{got} = {inside}({self.list_(scope)}, {self.number(scope, 1)})"]
        lines += ["except (Oops, LookupError, ValueError) as error:", INDENT + f"{got} = len(error.args)"]
        scope.numbers.append(got)
        return lines

    def make_wrapped_twice(self, scope: Scope) -> list[str]:
        one, lines = self.a_wrapper(scope)
        two, more = self.a_wrapper(scope)
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [*self.some(inner, 2), "w = v", f"v = {self.list_(inner)}", "w.append(x)", *self.some(inner, 1), f"return {self.number(inner, 1)}"]
        lines += [*more, f"@{one}", f"@{two}", *self.define(name, "v, x", body)]
        return lines + self.maybe_again(scope, f"{name}({self.list_(scope)}, {self.number(scope, 1)})")

    # what the standard library calls

    def make_stack(self, scope: Scope) -> list[str]:
        name, made = self.fresh("f"), self.fresh("t")
        inner = self.own(scope, "x", lists=("v",))
        lines = self.define(name, "v, x", [*self.some(inner, 1), f"v.append({self.number(inner, 1)})"])
        body = [f"{made}.callback({name}, {self.list_(scope)}, {self.number(scope, 1)})", *self.some(scope, 1)]
        lines += [f"with contextlib.ExitStack() as {made}:", *self.indented(body)]
        return lines

    def make_cached(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner = self.own(scope, "x")
        body = [*self.some(inner, 2), f"return {self.number(inner, 1)}"]
        lines = ["@functools.lru_cache", *self.define(name, "x", body)]
        return lines + self.maybe_again(scope, f"{name}({self.number(scope, 1)})")

    def make_dispatched(self, scope: Scope) -> list[str]:
        name = self.fresh("f")
        inner, other = self.own(scope, "x"), self.own(scope, lists=("v",))
        lines = ["@functools.singledispatch", *self.define(name, "x", [*self.some(inner, 2), "return 1"])]
        lines += [f"@{name}.register", *self.define(f"{name}l", "v: list", [*self.some(other, 2), f"return {self.number(other, 1)}"])]
        call = self.random.choice([f"{name}({self.number(scope, 1)})", f"{name}({self.list_(scope)})"])
        return lines + self.maybe_again(scope, call)

    # coroutines

    def coroutine(self, name: str, parameters: str, inner: Scope, lines: list[str]) -> list[str]:
        around, self.in_coroutine = self.in_coroutine, True
        body = [*self.some(inner, 2), *lines, *self.some(inner, 1), f"return {self.number(inner, 1)}"]
        self.in_coroutine = around
        return [f"async def {name}({parameters}):", *self.indented(body)]

    def a_coroutine(self, scope: Scope) -> tuple[str, list[str]]:
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        waits = self.random.choice([[], ["await asyncio.sleep(0)"], [f"v.append({self.number(inner, 1)})", "await asyncio.sleep(0)"]])
        return name, self.coroutine(name, "v, x", inner, waits)

    def make_main(self, scope: Scope) -> list[str]:
        if self.in_coroutine:
            return []
        helper, lines = self.a_coroutine(scope)
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body: list[str] = []
        for _ in range(self.random.randint(1, 3)):
            call = f"{helper}({self.random.choice(['v', 'g1', '[x]'])}, {self.number(inner, 1)})"
            got = self.fresh("n")
            body += self.random.choice(
                [
                    [f"await {call}"],
                    [f"{got} = await {call}", f"v.append({got})"],
                    [f"x = sum(await asyncio.gather({call}, {helper}(v, x)))"],
                    [f"{got} = asyncio.ensure_future({call})", "await asyncio.sleep(0)", *self.number_of(got)],
                    [f"{got} = {call}", f"x += await {got}"],
                    [f"for k in range(2):", INDENT + f"x += await {call}"],
                    [f"x = max([await {call} for k in range(2)])"],
                ]
            )
        lines += self.coroutine(name, "v, x", inner, body)
        return lines + self.ran(scope, name)

    def ran(self, scope: Scope, name: str) -> list[str]:
        """Runs a coroutine, but where a loop runs already: no second one can be started there."""
        call = f"asyncio.run({name}({self.list_(scope)}, {self.number(scope, 1)}))"
        return self.maybe_again(scope, f"{call} if asyncio._get_running_loop() is None else 0")

    def number_of(self, task: str) -> list[str]:
        return [f"x += await {task}"] if self.random.random() < 0.6 else []

    def make_queue(self, scope: Scope) -> list[str]:
        if self.in_coroutine:
            return []
        name = self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        body = [
            "q = asyncio.Queue()",
            "await q.put(x)",
            f"await q.put({self.number(inner, 1)})",
            self.random.choice(["x = await q.get()", "v.append(q.qsize())", "q.put_nowait(3)"]),
            "v.append(await q.get())",
        ]
        lines = self.coroutine(name, "v, x", inner, body)
        return lines + self.ran(scope, name)

    def make_later(self, scope: Scope) -> list[str]:
        if self.in_coroutine:
            return []
        name, other = self.fresh("f"), self.fresh("f")
        inner = self.own(scope, "x", lists=("v",))
        lines = self.define(other, "v, x", [*self.some(inner, 1), "v.append(x)"])
        body = [
            f"asyncio.get_running_loop().call_soon({self.random.choice([other, 'list.append'])}, v, x)",
            *self.some(inner, 1),
            "await asyncio.sleep(0)",
            "x += len(v)",
        ]
        if self.random.random() < 0.4:
            body = ["async with asyncio.Lock():", *self.indented(body)]
        lines += self.coroutine(name, "v, x", inner, body)
        return lines + self.ran(scope, name)
