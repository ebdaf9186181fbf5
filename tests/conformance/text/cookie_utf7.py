# coding: utf-7
print("+AOk-")
