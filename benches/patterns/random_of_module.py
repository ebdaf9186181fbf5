import random

random.seed(1)
total = 0.0
for _ in range(8_000_000):
    total += random.random()
print(round(total, 3))
