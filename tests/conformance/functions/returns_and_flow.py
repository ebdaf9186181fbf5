def f():
    try:
        return 'try'
    finally:
        print('finally')
def g():
    for i in range(3):
        try:
            continue
        finally:
            print('fin', i)
    else:
        return 'else'
def h():
    while True:
        try:
            return 1
        finally:
            break
    return 'overridden'
def k(n):
    if n: return n, *range(n)
    return
print(f(), g(), h(), k(0), k(2))
def side(): print('side'); return 1
def r():
    try:
        return side()
    except Exception:
        pass
    else:
        print('else not reached')
    finally:
        side()
print(r())
def deep(n):
    return deep(n - 1) + 1 if n else 0
print(deep(500))
def early():
    return 1
    raise SystemExit
print(early())
def gen_like():
    if 0: yield
print(list(gen_like()))
print((lambda: (yield 1))().__next__())
def doc_only():
    'just a doc'
print(doc_only(), doc_only.__doc__)
def mutual_a(n): return mutual_b(n - 1) if n else 'a'
def mutual_b(n): return mutual_a(n - 1) if n else 'b'
print(mutual_a(7))
