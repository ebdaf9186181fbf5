# args: a b c
import sys, os
print(__name__, __doc__, os.path.basename(__file__), os.path.isabs(__file__), __package__, __spec__, __loader__.__class__.__name__, __cached__ if '__cached__' in globals() else 'none')
print(sys.argv[1:], os.path.basename(sys.argv[0]), sys.argv[0] == __file__, os.path.basename(sys.path[0]), sys.path[0] == os.path.dirname(__file__), len(sys.path) == len(set(sys.path)))
print(type(__builtins__).__name__, __builtins__.__name__, __annotations__)
print(sys.modules['__main__'].__dict__ is globals(), sys.modules['__main__'].__class__.__name__, repr(sys.modules['__main__']) == f"<module '__main__' from '{__file__}'>")
print(__loader__.name, __loader__.path == __file__, os.listdir('.'))
print(sys.flags.optimize, sys.flags.no_site, sys.flags.inspect, sys.flags.isolated, sys.flags.dev_mode, sys.flags.utf8_mode, sys.dont_write_bytecode in (True, False))
print(sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno(), sys.stdout.isatty(), sys.stdout.line_buffering, sys.stdout.encoding, sys.stderr.errors, sys.stdout is sys.__stdout__)
print(sys.stdout.name, sys.stdin.mode, sys.stdout.buffer.raw.closefd, sys.stdout.write_through)
print(hasattr(sys, 'ps1'), hasattr(sys, 'last_value'), sys.exc_info())
