def fit(rows, rate, turns):
    a = b = 0.0
    n = len(rows)
    for _ in range(turns):
        da = db = 0.0
        for x, y in rows:
            error = a * x + b - y
            da += error * x
            db += error
        a -= rate * da / n
        b -= rate * db / n
    return a, b


rows = [(i / 100, 3 * i / 100 + 1) for i in range(1_000)]
print([round(number, 6) for number in fit(rows, 0.01, 8_000)])
