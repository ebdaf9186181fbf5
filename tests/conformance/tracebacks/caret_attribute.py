class O: pass
o = O(); o.a = O(); o.a.b = O()
print(o.a.b.c.d, o.a)
