print(1j, -1j, 0x_ff, 0b1_0, 0o17, 1_000.5e-3, .5, 5., 1e400, ...)
print(b'\x00a' rb'\x', r'\d', 'a' "b" '''c
d''', u'x', '\N{BULLET}', '\u00e9', '\
joined')
print((), (1,), [], {}, {1}, {1: 2}, not None, True is True)
print(- -1, ~5, +True, not not 0, -2 ** 2, 2 ** -1, 2 ** 3 ** 2)
print(10 ** 30, 7 // -2, 7 % -2, -7 // 2, 1 / 3)
print(1 if True else 2,)
print(__debug__, Ellipsis is ..., NotImplemented)
print((yes := 1, 2), yes)
x = (1
     if yes
     else 2)
print(x)
print("a" 'b' f"{x}" "c")
