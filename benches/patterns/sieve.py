def primes(n):
    sieve = [True] * (n + 1)
    sieve[0] = sieve[1] = False
    i = 2
    while i * i <= n:
        if sieve[i]:
            for k in range(i * i, n + 1, i):
                sieve[k] = False
        i += 1
    return [i for i, prime in enumerate(sieve) if prime]


print(len(primes(9_000_000)))
