"""The objective of mmdetection's GFL, by its own head."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from dense_objective import STRIDES, bundle, head_outputs, level_sizes, levels
from mmdet.models.dense_heads import GFLHead
from mmdet_atss_objective import match
from mmdet_inputs import truths_and_metas
from scenes import CLASS_COUNT, Image
from torch import Tensor

LARGEST = 16
WIDTHS = {"cls_score": CLASS_COUNT, "bbox_pred": 4 * (LARGEST + 1)}


class Head(GFLHead):
    """The head, whose scores are double-precision numbers as its outputs are."""

    def _get_targets_single(self, *args: object, **kwargs: object) -> tuple:
        anchors, labels, weights, *others = super()._get_targets_single(*args, **kwargs)
        return anchors, labels, weights.double(), *others


def make_mmdet_gfl_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch."""
    head = make_head(CLASS_COUNT, Head)
    predictions, variables = head_outputs(WIDTHS, len(images), padded, seed)
    outputs = [levels(name, variables) for name in WIDTHS]
    truths, metas = truths_and_metas(images, [padded] * len(images))
    # Integrals are linear maps, of the precision of their head.
    losses = head.double().loss_by_feat(*outputs, truths, metas)
    weights = {"gfl_box": head.loss_bbox.loss_weight, "gfl_dfl": head.loss_dfl.loss_weight}
    named = {
        "gfl_cls": sum(losses["loss_cls"]),
        "gfl_box": sum(losses["loss_bbox"]) / weights["gfl_box"],
        "gfl_dfl": sum(losses["loss_dfl"]) / weights["gfl_dfl"],
    }
    sizes = level_sizes(padded)
    anchors = head.prior_generator.grid_priors(sizes, device="cpu")
    valid = head.prior_generator.valid_flags(sizes, padded, device="cpu")
    assigned = [match(head, anchors, valid, truth) for truth in truths]
    units = torch.cat(
        [torch.full((len(level), 1), float(stride)) for level, stride in zip(anchors, STRIDES)]
    )
    anchors = torch.cat(anchors)
    centers = head.anchor_center(anchors) / units
    encoded = [
        head.bbox_coder.encode(centers, image.boxes[indices.clamp(min=0)] / units, LARGEST)
        if len(image.boxes)
        else torch.zeros_like(anchors)
        for image, indices in zip(images, assigned)
    ]
    return bundle(
        "gfl", images, predictions, variables, anchors, assigned, encoded, named, weights
    )


def make_head(class_count: int, kind: type[GFLHead] = GFLHead) -> GFLHead:
    """The head as gfl_r50_fpn configures it, but for the number of classes and channels."""
    return kind(
        num_classes=class_count,
        in_channels=32,
        stacked_convs=1,
        feat_channels=32,
        anchor_generator={
            "type": "AnchorGenerator",
            "ratios": [1.0],
            "octave_base_scale": 8,
            "scales_per_octave": 1,
            "strides": list(STRIDES),
        },
        loss_cls={"type": "QualityFocalLoss", "use_sigmoid": True, "beta": 2.0},
        loss_dfl={"type": "DistributionFocalLoss", "loss_weight": 0.25},
        reg_max=LARGEST,
        loss_bbox={"type": "GIoULoss", "loss_weight": 2.0},
        train_cfg={
            "assigner": {"type": "ATSSAssigner", "topk": 9},
            "allowed_border": -1,
            "pos_weight": -1,
            "debug": False,
        },
    )
