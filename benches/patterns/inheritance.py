import math


class Shape:
    total = 0

    def describe(self):
        return self.area() * 2


class Circle(Shape):
    def __init__(self, r):
        super().__init__()
        self.r = r

    def area(self):
        return math.pi * self.r**2


class Square(Shape):
    def __init__(self, side):
        super().__init__()
        self.side = side

    def area(self):
        return self.side * self.side


total = 0.0
for i in range(900_000):
    shape = Circle(i % 5) if i & 1 else Square(i % 7)
    total += shape.describe()
print(round(total, 3))
