import sys, __main__
main_names = sorted(k for k in vars(__main__) if not k.startswith('_'))
caller = sys._getframe(0)
def who():
    return sys._getframe(1).f_code.co_name, sys._getframe(1).f_lineno, sys._getframe(1).f_globals is vars(__main__)
chain = []
f = sys._getframe()
while f:
    if 'importlib' not in f.f_code.co_filename: chain.append((f.f_code.co_name, f.f_lineno))
    f = f.f_back
