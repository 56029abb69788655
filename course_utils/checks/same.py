"""Are two values alike? Numbers, texts, arrays, tensors, datasets, models, and what holds them."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping


def near(one: object, other: object, tolerance: float = 1e-6) -> bool:
    """Return True where two values are alike: numbers up to `tolerance` of each other, all else equal.

    An array and a tensor with the same shape and numbers are alike, a list and a tuple with the same entries, too.
    Models are alike where all weights, their gradients and their modes are. What cannot be compared is not alike.
    """
    try:
        return _near(one, other, tolerance)
    except Exception:  # a student's object may raise at any touch
        return False


def _near(one: object, other: object, tolerance: float) -> bool:
    if one is other:
        return True
    if isinstance(one, Mapping) and isinstance(other, Mapping):  # a DatasetDict, too
        return one.keys() == other.keys() and all(_near(one[key], other[key], tolerance) for key in one)
    if hasattr(one, "named_parameters") or hasattr(one, "column_names"):
        return type(one) is type(other) and _near(_inside(one), _inside(other), tolerance)
    if hasattr(one, "shape") or hasattr(other, "shape"):
        return _near_arrays(one, other, tolerance)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_near(*pair, tolerance) for pair in pairs)
    if isinstance(one, numbers.Real) and isinstance(other, numbers.Real):
        return math.isclose(one, other, rel_tol=0, abs_tol=tolerance) or (one != one and other != other)
    return bool(one == other)


def _near_arrays(one: object, other: object, tolerance: float) -> bool:
    import numpy as np

    one, other = (np.asarray(each.detach().cpu() if hasattr(each, "detach") else each) for each in (one, other))
    if one.shape != other.shape:
        return False
    if {one.dtype.kind, other.dtype.kind} <= set("biufc"):
        return np.allclose(one.astype(complex), other.astype(complex), rtol=0, atol=tolerance, equal_nan=True)
    return bool((one == other).all())


def _inside(value) -> object:
    """Return what a model or a dataset is made of."""
    if hasattr(value, "column_names"):
        return value.column_names, str(getattr(value, "features", "")), value.format, value.with_format(None)[:]
    modes = [(part.training, getattr(part, "p", None)) for part in value.modules()]
    weights = [(name, weight.data, weight.grad, weight.requires_grad) for name, weight in value.named_parameters()]
    return modes, weights, dict(value.named_buffers())
