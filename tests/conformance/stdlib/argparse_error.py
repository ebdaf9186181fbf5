# args: --num notanint extra
import argparse
p = argparse.ArgumentParser(description='d')
p.add_argument('--num', type=int, default=1)
p.add_argument('pos')
print(p.prog)
p.parse_args()
print('never')
