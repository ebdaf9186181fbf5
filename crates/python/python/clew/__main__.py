"""The ``clew`` command."""

import sys

from clew._clew import main as _main


def main() -> int:
    """Runs the command that ``sys.argv`` holds and gives its exit code."""
    return _main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
