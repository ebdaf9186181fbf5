from collections import OrderedDit
