"""The objective of mmdetection's YOLOX, by its own head, with its L1 loss and without."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.dense_heads import YOLOXHead
from mmdet_inputs import truths_and_metas
from predicted_boxes import (
    as_maps,
    centers_of,
    dense_bundle,
    in_single_precision,
    point_squares,
    predicted_distances,
    recorded,
)
from scenes import CLASS_COUNT, Image
from torch import Tensor

STRIDES = (8, 16, 32)
NAMES = ("cls_score", "bbox_pred", "objectness")
PARAMETERS = {"yolox": {"top_k": 10, "center_radius": 2.5}}


def make_mmdet_yolox_objective(
    images: list[Image], padded: tuple[int, int], seed: int, l1: bool = False
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 32."""
    head = make_head(CLASS_COUNT)
    head._get_targets_single = in_single_precision(head._get_targets_single)
    head.use_l1 = l1
    predictions, squares = head_outputs(images, padded, seed)
    truths, metas = truths_and_metas(images, [padded] * len(images))
    found = recorded(head.assigner)

    def run(variables: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[Tensor]]:
        found.clear()
        losses = head.loss_by_feat(*levels(variables), truths, metas)
        named = {
            "yolox_cls": losses["loss_cls"],
            "yolox_box": losses["loss_bbox"] / head.loss_bbox.loss_weight,
            "yolox_objectness": losses["loss_obj"],
        }
        if l1:
            named["yolox_l1"] = losses["loss_l1"]
        # The head asks for no matches of an image without objects.
        matches = iter(found)
        background = torch.full((len(squares),), -1)
        return named, [next(matches) if len(image.boxes) else background for image in images]

    return dense_bundle(
        "yolox",
        images,
        predictions,
        squares,
        lambda matched: encode(matched, squares),
        run,
        weights={"yolox_box": head.loss_bbox.loss_weight},
    )


def head_outputs(
    images: list[Image], padded: tuple[int, int], seed: int
) -> tuple[dict[str, Tensor], Tensor]:
    """Random outputs of a head, each `name_level`, and the squares around the points."""
    generator = torch.Generator().manual_seed(seed)
    squares = point_squares(padded, STRIDES, offset=0.5)
    scores = torch.randn(len(images), len(squares), CLASS_COUNT, generator=generator)
    objectness = torch.randn(len(images), len(squares), 1, generator=generator)
    sides = predicted_distances(images, squares, generator)
    points = centers_of(squares)
    boxes = torch.cat([points - sides[..., :2], points + sides[..., 2:]], dim=2)
    predictions: dict[str, Tensor] = {}
    for name, rows in zip(NAMES, (scores, encode(boxes, squares), objectness)):
        predictions |= as_maps(rows, name, padded, STRIDES)
    return predictions, squares


def levels(variables: dict[str, Tensor]) -> list[list[Tensor]]:
    """The tensors of each output, level by level."""
    return [[variables[f"{name}_{level}"] for level in range(len(STRIDES))] for name in NAMES]


def encode(boxes: Tensor, squares: Tensor) -> Tensor:
    """Centres in strides from the upper left corners of cells, and logarithms of sides in strides."""
    stride = squares[:, 2:] - squares[:, :2]
    centers, sides = (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]
    return torch.cat([(centers - squares[:, :2]) / stride, (sides / stride).log()], dim=-1)


def make_head(class_count: int) -> YOLOXHead:
    """The head as yolox_s configures it, but for the number of classes and channels."""
    return YOLOXHead(
        num_classes=class_count,
        in_channels=32,
        feat_channels=32,
        stacked_convs=1,
        strides=list(STRIDES),
        train_cfg={"assigner": {"type": "SimOTAAssigner", "center_radius": 2.5}},
    )
