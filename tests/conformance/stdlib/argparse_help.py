# args: -h
import argparse
p = argparse.ArgumentParser(description='d', epilog='e')
p.add_argument('--num', type=int, default=1, help='a number %(default)s')
s = p.add_subparsers(dest='cmd')
s.add_parser('go').add_argument('x', nargs='+')
p.parse_args()
