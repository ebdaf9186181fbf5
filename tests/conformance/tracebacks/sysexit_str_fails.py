class Code:
    def __str__(self): raise ValueError('str')
raise SystemExit(Code())
