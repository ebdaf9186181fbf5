import io

out = io.StringIO()
for i in range(900_000):
    print("row", i, file=out)
print(len(out.getvalue()))
