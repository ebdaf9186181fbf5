import csv
import io

text = "\n".join(f"{i},{i % 7},name{i % 11},{i / 3:.3f}" for i in range(200_000))
total = 0.0
kept = []
for _ in range(3):
    for row in csv.reader(io.StringIO(text)):
        total += float(row[3])
        if int(row[1]) == 3:
            kept.append((row[2], float(row[3])))
print(len(kept), round(total, 2))
