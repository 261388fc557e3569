"""The loss part of a training step, by torchvision and by a recipe attached to the same model.

    door.py [--threads N] [--rounds N]

From what the heads put out to the gradients of that, in one process, the sides by turns: matching, sampling,
targets, losses and backward, for two images of 800 x 1,000 pixels with 8 and with 500 objects each and 91
columns. Backbone, heads and proposals are left out on both sides, by stand-ins that give fixed tensors.
"""

import argparse
import copy
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import losskit
import losskit.torchvision
import machine
import timing
import torch
from torch import Tensor, nn
from torchvision.models.detection import FCOS, FasterRCNN, RetinaNet
from torchvision.models.detection.faster_rcnn import _default_anchorgen
from torchvision.models.detection.image_list import ImageList

IMAGES, HEIGHT, WIDTH, PADDED, COLUMNS, CHANNELS = 2, 800, 1000, (800, 1024), 91, 8
PROPOSALS, SAMPLES = 2000, 512
OBJECTS = (8, 500)
GOALS = {
    ("faster_rcnn", 8): 4, ("retinanet", 8): 4, ("fcos", 8): 3,
    ("faster_rcnn", 500): 30, ("retinanet", 500): 30, ("fcos", 500): 30,
}  # fmt: skip
TINY_GOAL = 60e-6
REPEATS = 100

Step = Callable[[], Any]


class Backbone(nn.Module):
    """Stands for layers that aren't run."""

    out_channels = CHANNELS


@dataclass
class Fixed:
    """Images, objects and feature maps of a step."""

    images: ImageList
    targets: list[dict[str, Tensor]]
    maps: list[Tensor]


def fixed(objects: int, strides: tuple[int, ...]) -> Fixed:
    """A step with so many objects an image, on maps as torchvision's pyramids have them."""
    generator = torch.Generator().manual_seed(objects)
    size = torch.tensor([WIDTH, HEIGHT])
    targets = []
    for _ in range(IMAGES):
        sides = 12 * (size / 2 / 12) ** torch.rand(objects, 2, generator=generator)
        corners = torch.rand(objects, 2, generator=generator) * (size - sides)
        targets.append({
            "boxes": torch.cat([corners, corners + sides], dim=1),
            "labels": torch.randint(1, COLUMNS, (objects,), generator=generator),
        })  # fmt: skip
    maps = [
        torch.zeros(IMAGES, CHANNELS, *(-(-side // stride) for side in PADDED)) for stride in strides
    ]
    images = ImageList(torch.zeros(IMAGES, 3, *PADDED), [(HEIGHT, WIDTH)] * IMAGES)
    return Fixed(images, targets, maps)


def variable(*shape: int, positive: bool = False) -> Tensor:
    """A head's output."""
    numbers = torch.randn(shape)
    return (numbers.abs() if positive else numbers).requires_grad_()


def dense(model: nn.Module, objects: int, widths: dict[str, int]) -> Step:
    """A step of RetinaNet or FCOS."""
    step = fixed(objects, (8, 16, 32, 64, 128))
    priors = len(model.anchor_generator(step.images, step.maps)[0])
    outputs = {
        name: variable(IMAGES, priors, width, positive=isinstance(model, FCOS) and width == 4)
        for name, width in widths.items()
    }
    counts = [level[0, 0].numel() for level in step.maps] if isinstance(model, FCOS) else []

    def run() -> tuple[Tensor, ...]:
        anchors = model.anchor_generator(step.images, step.maps)
        losses = model.compute_loss(step.targets, outputs, anchors, *([counts] if counts else []))
        return torch.autograd.grad(sum(losses.values()), list(outputs.values()))

    return run


def retinanet() -> nn.Module:
    """As torchvision builds it."""
    return RetinaNet(Backbone(), COLUMNS).train()


def fcos() -> nn.Module:
    """As torchvision builds it, over more channels, which its normalization needs."""
    backbone = Backbone()
    backbone.out_channels = 32
    return FCOS(backbone, COLUMNS).train()


def faster_rcnn() -> nn.Module:
    """As torchvision builds it."""
    return FasterRCNN(Backbone(), COLUMNS, rpn_anchor_generator=_default_anchorgen()).train()


def two_stage(model: nn.Module, objects: int) -> Step:
    """A step of Faster R-CNN, its layers, the decoding and the choice of proposals taken out."""
    step = fixed(objects, (4, 8, 16, 32, 64))
    scores = [variable(IMAGES, 3, *level.shape[-2:]) for level in step.maps]
    deltas = [variable(IMAGES, 12, *level.shape[-2:]) for level in step.maps]
    priors = 3 * sum(level[0, 0].numel() for level in step.maps)
    decoded = torch.zeros(IMAGES * priors, 1, 4)
    near = [
        (t["boxes"].repeat(PROPOSALS // objects, 1) + 10 * torch.randn(PROPOSALS, 4)).clamp(0, WIDTH)
        for t in step.targets
    ]
    proposals = [torch.cat([b[:, :2].minimum(b[:, 2:]), b[:, :2].maximum(b[:, 2:]) + 1], 1) for b in near]
    outputs = (variable(IMAGES * SAMPLES, COLUMNS), variable(IMAGES * SAMPLES, 4 * COLUMNS))
    features = dict(enumerate(step.maps))

    rpn, heads = model.rpn, model.roi_heads
    rpn.head.forward = lambda _: (scores, deltas)
    rpn.box_coder.decode = lambda *_: decoded
    rpn.filter_proposals = lambda *_: (proposals, [])
    heads.box_roi_pool.forward = lambda _, boxes, __: torch.zeros(sum(map(len, boxes)), 1)
    heads.box_head.forward = lambda pooled: pooled
    heads.box_predictor.forward = lambda pooled: tuple(o[: len(pooled)] for o in outputs)

    def run() -> tuple[Tensor, ...]:
        found, first = rpn(step.images, features, step.targets)
        _, second = heads(features, list(found), step.images.image_sizes, step.targets)
        total = sum(first.values()) + sum(second.values())
        return torch.autograd.grad(total, [*scores, *deltas, *outputs])

    return run


WORKS: dict[str, tuple[Callable[[], nn.Module], str, Callable[[nn.Module, int], Step]]] = {
    "faster_rcnn": (faster_rcnn, "faster_rcnn_torchvision", two_stage),
    "retinanet": (
        retinanet, "retinanet_torchvision",
        lambda model, objects: dense(model, objects, {"cls_logits": COLUMNS, "bbox_regression": 4}),
    ),
    "fcos": (
        fcos, "fcos_torchvision",
        lambda model, objects: dense(
            model, objects, {"cls_logits": COLUMNS, "bbox_regression": 4, "bbox_ctrness": 1}
        ),
    ),
}  # fmt: skip


def measured(name: str, objects: int, rounds: int) -> list[str]:
    """A row of the table."""
    make, recipe, step = WORKS[name]
    torch.manual_seed(0)
    plain = make()
    attached = copy.deepcopy(plain)
    losskit.torchvision.attach(attached, recipe)
    steps = []
    for model in (plain, attached):
        torch.manual_seed(1)
        steps.append(step(model, objects))
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for side, run in zip(times, steps, strict=True):
            side.append(timing.seconds(run))
    theirs, ours = (median(side) for side in times)
    memory = [timing.peak_memory(run) for run in steps]
    goal = f"{GOALS[name, objects]} ×"
    met = theirs / ours >= GOALS[name, objects]
    return [
        f"`{recipe}`", str(objects), f"{ours * 1e3:.3g}", f"{theirs * 1e3:.4g}", f"{theirs / ours:.3g} ×",
        f"**{goal}**" if met else goal, *(mebibytes(amount) for amount in reversed(memory)),
    ]  # fmt: skip


def mebibytes(amount: int | None) -> str:
    """An amount of memory."""
    return "n/a" if amount is None else f"{amount / 2**20:.1f}"


def tiny() -> tuple[float, float]:
    """Seconds of a call and of its backward, of an objective of four priors."""
    objective = losskit.Objective({
        "name": "tiny", "stages": {"head": {
            "priors": "proposals", "assigner": "max_iou", "sampler": "all", "coder": "delta_xywh",
            "terms": {"cls": {
                "prediction": "scores", "layout": "r c", "target": "class",
                "loss": "softmax_cross_entropy", "normalizer": "sampled",
            }},
        }},
    })  # fmt: skip
    boxes = torch.tensor([[0.0, 0, 10, 10], [5, 5, 20, 20], [0, 0, 30, 30], [8, 8, 9, 9]])
    targets = [{"boxes": boxes[:1], "labels": torch.tensor([1])}]
    scores = torch.randn(4, 3, requires_grad=True)

    def forward() -> losskit.Losses[Tensor]:
        return objective({"scores": scores}, targets, image_sizes=[(32, 32)], proposals=[boxes])

    def both() -> None:
        forward().total.backward()

    alone, together = (
        median(timing.seconds(partial(repeat, run)) / REPEATS for _ in range(5))
        for run in (forward, both)
    )
    return alone, together - alone


def repeat(run: Step) -> None:
    """What is too short to be timed alone."""
    for _ in range(REPEATS):
        run()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    losskit.set_threads(options.threads)
    print("\n".join(machine.description(options.threads)), end="\n\n")
    head = [
        "recipe", "objects an image", "LossKit, ms", "torchvision, ms", "ratio", "goal",
        "peak MiB", "of torchvision",
    ]  # fmt: skip
    print(f"| {' | '.join(head)} |", "| --- |" + " ---: |" * (len(head) - 1), sep="\n")
    for objects in OBJECTS:
        for name in WORKS:
            print(f"| {' | '.join(measured(name, objects, options.rounds))} |", flush=True)
    call, backward = tiny()
    print(
        f"\nA call of an objective of four priors: {call * 1e6:.1f} µs "
        f"(goal {TINY_GOAL * 1e6:.0f}), its backward {backward * 1e6:.1f} µs."
    )


if __name__ == "__main__":
    main()
