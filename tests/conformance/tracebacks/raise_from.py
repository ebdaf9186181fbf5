def low(): return int('x')
def mid():
    try: low()
    except ValueError as e: raise KeyError('mid') from e
def top():
    try: mid()
    except KeyError: raise RuntimeError('top')
top()
