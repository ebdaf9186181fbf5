# coding: shift_jis
x = "日本語"
print(x, ascii(x))
x.なし
