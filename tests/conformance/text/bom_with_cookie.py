# -*- coding: utf-8 -*-
print("é", __doc__)
undefined_n
