import re

text = "The quick  brown fox, jumps over the lazy dog! " * 200
counts = {}
for _ in range(40):
    for line in text.split("."):
        for word in re.sub(r"[^a-z ]", "", line.lower()).split():
            word = word.strip()
            counts[word] = counts.get(word, 0) + 1
            if word.startswith("q"):
                counts["q"] = counts.get("q", 0) + len(word)
print(sorted(counts.items()))
for i in range(1_500_000):
    name = f"item {i}".replace(" ", "_").title()
print(name)
