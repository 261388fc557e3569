"""Evaluation on tensors of PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from losskit._batch import Batch
    from losskit._losses import Losses
    from losskit._objective import Objective
    from losskit._targets import Targets


def evaluate(
    objective: Objective,
    predictions: Mapping[str, Any],
    batch: Batch | None,
    targets: Targets | None,
    *,
    state: Mapping[str, float] | None,
    term_gradients: bool,
) -> Losses[Any]:
    """What a call of the objective comes to."""
    raise NotImplementedError("PyTorch's tensors aren't taken yet; convert them by .numpy()")
