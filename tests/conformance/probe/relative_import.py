from .json import loads
print(loads)
