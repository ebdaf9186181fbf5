total = 0
for turn in range(5_000_000):
    total += abs(turn)
print(total)
