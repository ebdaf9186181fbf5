# first
# coding=cp1252
print("“quotes” €")
