"""Made-up images for the objectives: ground truth, proposals and head outputs, all seeded.

Ground truths lie on a grid of quarter pixels, so that intersections and unions are exact in single
and in double precision: boxes that tie, tie in both.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

CLASS_COUNT = 5
ANCHORS_PER_CELL = 9
STRIDE = 16

Size = tuple[int, int]


@dataclass
class Image:
    """An image's size (height, width), its ground truth, and proposals for it."""

    size: Size
    boxes: Tensor
    labels: Tensor
    proposals: Tensor


def make_image(
    size: Size, count: int, seed: int, corner: bool = False, plus_one: bool = False
) -> Image:
    """An image with `count` objects of all sizes, some of them special.

    The first is about as large as an anchor; the second is a square, of which two proposals are
    exactly a half and a tenth; the last equals the first but for its label, so that the two tie
    everywhere. With `corner`, the one before is a few pixels in the top left corner, which no
    anchor inside the image touches. `plus_one` says that a box spans x2 - x1 + 1 columns.
    """
    generator = torch.Generator().manual_seed(seed)
    boxes = random_boxes(size, count, generator)
    labels = torch.randint(1, CLASS_COUNT + 1, (count,), generator=generator)
    fractions = boxes
    if count >= 2:
        square = square_and_fractions(size, plus_one)
        boxes[1], fractions = square[0], square[1:]
    if count >= 3:
        boxes[-1], labels[-1] = boxes[0], labels[0] % CLASS_COUNT + 1
    if corner:
        boxes[-2] = torch.tensor([0.0, 0.0, 5.0, 5.0])
    proposals = torch.cat([random_proposals(size, boxes, generator), fractions])
    return Image(size, boxes, labels, proposals)


def random_boxes(size: Size, count: int, generator: torch.Generator) -> Tensor:
    """Boxes on the grid, their sides from 12 pixels to half of the image."""
    height, width = size
    limits = torch.tensor([width, height]) * 0.5
    sides = 12 * (limits / 12) ** torch.rand(count, 2, generator=generator)
    if count:
        sides[0] = torch.tensor([120.0, 132.0])
    corners = torch.rand(count, 2, generator=generator) * (torch.tensor([width, height]) - sides)
    sides, corners = (sides * 4).round() / 4, (corners * 4).floor() / 4
    return torch.cat([corners, (corners + sides).minimum(torch.tensor([width, height]) - 1)], 1)


def random_proposals(size: Size, boxes: Tensor, generator: torch.Generator) -> Tensor:
    """Boxes that stray from each ground truth by little or much, and others anywhere."""
    height, width = size
    anywhere = torch.rand(60, 4, generator=generator) * torch.tensor([width, height] * 2)
    low, high = anywhere[:, :2].minimum(anywhere[:, 2:]), anywhere[:, :2].maximum(anywhere[:, 2:])
    repeats = max(8, 240 // max(len(boxes), 1))
    copies = boxes.repeat(repeats, 1)
    sides = (copies[:, 2:] - copies[:, :2]).repeat(1, 2)
    amount = torch.rand(len(copies), 1, generator=generator) * 0.7
    near = copies + torch.randn(len(copies), 4, generator=generator) * sides * amount
    proposals = torch.cat([near, torch.cat([low, high], 1)])
    proposals[:, 0::2] = proposals[:, 0::2].clamp(0, width - 1)
    proposals[:, 1::2] = proposals[:, 1::2].clamp(0, height - 1)
    solid = (proposals[:, 2:] - proposals[:, :2]).min(dim=1).values >= 4
    return proposals[solid]


def square_and_fractions(size: Size, plus_one: bool) -> Tensor:
    """A square of 40 pixels, and a half and a tenth of it: IoU at the thresholds 0.5 and 0.1."""
    height, width = size
    spans = torch.tensor([[40.0, 40.0], [40.0, 20.0], [4.0, 40.0]]) - (1 if plus_one else 0)
    start = torch.tensor([[width - 60.0, height - 60.0]]).expand(3, 2)
    return torch.cat([start, start + spans], dim=1)


def ground_truth_tensors(images: list[Image]) -> dict[str, Tensor]:
    """The tensors of a bundle that describe images and ground truth."""
    counts = torch.tensor([len(image.boxes) for image in images])
    return {
        "image_sizes": torch.tensor([image.size for image in images], dtype=torch.int64),
        "gt_boxes": torch.cat([image.boxes for image in images]),
        "gt_labels": torch.cat([image.labels for image in images]),
        "gt_image": torch.arange(len(images)).repeat_interleave(counts),
    }


def proposal_tensors(proposals: list[Tensor]) -> dict[str, Tensor]:
    """The tensors of a bundle that hold the proposals of all images."""
    counts = torch.tensor([len(boxes) for boxes in proposals])
    return {
        "proposals": torch.cat(proposals),
        "proposals_image": torch.arange(len(proposals)).repeat_interleave(counts),
    }


def random_predictions(shapes: dict[str, tuple[int, ...]], seed: int) -> dict[str, Tensor]:
    """Head outputs: standard normal scores, and deltas with a standard deviation of 0.3."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(shape, generator=generator) * (0.3 if "bbox" in name else 1.0)
        for name, shape in shapes.items()
    }


def gradients(total: Tensor, predictions: dict[str, Tensor]) -> dict[str, Tensor]:
    """The derivative of `total` by each prediction, as float32 under its name in the bundle."""
    found = torch.autograd.grad(total, list(predictions.values()))
    return {f"expected/gradient.{n}": g.float() for n, g in zip(predictions, found)}


def as_variables(predictions: dict[str, Tensor]) -> dict[str, Tensor]:
    """Copies in float64 that autograd differentiates by."""
    return {name: tensor.double().requires_grad_() for name, tensor in predictions.items()}


def loss_tensors(losses: dict[str, Tensor]) -> dict[str, Tensor]:
    """The value of each term under its name in the bundle."""
    return {f"expected/{name}": loss.detach().reshape(1) for name, loss in losses.items()}
