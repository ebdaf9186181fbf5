def clashes(rows, limit):
    return any(row[0] > limit and row[1] for row in rows)


rows = [[i % 100, 0] for i in range(20_000)]
found = 0
for limit in range(900):
    if not clashes(rows, limit % 100):
        found += 1
print(found)
