def double(x):
    return x * 2


def shift(x, by=1):
    return x + by


def apply(functions, value):
    for function in functions:
        value = function(value)
    return value % 1009


value = 1
for _ in range(1_200_000):
    value = apply([double, shift, double], value)
print(value)
