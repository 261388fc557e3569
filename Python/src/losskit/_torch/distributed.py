"""Normalizers of processes that train together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import distributed


def share(objective: Any) -> Callable[[list[float]], list[float]] | None:
    """What averages counts over all processes; ``None`` where there is one, or ``distributed`` is off.

    ``DistributedDataParallel`` averages gradients: with counts averaged as well, several processes make the
    step that one would make with all of their images.
    """
    if not (objective.distributed and distributed.is_available() and distributed.is_initialized()):
        return None
    return averaged if distributed.get_world_size() > 1 else None


def averaged(counts: list[float]) -> list[float]:
    """The mean of each count over the processes."""
    device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
    sums = torch.tensor(counts, dtype=torch.float64, device=device)
    distributed.all_reduce(sums)
    means: list[float] = (sums / distributed.get_world_size()).tolist()
    return means
