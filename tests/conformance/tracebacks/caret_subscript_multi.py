data = {'a': {}}
v = (data['a']
         ['b']
         ['c'])
