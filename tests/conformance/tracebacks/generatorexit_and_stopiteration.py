try: raise GeneratorExit('ge')
except BaseException as e: print(repr(e))
def f(): next(iter([]))
f()
