import sys, gc, signal, threading, os, atexit, warnings, builtins
print(sys.gettrace(), sys.getprofile(), sys.getrecursionlimit(), sys.getswitchinterval())
print(sys.excepthook is sys.__excepthook__, sys.unraisablehook is sys.__unraisablehook__, sys.displayhook is sys.__displayhook__, sys.breakpointhook is sys.__breakpointhook__, threading.excepthook is threading.__excepthook__)
print(gc.isenabled(), gc.get_debug(), gc.callbacks, gc.get_freeze_count())
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGPIPE), signal.getsignal(signal.SIGCHLD), signal.getsignal(signal.SIGUSR1), signal.getitimer(signal.ITIMER_REAL))
print(threading.active_count(), threading.current_thread() is threading.main_thread(), threading.current_thread().name, threading.gettrace(), threading.getprofile())
print(len(warnings.filters), warnings.showwarning.__module__, sys.warnoptions, sys.get_asyncgen_hooks(), sys.get_coroutine_origin_tracking_depth())
print([f.__name__ for f in sys.path_hooks if hasattr(f, '__name__')], [getattr(x, '__name__', type(x).__name__) for x in sys.meta_path])
print(builtins.open.__module__, builtins.__import__.__name__, builtins.__build_class__.__name__, type(builtins.print).__name__, type(builtins.compile).__name__)
print(os.getcwd() == os.path.realpath('.'), os.umask(0o22) == os.umask(0o22))
import logging, random, locale
print(logging.root.handlers, logging.root.level, logging.Logger.manager.loggerDict.keys() & {'clew'})
print(type(os.environ).__name__, sys.float_repr_style, sys.hexversion > 0)
import decimal
print(decimal.getcontext().prec, locale.setlocale(locale.LC_NUMERIC))
