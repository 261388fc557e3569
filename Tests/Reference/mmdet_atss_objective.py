"""The objective of mmdetection's ATSS, by its own head."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from dense_objective import STRIDES, bundle, head_outputs, levels
from mmdet.models.dense_heads import ATSSHead
from mmdet_inputs import encode, truths_and_metas
from mmengine.structures import InstanceData
from scenes import CLASS_COUNT, Image
from torch import Tensor

WIDTHS = {"cls_score": CLASS_COUNT, "bbox_pred": 4, "centerness": 1}
PARAMETERS = {"atss": {"candidates": 9}}


def make_mmdet_atss_objective(
    images: list[Image], padded: tuple[int, int], seed: int, divisor: int | None = None
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 128.

    With a `divisor`, each image by itself is padded to a multiple of it alone, beyond which anchors are
    ignored.
    """
    head = make_head(CLASS_COUNT)
    predictions, variables = head_outputs(WIDTHS, len(images), padded, seed)
    outputs = [levels(name, variables) for name in WIDTHS]
    sides = [padded] * len(images)
    if divisor is not None:
        sides = [tuple(-(-side // divisor) * divisor for side in image.size) for image in images]
    truths, metas = truths_and_metas(images, sides)
    losses = head.loss_by_feat(*outputs, truths, metas)
    named = {
        "atss_cls": sum(losses["loss_cls"]),
        "atss_box": sum(losses["loss_bbox"]) / head.loss_bbox.loss_weight,
        "atss_centerness": sum(losses["loss_centerness"]),
    }
    sizes = [(padded[0] // stride, padded[1] // stride) for stride in STRIDES]
    anchors = head.prior_generator.grid_priors(sizes, device="cpu")
    valid = [head.prior_generator.valid_flags(sizes, size, device="cpu") for size in sides]
    assigned = [match(head, anchors, flags, truth) for flags, truth in zip(valid, truths)]
    anchors = torch.cat(anchors)
    encoded = encode(head, anchors, images, assigned)
    tensors = bundle(
        "atss",
        images,
        predictions,
        variables,
        anchors,
        assigned,
        encoded,
        named,
        weights={"atss_box": head.loss_bbox.loss_weight},
    )
    return tensors if divisor is None else tensors | {"padded_sizes": torch.tensor(sides)}


def make_head(class_count: int) -> ATSSHead:
    """The head as atss_r50_fpn configures it, but for the number of classes and channels."""
    return ATSSHead(
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
        bbox_coder={
            "type": "DeltaXYWHBBoxCoder",
            "target_means": [0.0, 0.0, 0.0, 0.0],
            "target_stds": [0.1, 0.1, 0.2, 0.2],
        },
        loss_cls={"type": "FocalLoss", "use_sigmoid": True, "gamma": 2.0, "alpha": 0.25},
        loss_bbox={"type": "GIoULoss", "loss_weight": 2.0},
        loss_centerness={"type": "CrossEntropyLoss", "use_sigmoid": True},
        train_cfg={
            "assigner": {"type": "ATSSAssigner", "topk": 9},
            "allowed_border": -1,
            "pos_weight": -1,
            "debug": False,
        },
    )


def match(
    head: ATSSHead, anchors: list[Tensor], valid: list[Tensor], truth: InstanceData
) -> Tensor:
    """The assigner's ground truths from 0, -1 for background, and -2 for what isn't valid.

    Fails where double precision, or centres that lie a millionth of a pixel elsewhere, would give others:
    where anchors are equally near, torch.topk takes any of them.
    """
    counts = [int(flags.sum()) for flags in valid]
    flags = torch.cat(valid)
    priors = torch.cat(anchors)[flags]
    shift = 1e-6 * torch.randn(len(priors), 2, generator=torch.Generator().manual_seed(0))
    found = [
        head.assigner.assign(
            InstanceData(priors=moved), counts, InstanceData(bboxes=boxes, labels=truth.labels)
        ).gt_inds
        for moved, boxes in (
            (priors, truth.bboxes),
            (priors.double(), truth.bboxes.double()),
            (priors.double() + shift.double().repeat(1, 2), truth.bboxes.double()),
        )
    ]
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])
    result = torch.full((len(flags),), -2)
    result[flags] = found[0] - 1
    return result
