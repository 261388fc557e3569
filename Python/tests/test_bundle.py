"""Bundles that a model of torchvision writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision_models as models
from torch import Tensor, nn

import losskit
import losskit.torchvision


def read(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a file in the format safetensors."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    types = {"F32": np.float32, "I64": np.int64, "U8": np.uint8}
    tensors = {}
    for name, entry in json.loads(content[8 : 8 + size]).items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        array = np.frombuffer(content[start:end], types[entry["dtype"]])
        tensors[name] = array.reshape(entry["shape"])
    return tensors


def batch() -> tuple[list[Tensor], models.Targets]:
    """An image whose sides are multiples of 128 once scaled."""
    images, targets = models.batch()
    image = torch.nn.functional.interpolate(images[0][None], (256, 384))[0]
    return [image, image.flip(-1)], [targets[0], targets[1]]


@pytest.mark.parametrize("make", [models.retinanet, models.fcos, models.ssd, models.faster_rcnn])
def test_a_bundle_is_read_by_the_recipe_beside_it(make: Callable[[], nn.Module], tmp_path: Path) -> None:
    model = models.made(make)
    model.transform.min_size, model.transform.max_size = (256,), 384
    images, targets = batch()
    path = tmp_path / "batch.safetensors"
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    losskit.torchvision.bundle(model, images, targets, path)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    tensors = read(path)
    objective = losskit.Objective(path.with_suffix(".json"))
    objects = [
        {"boxes": tensors["gt_boxes"][tensors["gt_image"] == image],
         "labels": tensors["gt_labels"][tensors["gt_image"] == image]}
        for image in range(2)
    ]  # fmt: skip
    proposals = None
    if "proposals" in tensors:
        proposals = [tensors["proposals"][tensors["proposals_image"] == image] for image in range(2)]
    losses = objective(tensors, objects, image_sizes=tensors["image_sizes"], proposals=proposals)
    theirs = model(images, targets)
    if proposals is None:
        expected = sum(loss.item() for loss in theirs.values())
        assert float(losses.total) == pytest.approx(expected, rel=1e-4)
    assert all(np.isfinite(loss) for loss in losses.values())


def test_strides_that_a_recipe_cant_say_are_told(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="multiples of the largest stride"):
        losskit.torchvision.bundle(
            models.made(models.retinanet), *models.batch(), tmp_path / "batch.safetensors"
        )
