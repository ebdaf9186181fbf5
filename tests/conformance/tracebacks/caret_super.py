class A:
    def __init__(self, x): self.x = x
class B(A):
    def __init__(self):
        super().__init__()
class C(B):
    def __init__(self, *a): super(C, self).__init__(*a)
C()
