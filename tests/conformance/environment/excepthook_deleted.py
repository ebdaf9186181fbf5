import sys
del sys.excepthook
[].pop()
