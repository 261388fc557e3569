"""What priors should predict, before anything is compared with it."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from losskit import _library


@dataclass(frozen=True)
class TermTargets:
    """What the rows of a term should be.

    Attributes:
        prior: ``[rows]``, the row's prior in ``StageTargets.priors``.
        targets: ``[rows]`` labels, 0 for background, or ``[rows, columns]`` numbers.
        row_weights: ``[rows]``, or ``None``.
    """

    prior: NDArray[np.int64]
    targets: NDArray[Any]
    row_weights: NDArray[np.float32] | None


@dataclass(frozen=True)
class StageTargets:
    """What the priors of one stage should predict, those of all images one after another.

    Attributes:
        image_count: The number of images.
        priors: ``[priors, 4]``, x1, y1, x2, y2.
        image: ``[priors]``, the image of each.
        level: ``[priors]``, its level.
        assigned: ``[priors]``, the object of the image, from 0; -1 background, -2 ignored.
        sampled: ``[priors]``, whether it counts.
        terms: By name, for each term the rows that it compares; without terms whose target or row weight
            reads predictions where the stage's assigner and sampler don't.
    """

    image_count: int
    priors: NDArray[np.float32]
    image: NDArray[np.int64]
    level: NDArray[np.int64]
    assigned: NDArray[np.int64]
    sampled: NDArray[np.bool_]
    terms: dict[str, TermTargets]

    def boxes(self) -> list[NDArray[np.float32]]:
        """The priors of each image, ``[priors, 4]``: what a head runs on where the sampled ones were kept."""
        return [self.priors[self.image == image] for image in range(self.image_count)]


class Targets(Mapping[str, StageTargets]):
    """The targets of some stages of a batch, by stage; made by :meth:`losskit.Objective.targets`."""

    def __init__(self, handle: _library.Handle, stages: tuple[str, ...], image_count: int) -> None:
        self.handle = handle
        self.image_count = image_count
        self._stages = stages
        self._read: dict[str, StageTargets] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._stages)

    def __len__(self) -> int:
        return len(self._stages)

    def __getitem__(self, stage: str) -> StageTargets:
        if stage not in self._read:
            self._read[stage] = _read(self, stage)
        return self._read[stage]


_TYPES: dict[int, Any] = {
    _library.FLOAT32: np.float32,
    _library.FLOAT64: np.float64,
    _library.INT64: np.int64,
    _library.BOOL: np.bool_,
}


def _read(targets: Targets, stage: str) -> StageTargets:
    start = ctypes.POINTER(_library.NamedTensor)()
    count = ctypes.c_size_t()
    _library.check(
        _library.targets_tensors(
            targets.handle.address, stage.encode(), ctypes.byref(start), ctypes.byref(count)
        )
    )
    arrays = {start[index].name.decode(): _array(start[index].tensor) for index in range(count.value)}
    terms = [name.removesuffix(".prior") for name in arrays if name.endswith(".prior")]
    return StageTargets(
        targets.image_count,
        arrays["priors"],
        arrays["image"],
        arrays["level"],
        arrays["assigned"],
        arrays["sampled"],
        {
            term: TermTargets(
                arrays[f"{term}.prior"],
                arrays[f"{term}.targets"],
                arrays.get(f"{term}.row_weights"),
            )
            for term in terms
        },
    )


def _array(tensor: _library.Tensor) -> NDArray[Any]:
    """A copy of a tensor."""
    dtype = np.dtype(_TYPES[tensor.type])
    shape = tuple(tensor.shape[axis] for axis in range(tensor.rank))
    size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(bytearray(ctypes.string_at(tensor.data, size)), dtype).reshape(shape)
