import sys

stacks = []
on = False


def hook(event, arguments):
    if on and event == "open":
        frame, names = sys._getframe(1), []
        while frame is not None:
            names.append((frame.f_code.co_name, frame.f_lineno))
            frame = frame.f_back
        stacks.append(names)


sys.addaudithook(hook)


def outer(function):
    return function("/dev/null")


def inner(path):
    return open(path)


on = True
outer(inner).close()
outer(open).close()
with open("/dev/null") as f:
    pass
[open(path).close() for path in ["/dev/null"]]
on = False
for stack in stacks:
    print(stack)
