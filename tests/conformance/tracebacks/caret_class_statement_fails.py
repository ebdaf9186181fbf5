class M(type):
    def __new__(m, n, b, ns, **k):
        raise RuntimeError(f'cannot make {n} {k}')
class A(
    metaclass=M,
    opt=1,
):
    x = 1
