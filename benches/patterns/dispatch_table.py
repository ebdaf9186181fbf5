import operator

table = {"+": operator.add, "-": operator.sub, "*": operator.mul}
program = [("+", 3), ("*", 2), ("-", 7), ("+", 1)] * 5
value = 0
for _ in range(300_000):
    for name, number in program:
        value = table[name](value, number) % 1_000_003
print(value)
