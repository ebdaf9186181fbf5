变量 = 1
def función(año, *, ñ=2): return año + ñ
class Größe:
    ſize = 3
    def __ü(self): return self.ſize
    def m(self): return self.__ü()
print(变量, función(1), Größe().m(), Größe.size)
ﬁ = 5
print(fi, "fi" in globals(), "ﬁ" in globals())
𝐱 = 7
print(x, [k for k in globals() if not k.isascii()])
ªº = 1; print(ao)
import inspect
print(inspect.signature(función))
print(función(变量, ñ=变量).не)
