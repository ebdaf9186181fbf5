# python: >=3.12
def f(x): return 1 / x
print(f"""
text {f(1)}
  {f(2)} and {
     f(
        0
     )  # comment
  }
""")
