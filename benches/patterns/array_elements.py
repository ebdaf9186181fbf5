import numpy as np

grid = np.zeros((400, 400))
for turn in range(6):
    for i in range(1, 399):
        for j in range(1, 399):
            grid[i, j] = grid[i - 1, j] * 0.5 + grid[i, j - 1] * 0.25 + turn
print(round(float(grid.sum()), 3))
