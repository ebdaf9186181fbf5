from _cyc_c import C
D = 1
