1
"not a doc"
...
None
[print("in list")]
(lambda: print("no"))
x = 5
x
x + 1
x == 5
-x
{x: x}
x if x else print("no")
print("yes") if x else 0
[x, x][0]
not x
f"{print(7)}"
pass
pass; pass
(yes := 3)
print(yes)
(x
 .bit_length
)
x.nope
