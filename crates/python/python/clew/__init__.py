"""Runs Python and gives back the exact code behind any result.

Run a program with ``clew run script.py``; in it, keep what matters::

    import clew

    clew.save(model, "model")

and later, anywhere::

    clew.get("model").get_code()
"""

from clew._artifact import Artifact, get, save

__all__ = ["Artifact", "get", "save"]
__version__ = "0.1.0"
