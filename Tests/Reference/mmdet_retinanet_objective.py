"""The objective of mmdetection's RetinaNet, by its own head."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from dense_objective import STRIDES, bundle, head_outputs, levels
from mmdet.models.dense_heads import RetinaHead
from mmdet_inputs import encode, truths_and_metas
from mmengine.structures import InstanceData
from scenes import CLASS_COUNT, Image
from torch import Tensor

ANCHORS_PER_CELL = 9
PARAMETERS = {"retinanet": {"positive_iou": 0.5, "negative_iou": 0.4}}


def make_mmdet_retinanet_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 128."""
    head = make_head()
    widths = {
        "cls_score": ANCHORS_PER_CELL * CLASS_COUNT,
        "bbox_pred": ANCHORS_PER_CELL * 4,
    }
    predictions, variables = head_outputs(widths, len(images), padded, seed)
    outputs = [levels(name, variables) for name in widths]
    truths, metas = truths_and_metas(images, [padded] * len(images))
    losses = head.loss_by_feat(*outputs, truths, metas)
    named = {
        "retinanet_cls": sum(losses["loss_cls"]),
        "retinanet_box": sum(losses["loss_bbox"]),
    }
    sizes = [(padded[0] // stride, padded[1] // stride) for stride in STRIDES]
    anchors = torch.cat(head.prior_generator.grid_priors(sizes, device="cpu"))
    assigned = [match(head, anchors, truth) for truth in truths]
    encoded = encode(head, anchors, images, assigned)
    return bundle(
        "retinanet", images, predictions, variables, anchors, assigned, encoded, named
    )


def make_head() -> RetinaHead:
    """The head as retinanet_r50_fpn configures it, but for the number of classes and channels."""
    return RetinaHead(
        num_classes=CLASS_COUNT,
        in_channels=8,
        stacked_convs=1,
        feat_channels=8,
        anchor_generator={
            "type": "AnchorGenerator",
            "octave_base_scale": 4,
            "scales_per_octave": 3,
            "ratios": [0.5, 1.0, 2.0],
            "strides": list(STRIDES),
        },
        bbox_coder={
            "type": "DeltaXYWHBBoxCoder",
            "target_means": [0.0, 0.0, 0.0, 0.0],
            "target_stds": [1.0, 1.0, 1.0, 1.0],
        },
        loss_cls={"type": "FocalLoss", "use_sigmoid": True, "gamma": 2.0, "alpha": 0.25},
        loss_bbox={"type": "L1Loss"},
        train_cfg={
            "assigner": {
                "type": "MaxIoUAssigner",
                "pos_iou_thr": 0.5,
                "neg_iou_thr": 0.4,
                "min_pos_iou": 0,
                "ignore_iof_thr": -1,
            },
            "sampler": {"type": "PseudoSampler"},
            "allowed_border": -1,
            "pos_weight": -1,
            "debug": False,
        },
    )


def match(head: RetinaHead, anchors: Tensor, truth: InstanceData) -> Tensor:
    """The assigner's ground truths from 0, -1 for background and -2 for neither.

    Fails where IoU in double precision would give others.
    """
    single, double = (
        head.assigner.assign(
            InstanceData(priors=anchors.to(kind)),
            InstanceData(bboxes=truth.bboxes.to(kind), labels=truth.labels),
        ).gt_inds
        for kind in (torch.float32, torch.float64)
    )
    assert torch.equal(single, double)
    return torch.where(single < 0, -2, single - 1)
