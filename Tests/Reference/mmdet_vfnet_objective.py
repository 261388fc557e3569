"""The objective of mmdetection's VFNet, by its own head."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from dense_objective import STRIDES, bundle, head_outputs, level_sizes, levels
from mmdet.models.dense_heads import VFNetHead
from mmdet_atss_objective import match
from mmdet_inputs import truths_and_metas
from scenes import CLASS_COUNT, Image
from torch import Tensor

WIDTHS = {"cls_score": CLASS_COUNT, "bbox_pred": 4, "bbox_pred_refine": 4}


class Head(VFNetHead):
    """The head without its layers, of which some are compiled operators."""

    def _init_layers(self) -> None:
        """Makes none."""


def make_mmdet_vfnet_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch."""
    head = make_head(CLASS_COUNT)
    units = [2.0 * stride for stride in STRIDES]
    predictions, variables = head_outputs(
        WIDTHS,
        len(images),
        padded,
        seed,
        distances={"bbox_pred": units, "bbox_pred_refine": units},
    )
    outputs = [levels(name, variables) for name in WIDTHS]
    truths, metas = truths_and_metas(images, [padded] * len(images))
    losses = head.loss_by_feat(*outputs, truths, metas)
    weights = {
        "vfnet_box": head.loss_bbox.loss_weight,
        "vfnet_box_refine": head.loss_bbox_refine.loss_weight,
    }
    named = {
        "vfnet_cls": losses["loss_cls"],
        "vfnet_box": losses["loss_bbox"] / weights["vfnet_box"],
        "vfnet_box_refine": losses["loss_bbox_rf"] / weights["vfnet_box_refine"],
    }
    sizes = level_sizes(padded)
    anchors = head.atss_prior_generator.grid_priors(sizes, device="cpu")
    valid = head.atss_prior_generator.valid_flags(sizes, padded, device="cpu")
    points = torch.cat(head.fcos_prior_generator.grid_priors(sizes, device="cpu"))
    assigned = [match(head, anchors, valid, truth) for truth in truths]
    encoded = [
        head.bbox_coder.encode(points, image.boxes[indices.clamp(min=0)])
        if len(image.boxes)
        else torch.zeros(len(points), 4)
        for image, indices in zip(images, assigned)
    ]
    tensors = bundle(
        "vfnet",
        images,
        predictions,
        variables,
        torch.cat(anchors),
        assigned,
        encoded,
        named,
        weights,
    )
    # The recipe has a stage for refined boxes, which are matched to the same.
    return tensors | {
        f"expected/refine.{name}": tensors[f"expected/vfnet.{name}"].clone()
        for name in ("assigned", "box_targets")
    }


def make_head(class_count: int) -> Head:
    """The head as vfnet_r50_fpn configures it, but for the number of classes and channels."""
    return Head(
        num_classes=class_count,
        in_channels=32,
        stacked_convs=1,
        feat_channels=32,
        strides=list(STRIDES),
        train_cfg={
            "assigner": {"type": "ATSSAssigner", "topk": 9},
            "allowed_border": -1,
            "pos_weight": -1,
            "debug": False,
        },
    )
