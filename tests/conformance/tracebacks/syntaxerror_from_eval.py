def f(): eval('1 +* 2')
f()
