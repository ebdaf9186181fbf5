def fn(a): return a
x = [fn(i) for i in range(3)] + [fn(fn(fn(fn(fn(fn(fn(fn(fn(fn(fn(fn(fn(fn(1))))))))))))))] + [fn(fn(fn(fn(fn(fn(fn(fn(fn(fn(2))))))))))] + [fn('very long string literal number one'), fn('very long string literal number two').missing_attribute, fn('three')] + [fn(3)]
