x = 5
@x
class K:
    a = 1
