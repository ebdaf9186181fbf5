import numpy as np

rng = np.random.default_rng(3)
x, y, total = 0.0, 0.0, 0.0
for _ in range(250_000):
    x = rng.normal(0.5 * y, 0.9)
    y = rng.normal(0.5 * x, 0.9)
    total += x
print(round(total, 6))
