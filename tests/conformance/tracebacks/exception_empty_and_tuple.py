try: raise Exception
except Exception:
    raise KeyError(('a', 1), 'b')
