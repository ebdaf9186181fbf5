d = {'f': lambda x: x}
def key(): return 'g'
d['f'](d)[key()] += 1
