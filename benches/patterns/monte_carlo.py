import random


def inside(points):
    hits = 0
    for _ in range(points):
        x = random.random()
        y = random.random()
        if x * x + y * y <= 1.0:
            hits += 1
    return hits


random.seed(4)
print(4 * inside(6_000_000) / 6_000_000)
