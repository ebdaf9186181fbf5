"""Front: IPython and Jupyter's applications, started so that their kernels record what runs in them.

Nothing of the user's is written: IPython is told of the extension on its command line, and Jupyter finds,
before the user's own, specifications of the same kernels that tell them in the same way.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from importlib.util import find_spec

EXTENSION = "--ext=clew"
# The distributions that bring applications of another name.
BROUGHT_BY = {"lab": "jupyterlab", "console": "jupyter-console", "qtconsole": "qtconsole"}


def main(name: str, *arguments: str) -> None:
    """Goes on as IPython, or runs one of Jupyter's applications to its end."""
    if name == "ipython":
        if find_spec("IPython") is None:
            missing("clew ipython", "ipython")
        os.execv(sys.executable, [sys.executable, "-m", "IPython", EXTENSION, *arguments])
    sys.exit(jupyter(*arguments))


def jupyter(application: str, *arguments: str) -> int:
    """Runs one of Jupyter's applications; gives its exit code."""
    if application.startswith("-"):
        sys.exit("clew: name an application of Jupyter's first, as in `clew jupyter lab`")
    command = f"jupyter-{application}"
    # That of this Python comes first: its kernels have clew.
    beside = sysconfig.get_path("scripts")
    program = shutil.which(command, path=beside) or shutil.which(command)
    if program is None or find_spec("ipykernel") is None:
        brought = BROUGHT_BY.get(application, application)
        missing(f"clew jupyter {application}", f"ipykernel {brought}")
    with tempfile.TemporaryDirectory(prefix="clew-") as folder:
        write_kernels(folder)
        path = [folder, *filter(None, [os.environ.get("JUPYTER_PATH")])]
        variables = {**os.environ, "JUPYTER_PATH": os.pathsep.join(path)}
        child = subprocess.Popen([program, *arguments], env=variables)
        # Ctrl-C is for the application, which asks whether it is meant.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        code = child.wait()
    return code if code >= 0 else 128 - code


def write_kernels(folder: str) -> None:
    """Writes the specifications of the kernels that run this Python, each with the extension."""
    from jupyter_client.kernelspec import KernelSpecManager

    for name, known in KernelSpecManager().get_all_specs().items():
        told = known["spec"]
        if not is_ours(told["argv"]):
            continue
        own = os.path.join(folder, "kernels", name)
        shutil.copytree(known["resource_dir"], own)
        told = {**told, "argv": [*told["argv"], EXTENSION]}
        with open(os.path.join(own, "kernel.json"), "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1)


def is_ours(command: list[str]) -> bool:
    """Whether a command starts IPython's kernel in this Python."""
    if not command or not any("ipykernel" in word for word in command):
        return False
    python = command[0]
    # Jupyter puts its own Python in the place of these names.
    if python in ("python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info)):
        return True
    # Environments link to one interpreter, and each has it under several names.
    places = [(os.path.dirname(os.path.abspath(path)), os.path.realpath(path)) for path in (python, sys.executable)]
    return places[0] == places[1]


def missing(command: str, distributions: str) -> None:
    sys.exit(
        f"clew: `{command}` needs more than there is; "
        f"`{sys.executable} -m pip install {distributions}` installs it"
    )
