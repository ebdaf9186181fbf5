a_name = 1
def caller():
    import _reads_main
    return _reads_main.who()
print(caller())
import _reads_main
print(_reads_main.main_names, _reads_main.chain)
import __main__
print(__main__.a_name, vars(__main__) is globals(), __main__.__name__)
__main__.injected = 5
print(injected)
import sys
print(sys.modules['__main__'] is __main__, sys.modules[__name__] is __main__)
