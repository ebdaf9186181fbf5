class Outer:
    class InnerError(Exception): pass
def f():
    class Local(Outer.InnerError): pass
    Local.__module__ = 'fake.mod'
    raise Local('local')
try: raise Outer.InnerError('x')
except Outer.InnerError: f()
