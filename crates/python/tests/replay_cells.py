"""Replay cells: runs slices of cells, each in a process of its own in which nothing ran.

Reads a question per line and answers each on a line, both as JSON. A slice that is plain Python
runs as such; one with magics or `await` at the top needs a shell.
"""

from __future__ import annotations

import ast
import json
import os
import sys
import traceback

from clew._shell import Windowless


def main() -> None:
    while line := sys.stdin.readline():
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            os.write(writing, json.dumps(answer(**json.loads(line))).encode())
            os._exit(0)
        os.close(writing)
        with open(reading) as answers:
            print(answers.read() or '"it ended"', flush=True)
        os.waitpid(child, 0)


def answer(code: str, name: str, folder: str) -> str:
    os.chdir(folder)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    sys.stdout, sys.stderr = (open(os.devnull, "w") for _ in range(2))
    sys.path[0] = ""
    try:
        return repr(value(code, name))
    except BaseException:
        return traceback.format_exc()


def value(code: str, name: str) -> object:
    if is_plain(code):
        module = type(sys)("__main__")
        sys.modules["__main__"] = module
        exec(compile(code, "<slice>", "exec"), module.__dict__)
        return module.__dict__[name]
    shell = Windowless.instance()
    # As those that people start have it.
    shell.run_line_magic("load_ext", "storemagic")
    result = shell.run_cell(code)
    result.raise_error()
    return shell.user_ns[name]


def is_plain(code: str) -> bool:
    try:
        compile(code, "<slice>", "exec")
    except SyntaxError:
        return False
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    return not names & {"get_ipython", "display", "In", "Out", "_"}


if __name__ == "__main__":
    main()
