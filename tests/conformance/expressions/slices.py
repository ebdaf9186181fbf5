class S:
    def __getitem__(self, k): return k
s = S()
print(s[:], s[1:], s[:2], s[::3], s[1:2:3], s[1:2, 3], s[...], s[()], s[None], s[1,], s[*'ab'], s[*'ab', :1])
print(s[(lambda: 4)():[5][0]], s[{}], s[-1], s[a := 3], a)
l = list(range(10))
l[2:5] = 'x'
print(l)
l[::3] = range(len(l[::3]))
print(l)
del l[::2]
print(l, l[-1:], l[5:1:-1], l[slice(None, 2)])
print('abc'[1], 'abc'[::-1], (1, 2)[0], {'a': {'b': [7]}}['a']['b'][0])
try:
    l[::2] = [1]
except ValueError as e:
    print(e)
