# args: outer
import subprocess, sys
print('run', sys.argv[1:], __name__, flush=True)
if sys.argv[1:] == ['outer']:
    r = subprocess.run([sys.executable, __file__, 'inner'])
    print('rc', r.returncode)
else:
    sys.exit(9)
