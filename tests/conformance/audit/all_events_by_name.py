import random
import sys

names = []
sys.addaudithook(lambda event, arguments: names.append(event))


class Thing:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Thing(self.value + other)


def twice(values):
    return [value * 2 for value in values]


thing = Thing(1) + 2
numbers = twice([1, 2, 3])
numbers.append(4)
thing.value += 1
total = sum(map(lambda number: number + 1, numbers))
text = str(thing.value) + f"{total}"
table = {"a": numbers}
table["b"] = sorted(numbers, key=lambda number: -number)
try:
    int("x")
except ValueError as error:
    said = str(error)
random.seed(1)
drawn = [random.random() for _ in range(2)]
open("/dev/null").close()
exec("made = 1")
ended = list(names)
print(ended)
