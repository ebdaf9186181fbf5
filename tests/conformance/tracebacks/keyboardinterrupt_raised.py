print('start')
def f(): raise KeyboardInterrupt
try: f()
finally: print('finally')
