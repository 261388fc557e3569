"""Tensors of PyTorch as the library reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from losskit._call import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, View

if TYPE_CHECKING:
    from losskit._objective import Objective

TYPES = {
    torch.float32: FLOAT32,
    torch.float64: FLOAT64,
    torch.float16: FLOAT16,
    torch.bfloat16: BFLOAT16,
}


def ordered(objective: Objective, predictions: Mapping[str, Any]) -> list[Tensor | None]:
    """The tensors in the objective's order, ``None`` for those that aren't there.

    Raises:
        ValueError: Where they aren't tensors of floating-point numbers, all of one device, and all of
            double precision or none.
    """
    tensors = [predictions.get(name) for name in objective.predictions]
    first: Tensor | None = None
    for name, tensor in zip(objective.predictions, tensors, strict=True):
        if tensor is None:
            continue
        if not isinstance(tensor, Tensor):
            raise ValueError(
                f'prediction "{name}" is of type {type(tensor).__name__}; '
                "others are tensors of PyTorch, make it one too"
            )
        if tensor.dtype not in TYPES:
            raise ValueError(
                f'prediction "{name}" has dtype {tensor.dtype}; '
                "expected float32, float64, float16 or bfloat16"
            )
        if first is None:
            first = tensor
        elif tensor.device != first.device:
            raise ValueError(
                f'prediction "{name}" is on {tensor.device}, others on {first.device}; move all to one device'
            )
        elif (tensor.dtype == torch.float64) != (first.dtype == torch.float64):
            raise ValueError(
                f'prediction "{name}" has dtype {tensor.dtype}, others {first.dtype}; '
                "expected all of double precision, or none"
            )
    return tensors


def on_cpu(tensors: Sequence[Tensor | None]) -> Sequence[Tensor | None]:
    """The tensors where the processor reads them: as they are, or copies in pinned memory."""
    if all(tensor is None or tensor.is_cpu for tensor in tensors):
        return tensors
    copies: list[Tensor | None] = []
    streams = set()
    for tensor in tensors:
        if tensor is not None:
            pins = tensor.is_cuda
            copy = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=pins)
            copies.append(copy.copy_(tensor.detach(), non_blocking=pins))
            if pins:
                streams.add(torch.cuda.current_stream(tensor.device))
        else:
            copies.append(None)
    for stream in streams:
        stream.synchronize()
    return copies


def view(tensor: Tensor | None) -> View | None:
    """Where a tensor of the processor lies."""
    if tensor is None:
        return None
    strides = None if tensor.is_contiguous() else tensor.stride()
    return View(tensor.data_ptr(), TYPES[tensor.dtype], tuple(tensor.shape), strides)


def buffer(tensor: Tensor) -> Tensor:
    """Room for a gradient: of single precision unless the prediction is of double."""
    dtype = torch.float64 if tensor.dtype == torch.float64 else torch.float32
    return torch.empty(tensor.shape, dtype=dtype, pin_memory=tensor.is_cuda)
