a, b = 'text', 5
x = (
    a * 2
    +
    b
)
