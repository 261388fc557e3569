"""The objective of mmdetection's RTMDet, by its own head."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.dense_heads import RTMDetHead
from mmdet_inputs import truths_and_metas
from predicted_boxes import (
    as_maps,
    centers_of,
    dense_bundle,
    distances,
    in_single_precision,
    point_squares,
    predicted_distances,
    recorded,
)
from scenes import CLASS_COUNT, Image
from torch import Tensor

STRIDES = (8, 16, 32)
PARAMETERS = {"rtmdet": {"top_k": 13}}


def make_mmdet_rtmdet_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 32.

    One distance in fifty is negative, as RTMDet's smallest models have them.
    """
    head = make_head(CLASS_COUNT)
    head.get_targets = in_single_precision(head.get_targets)
    generator = torch.Generator().manual_seed(seed)
    squares = point_squares(padded, STRIDES, offset=0)
    scores = torch.randn(len(images), len(squares), CLASS_COUNT, generator=generator)
    boxes = predicted_distances(images, squares, generator)
    boxes = torch.where(torch.rand(boxes.shape, generator=generator) < 0.02, -boxes, boxes)
    predictions = as_maps(scores, "cls_score", padded, STRIDES)
    predictions |= as_maps(boxes, "bbox_pred", padded, STRIDES)
    truths, metas = truths_and_metas(images, [padded] * len(images))
    found = recorded(head.assigner)

    def run(variables: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[Tensor]]:
        found.clear()
        outputs = [
            [variables[f"{name}_{level}"] for level in range(len(STRIDES))]
            for name in ("cls_score", "bbox_pred")
        ]
        losses = head.loss_by_feat(*outputs, truths, metas)
        named = {
            "rtmdet_cls": sum(losses["loss_cls"]),
            "rtmdet_box": sum(losses["loss_bbox"]) / head.loss_bbox.loss_weight,
        }
        return named, list(found)

    return dense_bundle(
        "rtmdet",
        images,
        predictions,
        squares,
        lambda matched: distances(matched, centers_of(squares)),
        run,
        weights={"rtmdet_box": head.loss_bbox.loss_weight},
    )


def make_head(class_count: int) -> RTMDetHead:
    """The head as rtmdet_l configures it, but for the number of classes and channels."""
    return RTMDetHead(
        num_classes=class_count,
        in_channels=32,
        stacked_convs=1,
        feat_channels=32,
        anchor_generator={"type": "MlvlPointGenerator", "offset": 0, "strides": list(STRIDES)},
        bbox_coder={"type": "DistancePointBBoxCoder"},
        loss_cls={"type": "QualityFocalLoss", "use_sigmoid": True, "beta": 2.0},
        loss_bbox={"type": "GIoULoss", "loss_weight": 2.0},
        with_objectness=False,
        train_cfg={
            "assigner": {"type": "DynamicSoftLabelAssigner", "topk": 13},
            "allowed_border": -1,
            "pos_weight": -1,
            "debug": False,
        },
    )
