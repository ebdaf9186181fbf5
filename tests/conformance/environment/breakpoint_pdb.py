# stdin: p x\np y + 1\nn\nn\np z\nw\nc\n
def f(a):
    z = a + 1
    return z
x = 1
y = 2
breakpoint()
z = f(x)
print('after', z)
