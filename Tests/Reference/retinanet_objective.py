"""The objective of torchvision's RetinaNet, by its own classes."""

import torch
from dense_objective import bundle, head_outputs, levels
from scenes import CLASS_COUNT, Image
from torch import Tensor
from torchvision.models.detection._utils import BoxCoder, Matcher
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.retinanet import RetinaNetHead, _default_anchorgen
from torchvision.ops import box_iou

ANCHORS_PER_CELL = 9
# A column for each label, and one for label 0, which no object has.
COLUMN_COUNT = CLASS_COUNT + 1
PARAMETERS = {"retinanet": {"positive_iou": 0.5, "negative_iou": 0.4}}


def make_retinanet_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 128."""
    widths = {"cls_logits": COLUMN_COUNT, "bbox_regression": 4}
    predictions, variables = head_outputs(
        {name: ANCHORS_PER_CELL * width for name, width in widths.items()},
        len(images),
        padded,
        seed,
    )
    features = levels("cls_logits", predictions)
    batch = ImageList(torch.zeros(len(images), 3, *padded), [image.size for image in images])
    anchors = _default_anchorgen()(batch, features)
    targets = [{"boxes": image.boxes, "labels": image.labels} for image in images]
    assigned = [match(image.boxes, boxes) for image, boxes in zip(images, anchors)]
    outputs = {name: flatten(name, width, variables) for name, width in widths.items()}
    losses = RetinaNetHead(8, ANCHORS_PER_CELL, COLUMN_COUNT).compute_loss(
        targets, outputs, anchors, assigned
    )
    named = {
        "retinanet_cls": losses["classification"],
        "retinanet_box": losses["bbox_regression"],
    }
    coder = BoxCoder((1.0, 1.0, 1.0, 1.0))
    encoded = [
        coder.encode_single(image.boxes[indices.clamp(min=0)], boxes)
        if len(image.boxes)
        else torch.zeros_like(boxes)
        for image, indices, boxes in zip(images, assigned, anchors)
    ]
    return bundle(
        "retinanet", images, predictions, variables, anchors[0], assigned, encoded, named
    )


def flatten(name: str, width: int, variables: dict[str, Tensor]) -> Tensor:
    """All levels as the head puts them one behind the other: [images, priors, columns]."""
    outputs = [
        level.unflatten(1, (ANCHORS_PER_CELL, width)).permute(0, 3, 4, 1, 2).flatten(1, 3)
        for level in levels(name, variables)
    ]
    return torch.cat(outputs, dim=1)


def match(boxes: Tensor, priors: Tensor) -> Tensor:
    """The matcher's indices; fails where IoU in double precision would give others."""
    if len(boxes) == 0:
        return torch.full((len(priors),), Matcher.BELOW_LOW_THRESHOLD)
    matcher = Matcher(0.5, 0.4, allow_low_quality_matches=True)
    indices = matcher(box_iou(boxes, priors))
    assert torch.equal(indices, matcher(box_iou(boxes.double(), priors.double())))
    return indices
