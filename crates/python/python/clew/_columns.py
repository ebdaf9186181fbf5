"""Columns: which cells of two columns, and which elements of two arrays, are not equal.

Numbers, times and what columns compare by themselves are compared all at once, other objects one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clew import _clew

# How many objects are compared whose comparison takes long.
MOST_COSTLY = 20_000
# Whose equality costs next to nothing and is that of their content.
PLAIN = (int, bool, str, bytes, float, type(None))


def unlike_elements(left: Any, right: Any) -> tuple[Any, bool]:
    """Which elements of two arrays of one shape differ, as an array of truth; and whether there may be more."""
    import numpy as np

    one, other = np.asarray(left), np.asarray(right)
    if one.dtype.kind == "O" or other.dtype.kind == "O" or one.dtype.kind == "V" != other.dtype.kind:
        unlike, stopped = _one_by_one(one.ravel().tolist(), other.ravel().tolist(), one.dtype == other.dtype)
        return unlike.reshape(one.shape), stopped
    try:
        unlike = np.broadcast_to(np.asarray(one != other), one.shape).copy()
    except Exception:
        unlike, stopped = _one_by_one(one.ravel().tolist(), other.ravel().tolist(), False)
        return unlike.reshape(one.shape), stopped
    if one.dtype.kind in "fc" and other.dtype.kind in "fc":
        unlike &= ~(np.isnan(one) & np.isnan(other))
        if one.dtype.kind == other.dtype.kind == "f":
            # A zero and its negative are equal, and print differently.
            unlike |= (one == 0) & (other == 0) & (np.signbit(one) != np.signbit(other))
    elif one.dtype.kind in "mM" and other.dtype.kind in "mM":
        unlike &= ~(np.isnat(one) & np.isnat(other))
    if isinstance(left, np.ma.MaskedArray) and isinstance(right, np.ma.MaskedArray):
        masks = np.ma.getmaskarray(left), np.ma.getmaskarray(right)
        unlike = (unlike & ~masks[0] & ~masks[1]) | (masks[0] != masks[1])
    return unlike, False


def unlike_cells(left: Any, right: Any) -> tuple[Any, bool]:
    """Which cells of two columns of one length differ, as an array of truth; and whether there may be more.

    A column is one of pandas or of polars. Cells of columns of other types may be equal.
    """
    import numpy as np

    if len(left) != len(right):
        raise ValueError("the columns have other lengths")
    is_one_type = left.dtype == right.dtype
    try:
        if hasattr(left, "ne_missing"):
            return np.asarray(left.ne_missing(right).to_numpy(), dtype=bool), False
        kinds = {getattr(column.dtype, "kind", "O") for column in (left, right)}
        if all(isinstance(column.dtype, np.dtype) for column in (left, right)) and "O" not in kinds:
            return unlike_elements(left.to_numpy(), right.to_numpy())
        if is_one_type and "O" not in kinds or is_one_type and not isinstance(left.dtype, np.dtype):
            missing = np.asarray(left.isna()), np.asarray(right.isna())
            same = left.array == right.array
            same = same.to_numpy(dtype=bool, na_value=False) if hasattr(same, "to_numpy") else np.asarray(same, dtype=bool)
            return ~(same & ~missing[0] & ~missing[1]) & ~(missing[0] & missing[1]), False
    except Exception:
        # They cannot be compared all at once.
        pass
    cells = left.to_list(), right.to_list()
    return _one_by_one(*cells, is_one_type)


def _one_by_one(left: Iterable[Any], right: Iterable[Any], is_strict: bool) -> tuple[Any, bool]:
    """Compares pair by pair; `is_strict` has values of other types differ."""
    import numpy as np

    costly = 0
    unlike: list[bool] = []
    lefts = [*left]
    for one, other in zip(lefts, right):
        if one is other:
            unlike.append(False)
        elif type(one) in PLAIN and type(other) in PLAIN:
            is_nan = one != one and other != other
            unlike.append(not is_nan and (one != other or (is_strict and type(one) is not type(other))))
        elif costly == MOST_COSTLY:
            return np.array(unlike + [False] * (len(lefts) - len(unlike))), True
        else:
            costly += 1
            unlike.append(not _is_same(one, other))
    return np.array(unlike, dtype=bool), False


def _is_same(one: object, other: object) -> bool:
    try:
        if _clew.fingerprint(one) == _clew.fingerprint(other):
            return True
    except Exception:
        pass
    try:
        return type(one) is not type(other) and bool(one == other)
    except Exception:
        return False
