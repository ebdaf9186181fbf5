raise SystemExit(2 ** 80 + 7)
