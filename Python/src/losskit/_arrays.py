"""What users give, as NumPy arrays."""

from __future__ import annotations

import ctypes
import json
import struct
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray


def array(value: Any, name: str) -> NDArray[Any]:
    """``value`` as an array; a tensor of PyTorch is brought to the CPU.

    Raises:
        ValueError: Where a tensor needs a gradient, which no gradient will flow to.
    """
    if isinstance(value, np.ndarray):
        return value
    if getattr(value, "requires_grad", False):
        raise ValueError(f"{name} needs a gradient, which targets have none of; detach it")
    try:
        if hasattr(value, "cpu"):
            value = value.cpu()
            return (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()  # type: ignore[no-any-return]
        return np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} is no array: {error}") from None


def is_plain_tensor(value: Any, dtype: str) -> bool:
    """Whether ``value`` is a tensor of PyTorch that can be read where it lies."""
    return (
        type(value).__module__ == "torch"
        and str(value.dtype) == dtype
        and value.is_cpu
        and value.is_contiguous()
        and not value.requires_grad
    )


def boxes(value: Any, name: str) -> NDArray[np.float32]:
    """``value`` as boxes, ``[n, 4]``."""
    result = array(value, name)
    if result.size == 0:
        return np.empty((0, 4), np.float32)
    if result.ndim != 2 or result.shape[1] != 4:
        raise ValueError(f"{name} has shape {list(result.shape)}; expected [boxes, 4]")
    return np.ascontiguousarray(numbers(result, name), np.float32)


def numbers(value: Any, name: str) -> NDArray[Any]:
    """``value`` as an array of integers or floating-point numbers."""
    result = array(value, name)
    if result.dtype.kind not in "fiu":
        raise ValueError(f"{name} has dtype {result.dtype}; expected numbers")
    return result


def integers(value: Any, count: int, name: str) -> NDArray[np.int64]:
    """``value`` as ``count`` integers."""
    result = array(value, name)
    if result.size == 0 and count == 0:
        return np.empty(0, np.int64)
    if result.dtype.kind not in "iu":
        raise ValueError(f"{name} has dtype {result.dtype}; expected integers")
    return np.ascontiguousarray(_vector(result, count, name), np.int64)


def flags(value: Any, count: int, name: str) -> NDArray[np.uint8]:
    """``value`` as ``count`` bytes, 0 or 1."""
    result = array(value, name)
    if result.dtype.kind not in "biu" and result.size > 0:
        raise ValueError(f"{name} has dtype {result.dtype}; expected truth values")
    return np.ascontiguousarray(_vector(result, count, name) != 0, np.uint8)


def _vector(values: NDArray[Any], count: int, name: str) -> NDArray[Any]:
    if values.shape != (count,) and not (values.size == count == 0):
        raise ValueError(f"{name} has shape {list(values.shape)}; expected [{count}]")
    return values.reshape(count)


def integer(value: Any, name: str) -> int:
    """``value`` as an integer of 64 bits."""
    try:
        result = int(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is {value!r}; expected an integer") from None
    if not -(2**63) <= result < 2**63 or result != value:
        raise ValueError(f"{name} is {value!r}; expected an integer of 64 bits")
    return result


#: ``losskit_priors``.
PRIORS = struct.Struct("PNPN")


def priors(
    boxes: NDArray[np.float32], levels: Sequence[tuple[int, float]]
) -> tuple[tuple[int, int, int, int], Any]:
    """The members of ``losskit_priors``, and what must be kept for as long as they are."""
    packed = np.array([tuple(level) for level in levels], dtype=[("count", "u8"), ("stride", "f8")])
    return (pointer(boxes), len(boxes), pointer(packed), len(packed)), (boxes, packed)


def json_text(value: Any, name: str) -> str:
    """``value`` as JSON."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} can't be written as JSON: {error}") from None


def pointer(values: NDArray[Any]) -> int:
    """Where the elements of an array lie."""
    try:
        # A quarter of the time that NumPy takes to tell, for arrays without gaps that may be written.
        return ctypes.addressof(ctypes.c_char.from_buffer(cast(Any, values)))
    except (TypeError, ValueError):
        return values.ctypes.data
