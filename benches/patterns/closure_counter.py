def make():
    count = 0

    def add(n):
        nonlocal count
        count += n
        return count

    return add


add = make()
for i in range(8_000_000):
    add(i & 1)
print(add(0))
