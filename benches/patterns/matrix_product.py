def product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


a = [[(i * j) % 7 for j in range(160)] for i in range(160)]
b = a
for _ in range(3):
    b = product(a, b)
print(sum(map(sum, b)) % 1_000_003)
