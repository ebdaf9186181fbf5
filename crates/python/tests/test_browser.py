"""Browser: a notebook that is open in JupyterLab, in a real browser.

Left out where Chromium, JupyterLab or Playwright is not installed (`apt-get install chromium`, `pip install jupyterlab
playwright`). `CLEW_SCREENSHOTS` names a folder to keep pictures in.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from notebooks import notebook
from programs import environment

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LIMIT_IN_SECONDS = 120
NOTEBOOK = """
# %% [markdown]
# The middle of some prices
# %%
import statistics
prices = [3, 1, 4, 1, 5]
# %%
noise = [price * 2 for price in prices]
# %%
prices.sort()
middle = statistics.median(prices)
middle
# %%
%load_ext clew
# %%
prices = [30, 10, 40]
noise = len(prices)
# %%
prices.sort()
middle = statistics.median(prices)
middle
# %%
import clew
clew.save(middle, "middle")
# %%
%clew slice middle
# %%
clew.get("middle").get_value()
# %%
%clew graph middle
"""
WIDGETS = """
# %%
%load_ext clew
# %%
import ipywidgets
still, moved = ipywidgets.IntSlider(value=3), ipywidgets.IntSlider(value=3)
ipywidgets.VBox([still, moved])
# %%
kept = still.value
# %%
%clew slice kept
# %%
changed = moved.value
changed
# %%
%clew slice changed
"""


def missing() -> list[str]:
    """What of a browser and a JupyterLab is not there."""
    names = [name for name in ("jupyterlab", "playwright", "ipykernel") if find_spec(name) is None]
    return [*names, *(["chromium"] if CHROMIUM is None else [])]


pytestmark = pytest.mark.skipif(bool(missing()), reason=f"{', '.join(missing())} is not installed")


class Lab:
    """A JupyterLab over a folder, and a page of a browser."""

    def __init__(self, folder: Path) -> None:
        from playwright.sync_api import sync_playwright

        self.folder = folder / "notebooks"
        self.folder.mkdir()
        own = folder / "own"
        settings = own / "config/lab/user-settings/@jupyterlab/apputils-extension"
        settings.mkdir(parents=True)
        # No news, and no question about them.
        quiet = {"fetchNews": "false", "checkForUpdates": False}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
        variables = environment(
            JUPYTER_CONFIG_DIR=str(own / "config"),
            JUPYTER_DATA_DIR=str(own / "data"),
            JUPYTER_RUNTIME_DIR=str(own / "runtime"),
            IPYTHONDIR=str(own / "ipython"),
        )
        self.port = free_port()
        options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={self.port}"]
        options += ["--IdentityProvider.token=t", f"--ServerApp.root_dir={self.folder}"]
        self.log = open(folder / "server.log", "wb")
        self.server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=variables,
            stdout=self.log,
            stderr=self.log,
        )
        wait_for(f"http://127.0.0.1:{self.port}/api?token=t", self.server)
        self.driver = sync_playwright().start()
        self.browser = self.driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        self.page = self.browser.new_page(viewport={"width": 1200, "height": 1500})
        self.page.set_default_timeout(LIMIT_IN_SECONDS * 1000)

    def close(self) -> None:
        self.browser.close()
        self.driver.stop()
        self.server.terminate()
        self.server.wait()
        self.log.close()

    def open(self, name: str, text: str) -> None:
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        (self.folder / name).write_text(notebook(text, **metadata))
        place = f"http://127.0.0.1:{self.port}/doc/tree/{name}?token=t&reset"
        self.page.goto(place, wait_until="domcontentloaded")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        # What is asked for before the kernel is there is lost.
        self.page.wait_for_function("document.querySelector('#jp-main-statusbar')?.innerText.includes('Idle')")

    def run(self, number: int) -> str:
        """What a code cell shows when it has run, counted from 1."""
        cell = self.page.locator(".jp-CodeCell").nth(number - 1)
        cell.locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Shift+Enter")
        prompt = "document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')[{}].innerText.match(/\\[\\d+\\]/)"
        self.page.wait_for_function(prompt.format(number - 1))
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts()).strip()

    def picture(self, name: str) -> None:
        place = os.environ.get("CLEW_SCREENSHOTS")
        if place is not None:
            self.page.screenshot(path=os.path.join(place, name))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.close()


def test_a_notebook_that_is_open_in_a_browser(lab: Lab) -> None:
    lab.open("prices.ipynb", NOTEBOOK)
    shown = [lab.run(number) for number in range(1, 10)]
    lab.picture("notebook.png")
    assert shown == [
        "",
        "",
        "3",
        "",
        "",
        "30",
        "Artifact('middle', version=0)",
        "# Not recorded, and needed by this code: statistics\n"
        "# In cell 1, before recording began:\n"
        "#     import statistics\n"
        "#     prices = [3, 1, 4, 1, 5]\n"
        "prices = [30, 10, 40]\n"
        "prices.sort()\n"
        "middle = statistics.median(prices)",
        "30",
    ]
    lab.run(10)
    lab.page.locator(".jp-CodeCell").nth(9).locator("[data-mime-type='image/svg+xml']").wait_for()
    lab.picture("graph.png")


@pytest.mark.skipif(find_spec("ipywidgets") is None, reason="ipywidgets is not installed")
def test_a_slider_that_is_moved_in_a_browser(lab: Lab) -> None:
    lab.open("sliders.ipynb", WIDGETS)
    for number in (1, 2):
        lab.run(number)
    made = [
        "import ipywidgets",
        "still, moved = ipywidgets.IntSlider(value=3), ipywidgets.IntSlider(value=3)",
        "ipywidgets.VBox([still, moved])",
    ]
    assert lab.run(3) == ""
    # To be shown does not change it.
    assert lab.run(4) == "\n".join([*made, "kept = still.value"])
    handle = lab.page.locator(".noUi-handle").nth(1)
    handle.focus()
    handle.press("ArrowRight")
    lab.page.wait_for_function("document.querySelectorAll('.widget-readout')[1].innerText == '4'")
    assert lab.run(5) == "4"
    head = [
        "# Not recorded, and needed by this code: moved",
        "# `moved` was changed before cell 5 by something else than a cell",
    ]
    assert lab.run(6) == "\n".join([*head, *made, "changed = moved.value"])
    lab.picture("sliders.png")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen) -> None:
    end = time.monotonic() + LIMIT_IN_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError("the server does not answer")
