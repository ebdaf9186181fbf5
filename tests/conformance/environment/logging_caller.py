import logging, sys
logging.basicConfig(stream=sys.stdout, format='%(name)s %(levelname)s %(filename)s:%(lineno)d %(funcName)s %(module)s %(threadName)s %(processName)s %(message)s', level=logging.DEBUG)
log = logging.getLogger('x.y')
logging.info('module')
def f(): log.debug('in f %d', 1)
f()
class A:
    def m(self): log.warning('in m'); (lambda: log.error('lam'))()
    log.info('class body')
A().m()
def wrapper(msg): log.info(msg, stacklevel=2)
wrapper('from module')
def g(): wrapper('from g')
g()
[log.info('comp %s', i) for i in range(1)] if sys.version_info >= (3, 12) else None
try: 1 / 0
except ZeroDivisionError: log.exception('exc', exc_info=True)
log.info('stack', stack_info=True)
logging.getLogger('none').log(5, 'hidden')
log.info('bad args %d', 'x') if False else None
log.info(
    'multi'
)
