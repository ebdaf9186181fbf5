with open("lines.txt", "w") as file:
    for i in range(6_000_000):
        file.write("line\n")
print(file.closed)
