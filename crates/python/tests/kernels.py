"""Kernels: real ones, and what they answer to cells."""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_client.manager import KernelManager
from programs import environment

LIMIT_IN_SECONDS = 60
LOAD = "%load_ext clew"


class Kernel:
    """An IPython kernel in a folder."""

    def __init__(self, folder: Path, **more: str) -> None:
        # A kernel's own settings and history stay out of it.
        home = folder / ".ipython"
        variables = environment(IPYTHONDIR=str(home), PYDEVD_DISABLE_FILE_VALIDATION="1", **more)
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env=variables)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=LIMIT_IN_SECONDS)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.stop_channels()
        # Not at once: what a kernel does at its end is part of what is tested.
        self.manager.shutdown_kernel(now=False)

    def run(self, cell: str) -> list[str]:
        """What a cell shows, a message a line: streams joined, texts without colours."""
        shown: list[str] = []

        def hear(message: dict) -> None:
            kind, content = message["msg_type"], message["content"]
            match kind:
                case "stream":
                    head = f"{content['name']}: "
                    if shown and shown[-1].startswith(head):
                        shown[-1] += content["text"]
                    else:
                        shown.append(head + content["text"])
                case "execute_result":
                    count = content["execution_count"]
                    shown.append(f"result {count}: {plain(content['data']['text/plain'])}")
                case "display_data":
                    shown.append(f"display: {sorted(content['data'])}")
                case "error":
                    shown.append("error: " + plain("\n".join(content["traceback"])))

        reply = self.client.execute_interactive(
            cell, output_hook=hear, timeout=LIMIT_IN_SECONDS, allow_stdin=False
        )
        count = reply["content"]["execution_count"]
        return [*shown, f"{reply['content']['status']} {count}"]

    def slice(self, name: str) -> str:
        """What `%clew slice NAME` prints."""
        [shown, _] = self.run(f"%clew slice {name}")
        return shown.removeprefix("stdout: ").rstrip("\n")


def plain(text: str) -> str:
    """A text without colours, and without what differs from kernel to kernel."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"\b(at|in) (0x)?[0-9a-f]{8,}", r"\1 ADDRESS", text)
    return re.sub(r"ipykernel_\d+", "ipykernel", text)


def cells(text: str) -> list[str]:
    """The cells of a notebook that is written with `# %%` between them."""
    return [cell.strip("\n") for cell in re.split(r"^# %%.*\n", text, flags=re.MULTILINE)]
