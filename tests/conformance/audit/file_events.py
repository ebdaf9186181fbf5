# files: a.txt
import os
import shutil
import sys
from pathlib import Path

seen = []


def hook(event, arguments):
    if event == "open" or event.startswith(("os.", "shutil.", "tempfile.", "glob.")):
        path = arguments[0]
        if isinstance(path, str) and "__pycache__" in path or "python3" in str(path):
            return
        if isinstance(path, int):
            # Which descriptor is free is nobody's promise.
            path = "a descriptor"
        caller = sys._getframe(1).f_code.co_name
        rest = [str(argument) for argument in arguments[1:] if not event.endswith("rmdir")]
        seen.append((event, str(path), rest, caller))


sys.addaudithook(hook)
Path("a.txt").write_text("alpha")
with open("a.txt", "ab") as f:
    f.write(b"!")


def keep(name):
    with open(name, "x") as f:
        print(name, file=f)
    return os.listdir(".")


print(sorted(keep("b.txt")))
os.rename("b.txt", "c.txt")
shutil.copy("c.txt", b"d.txt")
os.mkdir("folder")
os.chdir("folder")
os.chdir("..")
os.symlink("c.txt", "link")
for name in ("c.txt", "d.txt", "link"):
    os.remove(name)
shutil.rmtree("folder")
try:
    os.remove("nothing")
except FileNotFoundError as error:
    print(error)
descriptor = os.open("a.txt", os.O_RDONLY)
with os.fdopen(descriptor) as f:
    print(f.read())
os.environ["CONFORMANCE_A"] = "1"
del os.environ["CONFORMANCE_A"]
for one in list(seen):
    print(one)
