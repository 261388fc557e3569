"""The objective of mmdetection's TOOD, by its own head, in either phase of its training."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from dense_objective import STRIDES, levels
from mmdet.models.dense_heads import TOODHead
from mmdet.structures.bbox import distance2bbox
from mmdet_inputs import truths_and_metas
from mmengine import MessageHub
from predicted_boxes import (
    as_maps,
    centers_of,
    dense_bundle,
    distances,
    in_single_precision,
    map_sizes,
    predicted_distances,
    recorded,
)
from scenes import CLASS_COUNT, Image
from torch import Tensor

PARAMETERS = {"tood": {"top_k": 13, "alpha": 1, "beta": 6, "initial_candidates": 9}}


def make_mmdet_tood_objective(
    images: list[Image], padded: tuple[int, int], seed: int, initial: bool = False
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 128."""
    head = make_head(CLASS_COUNT)
    head.get_targets = in_single_precision(head.get_targets)
    start_epoch(head, initial)
    generator = torch.Generator().manual_seed(seed)
    anchors = head.prior_generator.grid_priors(map_sizes(padded, STRIDES), device="cpu")
    every = torch.cat(anchors)
    scores = torch.randn(len(images), len(every), CLASS_COUNT, generator=generator).sigmoid()
    # The sides of the squares are the strides.
    points, strides = centers_of(every), (every[:, 2:] - every[:, :2]) / 8
    squares = torch.cat([points - strides / 2, points + strides / 2], dim=1)
    boxes = predicted_distances(images, squares, generator)
    predictions = as_maps(scores, "cls_score", padded, STRIDES)
    predictions |= as_maps(boxes, "bbox_pred", padded, STRIDES)
    truths, metas = truths_and_metas(images, [padded] * len(images))
    found = recorded(head.initial_assigner if initial else head.alignment_assigner)

    def run(variables: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[Tensor]]:
        found.clear()
        boxes = head_boxes(head, anchors, levels("bbox_pred", variables))
        losses = head.loss_by_feat(levels("cls_score", variables), boxes, truths, metas)
        named = {
            "tood_cls": sum(losses["loss_cls"]),
            "tood_box": sum(losses["loss_bbox"]) / head.loss_bbox.loss_weight,
        }
        return named, list(found)

    return dense_bundle(
        "tood",
        images,
        predictions,
        every,
        lambda matched: distances(matched, points),
        run,
        weights={"tood_box": head.loss_bbox.loss_weight},
    )


def head_boxes(head: TOODHead, anchors: list[Tensor], outputs: list[Tensor]) -> list[Tensor]:
    """The boxes that the head gives, in strides, of distances in pixels from the anchors' centres."""
    boxes = []
    for level, output, stride in zip(anchors, outputs, STRIDES):
        count, _, height, width = output.shape
        rows = output.permute(0, 2, 3, 1).reshape(-1, 4) / stride
        centers = head.anchor_center(level).repeat(count, 1) / stride
        decoded = distance2bbox(centers, rows).reshape(count, height, width, 4)
        boxes.append(decoded.permute(0, 3, 1, 2))
    return boxes


def start_epoch(head: TOODHead, initial: bool) -> None:
    """Has the head take itself for being in its first epochs, or after them."""
    epoch = 0 if initial else head.initial_epoch
    head.epoch = epoch
    MessageHub.get_current_instance().update_info("epoch", epoch)


def make_head(class_count: int) -> TOODHead:
    """The head as tood_r50_fpn configures it, but for the number of classes and channels."""
    return TOODHead(
        num_classes=class_count,
        in_channels=32,
        stacked_convs=1,
        feat_channels=32,
        anchor_type="anchor_free",
        anchor_generator={
            "type": "AnchorGenerator",
            "ratios": [1.0],
            "octave_base_scale": 8,
            "scales_per_octave": 1,
            "strides": list(STRIDES),
        },
        initial_loss_cls={
            "type": "FocalLoss",
            "use_sigmoid": True,
            "activated": True,
            "gamma": 2.0,
            "alpha": 0.25,
        },
        loss_cls={"type": "QualityFocalLoss", "use_sigmoid": True, "activated": True, "beta": 2.0},
        loss_bbox={"type": "GIoULoss", "loss_weight": 2.0},
        train_cfg={
            "initial_epoch": 4,
            "initial_assigner": {"type": "ATSSAssigner", "topk": 9},
            "assigner": {"type": "TaskAlignedAssigner", "topk": 13},
            "alpha": 1,
            "beta": 6,
            "allowed_border": -1,
            "pos_weight": -1,
            "debug": False,
        },
    )
