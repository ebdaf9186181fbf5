def f(x):
	if x:
		return	[
			x,
		]
	else:
		return	None
print(f(1))
for i in range(1):
	y = f(i)	+	1
