class In: value = 1
class Out: inner = In()
print(Out.inner.valeu)
