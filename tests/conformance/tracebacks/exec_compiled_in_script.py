code = compile('def f(x):\n    return x.y.z\nf(1)\n', '<generated>', 'exec')
exec(code)
