import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 3))
y = X @ [1.0, -2.0, 0.5]
weights = np.zeros(3)
losses = []
for _ in range(120_000):
    error = X @ weights - y
    weights -= 0.001 * X.T @ error / len(y)
    losses.append(float((error**2).mean()))
print(weights.round(4), len(losses))
