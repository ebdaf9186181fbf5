# files: a.txt
import os
import sys

forbidden = set()


class Refused(RuntimeError):
    pass


def hook(event, arguments):
    if event in forbidden and "a.txt" in map(str, arguments):
        raise Refused(f"{event} {arguments[0]}")


sys.addaudithook(hook)
with open("a.txt", "w") as f:
    f.write("alpha")
forbidden.update(["open", "os.remove", "os.rename"])
for refused in (
    lambda: open("a.txt", "w"),
    lambda: os.remove("a.txt"),
    lambda: os.rename("a.txt", "b.txt"),
):
    try:
        refused()
    except Refused as error:
        print("refused", error)
forbidden.clear()
print(open("a.txt").read())
forbidden.add("open")
open("a.txt")
