# stdin: first\nsecond line\n\nlast without newline
import sys
print(repr(input()), repr(input('prompt> ')))
for l in sys.stdin: print(repr(l))
try: input('again? ')
except EOFError as e: print('EOF', e)
print(repr(sys.stdin.read()))
