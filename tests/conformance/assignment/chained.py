log = []
def v(n):
    log.append(n)
    return n
a = b = []
print(a is b)
a.append(1)
print(b)
x = y = z = v(1)
print(x is y is z, log)
class Slot:
    def __setattr__(self, k, val):
        log.append(('set', k, val))
        object.__setattr__(self, k, val)
    def __setitem__(self, k, val):
        log.append(('item', k, val))
def tgt(name):
    log.append('target ' + name)
    return s
s = Slot()
log.clear()
tgt('a').q = tgt('b')[v('key')] = t = v('value')
print(log, t)
arr = [0, 1]
i = arr[arr.index(1)] = 5
print(arr, i)
i, arr[i % 2] = 0, 'new'
print(i, arr)
p = p2 = (p3 := {}) 
print(p is p2 is p3)
