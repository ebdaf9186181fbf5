print('shadow pickle imported')
def dumps(x): return b'shadow'
