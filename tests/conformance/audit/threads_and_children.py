# files: child.txt thread.txt
import os
import sys
import threading
import warnings

# A thread that was joined may still be counted when the process forks.
warnings.simplefilter("ignore", DeprecationWarning)
seen = []


def hook(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".txt"):
        seen.append((arguments[0], threading.current_thread() is threading.main_thread()))


sys.addaudithook(hook)


def write(name):
    with open(name, "w") as f:
        f.write(name)


thread = threading.Thread(target=write, args=("thread.txt",))
thread.start()
thread.join()
sys.stdout.flush()
child = os.fork()
if child == 0:
    write("child.txt")
    os.write(1, repr(seen).encode() + b"\n")
    os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(open("child.txt").read(), seen)
