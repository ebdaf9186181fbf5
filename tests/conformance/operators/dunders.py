import operator
log = []
names = 'add sub mul truediv floordiv mod pow matmul and or xor lshift rshift'.split()
ns = {}
for n in names:
    ns[f'__{n}__'] = lambda s, o, n=n: (log.append(n), n)[1]
    ns[f'__r{n}__'] = lambda s, o, n=n: (log.append('r' + n), 'r' + n)[1]
    ns[f'__i{n}__'] = lambda s, o, n=n: (log.append('i' + n), s)[1]
A = type('A', (), ns)
a = A()
print(a + 1, a - 1, a * 1, a / 1, a // 1, a % 1, a ** 1, a @ 1, a & 1, a | 1, a ^ 1, a << 1, a >> 1)
print(1 + a, 1 - a, 1 * a, 1 / a, 1 // a, 1 % a, 1 ** a, 1 @ a, 1 & a, 1 | a, 1 ^ a, 1 << a, 1 >> a)
b = a
a += 1; a -= 1; a *= 1; a /= 1; a //= 1; a %= 1; a **= 1; a @= 1; a &= 1; a |= 1; a ^= 1; a <<= 1; a >>= 1
print(a is b, len(log), log[-13:])
print(operator.add(a, 2), operator.iadd([1], [2]))
