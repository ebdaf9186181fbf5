"""Options: what a program says of where and how clew keeps things."""

from __future__ import annotations

import os

from clew import _clew

# `typing` is not imported: it would be the slowest part of `import clew`, and the program would find it loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What LineaPy calls them, with what they are here.
OTHER_NAMES = {"home_dir": "store"}
# What stands for nothing that clew does, so that nothing is lost where it is set.
WITHOUT_EFFECT = ("logging_level", "logging_file", "do_not_track")
# What would lead to values' being kept elsewhere than they are.
NOT_HERE = {
    "database_url": "clew keeps all in one folder; set `store`",
    "artifact_storage_dir": "clew keeps all in one folder; set `store`",
    "customized_annotation_folder": "add annotations by `clew annotate add FILE`",
    "storage_options": "clew keeps all in a folder on this machine",
    "mlflow_tracking_uri": "clew keeps values itself",
    "mlflow_registry_uri": "clew keeps values itself",
    "default_ml_models_storage_backend": "clew keeps values itself",
}


class Options:
    """Where the store is, as `clew.options.store`; by `get`, `set` or as attributes.

    What is set holds for this process: `save`, `get` and the rest go there. A program that is recorded has its
    store from `clew run`, and a notebook from where it was started.

    >>> clew.options.set("store", "elsewhere")
    >>> clew.options.store.endswith("elsewhere")
    True
    >>> clew.options.reset()
    """

    def get(self, key: str) -> Any:
        """What an option is."""
        key = OTHER_NAMES.get(key, key)
        match key:
            case "store":
                return os.fsdecode(_clew.store_folder())
            case "do_not_track":
                # Nobody is told anything.
                return True
            case "logging_level" | "logging_file":
                return None
        raise AttributeError(_unknown(key))

    def set(self, key: str, value: Any) -> None:
        """Sets an option. One of LineaPy's that would change nothing is passed over."""
        key = OTHER_NAMES.get(key, key)
        if key == "store":
            _clew.use_store(os.fspath(value))
        elif key not in WITHOUT_EFFECT:
            raise AttributeError(_unknown(key))

    def reset(self) -> None:
        """The project's store again."""
        _clew.use_store(None)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        return self.get(key)

    def __setattr__(self, key: str, value: Any) -> None:
        self.set(key, value)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), "store"]

    def __repr__(self) -> str:
        return f"Options(store={self.store!r})"


def _unknown(key: str) -> str:
    reason = NOT_HERE.get(key, "there is `store`")
    return f"clew has no option `{key}`: {reason}"


options: Options = Options()
