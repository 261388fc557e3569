"""Images and their objects, as the library takes them."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from losskit import _arrays

_IMAGE = struct.Struct("qqqqPPPNPN")
_RECORD = struct.Struct("PPN")
_BATCH = struct.Struct("PNPNq")


class Batch:
    """Targets of a batch in memory that the library reads, made from arrays or tensors of PyTorch.

    Raises:
        KeyError: Where an image has no boxes or no labels.
        ValueError: Where lengths, shapes or types are wrong.
    """

    def __init__(
        self,
        targets: Sequence[Mapping[str, Any]],
        image_sizes: Any,
        *,
        padded_sizes: Any = None,
        proposals: Sequence[Any] | None = None,
        samples: Mapping[str, Any] | None = None,
        step: int = 0,
    ) -> None:
        sizes = _sizes(image_sizes, "image_sizes")
        self.count = len(sizes)
        padded = [(0, 0)] * self.count
        if padded_sizes is not None:
            padded = _sizes(padded_sizes, "padded_sizes")
            _check_length(padded, "padded_sizes", self.count)
        _check_length(targets, "targets", self.count)
        if proposals is not None:
            _check_length(proposals, "proposals", self.count)
        # What the memory below points to, for as long as it does.
        self._kept: list[Any] = []
        words: list[int] = []
        for index, target in enumerate(targets):
            words += (*sizes[index], *padded[index], *self._objects(target, f"targets[{index}]"))
            if proposals is None:
                words += (0, 0)
            else:
                boxes, count = self._boxes(proposals[index], f"proposals[{index}]")
                # Where there are none, too, an address says that there might have been.
                words += (boxes or 1, count)
        records = [self._record(stage, taken) for stage, taken in (samples or {}).items()]
        images_size = self.count * _IMAGE.size
        records_size = len(records) * _RECORD.size
        memory = ctypes.create_string_buffer(images_size + records_size + _BATCH.size)
        self.address = ctypes.addressof(memory) + images_size + records_size
        self._kept.append(memory)
        struct.pack_into("qqqqPPPNPN" * self.count, memory, 0, *words)
        for index, record in enumerate(records):
            _RECORD.pack_into(memory, images_size + index * _RECORD.size, *record)
        start = ctypes.addressof(memory)
        _BATCH.pack_into(
            memory, images_size + records_size,
            start, self.count, start + images_size, len(records), _arrays.integer(step, "step"),
        )  # fmt: skip

    def _objects(self, target: Mapping[str, Any], place: str) -> tuple[int, int, int, int]:
        for key in ("boxes", "labels"):
            if key not in target:
                raise KeyError(f"{place} has no {key!r}; there is {', '.join(map(repr, target))}")
        boxes, count = self._boxes(target["boxes"], f"{place}['boxes']")
        labels = self._labels(target["labels"], count, f"{place}['labels']")
        ignored = 0
        for key in ("ignore", "iscrowd"):
            if target.get(key) is not None:
                flags = _arrays.flags(target[key], count, f"{place}[{key!r}]")
                ignored = self._pointer(flags)
        return boxes, labels, ignored, count

    def _boxes(self, value: Any, name: str) -> tuple[int, int]:
        """Where boxes lie, and how many there are."""
        if _arrays.is_plain_tensor(value, "torch.float32") and value.ndim == 2 and value.shape[1] == 4:
            self._kept.append(value)
            return value.data_ptr(), value.shape[0]
        boxes = _arrays.boxes(value, name)
        return self._pointer(boxes), len(boxes)

    def _labels(self, value: Any, count: int, name: str) -> int:
        """Where as many labels lie."""
        if _arrays.is_plain_tensor(value, "torch.int64") and value.shape == (count,):
            self._kept.append(value)
            return int(value.data_ptr())
        return self._pointer(_arrays.integers(value, count, name))

    def _record(self, stage: str, taken: Any) -> tuple[int, int, int]:
        flags = _arrays.array(taken, f"samples[{stage!r}]")
        flags = _arrays.flags(flags, flags.size, f"samples[{stage!r}]")
        name = ctypes.create_string_buffer(stage.encode())
        self._kept.append(name)
        return ctypes.addressof(name), self._pointer(flags), len(flags)

    def _pointer(self, values: NDArray[np.generic]) -> int:
        self._kept.append(values)
        return _arrays.pointer(values)


def _sizes(sizes: Any, name: str) -> list[tuple[int, int]]:
    try:
        return [
            (_arrays.integer(height, "height"), _arrays.integer(width, "width")) for height, width in sizes
        ]
    except (TypeError, ValueError):
        raise ValueError(f"{name} is {sizes!r}; expected a height and a width for each image") from None


def _check_length(values: Sequence[Any], name: str, count: int) -> None:
    if len(values) != count:
        raise ValueError(f"{name} has {len(values)} entries, but image_sizes has {count}")
