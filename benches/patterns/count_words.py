d = {}
for i in range(5_000_000):
    k = i % 1000
    d[k] = d.get(k, 0) + 1
print(len(d), d[7])
