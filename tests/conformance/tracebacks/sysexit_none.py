import sys
try: sys.exit()
except SystemExit as e: print(e.code, e.args)
raise SystemExit(None)
