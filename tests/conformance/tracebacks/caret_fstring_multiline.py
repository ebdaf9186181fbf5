def f(x): return x.nope
s = (f"one {1}"
     f"two {f(2)}"
     "three")
