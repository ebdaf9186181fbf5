# stdin: one\ntwo\nthree\n
import os, subprocess, sys
print(os.read(0, 4))
sys.stdout.flush()
subprocess.run(['cat'])
print(repr(sys.stdin.read()))
