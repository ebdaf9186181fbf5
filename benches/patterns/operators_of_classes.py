class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y


position, speed = Vector(0, 0), Vector(1, 2)
for i in range(900_000):
    position = position + speed * 0.5
print(position.x, position == speed)
