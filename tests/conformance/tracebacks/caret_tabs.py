def f(x):
	if x:
		y = [1,	2][x]	+	1
	return y
f(	5	)
