"""The ``clew`` command."""

import os
import sys

from clew._clew import main as _main


def main() -> int:
    """Runs the command that ``sys.argv`` holds and gives its exit code."""
    words = sys.argv[1:]
    if sys.flags.inspect and __name__ != "__main__" and words[:1] == ["run"]:
        # Python asks for statements when the program has ended, unless that was by the console script's
        # `sys.exit`.
        os.execv(sys.executable, [sys.executable, "-m", "clew", *words])
    return _main(words)


def _is_inspected() -> bool:
    """Whether Python is to ask for statements, which the program itself may have asked for."""
    wanted = not sys.flags.ignore_environment and os.environ.get("PYTHONINSPECT")
    return bool(sys.flags.inspect or wanted)


if __name__ == "__main__":
    _code = main()
    if not _is_inspected():
        sys.exit(_code)
