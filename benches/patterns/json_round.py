import json

rows = [{"id": i, "name": f"n{i}", "tags": ["a", "b"]} for i in range(20_000)]
for _ in range(16):
    rows = json.loads(json.dumps(rows))
print(len(rows))
