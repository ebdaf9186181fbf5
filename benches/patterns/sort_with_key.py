rows = [((i * 7919) % 100_003, str(i)) for i in range(500_000)]
for _ in range(4):
    rows.sort(key=lambda row: row[0])
    rows.sort(key=lambda row: row[1])
print(rows[0])
