data = {'a': [{'b': 1}, {'c': {'d': [1, 2, 3]}}]}
def get(k): return data['a'][1]['c']['d'][k]['x']
get(1)
