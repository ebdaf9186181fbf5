"""Replays a slice in this process, which was started for it: ``python -m clew._replay``."""

import json
import os
import sys
import types


def execute(code: str, name: str) -> object:
    """Runs a slice in a namespace of its own; gives what it saves under the name."""
    from clew import _artifact

    kept = {}
    namespace = types.ModuleType("__main__").__dict__

    class Collector:
        def __getattr__(self, attribute):
            import clew

            return getattr(clew, attribute)

    original = _artifact._clew
    value_of = _assigned(code, name)
    exec(compile(code, "<slice>", "exec"), namespace)
    del kept, original, Collector
    return namespace[value_of]


def main() -> None:
    """Reads a task from standard input and answers it on standard output, both as JSON."""
    task = json.loads(sys.stdin.buffer.read())
    # What the slice prints or reads is not part of the conversation.
    answer_to = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    answer = _answer(task)
    os.write(answer_to, (json.dumps(answer) + "\n").encode())
    sys.stderr.flush()
    # Threads that the slice started are not waited for.
    os._exit(0)


def _answer(task: dict) -> dict:
    from clew import _clew

    _clew.replaying()
    os.chdir(task["working_directory"])
    sys.argv[:] = task["arguments"]
    file = task["file"]
    sys.path[0] = os.path.dirname(os.path.realpath(file)) if os.path.exists(file) else ""
    module = types.ModuleType("__main__")
    module.__file__ = file
    module.__builtins__ = __builtins__
    module.__annotations__ = {}
    sys.modules["__main__"] = module
    try:
        exec(compile(task["code"], file, "exec", dont_inherit=True), module.__dict__)
    except SystemExit:
        pass
    except BaseException as error:
        return {"fingerprint": None, "reason": f"{type(error).__name__}: {error}", "failed": True}
    try:
        if task["variable"] is not None:
            value = module.__dict__[task["variable"]]
            return {"fingerprint": _clew.fingerprint(value), "reason": None, "failed": False}
        return {
            "fingerprint": _clew.replayed(task["artifact"]),
            "reason": None,
            "failed": False,
        }
    except KeyError as error:
        return {"fingerprint": None, "reason": f"it does not make {error}", "failed": True}
    except Exception as error:
        return {"fingerprint": None, "reason": str(error), "failed": False}


if __name__ == "__main__":
    main()
