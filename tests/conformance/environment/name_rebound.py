__name__ = 'other'
class A: pass
def f(): pass
print(A.__module__, f.__module__, A)
__file__ = 'lie.py'
import warnings, logging
warnings.warn('w')
logging.basicConfig(format='%(module)s:%(lineno)d:%(funcName)s:%(message)s')
logging.warning('l')
try:
    1 / 0
except ZeroDivisionError as e:
    print(e.__traceback__.tb_frame.f_code.co_filename.endswith('name_rebound.py'), e.__traceback__.tb_frame.f_globals['__name__'])
__doc__ = 'newdoc'
print(__doc__)
if __name__ == '__main__': print('no')
raise ValueError('file name still right')
