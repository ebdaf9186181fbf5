"""What the graphs of the contract call, as `crates/executor/tests/contract` defines it for the native host."""

import json
import sys
import types

store = types.ModuleType("store")
exec(
    """
def open(*names): return []
def sort(items): return items
""",
    store.__dict__,
)
for name in ("read", "write", "vacuum", "put", "fill"):
    exec(f"def {name}(*values): return None", store.__dict__)
sys.modules["store"] = store

MAIN = """
max = 42
def same(value, *more, key=None): return value
def total(*numbers): return sum(numbers)
def fail(): raise ValueError("it failed")
def spoil(items):
    global spoilt
    items.append(1)
    spoilt = 1
    raise ValueError("it failed")
def count():
    global counter, last
    here = seen
    try:
        counter = counter + 1
    except NameError:
        counter = 1
    last = here
"""


def main() -> types.ModuleType:
    """A fresh main module."""
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = __builtins__
    exec(MAIN, module.__dict__)
    return module


def shown(value: object) -> str:
    """A value as the native host shows it."""
    return json.dumps(value) if isinstance(value, str) else "[" + ", ".join(map(shown, value)) + "]" if isinstance(value, list) else repr(value)
