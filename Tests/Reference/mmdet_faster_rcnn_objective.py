"""The objectives of mmdetection's Faster R-CNN and Libra R-CNN with a feature pyramid, by their own heads."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.dense_heads import RPNHead
from mmdet.models.roi_heads.bbox_heads import Shared2FCBBoxHead
from mmdet.models.task_modules.assigners import MaxIoUAssigner
from mmdet.models.task_modules.samplers import CombinedSampler, RandomSampler, SamplingResult
from mmdet_inputs import encode, truths_and_metas
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData
from scenes import (
    CLASS_COUNT,
    Image,
    as_variables,
    gradients,
    ground_truth_tensors,
    loss_tensors,
    proposal_tensors,
    random_predictions,
)
from torch import Tensor

STRIDES = (4, 8, 16, 32, 64)
ANCHORS_PER_CELL = 3
DRAWN = {"rpn": 256, "rcnn": 64}
PARAMETERS = {
    "rpn": {"positive_iou": 0.7, "negative_iou": 0.3, "count": DRAWN["rpn"]},
    "rcnn": {"positive_iou": 0.5, "negative_iou": 0.5, "count": DRAWN["rcnn"]},
}


L1 = {"type": "L1Loss", "loss_weight": 1.0}
BALANCED = {
    "type": "BalancedL1Loss",
    "alpha": 0.5,
    "gamma": 1.5,
    "beta": 1.0,
    "loss_weight": 1.0,
}


class RecordingSampler:
    """Samples as the sampler it wraps does, and keeps each draw as one 0/1 mask an image."""

    def __init__(self, sampler: RandomSampler | CombinedSampler) -> None:
        self.sampler = sampler
        self.drawn: list[Tensor] = []

    def sample(self, assigned: object, *arguments: object, **more: object) -> SamplingResult:
        """The sample of one image."""
        result = self.sampler.sample(assigned, *arguments, **more)
        mask = torch.zeros(len(assigned.gt_inds), dtype=torch.uint8)
        mask[torch.cat([result.pos_inds, result.neg_inds])] = 1
        self.drawn.append(mask)
        return result


def make_mmdet_faster_rcnn_objective(
    images: list[Image], padded: tuple[int, int], seed: int, libra: bool = False
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 64."""
    sizes = [(padded[0] // stride, padded[1] // stride) for stride in STRIDES]
    count = sum(len(image.proposals) + len(image.boxes) for image in images)
    shapes = {
        f"{name}_{level}": (len(images), ANCHORS_PER_CELL * width, *size)
        for name, width in (("rpn_cls_score", 1), ("rpn_bbox_pred", 4))
        for level, size in enumerate(sizes)
    } | {"cls_score": (count, CLASS_COUNT + 1), "bbox_pred": (count, 4 * CLASS_COUNT)}
    predictions = random_predictions(shapes, seed)
    variables = as_variables(predictions)
    torch.manual_seed(seed)
    limit = 5 if libra else -1
    first, rpn_losses = rpn_stage(images, padded, sizes, variables, L1, limit)
    second, proposals, rcnn_losses = rcnn_stage(images, variables, libra)
    losses = rpn_losses | rcnn_losses
    return (
        ground_truth_tensors(images)
        | proposal_tensors(proposals)
        | predictions
        | first
        | second
        | loss_tensors(losses)
        | gradients(sum(losses.values()), variables)
    )


def rpn_stage(
    images: list[Image],
    padded: tuple[int, int],
    sizes: list[tuple[int, int]],
    variables: dict[str, Tensor],
    loss_bbox: dict,
    negatives_per_positive: int = -1,
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Assignment, targets and draw of the first stage, and its two losses."""
    head = make_rpn(loss_bbox)
    head.sampler.neg_pos_ub = negatives_per_positive
    head.sampler = RecordingSampler(head.sampler)
    truths, metas = truths_and_metas(images, [padded] * len(images))
    for truth in truths:
        truth.labels = torch.zeros_like(truth.labels)
    outputs = [
        [variables[f"{name}_{level}"] for level in range(len(STRIDES))]
        for name in ("rpn_cls_score", "rpn_bbox_pred")
    ]
    losses = head.loss_by_feat(*outputs, truths, metas)
    anchors = torch.cat(head.prior_generator.grid_priors(sizes, device="cpu"))
    assigned = [match(head.assigner, anchors, truth) for truth in truths]
    indices = torch.cat(assigned)
    encoded = torch.cat(encode(head, anchors, images, assigned))
    tensors = {
        "rpn.sampled": torch.cat(head.sampler.drawn),
        "expected/rpn.priors": anchors,
        "expected/rpn.assigned": indices,
        "expected/rpn.box_targets": torch.where(indices[:, None] >= 0, encoded, 0.0),
    }
    named = {"rpn_cls": sum(losses["loss_rpn_cls"]), "rpn_box": sum(losses["loss_rpn_bbox"])}
    return tensors, named


def rcnn_stage(
    images: list[Image], variables: dict[str, Tensor], libra: bool
) -> tuple[dict[str, Tensor], list[Tensor], dict[str, Tensor]]:
    """Assignment, targets and draw of the second stage, its priors, and its two losses."""
    head = make_bbox_head(reg_class_agnostic=False, loss_bbox=BALANCED if libra else L1)
    assigner = MaxIoUAssigner(0.5, 0.5, min_pos_iou=0.5, match_low_quality=False)
    sampler = RecordingSampler(make_sampler(libra))
    truths, _ = truths_and_metas(images, [images[0].size] * len(images))
    # The sampler puts the ground truths before the proposals.
    priors = [torch.cat([image.boxes, image.proposals]) for image in images]
    samples, assigned, encoded, rows = [], [], [], []
    start = 0
    for image, truth, boxes in zip(images, truths, priors):
        proposals = InstanceData(priors=image.proposals)
        sample = sampler.sample(assigner.assign(proposals, truth), proposals, truth)
        samples.append(sample)
        assigned.append(match(assigner, boxes, truth))
        encoded += encode_matched(head, boxes, image, assigned[-1])
        rows.append(start + torch.cat([sample.pos_inds, sample.neg_inds]))
        start += len(boxes)
    drawn = torch.cat(rows)
    losses = head.loss_and_target(
        variables["cls_score"][drawn],
        variables["bbox_pred"][drawn],
        torch.zeros(len(drawn), 5),
        samples,
        ConfigDict(pos_weight=-1),
    )["loss_bbox"]
    tensors = {
        "rcnn.sampled": torch.cat(sampler.drawn),
        "expected/rcnn.assigned": torch.cat(assigned),
        "expected/rcnn.box_targets": torch.stack(encoded),
    }
    return tensors, priors, {"rcnn_cls": losses["loss_cls"], "rcnn_box": losses["loss_bbox"]}


def make_sampler(libra: bool) -> RandomSampler | CombinedSampler:
    """The sampler of the second stage."""
    if not libra:
        return RandomSampler(DRAWN["rcnn"], 0.25, add_gt_as_proposals=True)
    return CombinedSampler(
        num=DRAWN["rcnn"],
        pos_fraction=0.25,
        add_gt_as_proposals=True,
        pos_sampler={"type": "InstanceBalancedPosSampler"},
        neg_sampler={
            "type": "IoUBalancedNegSampler",
            "floor_thr": -1,
            "floor_fraction": 0,
            "num_bins": 3,
        },
    )


def encode_matched(
    head: Shared2FCBBoxHead, priors: Tensor, image: Image, indices: Tensor
) -> list[Tensor]:
    """The matched boxes as the head's coder has them, zero where nothing is matched."""
    if len(image.boxes) == 0:
        return list(torch.zeros_like(priors))
    encoded = head.bbox_coder.encode(priors, image.boxes[indices.clamp(min=0)])
    return list(torch.where(indices[:, None] >= 0, encoded, 0.0))


def make_rpn(loss_bbox: dict) -> RPNHead:
    """The first stage as faster-rcnn_r50_fpn configures it, but for the number of channels."""
    return RPNHead(
        in_channels=8,
        feat_channels=8,
        anchor_generator={
            "type": "AnchorGenerator",
            "scales": [8],
            "ratios": [0.5, 1.0, 2.0],
            "strides": list(STRIDES),
        },
        bbox_coder={
            "type": "DeltaXYWHBBoxCoder",
            "target_means": [0.0, 0.0, 0.0, 0.0],
            "target_stds": [1.0, 1.0, 1.0, 1.0],
        },
        loss_cls={"type": "CrossEntropyLoss", "use_sigmoid": True, "loss_weight": 1.0},
        loss_bbox=loss_bbox,
        train_cfg=ConfigDict(
            assigner={
                "type": "MaxIoUAssigner",
                "pos_iou_thr": 0.7,
                "neg_iou_thr": 0.3,
                "min_pos_iou": 0.3,
                "match_low_quality": True,
                "ignore_iof_thr": -1,
            },
            sampler={
                "type": "RandomSampler",
                "num": DRAWN["rpn"],
                "pos_fraction": 0.5,
                "neg_pos_ub": -1,
                "add_gt_as_proposals": False,
            },
            allowed_border=-1,
            pos_weight=-1,
            debug=False,
        ),
    )


def make_bbox_head(**changes: object) -> Shared2FCBBoxHead:
    """A second stage as mmdetection configures it, but for the numbers of classes and channels."""
    return Shared2FCBBoxHead(
        in_channels=8,
        fc_out_channels=8,
        roi_feat_size=1,
        num_classes=CLASS_COUNT,
        bbox_coder={
            "type": "DeltaXYWHBBoxCoder",
            "target_means": [0.0, 0.0, 0.0, 0.0],
            "target_stds": [0.1, 0.1, 0.2, 0.2],
        },
        loss_cls={"type": "CrossEntropyLoss", "use_sigmoid": False, "loss_weight": 1.0},
        **changes,
    )


def match(assigner: MaxIoUAssigner, priors: Tensor, truth: InstanceData) -> Tensor:
    """Ground truths from 0, -1 and -2 for what is neither; fails where double precision gives others."""
    found = [
        assigner.assign(
            InstanceData(priors=boxes), InstanceData(bboxes=objects, labels=truth.labels)
        ).gt_inds
        for boxes, objects in (
            (priors, truth.bboxes),
            (priors.double(), truth.bboxes.double()),
        )
    ]
    assert torch.equal(*found)
    return found[0] - 1
