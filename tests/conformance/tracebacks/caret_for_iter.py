def f(): return 5
for x in f(): print(x)
