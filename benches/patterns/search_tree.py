class Tree:
    def __init__(self):
        self.root = None
        self.size = 0

    def insert(self, key):
        if self.root is None:
            self.root = [key, None, None]
            self.size += 1
            return
        node = self.root
        while True:
            if key == node[0]:
                return
            side = 1 if key < node[0] else 2
            if node[side] is None:
                node[side] = [key, None, None]
                self.size += 1
                return
            node = node[side]


tree = Tree()
key = 1
for _ in range(250_000):
    key = (key * 1_103_515_245 + 12_345) % 2_147_483_648
    tree.insert(key % 100_000)
print(tree.size)
