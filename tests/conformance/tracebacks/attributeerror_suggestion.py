class Account:
    def __init__(self): self.balance = 1
    def withdraw(self): return self.balnce
Account().withdraw()
