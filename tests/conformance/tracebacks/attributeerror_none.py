def f(): pass
f().append(1)
