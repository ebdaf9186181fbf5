total = 0
for turn in range(10_000_000):
    total = total + turn * 2 - 1
print(total)
