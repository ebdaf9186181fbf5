import sys
x = 1
def f(): return 'f'
g = f
keep = globals
keep().clear()
print(list(globals()))
y = 2
print(sorted(globals()))
print(len([1, 2]), sys if 'sys' in globals() else 'no sys')
def h(): return y
print(h())
