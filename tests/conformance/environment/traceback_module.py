import traceback, sys
def a(): b()
def b(): raise ValueError('b')
try: a()
except ValueError: print(traceback.format_exc().replace(__file__, 'F'))
def s(): return traceback.extract_stack(), traceback.format_stack(limit=1)
st, fm = s()
print([(x.name, x.lineno, x.line) for x in st], fm[0].replace(__file__, 'F'))
traceback.print_stack()
try: {}['k']
except KeyError as e:
    te = traceback.TracebackException.from_exception(e, capture_locals=True)
    print([(f.name, f.lineno, f.colno, f.end_colno, f.line) for f in te.stack], list(te.format_exception_only()))
    traceback.print_exception(e, limit=1, file=sys.stdout, chain=False)
def deep(n):
    if n: return deep(n - 1)
    traceback.print_stack(limit=-2)
    return sys._getframe()
fr = deep(3)
print([f.f_lineno for f, _ in traceback.walk_stack(fr)])
print(traceback.format_tb(None), traceback.format_exception_only(ValueError('x')))
try:
    exec(compile('x = 1\ny = 1/0', '<mine>', 'exec'))
except ZeroDivisionError as e: print(''.join(traceback.format_exception(e)).replace(__file__, 'F'))
try:
    try: a()
    except ValueError as e: raise KeyError('ctx')
except KeyError as e: traceback.print_exc()
