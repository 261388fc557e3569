"""Normalizers of processes that train together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import distributed

if TYPE_CHECKING:
    from losskit._objective import Objective


def averaging(objective: Objective) -> Callable[[float], float] | None:
    """What averages a count over all processes; ``None`` where there is one, or ``distributed`` is off.

    ``DistributedDataParallel`` averages gradients: with counts averaged as well, several processes make the
    step that one would make with all of their images.
    """
    if not (objective.distributed and distributed.is_available() and distributed.is_initialized()):
        return None
    return mean if distributed.get_world_size() > 1 else None


def mean(count: float) -> float:
    """The mean of a count over the processes."""
    device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
    total = torch.tensor(count, dtype=torch.float64, device=device)
    distributed.all_reduce(total)
    return total.item() / distributed.get_world_size()
