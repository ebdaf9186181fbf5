import random


class Customer:
    def __init__(self, name, money):
        self.name = name
        self.money = money
        self.history = []


class Bank:
    def __init__(self, customers):
        self.customers = customers
        self.fees = 0

    def move(self, source, target, amount):
        if source.money < amount:
            return False
        source.money -= amount
        target.money += amount
        self.fees += 1
        source.history.append(-amount)
        target.history.append(amount)
        return True


def run(turns):
    rng = random.Random(8)
    bank = Bank([Customer(f"c{i}", 100) for i in range(30)])
    done = 0
    for _ in range(turns):
        source = rng.choice(bank.customers)
        target = rng.choice(bank.customers)
        if bank.move(source, target, rng.randint(1, 20)):
            done += 1
    return done, bank.fees


print(run(700_000))
