"""Images and their objects, as the library takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike


class Batch:
    """Targets of a batch in memory that the library reads, made from arrays or tensors of PyTorch."""

    def __init__(
        self,
        targets: Sequence[Mapping[str, ArrayLike]],
        image_sizes: Any,
        *,
        proposals: Sequence[ArrayLike] | None = None,
        samples: Mapping[str, ArrayLike] | None = None,
        step: int = 0,
    ) -> None:
        raise NotImplementedError
