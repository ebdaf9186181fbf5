def step(total, turn):
    return total + turn


total = 0
for turn in range(5_000_000):
    total = step(total, turn)
print(total)
