"""Processes that train together make the step that one makes with all images."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from test_torch import SHARED, SIZES, predictions, targets
from torch import Tensor, distributed, nn
from torch.distributed import FileStore  # type: ignore[attr-defined]
from torch.multiprocessing.spawn import spawn
from torch.nn.parallel import DistributedDataParallel

import losskit


class Heads(nn.Module):
    """A factor for each prediction, so that each has a parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.factors = nn.Parameter(torch.linspace(0.8, 1.2, 4))

    def forward(self, given: dict[str, Tensor]) -> dict[str, Tensor]:
        """The scaled tensors."""
        factors = zip(given.items(), self.factors, strict=True)
        return {name: tensor * factor for (name, tensor), factor in factors}


def train(rank: int, folder: str) -> None:
    """One of two processes: the step of its image."""
    os.environ |= {"MASTER_ADDR": "127.0.0.1"}
    store = FileStore(f"{folder}/store", 2)
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=2)
    model = DistributedDataParallel(Heads())
    images = {name: tensor.detach()[rank : rank + 1] for name, tensor in predictions().items()}
    losses = losskit.Objective(SHARED)(model(images), targets()[rank : rank + 1], image_sizes=SIZES[:1])
    losses.total.backward()
    torch.save((model.module.factors.grad, losses.total.detach()), f"{folder}/{rank}.pt")
    distributed.destroy_process_group()


def whole() -> tuple[Tensor | None, Tensor]:
    """The step of both images in one process."""
    model = Heads()
    given = {name: tensor.detach() for name, tensor in predictions().items()}
    losses = losskit.Objective(SHARED)(model(given), targets(), image_sizes=SIZES)
    losses.total.backward()
    return model.factors.grad, losses.total


def test_two_processes_make_the_step_of_one(tmp_path: Path) -> None:
    spawn(train, (str(tmp_path),), nprocs=2)
    (first, first_total), (second, second_total) = (torch.load(tmp_path / f"{r}.pt") for r in (0, 1))
    expected, total = whole()
    assert torch.equal(first, second)
    torch.testing.assert_close(first, expected)
    torch.testing.assert_close((first_total + second_total) / 2, total)
