"""Codec: values as bytes, and back, which takes trust only where code comes along.

Values are pickled. Arrays, numbers of numpy and frames go into the pickle in formats that hold nothing but
data, so that a pickle of those and of plain data is read without anything being called that was not meant
to make them.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import sys
from collections import ChainMap

from clew import _clew

try:
    from cloudpickle import Pickler
except ImportError:
    from pickle import Pickler


def dumps(value: object) -> bytes:
    """Pickles a value, functions and classes of the program included."""
    _FORMATS.update(_formats())
    output = io.BytesIO()
    _Pickler(output, 5).dump(value)
    return output.getvalue()


def loads(content: bytes, trusted: bool, name: str, signer: str | None) -> object:
    """The value of an artifact's pickle; of one that is not trusted only if it holds nothing but data."""
    if trusted:
        return pickle.loads(content)
    try:
        return _Data(io.BytesIO(content)).load()
    except Untrusted as error:
        known = " is not known to be written by this user on this machine"
        always = ""
        if signer is not None:
            known = f" was signed with a key that you do not trust, {signer}"
            always = f", and `clew trust {signer}` all that they saved"
        raise RuntimeError(
            f"the value of `{name}` is not loaded: it needs `{error}`, so that loading it may run any code, and it"
            f"{known}; get_value(allow_untrusted=True) loads it if you trust whoever wrote it{always}"
        ) from None


_FORMATS: dict = {}


class _Pickler(Pickler):
    """Reduces some types in our way, and all others as ever."""

    dispatch_table = ChainMap(_FORMATS, getattr(Pickler, "dispatch_table", copyreg.dispatch_table))


class Untrusted(pickle.UnpicklingError):
    """A pickle holds more than data, and nobody vouches for it."""


# Nothing among these runs code that it is given or can be changed by a pickle: they are C's own.
_SAFE = {
    *(("builtins", name) for name in ("bytearray", "complex", "dict", "float", "frozenset", "int", "list")),
    *(("builtins", name) for name in ("range", "set", "slice", "str", "tuple", "bool", "bytes")),
    *(("collections", name) for name in ("OrderedDict", "defaultdict", "deque")),
    *(("datetime", name) for name in ("date", "datetime", "time", "timedelta", "timezone")),
    *(("clew._clew", name) for name in ("read_array", "read_number", "read_frame")),
}


class _Data(pickle.Unpickler):
    """Reads what holds nothing but data. Without a class or function to call, a pickle calls nothing."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in _SAFE:
            raise Untrusted(f"{module}.{name}")
        return super().find_class(module, name)


def _formats() -> dict:
    """How values of modules that are loaded are reduced, where there is a format without code."""
    formats: dict = {}
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        formats[numpy.ndarray] = _array
        kinds = (numpy.number, numpy.bool_, numpy.datetime64, numpy.timedelta64)
        formats |= {kind: _number for kind in set(numpy.sctypeDict.values()) if issubclass(kind, kinds)}
    pandas = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "DataFrame"):
        formats[pandas.DataFrame] = _frame
    return formats


def _array(array):
    kind = array.dtype
    if kind.kind not in "biufcmMSU" or kind.metadata:
        return array.__reduce_ex__(5)
    import numpy

    output = io.BytesIO()
    numpy.lib.format.write_array(output, array, allow_pickle=False)
    return _clew.read_array, (output.getvalue(),)


def _number(number):
    if number.dtype.metadata:
        return number.__reduce__()
    return _clew.read_number, (number.dtype.str, number.tobytes())


def _frame(frame):
    try:
        content = _arrow(frame)
        # What Arrow cannot hold as it is stays a pickle.
        if _clew.fingerprint(_clew.read_frame(content)) == _clew.fingerprint(frame):
            return _clew.read_frame, (content,)
    except Exception:
        pass
    return frame.__reduce_ex__(5)


def _arrow(frame) -> bytes:
    import pyarrow

    if frame.attrs or int(pyarrow.__version__.partition(".")[0]) < 15:
        # Earlier ones run code for types of their own.
        raise ValueError
    table = pyarrow.Table.from_pandas(frame)
    output = io.BytesIO()
    with pyarrow.ipc.new_stream(output, table.schema) as writer:
        writer.write_table(table)
    return output.getvalue()
