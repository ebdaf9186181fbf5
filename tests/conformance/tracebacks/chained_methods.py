class A:
    def one(self): return self
    def two(self): return None
a = A()
(a.one()
  .one()
  .two()
  .three()
  .four())
