def escape(c, limit):
    z = 0
    for n in range(limit):
        z = z * z + c
        if abs(z) > 2:
            return n
    return limit


print(sum(escape(complex(x / 120 - 1.5, y / 120 - 1), 60) for x in range(240) for y in range(240)))
