class Account:
    def __init__(self):
        self.balance = 0
        self.moves = 0

    def deposit(self, amount):
        self.balance = self.balance + amount
        self.moves += 1


accounts = [Account() for _ in range(50)]
for turn in range(120_000):
    for account in accounts:
        account.deposit(turn % 3)
print(sum(account.balance for account in accounts))
