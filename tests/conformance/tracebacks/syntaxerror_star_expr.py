print(*a if 1 else 2)
x = *a
