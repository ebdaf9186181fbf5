# python: >=3.12
x = 'v'
d = {'a': [1, 2]}
print(f"{d["a"][0]} {'\n'.join(['p', 'q'])} {f"{f"{f"{x}"}"}"} {x!r:{'>'}{10}} {
    x  # comment with " and }
    .upper()
}")
print(f"{'a' if x else "b"}{(lambda y: f"{y}")(1)}{ {1: 2}[1] }{x=!r:^{5}}{[f"{i}" for i in range(2)]}")
print(f'{"""triple
inside"""}{'\''}{"\N{BULLET}"}\N{BULLET}{x:{"{"}>4}}}')if 0 else print(f'{'\''}{"\N{BULLET}"}')
def f(a, b=1): return a
print(f"{f(f"{f("x", b=f"{x}")}")}")
print(f"{f("a")
       + f("b")}{f(x,
    b=2)}")
print(f"{x!s:{f("5")}}|{1 + 1 = }|{f(f)(3) = }")
y = f"{f("one")} {f("two").nope(f"{x}")} {f("three")}"
