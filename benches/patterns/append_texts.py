words = []
for i in range(1_500_000):
    words.append(str(i).zfill(7).upper())
print(len(words), words[-1])
