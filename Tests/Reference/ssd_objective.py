"""The objective of torchvision's SSD, by its own class; and what it shares with mmdetection's."""

import math

import torch
from dense_objective import bundle
from scenes import CLASS_COUNT, Image, as_variables, random_predictions
from torch import Tensor, nn
from torchvision.models.detection._utils import SSDMatcher
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.ssd import SSD, SSDHead
from torchvision.ops import box_iou

STRIDES = (8, 16, 32, 64, 100, 300)
RATIOS = [[2], [2, 3], [2, 3], [2, 3], [2], [2]]
SCALES = [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05]
BOXES_PER_CELL = [2 + 2 * len(ratios) for ratios in RATIOS]
PARAMETERS = {"ssd": {"positive_iou": 0.5, "negatives_per_positive": 3}}


def map_sizes(padded: tuple[int, int]) -> list[tuple[int, int]]:
    """The cells of each level on an image of `padded` pixels."""
    return [tuple(math.ceil(side / stride) for side in padded) for stride in STRIDES]


def head_outputs(
    names: tuple[str, str], image_count: int, padded: tuple[int, int], seed: int
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Random scores and deltas, each `name_level`, and the same as variables."""
    shapes = {
        f"{name}_{level}": (image_count, boxes * width, *size)
        for name, width in zip(names, (CLASS_COUNT + 1, 4))
        for level, (boxes, size) in enumerate(zip(BOXES_PER_CELL, map_sizes(padded)))
    }
    predictions = random_predictions(shapes, seed)
    return predictions, as_variables(predictions)


def outputs(name: str, variables: dict[str, Tensor]) -> list[Tensor]:
    """An output's tensors, level by level."""
    return [variables[f"{name}_{level}"] for level in range(len(STRIDES))]


def make_ssd_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; all images have the size `padded`."""
    widths = {"cls_logits": CLASS_COUNT + 1, "bbox_regression": 4}
    predictions, variables = head_outputs(tuple(widths), len(images), padded, seed)
    generator = DefaultBoxGenerator(RATIOS, scales=SCALES, steps=list(STRIDES))
    model = SSD(
        nn.Identity(),
        generator,
        padded,
        CLASS_COUNT + 1,
        head=SSDHead([1] * len(STRIDES), BOXES_PER_CELL, CLASS_COUNT + 1),
    )
    batch = ImageList(torch.zeros(len(images), 3, *padded), [image.size for image in images])
    boxes = generator(batch, outputs("cls_logits", predictions))
    assigned = [match(image.boxes, priors) for image, priors in zip(images, boxes)]
    targets = [{"boxes": image.boxes, "labels": image.labels} for image in images]
    flat = {
        name: torch.cat(
            [
                level.unflatten(1, (-1, width)).permute(0, 3, 4, 1, 2).flatten(1, 3)
                for level in outputs(name, variables)
            ],
            dim=1,
        )
        for name, width in widths.items()
    }
    losses = model.compute_loss(targets, flat, boxes, assigned)
    named = {"ssd_cls": losses["classification"], "ssd_box": losses["bbox_regression"]}
    encoded = [
        model.box_coder.encode_single(image.boxes[indices.clamp(min=0)], priors)
        if len(image.boxes)
        else torch.zeros_like(priors)
        for image, indices, priors in zip(images, assigned, boxes)
    ]
    return bundle("ssd", images, predictions, variables, boxes[0], assigned, encoded, named)


def match(boxes: Tensor, priors: Tensor) -> Tensor:
    """The matcher's indices; fails where IoU in double precision would give others."""
    if len(boxes) == 0:
        return torch.full((len(priors),), SSDMatcher.BELOW_LOW_THRESHOLD)
    matcher = SSDMatcher(0.5)
    indices = matcher(box_iou(boxes, priors))
    assert torch.equal(indices, matcher(box_iou(boxes.double(), priors.double())))
    return indices
