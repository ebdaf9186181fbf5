from collections import defaultdict

rows = [{"city": f"c{i % 50}", "price": i % 13, "kind": i % 3} for i in range(300_000)]
groups = defaultdict(list)
for row in rows * 6:
    if row["kind"]:
        groups[row["city"]].append(row["price"])
print({city: sum(prices) / len(prices) for city, prices in list(groups.items())[:3]})
