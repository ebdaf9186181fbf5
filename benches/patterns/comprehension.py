total = 0
for turn in range(40):
    squares = [i * i for i in range(300_000) if i % 3]
    total += sum(squares)
print(total)
