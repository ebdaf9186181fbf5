from collections import deque

window = deque(maxlen=50)
total = 0.0
best = 0.0
for i in range(4_000_000):
    value = (i * 31 % 97) / 7
    if len(window) == 50:
        total -= window[0]
    window.append(value)
    total += value
    best = max(best, total / len(window))
print(round(best, 6))
