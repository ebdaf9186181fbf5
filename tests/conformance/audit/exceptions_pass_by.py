import os
import sys

import traceback

# Events are raised while exceptions are on their way, and must leave them as they are.


class Closing:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        open("/dev/null").close()
        print("leaving with", details[0])
        os.path.exists("/")


def fails():
    try:
        with Closing():
            raise KeyError("inner")
    finally:
        open("/dev/null").close()


try:
    fails()
except KeyError as error:
    print(traceback.format_exception_only(error))
    open("/dev/null").close()
for name in ("nothing.txt", "nothing/at/all", "\0", "\udcff", ""):
    try:
        open(name)
    except (OSError, ValueError) as error:
        print(type(error).__name__, str(error).encode("utf-8", "backslashreplace"))
for act in (os.listdir, os.remove, os.rmdir, os.chdir, os.scandir):
    for given in (b"none", 10_000, -1, None, 2**70, object()):
        try:
            act(given)
        except (OSError, TypeError, OverflowError) as error:
            print(act.__name__, type(error).__name__)
            continue
        print(act.__name__, "works")
sys.audit("open")
sys.audit("open", 1)
sys.audit("open", None, None, None)
sys.audit("os.rename", "a")
sys.audit("os.putenv", 1, 2)
sys.audit("socket.connect", None, None)
sys.audit("socket.connect", None, (1, 2))
sys.audit("subprocess.Popen")
sys.audit("sqlite3.connect", b"\xff")
sys.audit("os.remove", "gone", 10_000)
sys.audit("not.an.event", [])
fails()
