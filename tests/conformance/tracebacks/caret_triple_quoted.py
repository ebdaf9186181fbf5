def f(s, n): return s.index(n)
y = f('''line one
line two
''', """
three""") + 1
