print("a")
if 1:
    print("b")
    