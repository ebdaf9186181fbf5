"""doc"""
from __future__ import annotations
print(__doc__)
x: y = 1
print(__annotations__)
