# args: go 1 2 --flag -vv
import argparse
def even(s):
    n = int(s)
    if n % 2: raise argparse.ArgumentTypeError(f'{n} odd')
    return n
p = argparse.ArgumentParser()
p.add_argument('-v', action='count')
p.add_argument('--flag', action='store_true')
s = p.add_subparsers(dest='cmd', required=True)
g = s.add_parser('go'); g.add_argument('x', nargs='+', type=str); g.add_argument('--flag', action='store_true'); g.add_argument('-v', action='count')
g.set_defaults(func=lambda a: print('func', a.x))
a = p.parse_args()
a.func(a)
print(vars(a)['cmd'], a.flag, a.v)
p2 = argparse.ArgumentParser(prog='P', exit_on_error=False)
p2.add_argument('n', type=even)
try: p2.parse_args(['3'])
except argparse.ArgumentError as e: print(e)
