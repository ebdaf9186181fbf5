def escape(c, limit):
    z = 0
    for n in range(limit):
        z = z * z + c
        if abs(z) > 2:
            return n
    return limit


print(sum(escape(complex(x / 240 - 1.5, y / 240 - 1), 60) for x in range(480) for y in range(480)))
