a = 1000
b = 1000
print(a is b)
s = 'hello world!'
t = 'hello world!'
print(s is t)
p = (1, 'two', 3.0)
q = (1, 'two', 3.0)
print(p is q)
f = 1.5; g = 1.5
print(f is g)
def h():
    return 1000
print(h() is a)
k = -5000
def j(x=-5000): return x
print(j() is k)
by = b'bytes here'
def bb(): return b'bytes here'
print(bb() is by)
print(1j is 1j if False else 'skip')
