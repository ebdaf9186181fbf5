def tree(depth):
    if depth == 0:
        return (None, None)
    return (tree(depth - 1), tree(depth - 1))


def count(node):
    left, right = node
    return 1 if left is None else 1 + count(left) + count(right)


print(sum(count(tree(14)) for _ in range(120)))
