import os


def fails(path, box):
    box.file = open(path, "w")
    box.nameless = os.fdopen(os.open(path, os.O_WRONLY), "w")
    del box.nameless.buffer.raw.name
    raise KeyError(path)
