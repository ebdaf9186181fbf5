import copy, json, re, io, csv, string, textwrap, struct, collections, bisect, heapq, datetime, decimal, fractions, statistics, pprint, hashlib, base64, shelve, sqlite3
a = [1, [2, 3], {'k': (4,)}]
b, c = copy.copy(a), copy.deepcopy(a)
a[1].append(9); print(b, c, b[1] is a[1])
class E(json.JSONEncoder):
    def default(self, o): return ['set', *sorted(o)]
print(json.dumps({'a': {3, 1}, 'b': None}, cls=E, sort_keys=True, indent=1), json.loads('[1, {"x": 2.5}]', object_hook=lambda d: list(d)))
try: json.dumps(object)
except TypeError as e: print(e)
print(re.sub(r'(?P<w>\w)(\d)', lambda m: m['w'].upper() + m[2] * 2, 'a1 b2'), re.findall(r'\d+', 'a1b22'), [m.span() for m in re.finditer('b', 'abab')], re.compile('x', re.I).match('X').group())
d = collections.defaultdict(list); d['a'].append(1); d['b']; print(dict(d), collections.Counter('aab').most_common(1), collections.ChainMap({'a': 1}, {'b': 2})['b'], collections.OrderedDict(a=1))
s = io.StringIO(); w = csv.writer(s); w.writerow([1, 'a,b']); print(repr(s.getvalue()), list(csv.reader(['x,"y,z"'])))
print(string.Template('$a ${b}').substitute(a=1, b=2), textwrap.dedent('  x\n  y'), struct.unpack('<hb', b'\x01\x00\x02'), datetime.date(2024, 2, 29) + datetime.timedelta(1), decimal.Decimal('0.1') * 3, fractions.Fraction(1, 3) + 1, statistics.mean([1, 2]))
h = []; [heapq.heappush(h, x) for x in (3, 1, 2)]; print(heapq.heappop(h), bisect.bisect([1, 3], 2), hashlib.sha256(b'x').hexdigest()[:8], base64.b64encode(b'x'))
q = sqlite3.connect(':memory:'); q.create_function('tw', 1, lambda x: x * 2); q.execute('create table t(x)'); q.executemany('insert into t values(?)', [(i,) for i in range(3)]); print(q.execute('select tw(x) from t').fetchall())
pprint.pprint({'k': list(range(30)), 'z': {'y': 'x' * 60}}); pprint.pprint(a)
class U(collections.UserDict):
    def __setitem__(self, k, v): print('us', k); super().__setitem__(k, v)
u = U(a=1); u['b'] = 2; u |= {'c': 3}; print(u)
