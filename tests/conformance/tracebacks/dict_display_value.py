def v(x): raise ValueError(x)
d = {
    'a': 1,
    'b': v(
        'two'),
    **v('three'),
}
