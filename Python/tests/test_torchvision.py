"""Recipes attached to torchvision's detectors, held against torchvision's own losses."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision_models as models
from torch import Tensor, nn
from torchvision.models.detection import maskrcnn_resnet50_fpn

import losskit
import losskit.torchvision

GIOU = {
    "stages.retinanet.terms.retinanet_box.target": "decoded_box",
    "stages.retinanet.terms.retinanet_box.loss": {"type": "giou", "eps": 1e-7},
}
# torchvision's names for the terms of the recipe of the same name.
RETINANET = {
    "retinanet.retinanet_cls": "classification",
    "retinanet.retinanet_box": "bbox_regression",
}
FCOS = {
    "fcos.fcos_cls": "classification",
    "fcos.fcos_box": "bbox_regression",
    "fcos.fcos_centerness": "bbox_ctrness",
}
SSD = {"ssd.ssd_cls": "classification", "ssd.ssd_box": "bbox_regression"}
FASTER_RCNN = {
    "rpn.rpn_cls": "loss_objectness",
    "rpn.rpn_box": "loss_rpn_box_reg",
    "rcnn.rcnn_cls": "loss_classifier",
    "rcnn.rcnn_box": "loss_box_reg",
}
CASES: list[Any] = [
    pytest.param(models.retinanet, "retinanet_torchvision", {}, RETINANET, id="retinanet"),
    pytest.param(models.retinanet_v2, "retinanet_torchvision", GIOU, RETINANET, id="retinanet_v2"),
    pytest.param(models.fcos, "fcos_torchvision", {}, FCOS, id="fcos"),
    pytest.param(models.ssd, "ssd300_torchvision", {}, SSD, id="ssd"),
    pytest.param(models.faster_rcnn, "faster_rcnn_torchvision", {}, FASTER_RCNN, id="faster_rcnn"),
    pytest.param(models.faster_rcnn_v2, "faster_rcnn_torchvision", {}, FASTER_RCNN, id="faster_rcnn_v2"),
]  # fmt: skip


class Twins:
    """A model as torchvision has it, and its copy with a recipe that takes the same draws."""

    def __init__(
        self, make: Callable[[], nn.Module], recipe: str, overrides: dict[str, Any], names: dict[str, str]
    ) -> None:  # fmt: skip
        self.model: Any = models.made(make)
        parts: dict[str, Any] = {}
        if names is FASTER_RCNN:
            parts = {"rpn": self.model.rpn, "rcnn": self.model.roi_heads}
        overrides = overrides | {f"stages.{stage}.sampler": "recorded" for stage in parts}
        self.attached = losskit.torchvision.attach(copy.deepcopy(self.model), recipe, overrides)
        self.recorders = {stage: models.Recorder(part.fg_bg_sampler) for stage, part in parts.items()}
        for stage, part in parts.items():
            part.fg_bg_sampler = self.recorders[stage]

    def losses(self, seed: int = 0) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Ours and theirs."""
        images, targets = models.batch(seed)
        theirs = self.model(images, targets)
        self.attached.samples = {name: r.drawn for name, r in self.recorders.items()}
        return self.attached.model(images, targets), theirs


def assert_alike(found: Tensor, expected: Tensor, scale: float, tolerance: float, name: str) -> None:
    """Equal to a share of `scale`."""
    difference = (found.detach() - expected.detach()).abs().max().item()
    assert difference <= tolerance * scale, (name, difference, scale)


@pytest.mark.parametrize(("make", "recipe", "overrides", "names"), CASES)
def test_losses_and_gradients_are_torchvisions_own(
    make: Callable[[], nn.Module], recipe: str, overrides: dict[str, Any], names: dict[str, str]
) -> None:
    twins = Twins(make, recipe, overrides, names)
    ours, theirs = twins.losses()
    assert ours.keys() == names.keys()
    for name, loss in ours.items():
        expected = theirs[names[name]]
        assert_alike(loss, expected, max(1, expected.item()), 1e-5, name)
    found = models.gradients(twins.attached.model, ours)
    for name, gradient in models.gradients(twins.model, theirs).items():
        assert_alike(found[name], gradient, max(0.1, gradient.abs().max().item()), 1e-5, name)


@pytest.mark.parametrize(("make", "recipe", "overrides", "names"), CASES)
def test_ten_steps_stay_together(
    make: Callable[[], nn.Module], recipe: str, overrides: dict[str, Any], names: dict[str, str]
) -> None:
    twins = Twins(make, recipe, overrides, names)
    optimizers = [
        torch.optim.SGD(model.parameters(), lr=1e-4) for model in (twins.model, twins.attached.model)
    ]
    for step in range(10):
        ours, theirs = twins.losses(seed=step)
        for name, loss in ours.items():
            expected = theirs[names[name]]
            assert_alike(loss, expected, max(1, expected.item()), 1e-3, f"{name} in step {step}")
        for optimizer, losses in zip(optimizers, (theirs, ours), strict=True):
            optimizer.zero_grad()
            torch.stack(list(losses.values())).sum().backward()
            optimizer.step()
    assert twins.attached.step == 10


def test_detach_gives_the_model_back() -> None:
    model = models.made(models.retinanet)
    images, targets = models.batch()
    before = model(images, targets)
    names = list(model.state_dict())
    attached = losskit.torchvision.attach(model, "retinanet_torchvision")
    assert list(model.state_dict()) == names
    assert model(images, targets).keys() == RETINANET.keys()
    assert attached.detach() is model
    after = model(images, targets)
    assert {name: loss.item() for name, loss in before.items()} == {
        name: loss.item() for name, loss in after.items()
    }
    losskit.torchvision.attach(model, "retinanet_torchvision")


def test_detections_stay_as_they_are() -> None:
    for make, recipe in [
        (models.faster_rcnn, "faster_rcnn_torchvision"), (models.fcos, "fcos_torchvision")
    ]:  # fmt: skip
        model = models.made(make).eval()
        images, _ = models.batch()
        before = model(images)
        losskit.torchvision.attach(model, recipe)
        for found, expected in zip(model(images), before, strict=True):
            assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_copies_and_pickles_have_a_recipe_of_their_own() -> None:
    model = models.made(models.fcos)
    attached = losskit.torchvision.attach(model, "fcos_torchvision")
    images, targets = models.batch()
    expected = {name: loss.item() for name, loss in model(images, targets).items()}
    others: list[Any] = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    for other in others:
        assert other.losskit_attachment is not attached
        assert other.losskit_attachment.model is other
        attached.step = 0
        other.losskit_attachment.step = 0
        assert {name: loss.item() for name, loss in other(images, targets).items()} == expected


@pytest.mark.parametrize(
    ("make", "recipe"),
    [(models.retinanet, "retinanet_torchvision"), (models.faster_rcnn, "faster_rcnn_torchvision")],
)
def test_a_compiled_model(make: Callable[[], nn.Module], recipe: str) -> None:
    model = models.made(make)
    attached = losskit.torchvision.attach(model, recipe)
    images, targets = models.batch()
    expected = {name: loss.item() for name, loss in model(images, targets).items()}
    attached.step = 0
    compiled: Any = torch.compile(model, backend="eager")
    found = compiled(images, targets)
    assert {name: loss.item() for name, loss in found.items()} == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("make", "recipe"),
    [(models.fcos, "fcos_torchvision"), (models.faster_rcnn, "faster_rcnn_torchvision")],
)
def test_autocast(make: Callable[[], nn.Module], recipe: str) -> None:
    model = models.made(make)
    losskit.torchvision.attach(model, recipe)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        losses = model(*models.batch())
    assert all(loss.dtype == torch.float32 and loss.isfinite() for loss in losses.values())
    assert all(g.isfinite().all() for g in models.gradients(model, losses).values())


@pytest.mark.parametrize("recipe", ["retinanet_mmdet", "retinanet_detectron2"])
def test_another_recipe_changes_the_terms(recipe: str) -> None:
    model = models.made(models.retinanet)
    attached = losskit.torchvision.attach(model, recipe)
    images, targets = models.batch()
    losses = model(images, targets)
    assert all(loss.isfinite() and loss.requires_grad for loss in losses.values())
    assert attached.positives.keys() == losses.keys()
    models.gradients(model, losses)
    assert all(norm > 0 for norm in attached.gradient_norms.values())
    # A running mean goes from step to step.
    before = dict(attached.state)
    assert bool(before) == (recipe == "retinanet_detectron2")
    model(images, targets)
    assert all(attached.state[term] < mean for term, mean in before.items())


@pytest.mark.parametrize(
    ("make", "recipe", "overrides", "said"),
    [
        (models.retinanet, "fcos_torchvision", {}, "centerness.*for the targets class, box"),
        (models.retinanet, "faster_rcnn_torchvision", {}, r"2 stages \(rpn, rcnn\), RetinaNet has 1"),
        (
            models.faster_rcnn, "faster_rcnn_torchvision",
            {
                "stages.rpn.terms.rpn_cls.loss": "softmax_cross_entropy",
                "stages.rpn.terms.rpn_cls.layout": "n (c a) h w",
            },
            "rpn.head.cls_logits puts out 1; take a loss on single bits, such as bce_with_logits",
        ),
    ],
)  # fmt: skip
def test_heads_that_dont_fit_are_refused(
    make: Callable[[], nn.Module], recipe: str, overrides: dict[str, Any], said: str
) -> None:
    model = make()
    with pytest.raises(ValueError, match=said):
        losskit.torchvision.attach(model, recipe, overrides)
    assert not hasattr(model, "losskit_attachment")


def test_other_models_are_refused() -> None:
    with pytest.raises(TypeError, match="Linear; expected FasterRCNN, RetinaNet, FCOS or SSD"):
        losskit.torchvision.attach(nn.Linear(1, 1), "fcos_torchvision")
    masks = maskrcnn_resnet50_fpn(weights=None, weights_backbone=None)
    with pytest.raises(ValueError, match="masks or keypoints"):
        losskit.torchvision.attach(masks, "faster_rcnn_torchvision")
    model = models.fcos()
    losskit.torchvision.attach(model, "fcos_torchvision")
    with pytest.raises(ValueError, match="has a recipe already"):
        losskit.torchvision.attach(model, "fcos_torchvision")
