print('pkg as main', __name__, __package__)
import sys
print(sys.argv[1:])
