"""The objective of mmdetection's Sparse R-CNN, by its own heads."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.roi_heads.bbox_heads import DIIHead
from mmdet.models.task_modules.assigners import HungarianAssigner
from mmdet.models.task_modules.samplers import PseudoSampler
from mmdet_inputs import truths_and_metas
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

STAGES = 6
PARAMETERS = {"rcnn": {"stages": STAGES, "deviations": [0.5, 0.5, 1.0, 1.0]}}


def make_mmdet_sparse_rcnn_objective(images: list[Image], seed: int) -> dict[str, Tensor]:
    """The tensors of the bundle; stages refine the proposals, each the boxes of the one before."""
    proposals = [image.proposals for image in images]
    tensors = ground_truth_tensors(images) | proposal_tensors(proposals)
    tensors["expected/rcnn_0.priors"] = proposals[0]
    predictions: dict[str, Tensor] = {}
    variables: dict[str, Tensor] = {}
    losses: dict[str, Tensor] = {}
    total = torch.zeros((), dtype=torch.float64)
    for stage in range(STAGES):
        made = random_predictions(
            {
                f"cls_score_{stage}": (sum(map(len, proposals)), CLASS_COUNT),
                f"bbox_pred_{stage}": (sum(map(len, proposals)), 4),
            },
            seed + stage,
        )
        predictions |= made
        variables |= as_variables(made)
        more, found, proposals = refine(images, proposals, stage, predictions, variables)
        tensors |= more
        weights = {"rcnn_cls": 2.0, "rcnn_box": 5.0, "rcnn_giou": 2.0}
        for (name, weight), loss in zip(weights.items(), found):
            losses[f"rcnn_{stage}.{name}"] = loss / weight
            total = total + loss
    return tensors | predictions | loss_tensors(losses) | gradients(total, variables)


def refine(
    images: list[Image],
    proposals: list[Tensor],
    stage: int,
    predictions: dict[str, Tensor],
    variables: dict[str, Tensor],
) -> tuple[dict[str, Tensor], list[Tensor], list[Tensor]]:
    """Assignment of a stage, its losses, and the next one's proposals."""
    head = make_head()
    assigner = make_assigner()
    truths, metas = truths_and_metas(images, [image.size for image in images])
    counts = [len(boxes) for boxes in proposals]
    scores, deltas = variables[f"cls_score_{stage}"], variables[f"bbox_pred_{stage}"]
    # As refine_bboxes, whose coder clips nothing here.
    decoded = head.bbox_coder.decode(torch.cat(proposals).double(), deltas)
    single = head.bbox_coder.decode(torch.cat(proposals), predictions[f"bbox_pred_{stage}"])
    samples, assigned = [], []
    for image in range(len(images)):
        found = []
        for boxes, logits in (
            (single, predictions[f"cls_score_{stage}"]),
            (decoded.detach(), scores.detach()),
        ):
            predicted = InstanceData(
                bboxes=boxes.split(counts)[image], scores=logits.split(counts)[image]
            )
            predicted.priors = predicted.bboxes
            truth = InstanceData(
                bboxes=truths[image].bboxes.to(boxes.dtype), labels=truths[image].labels
            )
            found.append(assigner.assign(predicted, truth, img_meta=metas[image]))
        assert torch.equal(found[0].gt_inds, found[1].gt_inds)
        assigned.append(found[0].gt_inds - 1)
        samples.append(PseudoSampler().sample(found[1], predicted, truth))
    sides = torch.cat(
        [
            torch.tensor([image.size[::-1] * 2], dtype=torch.float64).repeat(count, 1)
            for image, count in zip(images, counts)
        ]
    )
    found = head.loss_and_target(
        scores, decoded, samples, ConfigDict(pos_weight=-1), imgs_whwh=sides
    )["loss_bbox"]
    return (
        {
            f"expected/rcnn_{stage}.assigned": torch.cat(assigned),
            f"expected/rcnn_{stage}.box_targets": torch.cat(
                [
                    encode(head, boxes, image, indices)
                    for boxes, image, indices in zip(proposals, images, assigned)
                ]
            ),
        },
        [found[name] for name in ("loss_cls", "loss_bbox", "loss_iou")],
        list(single.split(counts)),
    )


def encode(head: DIIHead, priors: Tensor, image: Image, indices: Tensor) -> Tensor:
    """The matched boxes as the coder has them; what isn't matched is anything."""
    if len(image.boxes) == 0:
        return torch.zeros(len(indices), 4)
    return head.bbox_coder.encode(priors, image.boxes[indices.clamp(min=0)])


def make_assigner() -> HungarianAssigner:
    """The assigner as sparse-rcnn_r50_fpn configures it."""
    return HungarianAssigner(
        match_costs=[
            {"type": "FocalLossCost", "weight": 2.0},
            {"type": "BBoxL1Cost", "weight": 5.0, "box_format": "xyxy"},
            {"type": "IoUCost", "iou_mode": "giou", "weight": 2.0},
        ]
    )


def make_head() -> DIIHead:
    """The head as sparse-rcnn_r50_fpn configures it, but for the numbers of classes and channels."""
    return DIIHead(
        num_classes=CLASS_COUNT,
        num_ffn_fcs=2,
        num_heads=2,
        num_cls_fcs=1,
        num_reg_fcs=3,
        feedforward_channels=8,
        in_channels=8,
        dynamic_conv_cfg={
            "type": "DynamicConv",
            "in_channels": 8,
            "feat_channels": 4,
            "out_channels": 8,
            "input_feat_shape": 7,
            "act_cfg": {"type": "ReLU", "inplace": True},
            "norm_cfg": {"type": "LN"},
        },
        loss_bbox={"type": "L1Loss", "loss_weight": 5.0},
        loss_iou={"type": "GIoULoss", "loss_weight": 2.0},
        loss_cls={
            "type": "FocalLoss",
            "use_sigmoid": True,
            "gamma": 2.0,
            "alpha": 0.25,
            "loss_weight": 2.0,
        },
        bbox_coder={
            "type": "DeltaXYWHBBoxCoder",
            "clip_border": False,
            "target_means": [0.0, 0.0, 0.0, 0.0],
            "target_stds": [0.5, 0.5, 1.0, 1.0],
        },
    )
