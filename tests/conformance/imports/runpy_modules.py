import runpy, os, sys
here = os.path.dirname(os.path.abspath(__file__))
r = runpy.run_path(os.path.join(here, '_helper.py'), run_name='ran')
print(r['VALUE'], r['func'](), r['__name__'])
sys.argv = ['x', 'one', 'two']
runpy.run_module('pkg', run_name='__main__')
print(__name__, os.path.basename(__file__))
