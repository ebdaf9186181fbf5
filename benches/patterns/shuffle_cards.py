import random

rng = random.Random(5)
wins = 0
deck = list(range(52))
for _ in range(40_000):
    rng.shuffle(deck)
    if sum(deck[:5]) > 130:
        wins += 1
    wins += rng.choice(deck) % 2
    wins += rng.randint(0, 1)
print(wins)
