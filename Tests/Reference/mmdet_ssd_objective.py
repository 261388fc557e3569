"""The objective of mmdetection's SSD, by its own head."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from dense_objective import bundle
from mmdet.models.dense_heads import SSDHead
from mmdet_inputs import encode, truths_and_metas
from mmengine.structures import InstanceData
from scenes import CLASS_COUNT, Image
from ssd_objective import RATIOS, STRIDES, head_outputs, map_sizes, outputs
from torch import Tensor

PARAMETERS = {"ssd": {"positive_iou": 0.5, "negatives_per_positive": 3}}


def make_mmdet_ssd_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch."""
    head = make_head(CLASS_COUNT)
    names = ("cls_score", "bbox_pred")
    predictions, variables = head_outputs(names, len(images), padded, seed)
    truths, metas = truths_and_metas(images, [padded] * len(images))
    losses = head.loss_by_feat(*[outputs(name, variables) for name in names], truths, metas)
    named = {"ssd_cls": sum(losses["loss_cls"]).sum(), "ssd_box": sum(losses["loss_bbox"])}
    anchors = torch.cat(head.prior_generator.grid_priors(map_sizes(padded), device="cpu"))
    assigned = [match(head, anchors, truth) for truth in truths]
    encoded = encode(head, anchors, images, assigned)
    return bundle("ssd", images, predictions, variables, anchors, assigned, encoded, named)


def make_head(class_count: int) -> SSDHead:
    """The head as ssd300 configures it, but for the number of classes and channels."""
    return SSDHead(
        num_classes=class_count,
        in_channels=(8,) * len(STRIDES),
        anchor_generator={
            "type": "SSDAnchorGenerator",
            "scale_major": False,
            "input_size": 300,
            "basesize_ratio_range": (0.15, 0.9),
            "strides": list(STRIDES),
            "ratios": RATIOS,
        },
        bbox_coder={
            "type": "DeltaXYWHBBoxCoder",
            "target_means": [0.0, 0.0, 0.0, 0.0],
            "target_stds": [0.1, 0.1, 0.2, 0.2],
        },
        train_cfg={
            "assigner": {
                "type": "MaxIoUAssigner",
                "pos_iou_thr": 0.5,
                "neg_iou_thr": 0.5,
                "min_pos_iou": 0.0,
                "ignore_iof_thr": -1,
                "gt_max_assign_all": False,
            },
            "sampler": {"type": "PseudoSampler"},
            "smoothl1_beta": 1.0,
            "allowed_border": -1,
            "pos_weight": -1,
            "neg_pos_ratio": 3,
            "debug": False,
        },
    )


def match(head: SSDHead, anchors: Tensor, truth: InstanceData) -> Tensor:
    """The assigner's ground truths from 0, and -1 for background; fails where double precision gives others."""
    found = [
        head.assigner.assign(
            InstanceData(priors=priors), InstanceData(bboxes=boxes, labels=truth.labels)
        ).gt_inds
        for priors, boxes in (
            (anchors, truth.bboxes),
            (anchors.double(), truth.bboxes.double()),
        )
    ]
    assert torch.equal(*found)
    return found[0] - 1
