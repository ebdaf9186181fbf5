def solve(n, row, columns, left, right):
    if row == n:
        return 1
    found = 0
    for column in range(n):
        if column in columns or row - column in left or row + column in right:
            continue
        columns.add(column)
        left.add(row - column)
        right.add(row + column)
        found += solve(n, row + 1, columns, left, right)
        columns.remove(column)
        left.remove(row - column)
        right.remove(row + column)
    return found


print(solve(11, 0, set(), set(), set()))
