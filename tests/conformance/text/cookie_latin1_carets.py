#!/usr/bin/env python
# vim: set fileencoding=iso-8859-15 :
def f(é): return é / 0
x = ("éèà", f(1), "ü")
