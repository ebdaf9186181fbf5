x = 1
y = "éÿ"
print(y)
