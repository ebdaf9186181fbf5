"""World: the external states that a call may change, and a guard that keeps calls out of the real one."""

from __future__ import annotations

import io
import logging
import os
import random
import sys
import threading
import warnings
from typing import Any, Callable

# What clew calls states and nothing here can see.
UNSEEN = {"time", "network", "db", "import_system"}


class Guard:
    """Listens to the interpreter's audit events: what was opened, and what must not be."""

    def __init__(self, folder: str):
        self.folder = os.path.realpath(folder)
        self.on = False
        self.read: set[str] = set()
        self.started = False
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple) -> None:
        if not self.on:
            return
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, (str, bytes, os.PathLike)):
                self.opened(os.fsdecode(path), mode, flags)
        elif event in CHANGES_OF_FILES:
            for path in arguments[: CHANGES_OF_FILES[event]]:
                if isinstance(path, (str, bytes, os.PathLike)) and not self.is_inside(os.fsdecode(path)):
                    raise PermissionError(f"the example touches {path}, outside its folder")
        elif event in ("os.listdir", "os.scandir") and arguments[0] is not None:
            if isinstance(arguments[0], (str, bytes, os.PathLike)) and self.is_inside(os.fsdecode(arguments[0])):
                self.read.add(os.path.realpath(os.fsdecode(arguments[0])))
        elif event in ("subprocess.Popen", "os.posix_spawn", "os.fork", "os.system"):
            self.started = True
        elif event in ("os.kill", "os.killpg", "signal.pthread_kill", "os.exec"):
            raise PermissionError(f"the example reaches for a process: {event}")
        elif event == "urllib.Request" and arguments[0].startswith(("data:", "file:")):
            # What `urllib` opens is no matter of the network then.
            return
        elif event in ("socket.connect", "socket.getaddrinfo", "urllib.Request", "webbrowser.open"):
            raise PermissionError(f"the example asks for the network: {event}")

    def opened(self, path: str, mode: Any, flags: int) -> None:
        if path in ("/dev/null", os.devnull) or path.startswith("/dev/"):
            return
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        if writes and not self.is_inside(path):
            raise PermissionError(f"the example writes {path}, outside its folder")
        if self.is_inside(path) and not flags & os.O_WRONLY:
            self.read.add(os.path.realpath(path))

    def is_inside(self, path: str) -> bool:
        return os.path.realpath(path).startswith(self.folder)


# How many of an event's arguments are paths that it changes.
CHANGES_OF_FILES = {
    "os.remove": 1, "os.rename": 2, "os.rmdir": 1, "os.mkdir": 1, "os.chmod": 1, "os.chown": 1,
    "os.link": 2, "os.symlink": 2, "os.truncate": 1, "os.utime": 1, "shutil.rmtree": 1,
    "shutil.move": 2, "shutil.unpack_archive": 2, "shutil.make_archive": 1, "shutil.chown": 1,
}


class World:
    """The states of the world, as they are and as they were."""

    def __init__(self, settings: dict[str, Callable[[], Any]], folder: str):
        self.settings = settings
        self.folder = folder
        self.environment = dict(os.environ)
        self.restore()

    def snapshot(self) -> dict[str, Any]:
        """Every state that can be seen, to be compared with another snapshot."""
        states: dict[str, Any] = {
            "random": random.getstate(),
            "environment": dict(os.environ),
            "cwd": os.getcwd(),
            "warnings": list(warnings.filters),
            "logging": loggers(),
            "file_system": files(self.folder),
            "standard_streams": (text_of(sys.stdout), text_of(sys.stderr), sys.stdin.tell()),
            "process": threading.active_count(),
        }
        numpy = sys.modules.get("numpy")
        if numpy is not None and "numpy.random" in sys.modules:
            state = numpy.random.get_state()
            states["numpy_random"] = (state[0], state[1].tobytes(), *state[2:])
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            states["pyplot"] = figures(pyplot)
        states.update((name, look()) for name, look in self.settings.items())
        return states

    def restore(self) -> None:
        """Puts back what calls may have left behind, so that each begins as every other."""
        os.chdir(self.folder)
        if dict(os.environ) != self.environment:
            os.environ.clear()
            os.environ.update(self.environment)
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
        logging.disable(logging.NOTSET)
        random.seed(0)
        numpy = sys.modules.get("numpy")
        if numpy is not None and "numpy.random" in sys.modules:
            numpy.random.seed(0)


def text_of(stream: Any) -> Any:
    return stream.getvalue() if isinstance(stream, io.StringIO) else None


def loggers() -> Any:
    known = logging.root.manager.loggerDict
    named = [logger for logger in known.values() if isinstance(logger, logging.Logger)]
    return (
        logging.root.manager.disable,
        [(logger.name, logger.level, list(logger.handlers), logger.propagate, logger.disabled) for logger in [logging.root, *named] if logger.level or logger.handlers],
    )


def files(folder: str) -> dict[str, tuple]:
    """Every path below a folder with what tells whether it was written."""
    found = {}
    for place, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(place, name)
            about = os.lstat(path)
            if name in folders:
                found[path] = (about.st_mode,)
            else:
                found[path] = (about.st_mode, about.st_size, about.st_mtime_ns, about.st_ino)
    return found


def figures(pyplot: Any) -> Any:
    """pyplot's figures, which is the current one, what that one holds, and matplotlib's settings, among
    them the kinds of values that it can show."""
    managers = pyplot._pylab_helpers.Gcf.figs
    axes = [
        (id(each), [id(child) for child in each.get_children()], each.viewLim._points.tolist(), each.axison)
        for manager in managers.values()
        for each in manager.canvas.figure.axes
    ]
    current = [id(manager.canvas.figure._axstack.current()) for manager in managers.values()]
    units = sorted(map(repr, sys.modules["matplotlib.units"].registry))
    return list(managers), axes, current, dict.copy(pyplot.rcParams), sorted(pyplot.colormaps), units
