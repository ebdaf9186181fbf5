import _cyc_a
print(_cyc_a.A)
try:
    import _cyc_c
except ImportError as e:
    print(str(e).split('(most')[0])
