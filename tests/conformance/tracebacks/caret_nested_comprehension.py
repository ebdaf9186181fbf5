m = [[1, 2], [3, 0]]
r = {i: [10 // v for v in row] for i, row in enumerate(m)}
