def f():
    try: raise ValueError('first')
    finally: [].pop()
try:
    f()
finally:
    print('finally', end='\n')
