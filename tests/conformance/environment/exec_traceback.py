def f(s):
    exec(s)
f('x = 1\ndef inner():\n    return 1 / 0\ninner()\n')
