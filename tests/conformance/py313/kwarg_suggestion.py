# python: >=3.13
def connect(*, timeout=1, retries=2): pass
connect(timeot=3)
