#!/usr/bin/env python3
# -*- coding: utf-8 -*-

print(__doc__, __import__("sys")._getframe().f_lineno)
