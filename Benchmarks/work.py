"""What the parts of the comparison pass to each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Inputs = dict[str, np.ndarray]


@dataclass(frozen=True)
class Work:
    """A row of the benchmark, as `losskit bench --list` tells it."""

    name: str
    operation: str
    shape: tuple[int, ...]
    parameters: dict[str, float]

    @property
    def loss(self) -> str:
        """The loss, however LossKit evaluates it: compiled, by a formula in a text, or by hand."""
        return self.operation.removesuffix("_formula").removesuffix("_by_hand")

    @property
    def recipe(self) -> str:
        """The recipe of an objective."""
        return self.name.partition("/")[2]


@dataclass(frozen=True)
class Outcome:
    """What a work came to: the value of a loss, or the checksum of chosen indices."""

    value: float
    gradient_norm: float | None = None


@dataclass(frozen=True)
class Peer:
    """Somebody else's way to do a work: `run` is what is timed."""

    name: str
    run: Callable[[], Any]
    outcome: Callable[[Any], Outcome]


def checksum(integers: np.ndarray) -> float:
    """The checksum that losskit has of the same integers."""
    numbers = integers.astype(np.float64) + 3
    return float(numbers @ (1 + np.arange(len(numbers)) % 1009))
