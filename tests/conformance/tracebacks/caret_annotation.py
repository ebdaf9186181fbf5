def ann(x): raise LookupError('annotation')
class A:
    x: ann(1) = 2
