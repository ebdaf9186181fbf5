from contextlib import contextmanager

depth = 0


@contextmanager
def level():
    global depth
    depth += 1
    try:
        yield depth
    finally:
        depth -= 1


total = 0
for _ in range(900_000):
    with level() as at:
        total += at
print(total)
