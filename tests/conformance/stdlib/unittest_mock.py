from unittest import mock
import os
m = mock.Mock(side_effect=[1, 2, KeyError('k')])
print(m(1), m(x=2), m.mock_calls)
try: m()
except KeyError as e: print(e)
mm = mock.MagicMock()
mm.a.b(1).c['k'] = 5
mm.foo += 1
mm.bar(mm.baz)(3)
del mm.gone
with mm as q: q.inside()
for x in mm: pass
y = [mm, mm]
z = mm
print([str(c).split(' id=')[0] for c in mm.mock_calls])
with mock.patch('os.getcwd', return_value='patched') as p: print(os.getcwd(), p.call_count)
with mock.patch.object(os, 'sep', 'X'), mock.patch.dict(os.environ, {'Z': '1'}): print(os.sep, os.environ['Z'])
def f(a, b): return a
af = mock.create_autospec(f, return_value=3)
print(af(1, b=2))
try: af(1)
except TypeError as e: print(e)
@mock.patch('__main__.f', lambda *a: 'patched f')
def t(): return f(1, 2)
print(t(), f(1, 2), mock.sentinel.x, mock.call(1, a=2) == mock.call(1, a=2))
m2 = mock.Mock(); n = m2; print(m2.called, m2.method_calls)
