"""The objective of mmdetection's Cascade R-CNN, by its own heads."""

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.roi_heads.bbox_heads import Shared2FCBBoxHead
from mmdet.models.task_modules.assigners import MaxIoUAssigner
from mmdet.models.task_modules.samplers import RandomSampler
from mmdet_faster_rcnn_objective import (
    ANCHORS_PER_CELL,
    STRIDES,
    RecordingSampler,
    encode_matched,
    make_bbox_head,
    match,
    rpn_stage,
)
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

DRAWN = 64
DEVIATIONS = ((0.1, 0.1, 0.2, 0.2), (0.05, 0.05, 0.1, 0.1), (0.033, 0.033, 0.067, 0.067))
THRESHOLDS = (0.5, 0.6, 0.7)
WEIGHTS = (1.0, 0.5, 0.25)
PARAMETERS = {"rcnn": {"positive_iou": THRESHOLDS, "count": DRAWN, "weights": WEIGHTS}}


def make_mmdet_cascade_objective(
    images: list[Image], padded: tuple[int, int], seed: int
) -> dict[str, Tensor]:
    """The tensors of the bundle; `padded` is the size (height, width) of the batch, a multiple of 64.

    Predictions have rows for all priors of a stage: proposals, or what the stage before refined, and then the
    ground truths.
    """
    sizes = [(padded[0] // stride, padded[1] // stride) for stride in STRIDES]
    shapes = {
        f"{name}_{level}": (len(images), ANCHORS_PER_CELL * width, *size)
        for name, width in (("rpn_cls_score", 1), ("rpn_bbox_pred", 4))
        for level, size in enumerate(sizes)
    }
    predictions = random_predictions(shapes, seed)
    variables = as_variables(predictions)
    torch.manual_seed(seed)
    smooth = {"type": "SmoothL1Loss", "beta": 1.0 / 9.0, "loss_weight": 1.0}
    tensors, losses = rpn_stage(images, padded, sizes, variables, smooth)
    total = sum(losses.values())
    proposals = [image.proposals for image in images]
    for stage, weight in enumerate(WEIGHTS):
        more, values, refined = refine(images, proposals, stage, seed, predictions, variables)
        losses |= values
        total = total + weight * sum(values.values())
        tensors |= more
        proposals = refined
    return (
        ground_truth_tensors(images)
        | proposal_tensors([image.proposals for image in images])
        | predictions
        | tensors
        | loss_tensors(losses)
        | gradients(total, variables)
    )


def refine(
    images: list[Image],
    proposals: list[Tensor],
    stage: int,
    seed: int,
    predictions: dict[str, Tensor],
    variables: dict[str, Tensor],
) -> tuple[dict[str, Tensor], dict[str, Tensor], list[Tensor]]:
    """Assignment, targets and draw of a stage, its losses, and the next one's proposals."""
    head = make_head(stage)
    assigner = MaxIoUAssigner(
        THRESHOLDS[stage], THRESHOLDS[stage], min_pos_iou=THRESHOLDS[stage], match_low_quality=False
    )
    sampler = RecordingSampler(RandomSampler(DRAWN, 0.25, add_gt_as_proposals=True))
    truths, metas = truths_and_metas(images, [images[0].size] * len(images))
    priors = [torch.cat([boxes, image.boxes]) for boxes, image in zip(proposals, images)]
    count = sum(len(boxes) for boxes in priors)
    shapes = {
        f"cls_score_{stage}": (count, CLASS_COUNT + 1),
        f"bbox_pred_{stage}": (count, 4),
    }
    made = random_predictions(shapes, seed + 1 + stage)
    predictions |= made
    variables |= as_variables(made)
    samples, assigned, encoded, rows, masks = [], [], [], [], []
    start = 0
    for image, boxes, truth, all_boxes in zip(images, proposals, truths, priors):
        given = InstanceData(priors=boxes)
        sample = sampler.sample(assigner.assign(given, truth), given, truth)
        samples.append(sample)
        # mmdetection has the ground truths first.
        objects = len(image.boxes)
        order = torch.cat([torch.arange(len(boxes)) + objects, torch.arange(objects)])
        masks.append(sampler.drawn[-1][order])
        drawn = torch.cat([sample.pos_inds, sample.neg_inds])
        rows.append(start + torch.argsort(order)[drawn])
        assigned.append(match(assigner, all_boxes, truth))
        encoded += encode_matched(head, all_boxes, image, assigned[-1])
        start += len(all_boxes)
    drawn = torch.cat(rows)
    owners = torch.arange(len(images)).repeat_interleave(torch.tensor([len(r) for r in rows]))
    rois = torch.cat([owners[:, None].float(), torch.cat(priors)[drawn]], dim=1)
    results = {
        "rois": rois,
        "cls_score": variables[f"cls_score_{stage}"][drawn],
        "bbox_pred": variables[f"bbox_pred_{stage}"][drawn],
    }
    found = head.loss_and_target(
        results["cls_score"], results["bbox_pred"], rois, samples, ConfigDict(pos_weight=-1)
    )
    results["bbox_targets"] = found["bbox_targets"]
    with torch.no_grad():
        single = results | {"bbox_pred": predictions[f"bbox_pred_{stage}"][drawn]}
        refined = head.refine_bboxes(samples, single, metas)
    name = f"rcnn_{stage}"
    losses = found["loss_bbox"]
    return (
        {
            f"{name}.sampled": torch.cat(masks),
            f"expected/{name}.assigned": torch.cat(assigned),
            f"expected/{name}.box_targets": torch.stack(encoded),
        },
        {f"{name}.rcnn_cls": losses["loss_cls"], f"{name}.rcnn_box": losses["loss_bbox"]},
        [in_order(*parts) for parts in zip(refined, samples)],
    )


def in_order(refined: InstanceData, sample: object) -> Tensor:
    """The refined boxes in the order of the priors: mmdetection has those of positives first."""
    places = torch.cat([sample.pos_inds[sample.pos_is_gt == 0], sample.neg_inds])
    return refined.bboxes[torch.argsort(places)]


def make_head(stage: int) -> Shared2FCBBoxHead:
    """A head as cascade-rcnn_r50_fpn configures it, but for the numbers of classes and channels."""
    head = make_bbox_head(
        reg_class_agnostic=True,
        loss_bbox={"type": "SmoothL1Loss", "beta": 1.0, "loss_weight": 1.0},
    )
    head.bbox_coder.stds = DEVIATIONS[stage]
    return head
