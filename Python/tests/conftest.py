"""What tests share: a small objective, and a batch for it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import losskit

# Tests of what isn't there.
collect_ignore: list[str] = []
if find_spec("torch") is None:
    collect_ignore += ["test_torch.py", "test_distributed.py", "test_loss.py", "test_jax.py"]
if find_spec("ultralytics") is None:
    collect_ignore += ["test_ultralytics.py"]
if find_spec("torchvision") is None:
    collect_ignore += ["test_torchvision.py", "test_bundle.py", "test_page.py", "test_example.py"]

#: A stage on one feature map, with a term for classes and one for boxes.
SMALL: dict[str, Any] = {
    "name": "small",
    "stages": {
        "dense": {
            "priors": {"type": "centered_anchor_grid", "sizes": [[16]], "ratios": [1], "offset": 0.5},
            "assigner": {"type": "max_iou", "positive_iou": 0.5, "negative_iou": 0.4},
            "sampler": "all",
            "coder": "delta_xywh",
            "terms": {
                "cls": {
                    "prediction": "scores",
                    "layout": "n c h w",
                    "target": "class",
                    "loss": "softmax_cross_entropy",
                    "normalizer": "sampled",
                },
                "box": {
                    "prediction": "deltas",
                    "layout": "n c h w",
                    "target": "box",
                    "loss": {"type": "smooth_l1", "beta": 1},
                    "normalizer": "positives",
                    "weight": 2,
                },
            },
        }
    },
}


@pytest.fixture
def recipe() -> dict[str, Any]:
    return SMALL


@pytest.fixture
def objective() -> losskit.Objective:
    return losskit.Objective(SMALL)


@pytest.fixture
def predictions() -> dict[str, Any]:
    deltas = np.full((1, 4, 2, 2), 9, np.float32)
    deltas[0, :, 0, 0] = [0.5, 0, 0, 2]
    return {"scores": np.zeros((1, 2, 2, 2), np.float32), "deltas": deltas}


@pytest.fixture
def targets() -> list[dict[str, Any]]:
    return [{"boxes": np.array([[0, 0, 16, 16]], np.float32), "labels": np.array([1])}]


@pytest.fixture
def sizes() -> list[tuple[int, int]]:
    return [(32, 32)]
