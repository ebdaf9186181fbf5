x = (rb"\a" b"b"
     Rb"""c
d"""
     bR'\e')
y = (u"a" r"\b" F"{1}" fr"\{2}" Rf"{3}\n"
     "end")
print(x, y)
z = """%s
%d""" % ("a",
   "b")
