x, w, p = 3.14159, 10, 2
print(f'{x:{w}.{p}f}|{x!r:>{w}}|{x=}|{x = :.1f}|{{}}|{{{x}}}')
print(f"{'a' 'b'}{(lambda: 'lam')()}{ {'k': 1}['k'] }{[i for i in range(3)]}")
print(f'{x if x > 3 else "no"}{x:,}{1_000:_}', rf'\d{x:.0f}\n', f'' f'{1}' 'a{b}')
class F:
    def __format__(self, s): print('format', repr(s)); return f'<{s}>'
    def __str__(self): print('str'); return 'S'
    def __repr__(self): print('repr'); return 'R'
f = F()
print(f'{f}{f:abc}{f!s}{f!r}{f!s:>3}{f=}{f=:x}{f=!s}')
print(f'{f:{f}{w}}')
print(f'''{
    x
    :.2f}
{"multi"
 "line"}''')
print(f'{1 == 1 != 2}{not 1}{1,}{*[1, 2],}{(y := 5)}{y}')
print(f'{"nested " + f"{x:.{p}f}"}')
print('%s %(a)s' % {'a': 1} if 0 else '%s-%d' % ('a', 3), '{0.real:{1}}'.format(3, 5), '{a[k]}{b!r}'.format(a={'k': 1}, b='c'))
try:
    f'{x:zz}'
except ValueError as e:
    print(e)
def g():
    loc = 1
    return f'{loc}{[loc for _ in "a"]}{(lambda: loc)()}{locals()}'
print(g())
