# python: >=3.12
print('never')
x = f"{a b}"
