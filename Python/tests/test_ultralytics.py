"""Recipes attached to ultralytics' detectors, held against ultralytics' own loss."""

from __future__ import annotations

import copy
import pickle
from types import SimpleNamespace
from typing import Any

import pytest
import torch

pytest.importorskip("ultralytics")

from ultralytics.cfg import get_cfg
from ultralytics.nn.tasks import DetectionModel, SegmentationModel

import losskit
import losskit.ultralytics

NAMES = {"yolov8_box": 0, "yolov8_cls": 1, "yolov8_dfl": 2}


def made(name: str = "yolov8n.yaml", classes: int = 3) -> Any:
    """A model with the weights that it begins with, but for scores that tell points apart."""
    torch.manual_seed(3)
    model = DetectionModel(name, nc=classes, verbose=False)
    model.args = get_cfg()
    for level in model.model[-1].cv3:
        torch.nn.init.normal_(level[-1].weight, std=0.3)
        torch.nn.init.constant_(level[-1].bias, -1.0)
    for level in model.model[-1].cv2:
        torch.nn.init.normal_(level[-1].weight, std=0.3)
    return model.train()


def batch(counts: tuple[int, ...] = (3, 0, 5), side: int = 128) -> dict[str, torch.Tensor]:
    """Images of noise, with so many objects each."""
    generator = torch.Generator().manual_seed(5)
    total = sum(counts)
    sides = 0.1 + 0.4 * torch.rand(total, 2, generator=generator)
    centers = sides / 2 + (1 - sides) * torch.rand(total, 2, generator=generator)
    return {
        "img": torch.rand(len(counts), 3, side, side, generator=generator),
        "batch_idx": torch.arange(len(counts)).repeat_interleave(torch.tensor(counts)).float(),
        "cls": torch.randint(3, (total, 1), generator=generator).float(),
        "bboxes": torch.cat([centers, sides], dim=1),
    }


@pytest.mark.parametrize("name", ["yolov8n.yaml", "yolo11n.yaml"])
@pytest.mark.parametrize("counts", [(3, 0, 5), (0, 0)])
def test_losses_and_gradients_are_those_of_ultralytics(name: str, counts: tuple[int, ...]) -> None:
    model = made(name)
    data = batch(counts)
    outputs = [level.detach() for level in model(data["img"])]
    found = []
    for criterion in (
        model.init_criterion(),
        losskit.ultralytics.Criterion(model.model[-1], "yolov8"),
    ):
        maps = [level.clone().requires_grad_() for level in outputs]
        losses, items = criterion(maps, data)
        losses.sum().backward()
        found.append((losses.detach(), items, [level.grad for level in maps], criterion))
    (theirs, _, their_gradients, _), (ours, items, gradients, criterion) = found
    for index, name in enumerate(criterion.names):
        assert float(ours[index]) == pytest.approx(float(theirs[NAMES[name]]), rel=1e-5)
    assert torch.equal(items * len(counts), ours)
    for gradient, expected in zip(gradients, their_gradients, strict=True):
        assert float((gradient - expected).abs().max()) <= 1e-5 * float(expected.abs().max())


def test_a_model_is_trained_by_the_recipe_and_then_by_its_own_loss() -> None:
    model, data = made(), batch()
    before = model.loss(data)[0]
    attached = losskit.ultralytics.attach(model, "yolov8")
    criterion = attached.criterion
    assert criterion is not None and model.criterion is criterion
    losses, _ = model.loss(data)
    assert float(losses.detach().sum()) == pytest.approx(float(before.detach().sum()), rel=1e-5)
    losses.sum().backward()
    assert all(parameter.grad is not None for parameter in model.model[-1].cv2.parameters())
    assert criterion.step == 1
    # In evaluation nothing moves on.
    model.eval()
    with torch.no_grad():
        model.loss(data)
    assert criterion.step == 1
    assert pickle.loads(pickle.dumps(criterion)).names == criterion.names
    assert copy.deepcopy(criterion).step == 1
    attached.detach()
    assert float(model.train().loss(data)[0].detach().sum()) == pytest.approx(
        float(before.detach().sum()), rel=1e-5
    )


def test_another_loss_by_an_override() -> None:
    model, data = made(), batch()
    attached = losskit.ultralytics.attach(
        model, "yolov8", {"stages.yolov8.terms.yolov8_cls.loss": {"type": "quality_focal"}}
    )
    first = model.loss(data)[0]
    assert attached.criterion is not None
    assert attached.criterion.names == ("yolov8_cls", "yolov8_box", "yolov8_dfl")
    assert torch.isfinite(first).all()


def test_a_trainer_begins_with_the_recipe() -> None:
    model, average = made(), made()
    callbacks: dict[str, list[Any]] = {"on_train_start": []}
    trainer = SimpleNamespace(
        callbacks=callbacks,
        add_callback=lambda event, call: callbacks[event].append(call),
        model=model,
        ema=SimpleNamespace(ema=average),
        loss_names=(),
    )
    attached = losskit.ultralytics.attach(trainer, "yolov8")
    assert attached.criterion is None
    for callback in callbacks["on_train_start"]:
        callback(trainer)
    assert model.criterion is average.criterion is attached.criterion
    assert trainer.loss_names == ("yolov8_cls", "yolov8_box", "yolov8_dfl")
    attached.detach()
    assert callbacks["on_train_start"] == []
    assert model.criterion is None


@pytest.mark.parametrize(
    "recipe, message",
    [
        ("retinanet_torchvision", "the model predicts at points"),
        ("faster_rcnn_torchvision", "has 2 stages"),
        ("atss", "the model predicts at points"),
        ("fcos_torchvision", "has the target centerness, for which the model predicts nothing"),
    ],
)
def test_what_does_not_fit_is_told(recipe: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        losskit.ultralytics.attach(made(), recipe)


def test_models_that_predict_more_are_refused() -> None:
    model = SegmentationModel("yolov8n-seg.yaml", nc=3, verbose=False)
    with pytest.raises(TypeError, match="with the head Segment; expected a DetectionModel"):
        losskit.ultralytics.attach(model, "yolov8")
