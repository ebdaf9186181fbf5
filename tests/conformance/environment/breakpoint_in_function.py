# stdin: a\nargs\nw\ns\ns\nr\np local\nq\n
def g(n):
    return n + 1
def f(a, b=2):
    local = a * b
    breakpoint()
    c = g(local)
    return c
f(4)
print('never')
