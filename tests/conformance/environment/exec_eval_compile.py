import sys
src = '''
import sys
def f(n): return [n for _ in range(2)], sys._getframe().f_code.co_filename
class K:
    def m(self): return f(1)
r = K().m()
'''
ns = {'__name__': 'dyn'}
exec(src, ns)
print(ns['r'], ns['K'].__module__, '__builtins__' in ns)
co = compile('a + b', '<expr>', 'eval')
print(eval(co, {'a': 1, 'b': 2}), co.co_filename, co.co_consts if False else '')
a = b = 10
print(eval(co), eval('a', {'a': 1}), eval('a', {}, {'a': 3}))
exec('c = a + b; print(c)')
print(c)
def f():
    a = 'local'
    exec('print(a)')
    return eval('a'), eval('sys._getframe().f_back.f_code.co_name')
print(f())
single = compile('1 + 1\n', '<s>', 'single')
exec(single)
sys.displayhook = lambda v: print('display', v)
exec(compile('"x" * 3', '<s>', 'single'))
import ast
t = ast.parse('q = max(1, *[5])')
exec(compile(t, '<ast>', 'exec'))
print(q, ast.unparse(t), ast.literal_eval('{"a": (1, 2)}'))
for bad in ('1 +', 'x =', 'def f(:', 'return 1', 'a b', "'unterminated", '(', 'f(**a, *b)', 'x = yield', '\tx\n  y', 'é = 1; print(é)'):
    try: exec(bad)
    except SyntaxError as e: print(type(e).__name__, e.msg, e.lineno, e.offset, e.text, e.end_offset)
    except Exception as e: print(type(e).__name__)
try: exec('raise ValueError("in exec")')
except ValueError as e: print(e.__traceback__.tb_next.tb_frame.f_code.co_filename, e.__traceback__.tb_lineno)
print(eval('lambda: 0').__code__.co_name, eval('[__name__ for _ in "a"]'), eval(b'1+1'), eval(' 1'))
exec('def g():\n  return sys._getframe(1).f_code.co_name\nh = g()'); print(h)
