def f(): quit('quitting')
f()
