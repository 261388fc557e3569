"""The one call into the library that evaluates: pointers in, numbers out.

The layers above, NumPy's and PyTorch's, make views of their tensors and give pointers to buffers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, NamedTuple

FLOAT32, FLOAT64, FLOAT16, BFLOAT16 = 1, 2, 3, 4


class View(NamedTuple):
    """A tensor, where it lies. ``strides`` count elements; ``None`` for no gaps, the last axis fastest."""

    pointer: int
    type: int
    shape: tuple[int, ...]
    strides: tuple[int, ...] | None = None


class Outcome(NamedTuple):
    """What an evaluation comes to; lists in the order of ``objective.terms``.

    ``terms`` holds (value, weight, gradient norm, that of positives, that of background, positives,
    negatives, ignored), ``divisors`` a number an image, ``state`` a running mean or NaN.
    """

    terms: list[tuple[float, float, float, float, float, int, int, int]]
    divisors: list[tuple[float, ...]]
    state: list[float]
    warnings: list[str]


def evaluate(
    objective: Any,
    views: Sequence[View | None],
    batch: Any,
    *,
    targets: Any = None,
    gradients: Sequence[int] | None = None,
    term_gradients: Sequence[int] | None = None,
    state: Mapping[str, float] | None = None,
    average: Callable[[float], float] | None = None,
    warnings: bool = False,
) -> Outcome:
    """Evaluates on views in the order of ``objective.predictions``, ``None`` for one that isn't there.

    ``batch`` is a :class:`losskit._batch.Batch`, or ``None`` where there are targets. ``gradients`` holds a
    pointer a prediction, 0 where nobody needs it: buffers without gaps, float64 for float64 and else
    float32, which are written over. ``term_gradients`` holds as many for each term. ``average`` gets the count
    of a normalizer of batches and gives its mean over all processes.
    """
    raise NotImplementedError
