class Builder:
    def __init__(self, **k): self.k = k
    def set(self, **k): return Builder(**{**self.k, **k})
    def build(self): return self.k['name'] + self.k['size']
thing = (
    Builder(name='n')
    .set(color='red')  # comment
    .set(size=5)

    .build()
)
