def f(*a): return a
x = f(1,  # first
      # whole comment
      f(2)[0] / 0,  # boom
      3)
