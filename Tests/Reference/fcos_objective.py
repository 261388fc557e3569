"""The objective of torchvision's FCOS, by its own classes."""

from typing import Self

import torch
from dense_objective import STRIDES, bundle, head_outputs, levels
from scenes import CLASS_COUNT, Image
from torch import Tensor, nn
from torchvision.models.detection.fcos import FCOS
from torchvision.models.detection.image_list import ImageList

# A column for each label, and one for label 0, which no object has.
COLUMN_COUNT = CLASS_COUNT + 1
WIDTHS = {"cls_logits": COLUMN_COUNT, "bbox_regression": 4, "bbox_ctrness": 1}
PARAMETERS = {"fcos": {"center_sampling_radius": 1.5}}


class Backbone(nn.Module):
    """Stands for the part of the model that the objective doesn't need."""

    out_channels = 32


def make_fcos_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 128."""
    # A head ends in a ReLU: distances in strides are positive.
    predictions, variables = head_outputs(
        WIDTHS, len(images), padded, seed, distances={"bbox_regression": [4.0] * len(STRIDES)}
    )
    model = RecordingFCOS(Backbone(), COLUMN_COUNT)
    batch = ImageList(torch.zeros(len(images), 3, *padded), [image.size for image in images])
    anchors = model.anchor_generator(batch, levels("cls_logits", predictions))
    counts = [level[0, 0].numel() for level in levels("cls_logits", predictions)]
    targets = [{"boxes": image.boxes, "labels": image.labels} for image in images]
    outputs = {name: flatten(name, variables) for name in WIDTHS}
    losses = model.compute_loss(targets, outputs, anchors, counts)
    named = {
        "fcos_cls": losses["classification"],
        "fcos_box": losses["bbox_regression"],
        "fcos_centerness": losses["bbox_ctrness"],
    }
    coder = model.head.box_coder
    encoded = [
        coder.encode(boxes, image.boxes[indices.clamp(min=0)])
        if len(image.boxes)
        else torch.zeros_like(boxes)
        for image, indices, boxes in zip(images, model.matches, anchors)
    ]
    return bundle(
        "fcos", images, predictions, variables, anchors[0], model.matches, encoded, named
    )


class RecordingFCOS(FCOS):
    """Keeps the matches that it hands to its head."""

    def __init__(self: Self, backbone: nn.Module, classes: int) -> None:
        super().__init__(backbone, classes)
        compute_loss = self.head.compute_loss

        def record(
            targets: list, outputs: dict, anchors: list[Tensor], matches: list[Tensor]
        ) -> dict[str, Tensor]:
            self.matches = matches
            return compute_loss(targets, outputs, anchors, matches)

        self.head.compute_loss = record


def flatten(name: str, variables: dict[str, Tensor]) -> Tensor:
    """All levels as the head puts them one behind the other: [images, priors, columns]."""
    return torch.cat([level.flatten(2).mT for level in levels(name, variables)], dim=1)
