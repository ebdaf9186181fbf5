log = []
def t(x, *a, **k):
    log.append(x)
    return x
print(f"{t('a')}{t('b')!r:{t('>')}{t(5)}}{t('c', *[1], **{'k': 2})}")
print(log)
print(f'{t(t)(1)}', f"{t(f'{t(2)}')}", f'{t([t(3)][0]):{t(4)}}')
print(f'{max(1, *[2, 3], key=lambda v: -v)} {",".join(str(t(i)) for i in range(3))}')
class A:
    v = 1
    def m(self): return f'{self.v}{self.__class__.__name__}{super().__repr__.__name__}'
    name = f'{v}{__qualname__}{__module__}'
print(A().m(), A.name)
def gen():
    x = yield f'{(yield 1)}!'
    print(x)
g = gen()
print(next(g), g.send('sent'), next(g, 'end'))
