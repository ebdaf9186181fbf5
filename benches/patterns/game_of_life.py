from collections import Counter


def step(cells):
    near = Counter(
        (x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy
    )
    return {cell for cell, n in near.items() if n == 3 or (n == 2 and cell in cells)}


cells = {(x, y) for x in range(60) for y in range(60) if (x * y + x) % 3 == 0}
for _ in range(400):
    cells = step(cells)
print(len(cells))
