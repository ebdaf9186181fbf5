import logging
logging.basicConfig(format='%(message)s')
def f():
    logging.warning('needs int %d', 'x')
f()
logging.lastResort
logging.warning('fine')
