"""Matches of dense predictions, by assigners of mmdetection and ultralytics."""

from types import SimpleNamespace

import mmdetection  # noqa: F401 (first: it makes mmdet importable)
import torch
from mmdet.models.dense_heads import TOODHead, YOLOV3Head
from mmdet.models.task_modules.assigners import (
    CenterRegionAssigner,
    DynamicSoftLabelAssigner,
    GridAssigner,
    PointAssigner,
    SimOTAAssigner,
    TopkHungarianAssigner,
)
from mmdet.models.task_modules.prior_generators import YOLOAnchorGenerator
from mmengine.structures import InstanceData
from torch import Tensor
from ultralytics.utils.tal import TaskAlignedAssigner

CLASSES = 5
SIZE = (128, 160)
STRIDES = (8, 16, 32)
OBJECTS = (6, 15, 1, 0)


def dense_matches() -> dict[str, Tensor]:
    """A few scenes, with what each assigner makes of them."""
    tensors: dict[str, Tensor] = {}
    for case, objects in enumerate(OBJECTS):
        torch.manual_seed(100 + case)
        points = torch.cat([level(stride) for stride in STRIDES])
        gt_boxes, labels = ground_truths(objects), torch.randint(0, CLASSES, (objects,))
        boxes = predicted_boxes(points, gt_boxes)
        logits = 2 * torch.randn(len(points), CLASSES) - 1
        objectness = (2 * torch.randn(len(points), 1)).sigmoid()
        scores = logits.sigmoid()
        truth = InstanceData(bboxes=gt_boxes, labels=labels)
        prefix = f"dense_{case}"
        tensors |= {
            f"{prefix}.points": points,
            f"{prefix}.boxes": boxes,
            f"{prefix}.scores": scores,
            f"{prefix}.objectness": objectness[:, 0].contiguous(),
            f"{prefix}.gt_boxes": gt_boxes,
            f"{prefix}.gt_labels": labels + 1,
        }
        results = {
            "task_aligned": task_aligned(points, boxes, scores, truth),
            "task_aligned_ultralytics": ultralytics(points, boxes, scores, truth),
            "sim_ota": by_cost(
                SimOTAAssigner(), points, boxes, (scores * objectness).sqrt(), truth
            ),
            "sim_ota_scores": by_cost(SimOTAAssigner(1.5, 5, 2.0, 0.5), points, boxes, scores, truth),
            "dynamic_soft_label": by_cost(DynamicSoftLabelAssigner(), points, boxes, logits, truth),
        }
        for name, (matches, quality) in results.items():
            tensors[f"{prefix}.match.{name}"] = matches
            tensors[f"{prefix}.quality.{name}"] = quality
    return tensors


def more_matches(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """What other assigners make of the same scenes."""
    result: dict[str, Tensor] = {}
    for case in range(len(OBJECTS)):
        prefix = f"dense_{case}"
        points, scores, boxes, gt_boxes, labels = (
            tensors[f"{prefix}.{name}"]
            for name in ("points", "scores", "boxes", "gt_boxes", "gt_labels")
        )
        truth = InstanceData(bboxes=gt_boxes, labels=labels - 1)
        priors = InstanceData(priors=points[:, :3])
        for name, assigner in {"point": PointAssigner(4, 1), "point_3": PointAssigner(2, 3)}.items():
            result[f"{prefix}.match.{name}"] = assigner.assign(priors, truth).gt_inds - 1
        anchors, responsible = yolo_anchors(gt_boxes)
        result[f"{prefix}.anchors"] = anchors
        priors = InstanceData(priors=anchors, responsible_flags=responsible)
        for name, assigner in {
            "grid": GridAssigner(0.5, 0.5),
            "grid_low": GridAssigner(0.3, 0.2, min_pos_iou=0.1),
        }.items():
            result[f"{prefix}.match.{name}"] = assigner.assign(priors, truth).gt_inds - 1
        assigner = TopkHungarianAssigner(
            topk=4,
            cls_cost={"type": "ClassificationCost", "weight": 0.0},
            reg_cost={"type": "BBoxL1Cost", "weight": 5.0, "box_format": "xywh"},
            iou_cost={"type": "IoUCost", "iou_mode": "giou", "weight": 2.0},
        )
        found = assigner.assign(scores, boxes, gt_boxes, labels - 1, {"img_shape": SIZE})
        matches = found.gt_inds - 1
        quality = torch.zeros(len(points))
        for index in matches[matches >= 0].unique():
            # As DDQ's auxiliary loss has it; metrics and overlaps are those of the positives in order.
            of_object = matches[matches >= 0] == index
            metrics = found.assign_metrics[of_object]
            largest = found.max_overlaps[of_object].max()
            quality[matches == index] = metrics / (metrics.max() + 10e-8) * largest
        result[f"{prefix}.match.top_k_hungarian"] = matches
        result[f"{prefix}.quality.top_k_hungarian"] = quality
    return result


def shadowed_matches(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Matches of cores, with ignored regions; what has no match and lies in a shadow is ignored."""
    result: dict[str, Tensor] = {}
    for case in range(len(OBJECTS)):
        prefix = f"dense_{case}"
        points, boxes, labels = (
            tensors[f"{prefix}.{name}"] for name in ("points", "gt_boxes", "gt_labels")
        )
        priors = InstanceData(priors=squares(points))
        # Every fifth box is a region; classes are few, so that shadows are of the same one.
        truth = InstanceData(bboxes=boxes, labels=labels % 2)
        regions = InstanceData(bboxes=boxes[::5] + 7)
        for name, assigner in {
            "center_region": CenterRegionAssigner(0.2, 0.2),
            "center_region_wide": CenterRegionAssigner(0.4, 0.7, min_pos_iof=0.3, ignore_gt_scale=0.8),
            "center_region_dominant": CenterRegionAssigner(0.3, 0.9, foreground_dominate=True),
        }.items():
            found = assigner.assign(priors, truth, regions)
            matches = torch.where(found.gt_inds < 0, -2, found.gt_inds - 1)
            shadowed = torch.zeros(len(points), dtype=torch.bool)
            shadowed[found.get_extra_property("shadowed_labels")[:, 0]] = True
            matches[shadowed & (matches < 0)] = -2
            result[f"{prefix}.match.{name}"] = matches
    return result


def yolo_anchors(gt_boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Two anchors a cell, and which of them lie in cells of centres."""
    generator = YOLOAnchorGenerator(
        strides=list(STRIDES), base_sizes=[[(2 * s, 3 * s), (4 * s, 2 * s)] for s in STRIDES]
    )
    sizes = [(SIZE[0] // stride, SIZE[1] // stride) for stride in STRIDES]
    head = SimpleNamespace(num_levels=len(STRIDES), prior_generator=generator)
    flags = YOLOV3Head.responsible_flags(head, sizes, gt_boxes, "cpu")
    return torch.cat(generator.grid_priors(sizes, device="cpu")), torch.cat(flags)


def level(stride: int) -> Tensor:
    """The points of a level: x, y and the stride twice."""
    y, x = torch.meshgrid(*(torch.arange(side // stride) for side in SIZE), indexing="ij")
    centers = (torch.stack([x, y], dim=2).reshape(-1, 2) + 0.5) * stride
    return torch.cat([centers, torch.full_like(centers, stride)], dim=1)


def ground_truths(count: int) -> Tensor:
    """Boxes inside the image, every third of them smaller than the strides."""
    limit = torch.tensor(SIZE[::-1], dtype=torch.float32)
    sides = 12 + (limit / 2 - 12) * torch.rand(count, 2)
    sides[2::3] = 2 + 5 * torch.rand(len(sides[2::3]), 2)
    corners = torch.rand(count, 2) * (limit - sides)
    return torch.cat([corners, corners + sides], dim=1)


def predicted_boxes(points: Tensor, gt_boxes: Tensor) -> Tensor:
    """Boxes around points, of which half stray from ground truths around the point, and a few are inverted."""
    distances = points[:, 2:3] * (0.7 + 0.5 * torch.randn(len(points), 4)).exp()
    boxes = torch.cat([points[:, :2] - distances[:, :2], points[:, :2] + distances[:, 2:]], dim=1)
    for index, box in enumerate(gt_boxes):
        inside = ((points[:, :2] > box[:2]) & (points[:, :2] < box[2:])).all(dim=1)
        inside &= torch.rand(len(points)) < 0.5
        sides = (box[2:] - box[:2]).repeat(2)
        boxes[inside] = box + 0.2 * sides * torch.randn(int(inside.sum()), 4)
    inverted = torch.rand(len(points)) < 0.02
    boxes[inverted] = boxes[inverted][:, [2, 1, 0, 3]]
    return boxes


def squares(points: Tensor) -> Tensor:
    """Boxes with the sides of the strides around points."""
    return torch.cat([points[:, :2] - points[:, 2:] / 2, points[:, :2] + points[:, 2:] / 2], dim=1)


def task_aligned(
    points: Tensor, boxes: Tensor, scores: Tensor, truth: InstanceData
) -> tuple[Tensor, Tensor]:
    """Matches and normalized metrics as TOOD's head has them."""
    head = TOODHead(
        num_classes=CLASSES,
        in_channels=32,
        feat_channels=32,
        stacked_convs=1,
        anchor_type="anchor_free",
        initial_loss_cls={"type": "FocalLoss", "use_sigmoid": True, "activated": True},
        loss_cls={"type": "QualityFocalLoss", "use_sigmoid": True, "activated": True},
        loss_bbox={"type": "GIoULoss"},
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
    priors = squares(points)
    matches = head.alignment_assigner.assign(
        InstanceData(priors=priors, scores=scores, bboxes=boxes), truth
    ).gt_inds
    valid = torch.ones(len(points), dtype=torch.bool)
    meta = {"img_shape": SIZE}
    targets = head._get_targets_single(scores, boxes, priors, valid, truth, meta)
    return matches - 1, targets[-1]


def ultralytics(
    points: Tensor, boxes: Tensor, scores: Tensor, truth: InstanceData
) -> tuple[Tensor, Tensor]:
    """Matches and qualities as ultralytics' detection loss sets its assigner up."""
    count = len(truth.bboxes)
    assigner = TaskAlignedAssigner(topk=10, num_classes=CLASSES, alpha=0.5, beta=6.0)
    _, _, quality, positive, matches = assigner(
        scores[None],
        boxes[None],
        points[:, :2],
        truth.labels[None, :, None],
        truth.bboxes[None],
        torch.ones(1, count, 1, dtype=torch.bool),
    )
    matches = torch.where(positive[0].bool(), matches[0].long(), -1)
    quality = quality[0].amax(dim=1) * (matches >= 0)
    return matches, quality


def by_cost(
    assigner: SimOTAAssigner | DynamicSoftLabelAssigner,
    points: Tensor,
    boxes: Tensor,
    scores: Tensor,
    truth: InstanceData,
) -> tuple[Tensor, Tensor]:
    """Matches of least cost, and their overlaps."""
    result = assigner.assign(InstanceData(priors=points, bboxes=boxes, scores=scores), truth)
    return result.gt_inds - 1, result.max_overlaps.clamp(min=0)
