def numbers(n):
    for i in range(n):
        yield i


def evens(source):
    for i in source:
        if not i & 1:
            yield i


print(sum(evens(numbers(15_000_000))))
