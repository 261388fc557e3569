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
                f'prediction "{name}" is on {tensor.device}, others on {first.device}; '
                "move all to one device"
            )
        elif (tensor.dtype == torch.float64) != (first.dtype == torch.float64):
            raise ValueError(
                f'prediction "{name}" has dtype {tensor.dtype}, others {first.dtype}; '
                "expected all of double precision, or none"
            )
    return tensors


def on_cpu(tensors: Sequence[Tensor | None]) -> list[Tensor | None]:
    """The tensors where the processor reads them: as they are, or copies in pinned memory."""
    copies = [None if tensor is None else tensor.detach() for tensor in tensors]
    devices = {tensor.device for tensor in copies if tensor is not None and not tensor.is_cpu}
    for index, tensor in enumerate(copies):
        if tensor is not None and not tensor.is_cpu:
            pinned = torch.empty(
                tensor.shape, dtype=tensor.dtype, pin_memory=tensor.device.type == "cuda"
            )
            copies[index] = pinned.copy_(tensor, non_blocking=True)
    for device in devices:
        torch.accelerator.synchronize(device)
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
    pinned = not tensor.is_cpu and tensor.device.type == "cuda"
    return torch.empty(tensor.shape, dtype=dtype, pin_memory=pinned)
