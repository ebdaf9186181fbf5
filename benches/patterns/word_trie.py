class Trie:
    def __init__(self):
        self.children = {}
        self.count = 0

    def insert(self, word):
        node = self
        for letter in word:
            if letter not in node.children:
                node.children[letter] = Trie()
            node = node.children[letter]
            node.count += 1

    def prefix(self, text):
        node = self
        for letter in text:
            node = node.children.get(letter)
            if node is None:
                return 0
        return node.count


trie = Trie()
for i in range(250_000):
    trie.insert(str(i * 7919 % 100_000))
print(sum(trie.prefix(str(i)) for i in range(200_000)))
