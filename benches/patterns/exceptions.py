def number(text):
    try:
        return int(text)
    except ValueError:
        return 0


texts = ["1", "x", "22", "", "-3"] * 100_000
total = 0
for _ in range(3):
    for text in texts:
        total += number(text)
print(total)
