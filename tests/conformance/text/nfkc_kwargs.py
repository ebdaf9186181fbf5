def f(**k): return k
print(f(ﬁ=1), f(𝐚=2))
class A: pass
a = A(); a.ﬃ = 1
print(vars(a), a.ffi)
del a.ﬃ
f(ﬁ=1, **{"fi": 2})
