from decimal import Decimal

total = Decimal("0")
for i in range(2_500_000):
    total += Decimal(i) / 8
print(total)
