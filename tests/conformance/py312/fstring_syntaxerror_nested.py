# python: >=3.12
x = f"{f"{1 +}"}"
