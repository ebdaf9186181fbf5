import sys
from functools import lru_cache

sys.setrecursionlimit(10_000)


@lru_cache(maxsize=None)
def ways(n, k):
    if n == 0:
        return 1
    if n < 0 or k == 0:
        return 0
    return ways(n - k, k) + ways(n, k - 1)


total = 0
for _ in range(6):
    ways.cache_clear()
    for n in range(450):
        total += ways(n, n)
print(total % 1_000_007)
