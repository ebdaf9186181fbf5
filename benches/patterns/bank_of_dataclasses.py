from dataclasses import dataclass, field


@dataclass
class Order:
    price: float
    amount: int
    lines: list = field(default_factory=list)

    @property
    def total(self):
        return self.price * self.amount


orders = [Order(i * 0.5, i % 4) for i in range(200_000)]
value = 0.0
for turn in range(8):
    for order in orders:
        value += order.total
        order.amount = order.amount + 1
print(round(value, 3))
