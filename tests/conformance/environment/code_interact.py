# stdin: x\nx + 1\ndef h(): return x * 2\n\nh()\n1/0\ny = 5\nexit()\n
import code
x = 20
try:
    code.interact(banner='hi', local=globals(), exitmsg='bye')
except SystemExit as e:
    print('exit', e.code)
print('y' in globals())
