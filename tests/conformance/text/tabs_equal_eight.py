if 1:
        x = 1
if 1:
	x = 2
	if x:
	        print(x)
