"""Effects: what a replay would do to the world beside its scratch copy, and is kept from doing.

Python tells of it by audit events; see the table of them in its documentation.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable

# Programs that libraries ask about the machine.
HARMLESS = {"cc", "fc-list", "file", "gcc", "getconf", "ld", "ldconfig", "lscpu", "objdump", "sysctl", "uname"}

# Folders in which nobody keeps what he would miss.
CACHES = ("/dev", "/proc/self")


class Effects:
    """Raises where code is about to change what lies outside of the scratch copy."""

    def __init__(self, roots: list[str], is_link_to_original: Callable[[str], bool]) -> None:
        self.blocked: list[str] = []
        home = os.path.expanduser("~")
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
        config = os.environ.get("MPLCONFIGDIR") or os.path.join(home, ".config", "matplotlib")
        free = [*roots, *CACHES, tempfile.gettempdir(), cache, config]
        self._free = tuple({path.rstrip("/") + "/" for place in free for path in (place, os.path.realpath(place))})
        self._python = {os.path.realpath(sys.executable), sys.executable}
        self._is_link_to_original = is_link_to_original
        self._checks = self._table()
        # The code that runs from here on may put other functions in their places.
        self._absolute, self._real, self._within = os.path.abspath, os.path.realpath, os.fsdecode

    def listen(self) -> None:
        """Begins to keep this process from effects; there is no way back."""
        checks = self._checks

        def hook(event: str, arguments: tuple) -> None:
            check = checks.get(event)
            if check is not None:
                check(arguments)

        sys.addaudithook(hook)

    def _table(self) -> dict[str, Callable[[tuple], None]]:
        first = lambda given: self._writes(given[0])
        both = lambda given: (self._writes(given[0]), self._writes(given[1]))
        second = lambda given: self._writes(given[1])
        return {
            "open": self._opens,
            "os.remove": first,
            "os.rmdir": first,
            "os.mkdir": first,
            "os.truncate": first,
            "os.chmod": first,
            "os.chown": first,
            "os.utime": first,
            "shutil.rmtree": first,
            "os.rename": both,
            "os.link": second,
            "os.symlink": second,
            "sqlite3.connect": self._database,
            "socket.connect": lambda given: self._reaches(given[1]),
            "socket.sendto": lambda given: self._reaches(given[1]),
            "socket.sendmsg": lambda given: self._reaches(given[1]),
            "socket.getaddrinfo": lambda given: self._asks_for(given[0]),
            "socket.gethostbyname": lambda given: self._asks_for(given[0]),
            "subprocess.Popen": lambda given: self._starts(given[0], given[1]),
            "os.posix_spawn": lambda given: self._starts(given[0], given[1]),
            "os.exec": lambda given: self._starts(given[0], given[1]),
            "os.spawn": lambda given: self._starts(given[1], given[2]),
            "os.system": lambda given: self._block(f"run `{_shown(given[0])}`"),
            "pty.spawn": lambda given: self._block(f"run `{_shown(given[0])}`"),
        }

    def _block(self, what: str) -> None:
        if what not in self.blocked:
            self.blocked.append(what)
        raise PermissionError(f"clew: a replay is kept from what would {what}")

    def _opens(self, given: tuple) -> None:
        path, mode, flags = given[0], given[1], given[2] if len(given) > 2 else 0
        writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        if writes or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            self._writes(path)

    def _writes(self, path: object) -> None:
        if isinstance(path, int) or path is None:
            return
        try:
            path = self._absolute(self._within(path))
        except (TypeError, ValueError):
            return
        if "/__pycache__" in path:
            return
        # What stands in a copy may be a link to what was too large to be copied.
        real = self._real(path)
        if not (real + "/").startswith(self._free) or self._is_link_to_original(real):
            self._block(f"change {path}")

    def _database(self, given: tuple) -> None:
        name = given[0]
        if isinstance(name, (str, bytes, os.PathLike)):
            name = self._within(name)
            if name and name != ":memory:" and not name.startswith("file:"):
                self._writes(name)

    def _reaches(self, address: object) -> None:
        # Addresses of sockets within the machine are paths.
        if isinstance(address, tuple) and address:
            self._asks_for(address[0])

    def _asks_for(self, host: object) -> None:
        if isinstance(host, bytes):
            host = host.decode("ascii", "replace")
        local = host is None or host in ("", "localhost", "::1", "0.0.0.0", "::")
        if not local and not str(host).startswith("127."):
            self._block(f"reach {host} over the network")

    def _starts(self, executable: object, arguments: object) -> None:
        name = executable
        if name is None and isinstance(arguments, (list, tuple)) and arguments:
            name = arguments[0]
        if name is None:
            name = arguments
        name = _shown(name)
        own = name in self._python or self._real(name) in self._python
        base = os.path.basename(name)
        if not own and base not in HARMLESS:
            shown = arguments if isinstance(arguments, (list, tuple)) else [arguments]
            self._block(f"run `{' '.join(_shown(word) for word in shown)}`")


def _shown(value: object) -> str:
    try:
        return os.fsdecode(value)
    except TypeError:
        return str(value)
